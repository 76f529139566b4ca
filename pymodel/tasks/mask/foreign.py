"""Which ready models cut things out of a picture, and how their map is read."""

from __future__ import annotations

from appspec.contract import CropPolicy, Mask
from pymodel.foreign.evidence import ForeignModel, Output, chosen
from pymodel.foreign.reading import Reading
from pymodel.tasks.camera import crop_of

CELL_THRESHOLD = 0.5
COLORS = 3
NAMES = ("mask", "segment", "matte", "alpha")


def recognize_mask(found: ForeignModel) -> Reading | None:
    """Certain where the only output is a map as large as the input, and something tells that it is no picture and no depth: what
    makes it, probabilities, a name, labels, or more maps than a picture has channels.
    """
    if len(found.outputs) != 1 or not _is_map(found.outputs[0]):
        return None
    (output,) = found.outputs
    width, height = found.size
    labels, _ = found.known_labels(output)
    count = output.shape[3]
    told = labels or count > COLORS + 1 or output.is_called(*NAMES) or found.is_made_by(output, "SOFTMAX")
    told = told or (count == 1 and _are_probabilities(found, output))
    return read_mask(found) if output.shape[1:3] == (height, width) and told else None


def read_mask(found: ForeignModel) -> Reading:
    """One map, or one a class.

    Raises:
        KitError: no output is a map, or several are; the labels don't fit.
    """
    output = found.outputs[0] if found.named else chosen(found, "is a mask", [one for one in found.outputs if _is_map(one)])
    count = output.shape[3]
    logits = count == 1 and not _are_probabilities(found, output)
    labels, notes = found.known_labels(output)
    if count > 1 or len(labels) != 2:  # one map with two labels: what it is not, and what it is
        labels, notes = found.labels_of(output, count, "classes", "class")
    told = f"{count} classes" if count > 1 else "logits" if logits else "probabilities"
    cell = CELL_THRESHOLD if found.wishes.score is None else found.wishes.score
    return Reading(
        meaning="Which part of a picture is what is looked for" if count == 1 else f"Which of {count} classes each part is",
        decoder=Mask(cell_threshold=cell, logits=logits),
        outputs=(output,),
        names=("mask",),
        crop=crop_of(found, CropPolicy()),
        labels=labels,
        notes=(f"output {output.words}: a mask of {output.shape[2]}×{output.shape[1]} cells, {told}", *notes),
    )


def _is_map(output: Output) -> bool:
    return len(output.shape) == 4 and output.shape[1] > 1 and output.shape[2] > 1


def _are_probabilities(found: ForeignModel, output: Output) -> bool:
    if found.is_made_by(output, "LOGISTIC", "SOFTMAX"):
        return True
    return bool((output.values >= 0).all() and (output.values <= 1).all())
