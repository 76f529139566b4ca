"""Which ready models find objects, and how their outputs are read: post-processed ones, or rows measured from anchors."""

from __future__ import annotations

from appspec.contract import Anchors, CropPolicy, Decoder
from appspec.errors import KitError
from pymodel.foreign.evidence import ForeignModel, listed
from pymodel.foreign.reading import Reading
from pymodel.tasks.camera import check_points, crop_of
from pymodel.tasks.detect.anchors import anchor_outputs, read_grids
from pymodel.tasks.detect.postprocessed import read_postprocessed

SCORE, OVERLAP = 0.5, 0.3


def recognize_objects(found: ForeignModel) -> Reading | None:
    """Certain where the outputs are told apart, whatever their order."""
    post = read_postprocessed(found, SCORE)
    if post is not None:
        return post
    return read_objects(found) if anchor_outputs(found) is not None and read_grids(found) else None


def read_objects(found: ForeignModel) -> Reading:
    """Boxes with scores and classes.

    Raises:
        KitError: the outputs are neither form, or their anchors can't be read from the graph.
    """
    post = read_postprocessed(found, SCORE)
    if post is not None:
        return post
    pair = anchor_outputs(found)
    if pair is None:
        raise KitError(
            f"{found.name} can't be used for the task 'detect'",
            "its outputs are neither boxes, classes, scores and their number ([1, N, 4], [1, N], [1, N], [1]), nor rows of boxes "
            f"and their scores ([1, A, 4 + 2 K], [1, A, C]): {listed(found.outputs)}",
            "name the outputs in this order: --outputs NAME,NAME, or use another --task"
            if len(found.outputs) > 1
            else _one_output(found),
        )
    rows, scores = pair
    grids = read_grids(found)
    if grids is None:
        raise KitError(
            f"The anchors of {found.name} can't be read from its graph",
            f"the grids before its output {scores.name} don't add up to {scores.shape[1]} rows",
            "use a form of the model with the post-processing inside, or --task raw",
        )
    check_points(found, "then", found.wishes.then, (rows.shape[2] - 4) // 2)
    count = scores.shape[2]
    labels, notes = found.labels_of(scores, count, "classes", "class")
    if labels == ("class 0",):
        labels, notes = ("object",), ()
    decoder: Decoder = Anchors(
        grids,
        SCORE if found.wishes.score is None else found.wishes.score,
        OVERLAP if found.wishes.overlap is None else found.wishes.overlap,
    )
    cells = ", ".join(f"{grid.columns}×{grid.rows} cells with {grid.anchors}" for grid in grids)
    return Reading(
        meaning=f"Objects of {count} {'class' if count == 1 else 'classes'}",
        decoder=decoder,
        outputs=(rows, scores),
        names=("rows", "scores"),
        crop=crop_of(found, CropPolicy()),
        labels=labels,
        labelled=1,
        notes=(
            f"outputs {rows.name}, {scores.name}: {rows.shape[1]} rows with {(rows.shape[2] - 4) // 2} points each",
            f"anchors, read from the graph: {cells}",
            *notes,
        ),
    )


def _one_output(found: ForeignModel) -> str:
    """Of boxes and scores in one output, as YOLO's: (1, 4 + C, A), (1, A, 5 + C), or (1, N, 6) behind its own suppression."""
    shape = found.outputs[0].shape
    if len(shape) != 3 or min(shape[1:]) < 5:
        return "use another --task: boxes and their scores need two outputs"
    return (
        "boxes and their scores need two outputs, and one with both, as YOLO's, is not read: take a detector of the TensorFlow Object Detection API, of "
        "EfficientDet-Lite or of MediaPipe; or --task raw, which shows its numbers"
    )
