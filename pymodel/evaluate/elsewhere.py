"""A model's metric by answers that something else computes: a GPU delegate, a phone's library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from appspec.intervals import Scores
from pymodel.inference.interpreter import DescribedModel, HostModel, Tensor

Compute = Callable[[Sequence[bytes]], Sequence[Sequence[bytes]]]
"""Raw values of the input of each example → raw values of every output, in the order of the graph."""

Measure = Callable[[DescribedModel], Scores]

MOST_ROUNDS = 8


class _Elsewhere(DescribedModel):
    """Answers what it was told; what it was not told, this machine answers for now, and it is asked for."""

    def __init__(self, host: HostModel) -> None:
        self.contract, self._host = host.contract, host
        self._known: dict[bytes, tuple[Tensor, ...]] = {}
        self.asked: dict[bytes, tuple[Tensor, ...]] = {}

    def run(self, tensor: Tensor) -> tuple[Tensor, ...]:
        key = tensor.tobytes()
        if key in self._known:
            return self._known[key]
        self.asked[key] = self._host.run(tensor)
        return self.asked[key]

    def learn(self, answers: Sequence[Sequence[bytes]]) -> None:
        """Takes the answers to all that was asked for, in its order."""
        for (key, like), raw in zip(self.asked.items(), answers, strict=True):
            pairs = zip(raw, like, strict=True)
            self._known[key] = tuple(np.frombuffer(one, expected.dtype).reshape(expected.shape) for one, expected in pairs)
        self.asked = {}


def measure_elsewhere(path: Path, measure: Measure, compute: Compute) -> Scores:
    """The metric of a model as something else computes it.

    All examples are asked at once, for starting a library costs more than running it. Where a model looks again at what it found,
    the next round asks for that.

    Args:
        path: a described `.tflite`.

    Raises:
        ValueError: an answer has another size than on this machine.
    """
    with HostModel(path) as host:
        model = _Elsewhere(host)
        for _ in range(MOST_ROUNDS):
            scores = measure(model)
            if not model.asked:
                return scores
            model.learn(compute(list(model.asked)))
    raise AssertionError("a model looks at a picture a few times at most")
