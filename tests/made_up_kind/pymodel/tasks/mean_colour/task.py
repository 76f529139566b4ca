"""The mean colour of a picture, by one dense layer on its mean: a kind that only the tests know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from appspec.contract import Raw
from appspec.intervals import Interval, bootstrap
from appspec.model_spec import Model
from appspec.spec import AppSpec
from pages.drawing import FOUND, Drawing, RgbImage
from pymodel.data.examples import Example
from pymodel.data.store import ExampleStore
from pymodel.evaluate.judge import Judged, Values
from pymodel.inference.interpreter import Answer
from pymodel.networks.fused import assign_weights, weights_of
from pymodel.tasks.crops import Crop
from pymodel.tasks.picture import Outputs, PictureTask
from pymodel.train.objective import Array, Objective, normalized

CHANNELS = ("red", "green", "blue")


@dataclass(frozen=True)
class ColourObjective:
    """Mean squared error of (N, 3) colours in [0, 1]."""

    mean: tuple[float, ...]
    std: tuple[float, ...]
    metric_name: str = "colour error"
    maximize: bool = False
    input_shape: tuple[int | None, ...] = (None, None, 3)
    input_dtype: str = "uint8"
    target_shape: tuple[int | None, ...] = (3,)
    target_dtype: str = "float32"

    def inputs(self, raw: Any) -> Any:
        return normalized(raw, self.mean, self.std)

    def loss(self, outputs: Any, targets: Any) -> Any:
        import tensorflow as tf

        return tf.reduce_mean(tf.square(outputs - targets))

    def answers(self, outputs: Any) -> Any:
        return outputs

    def metric(self, answers: Array, targets: Array) -> float:
        return float(np.abs(answers - targets).mean())


class MeanColourTask(PictureTask):
    """Three numbers."""

    formats = ("folder",)
    metric = "colour_error"
    lower_is_better = True
    meanings = {"colour_error": "mean distance of red, green and blue; 0 is perfect"}  # noqa: RUF012

    def network(self, model: Model, store: ExampleStore, weights: str | Path) -> Any:
        return _network(None)

    def exported(self, trained: Any, model: Model, store: ExampleStore) -> Any:
        fixed = _network(model.input.size[0])
        assign_weights(fixed, weights_of(trained))
        return fixed

    def objective(self, model: Model, store: ExampleStore) -> Objective:
        return ColourObjective(model.input.mean_rgb, model.input.std_rgb)

    def target(self, crop: Crop) -> Array:
        return (crop.pixels.reshape(-1, 3).mean(0) / 255).astype(np.float32)

    def outputs(self, spec: AppSpec, model: Model, store: ExampleStore) -> Outputs:
        return Outputs("The mean colour of a picture", Raw(), CHANNELS, "colour")

    def network_words(self, model: Model) -> str:
        return "one dense layer"

    def measure(self, answer: Answer, example: Example, image: RgbImage) -> float:
        return float(np.abs(answer.outputs[0][0] - image.reshape(-1, 3).mean(0) / 255).mean())

    def score(self, answers: Sequence[Answer], example: Example, image: RgbImage) -> dict[str, float | None]:
        return {"colour_error": self.measure(answers[-1], example, image)}

    def badness(self, values: Values, confidence: float) -> float:
        return values["colour_error"] or 0.0

    def metrics(self, judged: Sequence[Judged]) -> dict[str, Interval]:
        return {"colour_error": bootstrap(np.array([one.values["colour_error"] for one in judged], np.float64))}

    def draw(self, drawing: Drawing, answer: Answer) -> None:
        drawing.box(np.array([2, 2, 20, 20], np.float32), FOUND)

    def draw_truth(self, drawing: Drawing, example: Example) -> None:
        """The picture shows it."""

    def caption(self, answer: Answer) -> str:
        return "#" + "".join(f"{int(np.clip(round(255 * float(level)), 0, 255)):02X}" for level in answer.outputs[0][0])

    def rows(self, answer: Answer) -> list[dict[str, object]]:
        return [
            {"channel": name, "level": round(float(level), 3)} for name, level in zip(CHANNELS, answer.outputs[0][0], strict=True)
        ]


def _network(size: int | None) -> Any:
    import keras

    picture = keras.layers.Input((size, size, 3), name="image")
    mean = keras.layers.GlobalAveragePooling2D(name="pool")(picture)
    return keras.Model(picture, keras.layers.Dense(3, name="head")(mean))


TASK = MeanColourTask()
