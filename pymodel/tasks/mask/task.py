"""The part of a picture that is what is looked for, or which class each part is; of ready models alone."""

from __future__ import annotations

from pages.drawing import Drawing
from pymodel.foreign.evidence import ForeignModel
from pymodel.foreign.reading import Reading
from pymodel.inference.interpreter import Answer
from pymodel.tasks.camera import CameraTask
from pymodel.tasks.mask.foreign import read_mask, recognize_mask


class MaskTask(CameraTask):
    """The part of a picture that is what is looked for, or which class each part is."""

    ready_outputs = "a map as large as the picture"

    def recognize(self, found: ForeignModel) -> Reading | None:
        return recognize_mask(found)

    def interpret(self, found: ForeignModel) -> Reading:
        return read_mask(found)

    def draw(self, drawing: Drawing, answer: Answer) -> None:
        raise NotImplementedError

    def rows(self, answer: Answer) -> list[dict[str, object]]:
        raise NotImplementedError


TASK = MaskTask()
