"""Objects, each a box with a class and a score; of ready models alone."""

from __future__ import annotations

from pages.drawing import Drawing
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
        raise NotImplementedError

    def rows(self, answer: Answer) -> list[dict[str, object]]:
        raise NotImplementedError


TASK = DetectTask()
