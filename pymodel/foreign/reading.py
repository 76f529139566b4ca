"""How a ready model's outputs are read, as a task kind found out."""

from __future__ import annotations

from collections.abc import Callable
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
        finish: rewrites the file's first output as the decoder reads it (pymodel.foreign.appended); None: it is so.
    """

    meaning: str
    decoder: Decoder
    outputs: tuple[Output, ...]
    names: tuple[str, ...]
    crop: CropPolicy | None
    labels: tuple[str, ...] = ()
    labelled: int = 0
    notes: tuple[str, ...] = ()
    finish: Callable[[bytes], bytes] | None = None
