"""How a ready model's outputs are read, as a task kind found out."""

from __future__ import annotations

from dataclasses import dataclass

from appspec.contract import CropPolicy, Decoder
from pymodel.foreign.evidence import Output


@dataclass(frozen=True)
class Reading:
    """What goes into the adopted file's metadata.

    Attributes:
        meaning: what the model finds, in words.
        outputs: those that the decoder takes, in its order.
        names: of these outputs.
        labels: of classes or points; empty where there are none.
        labelled: which of the outputs they belong to.
        notes: what was concluded from what, a line each, for the user to see.
        y_first: numbers of each point in the first output, whose second comes before the first; 0: as the decoder reads them.
    """

    meaning: str
    decoder: Decoder
    outputs: tuple[Output, ...]
    names: tuple[str, ...]
    crop: CropPolicy | None
    labels: tuple[str, ...] = ()
    labelled: int = 0
    notes: tuple[str, ...] = ()
    y_first: int = 0
