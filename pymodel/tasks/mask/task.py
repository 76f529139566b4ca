"""The part of a picture that is what is looked for, or which class each part is; of ready models alone."""

from __future__ import annotations

import numpy as np

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
        drawing.shade(answer.mask, answer.region)

    def caption(self, answer: Answer) -> str:
        order = [int(i) for i in np.argsort(-answer.shares) if i > 0 and answer.shares[i] > 0][:3]
        return ", ".join(f"{class_name(answer, i)} {answer.shares[i]:.0%}" for i in order) or "nothing found"

    def rows(self, answer: Answer) -> list[dict[str, object]]:
        return [
            {"class": class_name(answer, i), "share": round(float(share), 4)}
            for i, share in enumerate(answer.shares)
            if i and share
        ]


def class_name(answer: Answer, kind: int) -> str:
    """The label of a class; of one map without classes that of what it shows."""
    labels = answer.contract.labels
    if answer.contract.output.shape[-1] == 1:
        return labels[-1] if labels else "mask"
    return labels[kind] if kind < len(labels) else f"class {kind}"


TASK = MaskTask()
