"""One training: a loop of its own, so that it is deterministic and resumes where it was killed.

The order of the examples and their augmentation follow from (seed, epoch, example) alone; after each epoch everything
that the next one needs is in one file, so a killed training goes on to the same result as one that was not.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pymodel.quiet import quiet_environment

Example = tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]
"""Input square (S, S, 3) uint8 RGB and its K points (K, 2) float32 in [0, 1]."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class TrainConfig:
    """What a training follows from, beside model and data.

    Attributes:
        learning_rate: peak; warmed up over the first twentieth of the steps, then a cosine down to 2 % of it.
        patience: epochs without a better validation metric before it stops.
        is_box: the K = 2 points are the corners of a box; the loss adds 1 - IoU.
        heatmaps: the model gives heatmap logits.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    patience: int
    seed: int
    is_box: bool
    heatmaps: bool
    weight_decay: float = 1e-4


@dataclass(frozen=True)
class Epoch:
    """A row of the curve.

    Attributes:
        metric: validation: mean IoU of boxes, mean point error as a share of the input's side otherwise.
    """

    epoch: int
    learning_rate: float
    train_loss: float
    validation_loss: float
    metric: float
    seconds: float


def train_model(
    model: Any,
    example: Callable[[int, int], Example],
    count: int,
    validation: Example,
    normalization: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]],
    config: TrainConfig,
    checkpoint: Path,
    progress: Progress,
) -> list[Epoch]:
    """Trains a model in place; leaves it with the best weights.

    Args:
        example: gives training example i as it is in an epoch: (epoch, i) → Example.
        count: number of training examples.
        validation: (N, S, S, 3) uint8 and (N, K, 2).
        normalization: mean and std, (3,) each.
        checkpoint: folder of the training's state; may hold that of a killed one.
        progress: (what, done, total).
    """
    quiet_environment()
    import tensorflow as tf

    steps = max(1, count // config.batch_size)
    state = _State(model, config, steps, checkpoint)
    started = time.monotonic()
    first = len(state.epochs)
    for epoch in range(first, config.epochs):
        if state.is_stale():
            break
        begun = time.monotonic()
        losses = []
        for step, (pixels, points) in enumerate(_batches(tf, example, count, config, epoch)):
            losses.append(state.step(normalized(tf, pixels, normalization), points))
            left = _time_left(started, (epoch - first) * steps + step + 1, (config.epochs - first) * steps)
            progress(f"epoch {epoch + 1} of {config.epochs}, {left} left, step", step + 1, steps)
        loss, metric = state.validate(validation, normalization)
        mean = float(np.mean([float(value) for value in losses]))
        rate = float(state.optimizer.learning_rate.numpy())
        row = Epoch(epoch + 1, rate, mean, loss, metric, time.monotonic() - begun)
        state.finish(row)
    state.restore_best()
    return state.epochs


def normalized(tf: Any, pixels: Any, normalization: tuple[Any, Any]) -> Any:
    """pymodel.normalize, on tensors."""
    return (tf.cast(pixels, tf.float32) - normalization[0]) / normalization[1]


def soft_argmax(tf: Any, logits: Any) -> Any:
    """pymodel.decode, on a batch: (N, G, G, K) → (N, K, 2)."""
    rows, columns, count = logits.shape[1:]
    share = tf.reshape(tf.nn.softmax(tf.reshape(logits, (-1, rows * columns, count)), axis=1), (-1, rows, columns, count))
    x = tf.einsum("nrck,c->nk", share, (tf.range(columns, dtype=tf.float32) + 0.5) / columns)
    y = tf.einsum("nrck,r->nk", share, (tf.range(rows, dtype=tf.float32) + 0.5) / rows)
    return tf.stack([x, y], -1)


class _State:
    """Model, optimizer, curve and best weights of one training."""

    def __init__(self, model: Any, config: TrainConfig, steps: int, folder: Path) -> None:
        import keras
        import tensorflow as tf

        self._tf, self._model, self._config, self._folder = tf, model, config, folder
        total = config.epochs * steps
        warmup = max(1, total // 20)
        schedule = keras.optimizers.schedules.CosineDecay(
            config.learning_rate * 0.05, total - warmup, alpha=0.02, warmup_target=config.learning_rate, warmup_steps=warmup
        )
        self.optimizer = keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay, clipnorm=5.0)
        self.optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        self.optimizer.build(model.trainable_variables)
        self.epochs: list[Epoch] = []
        self._best: list[Any] = []
        self._resume()
        self.step = tf.function(self._step, reduce_retracing=True)
        self._predict = tf.function(lambda image: self._points(model(image, training=False)), reduce_retracing=True)

    def is_stale(self) -> bool:
        """Whether patience has run out."""
        return bool(self.epochs) and len(self.epochs) - self._best_epoch() > self._config.patience

    def validate(self, validation: Example, normalization: tuple[Any, Any]) -> tuple[float, float]:
        """Loss and metric on the validation examples."""
        pixels, points = validation
        found = np.concatenate(
            [self._predict(normalized(self._tf, part, normalization)) for part in _parts(pixels, self._config.batch_size)]
        )
        loss = float(self._loss(self._tf.constant(points), self._tf.constant(found)))
        if self._config.is_box:
            return loss, float(np.mean(self._iou(self._tf.constant(points), self._tf.constant(found))))
        return loss, float(np.linalg.norm(found - points, axis=-1).mean())

    def finish(self, row: Epoch) -> None:
        """Takes an epoch into the curve and saves everything that the next one needs, whole or not at all."""
        self.epochs.append(row)
        if self._best_epoch() == row.epoch:
            self._best = [variable.numpy() for variable in self._model.variables]
        arrays = {f"model_{i}": variable.numpy() for i, variable in enumerate(self._model.variables)}
        arrays |= {f"optimizer_{i}": np.asarray(variable.numpy()) for i, variable in enumerate(self.optimizer.variables)}
        arrays |= {f"best_{i}": value for i, value in enumerate(self._best)}
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f".state.{os.getpid()}.npz"
        np.savez(temporary, epochs=json.dumps([asdict(epoch) for epoch in self.epochs]), **arrays)
        temporary.replace(self._folder / "state.npz")

    def restore_best(self) -> None:
        """Puts the best weights into the model."""
        for variable, value in zip(self._model.variables, self._best, strict=True):
            variable.assign(value)

    def _resume(self) -> None:
        file = self._folder / "state.npz"
        if not file.is_file():
            return
        with np.load(file) as saved:
            for i, variable in enumerate(self._model.variables):
                variable.assign(saved[f"model_{i}"])
            for i, variable in enumerate(self.optimizer.variables):
                variable.assign(saved[f"optimizer_{i}"])
            self._best = [saved[f"best_{i}"] for i in range(len(self._model.variables))]
            self.epochs = [Epoch(**row) for row in json.loads(str(saved["epochs"]))]

    def _best_epoch(self) -> int:
        key = (lambda row: -row.metric) if self._config.is_box else (lambda row: row.metric)
        return min(self.epochs, key=key).epoch

    def _step(self, image: Any, points: Any) -> Any:
        with self._tf.GradientTape() as tape:
            output = self._model(image, training=True)
            loss = self._loss(points, self._points(output))
        gradients = tape.gradient(loss, self._model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self._model.trainable_variables, strict=True))
        return loss

    def _points(self, output: Any) -> Any:
        return soft_argmax(self._tf, output) if self._config.heatmaps else output

    def _loss(self, truth: Any, found: Any) -> Any:
        tf = self._tf
        if not self._config.is_box:
            return tf.reduce_mean(tf.norm(found - truth + 1e-7, axis=-1))
        size, true_size = found[:, 1] - found[:, 0], truth[:, 1] - truth[:, 0]
        centre, true_centre = (found[:, 1] + found[:, 0]) / 2, (truth[:, 1] + truth[:, 0]) / 2
        distance = tf.reduce_mean(tf.abs(centre - true_centre)) + tf.reduce_mean(tf.abs(size - true_size))
        return 2.0 * distance + 0.5 * tf.reduce_mean(1.0 - self._iou(truth, found))

    def _iou(self, truth: Any, found: Any) -> Any:
        tf = self._tf
        overlap = tf.nn.relu(tf.minimum(truth[:, 1], found[:, 1]) - tf.maximum(truth[:, 0], found[:, 0]))
        inter = overlap[:, 0] * overlap[:, 1]
        size, true_size = tf.nn.relu(found[:, 1] - found[:, 0]), truth[:, 1] - truth[:, 0]
        return inter / (size[:, 0] * size[:, 1] + true_size[:, 0] * true_size[:, 1] - inter + 1e-9)


def _batches(tf: Any, example: Callable[[int, int], Example], count: int, config: TrainConfig, epoch: int) -> Any:
    order = np.random.default_rng((config.seed, epoch)).permutation(count)

    def load(i: Any) -> Any:
        pixels, points = tf.numpy_function(lambda n: example(epoch, int(n)), [i], (tf.uint8, tf.float32), stateful=False)
        return tf.ensure_shape(pixels, (None, None, 3)), tf.ensure_shape(points, (None, 2))

    data = tf.data.Dataset.from_tensor_slices(order).map(load, num_parallel_calls=2, deterministic=True)
    return data.batch(config.batch_size, drop_remainder=count >= config.batch_size).prefetch(4)


def _parts(array: npt.NDArray[np.uint8], size: int) -> list[npt.NDArray[np.uint8]]:
    return [array[i : i + size] for i in range(0, len(array), size)]


def _time_left(started: float, done: int, total: int) -> str:
    seconds = math.ceil((time.monotonic() - started) / done * (total - done))
    return f"{seconds // 60}:{seconds % 60:02}"
