"""Detectors with post-processing inside: which of the four outputs is which, by the operator, by shape, by value, never by index."""

from __future__ import annotations

import itertools
import struct

import numpy as np

from appspec.contract import CropPolicy, Detections
from pymodel.foreign.evidence import ForeignModel, Output, listed
from pymodel.foreign.labels import is_background, wrong_count
from pymodel.foreign.reading import Reading
from pymodel.foreign.wishes import AskedError
from pymodel.inspect.leftovers import POSTPROCESS
from pymodel.tasks.camera import check_points, crop_of

ROLES = ("boxes", "classes", "scores", "count")
"""The order of the operator's own outputs, which is the decoder's."""


def read_postprocessed(found: ForeignModel, score: float) -> Reading | None:
    """The reading of four outputs of that form; None where they have another.

    Raises:
        KitError: classes and scores can't be told apart.
    """
    outputs = _by_user(found) or _by_operator(found) or _by_shape(found)
    if outputs is None:
        return None
    check_points(found, "then", found.wishes.then, 0)
    boxes, classes, scores, count = outputs
    labels, notes = _labels(found, classes)
    threshold = score if found.wishes.score is None else found.wishes.score
    return Reading(
        meaning="Objects" + (f" of {len(labels)} classes" if labels else ""),
        decoder=Detections(threshold),
        outputs=outputs,
        names=ROLES,
        crop=crop_of(found, CropPolicy()),
        labels=labels,
        labelled=1,
        notes=(f"outputs: boxes {boxes.name}, classes {classes.name}, scores {scores.name}, count {count.name}", *notes),
    )


def _by_user(found: ForeignModel) -> tuple[Output, Output, Output, Output] | None:
    if not found.named or len(found.outputs) != len(ROLES):
        return None
    boxes, classes, scores, count = found.outputs
    fit = len(boxes.shape) == 3 and boxes.shape[2] == 4 and classes.shape == scores.shape == boxes.shape[:2]
    return (boxes, classes, scores, count) if fit and count.values.size == 1 else None


def _by_operator(found: ForeignModel) -> tuple[Output, Output, Output, Output] | None:
    """The operator fixes what each of its outputs is, whatever the graph's order."""
    node = next((node for node in found.file.main.nodes if node.op == POSTPROCESS), None)
    if node is None or len(node.outputs) < len(ROLES):
        return None
    by_tensor = {output.tensor: output for output in found.outputs}
    if not all(tensor in by_tensor for tensor in node.outputs[: len(ROLES)]):
        return None
    boxes, classes, scores, count = (by_tensor[tensor] for tensor in node.outputs[: len(ROLES)])
    return boxes, classes, scores, count


def _by_shape(found: ForeignModel) -> tuple[Output, Output, Output, Output] | None:
    boxes = [output for output in found.outputs if len(output.shape) == 3 and output.shape[2] == 4]
    counts = [output for output in found.outputs if output.values.size == 1]
    if len(boxes) != 1 or len(counts) != 1:
        return None
    rows = [output for output in found.outputs if output.shape == boxes[0].shape[:2] and output is not counts[0]]
    if len(rows) != 2:
        return None
    orders = [(one, other) for one, other in itertools.permutations(rows) if _could_be(one, other)]
    if len(orders) == 2:  # values tell nothing: names may
        orders = [(one, other) for one, other in orders if one.is_called("class") or other.is_called("score")]
    if len(orders) != 1:
        raise AskedError(
            "outputs",
            f"Which output of {found.name} holds classes, which scores?",
            f"their values don't tell: {listed(rows)}",
            f"name all four in this order: --outputs {boxes[0].name},CLASSES,SCORES,{counts[0].name}",
        )
    return boxes[0], *orders[0], counts[0]


def _could_be(classes: Output, scores: Output) -> bool:
    """Classes are whole numbers, scores lie from 0 to 1 and, the surest first, fall."""
    kinds, sure = classes.values.ravel(), scores.values.ravel()
    whole = bool((kinds == np.round(kinds)).all() and (kinds >= 0).all())
    falling = bool((np.diff(sure) <= 1e-6).all())
    return whole and bool((sure >= 0).all() and (sure <= 1).all()) and (falling or not (sure == np.round(sure)).all())


def _labels(found: ForeignModel, classes: Output) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Classes are counted without the background; a file that has it too names one more than the operator counts."""
    labels, notes = found.known_labels(classes)
    if not labels:
        return (), ("no labels: classes are shown as numbers; --labels FILE names them",)
    count = _class_count(found)
    if count is not None and len(labels) == count + 1 and is_background(labels[0]):
        return labels[1:], (*notes, f"labels: the operator counts {count} classes without {labels[0]!r}, which was left out")
    if count is not None and len(labels) != count:
        raise wrong_count(found.name, labels, count, "classes")
    return labels, notes


def _class_count(found: ForeignModel) -> int | None:
    """As the operator's own options (a FlexBuffers map) say; None where there is no such operator, or it doesn't say."""
    from ai_edge_litert import schema_py_generated as schema
    from flatbuffers import flexbuffers

    node = next((node for node in found.file.main.nodes if node.op == POSTPROCESS), None)
    if node is None:
        return None
    operator = schema.Model.GetRootAs(found.file.data, 0).Subgraphs(0).Operators(node.index)
    options = b"" if operator.CustomOptionsIsNone() else operator.CustomOptionsAsNumpy().tobytes()
    try:
        value = flexbuffers.Loads(options).get("num_classes")
    except (ValueError, IndexError, AttributeError, TypeError, struct.error):
        return None
    return value if isinstance(value, int) and value > 0 else None
