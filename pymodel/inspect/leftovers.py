"""What a model's post-processing leaves unwritten: rows beyond the objects that it counts hold whatever the memory held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from appspec.tflite_file import Graph

POSTPROCESS = "TFLite_Detection_PostProcess"
"""The custom operator that every phone's runtime has: boxes (1, N, 4), classes (1, N), scores (1, N), count (1)."""


def without_leftovers(graph: Graph, answers: Sequence[npt.NDArray[np.generic]]) -> list[npt.NDArray[np.generic]]:
    """A graph's outputs, which can be compared and looked at: 0 in the rows that nothing was written to."""
    found = list(answers)
    for node in graph.nodes:
        if node.op != POSTPROCESS or len(node.outputs) < 4 or node.outputs[3] not in graph.outputs:
            continue
        count = np.asarray(answers[graph.outputs.index(node.outputs[3])], np.float64)
        written = max(0, int(np.nan_to_num(count.ravel()[0])))
        for tensor in node.outputs[:3]:
            if tensor in graph.outputs:
                rows = answers[graph.outputs.index(tensor)].copy()
                rows[:, written:] = 0
                found[graph.outputs.index(tensor)] = rows
    return found
