"""Which ready models tell classes apart, and how their output is read."""

from __future__ import annotations

from appspec.contract import Classes, CropPolicy
from pymodel.foreign.evidence import ForeignModel, Output, chosen
from pymodel.foreign.reading import Reading
from pymodel.tasks.camera import crop_of

THRESHOLD = 0.5
"""Probability below which the app says that it is not sure, where the user says none."""

NAMES = ("class", "prob", "softmax", "predict", "score", "logit")
SUM_TOLERANCE = 0.02


def recognize_classes(found: ForeignModel) -> Reading | None:
    """Certain where the only output is a row of numbers that has labels, is called so, or is a softmax."""
    candidates = [output for output in found.outputs if _is_row(output)]
    if len(found.outputs) != 1 or len(candidates) != 1:
        return None
    (output,) = candidates
    labels, _ = found.known_labels(output)
    count = output.shape[-1]
    is_told = len(labels) == count or found.is_made_by(output, "SOFTMAX") or output.is_called(*NAMES)
    points = labels and count in (2 * len(labels), 3 * len(labels))
    return read_classes(found) if (is_told and not points) or (labels and not points) else None


def read_classes(found: ForeignModel) -> Reading:
    """Of the only row of numbers.

    Raises:
        KitError: there is none, or several; the labels don't fit.
    """
    output = chosen(found, "holds a score a class", [output for output in found.outputs if _is_row(output)])
    labels, notes = found.labels_of(output, output.shape[-1], "classes", "class")
    logits = not _are_probabilities(found, output)
    told = "logits: their softmax are the probabilities" if logits else "probabilities"
    threshold = THRESHOLD if found.wishes.score is None else found.wishes.score
    return Reading(
        meaning=f"Which of {len(labels)} classes a picture shows",
        decoder=Classes(threshold, logits),
        outputs=(output,),
        names=("probabilities",),
        crop=crop_of(found, CropPolicy(follows="centre")),
        labels=labels,
        notes=(f"output {output.words}: {len(labels)} classes, {told}", *notes),
    )


def _is_row(output: Output) -> bool:
    return len(output.shape) >= 2 and output.values.size == output.shape[-1] > 1


def _are_probabilities(found: ForeignModel, output: Output) -> bool:
    if found.is_made_by(output, "SOFTMAX", "LOGISTIC"):
        return True
    return bool((output.values >= 0).all()) and abs(float(output.values.sum()) - 1) < SUM_TOLERANCE
