"""Objects, each a box with a class and a score; of ready models alone."""

from __future__ import annotations

from pages.drawing import CLASS_COLORS, Drawing
from pymodel.foreign.evidence import ForeignModel
from pymodel.foreign.reading import Reading
from pymodel.inference.interpreter import Answer
from pymodel.tasks.camera import CameraTask
from pymodel.tasks.detect.foreign import read_objects, recognize_objects


class DetectTask(CameraTask):
    """Objects, each a box with a class and a score."""

    ready_outputs = "boxes, with classes and scores"
    gives_box = True

    def recognize(self, found: ForeignModel) -> Reading | None:
        return recognize_objects(found)

    def interpret(self, found: ForeignModel) -> Reading:
        return read_objects(found)

    def draw(self, drawing: Drawing, answer: Answer) -> None:
        if not answer.found:
            return
        objects = answer.objects
        for box, points, score, kind in reversed(
            list(zip(objects.boxes, objects.points, objects.scores, objects.classes, strict=True))
        ):
            color = CLASS_COLORS[int(kind) % len(CLASS_COLORS)]
            drawing.box(box, color)
            drawing.points(points, color)
            drawing.tag(box, f"{class_name(answer, int(kind))} {score:.0%}", color)

    def caption(self, answer: Answer) -> str:
        count = len(answer.objects) if answer.found else 0
        return f"{count} found" if count else "nothing found"

    def rows(self, answer: Answer) -> list[dict[str, object]]:
        objects = answer.objects
        return [
            {
                "object": class_name(answer, int(kind)),
                "score": round(float(score), 3),
                "box": [round(float(edge), 1) for edge in box],
            }
            for box, score, kind in zip(objects.boxes, objects.scores, objects.classes, strict=True)
            if answer.found
        ]


def class_name(answer: Answer, kind: int) -> str:
    """The label of a class, or its number."""
    labels = answer.contract.labels
    return labels[kind] if kind < len(labels) else f"class {kind}"


TASK = DetectTask()
