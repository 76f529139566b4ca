"""Which ready models tell classes apart, and how their output is read."""

from __future__ import annotations

from functools import partial

from appspec.contract import Classes, CropPolicy
from pymodel.foreign.appended import both_classes
from pymodel.foreign.evidence import ForeignModel, Output, chosen
from pymodel.foreign.labels import wrong_count
from pymodel.foreign.reading import Reading
from pymodel.foreign.wishes import AskedError
from pymodel.tasks.camera import crop_of

THRESHOLD = 0.5
"""Probability below which the app says that it is not sure, where the user says none."""

NAMES = ("class", "prob", "softmax", "predict", "score", "logit")
SUM_TOLERANCE = 0.02
TWO = 2
"""Classes that one number tells apart."""


def recognize_classes(found: ForeignModel) -> Reading | None:
    """Certain where the only output is a row of numbers that has labels, is called so, or is a softmax; or one number for two labels."""
    if len(found.outputs) == 1 and _is_number(found.outputs[0]):
        return read_classes(found) if len(found.known_labels(found.outputs[0])[0]) == TWO else None
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
    """Of the only row of numbers, or of the only number, which tells of the second of two classes.

    Raises:
        KitError: there is none, or several; the labels don't fit.
    """
    if not any(map(_is_row, found.outputs)) and sum(map(_is_number, found.outputs)) == 1:
        return _read_number(found, next(filter(_is_number, found.outputs)))
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


def _read_number(found: ForeignModel, output: Output) -> Reading:
    labels, notes = found.known_labels(output)
    if not labels:
        raise AskedError(
            "labels",
            f"Which two classes does {found.name} tell apart?",
            f"its output is one number, which tells how surely it is the second of them: {output.words}",
            '--labels FIRST,SECOND (in app.toml: labels = ["FIRST", "SECOND"]); Keras counts folders in the order of the alphabet',
        )
    if len(labels) != TWO:
        raise wrong_count(found.name, labels, TWO, "classes")
    logit = not found.is_made_by(output, "LOGISTIC")
    told = "a logit" if logit else "a probability"
    return Reading(
        meaning=f"Which of {len(labels)} classes a picture shows",
        decoder=Classes(THRESHOLD if found.wishes.score is None else found.wishes.score, logit),
        outputs=(output,),
        names=("probabilities",),
        crop=crop_of(found, CropPolicy(follows="centre")),
        labels=labels,
        notes=(f"output {output.words}: one number, {told} of {labels[1]!r}; {labels[0]!r} is what is left of 1", *notes),
        finish=partial(both_classes, logit=logit),
    )


def _is_number(output: Output) -> bool:
    return output.values.size == 1


def _is_row(output: Output) -> bool:
    return len(output.shape) >= 2 and output.values.size == output.shape[-1] > 1


def _are_probabilities(found: ForeignModel, output: Output) -> bool:
    if found.is_made_by(output, "SOFTMAX", "LOGISTIC"):
        return True
    return bool((output.values >= 0).all()) and abs(float(output.values.sum()) - 1) < SUM_TOLERANCE
