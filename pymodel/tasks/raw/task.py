"""Outputs as they are, of models that no other kind can read; of ready models alone."""

from __future__ import annotations

import numpy as np

from pages.drawing import Drawing
from pymodel.foreign.evidence import ForeignModel
from pymodel.foreign.reading import Reading
from pymodel.inference.interpreter import Answer
from pymodel.tasks.camera import CameraTask
from pymodel.tasks.raw.foreign import read_raw

BINS, TOP, MOST_SHOWN = 32, 5, 8
"""Bars of a histogram, largest values that are told, outputs that are drawn."""


class RawTask(CameraTask):
    """Outputs as they are, of models that no other kind can read."""

    ready_outputs = "anything: shown as it is"

    def interpret(self, found: ForeignModel) -> Reading:
        return read_raw(found)

    def draw(self, drawing: Drawing, answer: Answer) -> None:
        outputs = list(zip(answer.contract.outputs, answer.outputs, strict=True))[:MOST_SHOWN]
        for i, (tensor, values) in enumerate(outputs):
            counts, edges = np.histogram(values[np.isfinite(values)], BINS)
            title = f"{tensor.name} {list(values.shape)}  {edges[0]:.3g} to {edges[-1]:.3g}"
            drawing.bars([float(count) for count in counts], title, i, len(outputs))

    def caption(self, answer: Answer) -> str:
        return f"{len(answer.outputs)} output" + ("s" if len(answer.outputs) > 1 else "")

    def rows(self, answer: Answer) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for tensor, output in zip(answer.contract.outputs, answer.outputs, strict=True):
            values = output.ravel()
            best = np.argsort(-values)[:TOP]
            names = tensor.labels if len(tensor.labels) == len(values) else [f"[{i}]" for i in range(len(values))]
            rows.append(
                {
                    "output": tensor.name,
                    "shape": list(output.shape),
                    "lowest": round(float(values.min()), 4),
                    "mean": round(float(values.mean()), 4),
                    "highest": round(float(values.max()), 4),
                    "top": ", ".join(f"{names[i]} {values[i]:.3g}" for i in best),
                }
            )
        return rows


TASK = RawTask()
