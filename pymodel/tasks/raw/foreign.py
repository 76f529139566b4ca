"""A ready model whose outputs are shown as they are."""

from __future__ import annotations

from appspec.contract import CropPolicy, Raw
from pymodel.foreign.evidence import ForeignModel
from pymodel.foreign.labels import wrong_count
from pymodel.foreign.reading import Reading
from pymodel.tasks.camera import crop_of


def read_raw(found: ForeignModel) -> Reading:
    """All outputs, or those that the user named.

    Raises:
        KitError: there are labels, but as many as no output has numbers.
    """
    labels = found.wishes.labels
    sizes = [output.values.size for output in found.outputs]
    if labels and len(labels) not in sizes:
        raise wrong_count(found.name, labels, sizes[0], f"numbers in {found.outputs[0].name}")
    return Reading(
        meaning="Values as the model gives them",
        decoder=Raw(),
        outputs=found.outputs,
        names=tuple(output.name for output in found.outputs),
        crop=crop_of(found, CropPolicy()),
        labels=labels,
        labelled=sizes.index(len(labels)) if labels else 0,
        notes=tuple(f"output {output.words}" for output in found.outputs),
    )
