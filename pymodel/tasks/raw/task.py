"""Outputs as they are, of models that no other kind can read; of ready models alone."""

from __future__ import annotations

from pages.drawing import Drawing
from pymodel.foreign.evidence import ForeignModel
from pymodel.foreign.reading import Reading
from pymodel.inference.interpreter import Answer
from pymodel.tasks.camera import CameraTask
from pymodel.tasks.raw.foreign import read_raw


class RawTask(CameraTask):
    """Outputs as they are, of models that no other kind can read."""

    ready_outputs = "anything: shown as it is"

    def interpret(self, found: ForeignModel) -> Reading:
        return read_raw(found)

    def draw(self, drawing: Drawing, answer: Answer) -> None:
        raise NotImplementedError

    def rows(self, answer: Answer) -> list[dict[str, object]]:
        raise NotImplementedError


TASK = RawTask()
