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
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pymodel.quiet import quiet_environment

Example = tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]
"""Input square (S, S, 3) uint8 RGB and its points (K, 2) float32 in [0, 1]."""

Progress = Callable[[str, int, int], None]

HEATMAP_WEIGHT = 0.2
HEATMAP_SIGMA = 1.0
"""Of the Gaussians that heatmaps are drawn to, in cells."""

AUXILIARY_WEIGHT = 1.0

SMALL_EPOCHS, SMALL_SIDE = 0.4, 0.6
"""In the first share of the epochs inputs have this share of their side: places are learnt on small ones in half the time,
detail afterwards."""


@dataclass(frozen=True)
class TrainConfig:
    """What a training follows from, beside model and data.

    Attributes:
        size: S, the final input's side.
        learning_rate: peak; warmed up over the first twentieth of the steps, then a cosine down to 2 % of it.
        patience: epochs at the final size without a better validation metric before it stops.
        count: the model's own points K: the first ones; what follows are auxiliary points, which only teach the backbone.
        is_box: the K = 2 points are the corners of a box; the loss adds 1 - IoU.
        heatmaps: the model gives heatmap logits.
    """

    size: int
    epochs: int
    batch_size: int
    learning_rate: float
    patience: int
    seed: int
    count: int
    is_box: bool
    heatmaps: bool
    weight_decay: float = 1e-4

    def size_of(self, epoch: int) -> int:
        """Input side of an epoch (from 0): small, then whole, in multiples of 32 from 64 on."""
        if (epoch + 0.5) / self.epochs > SMALL_EPOCHS:
            return self.size
        return min(self.size, max(64, round(self.size * SMALL_SIDE / 32) * 32))


@dataclass(frozen=True)
class Epoch:
    """A row of the curve.

    Attributes:
        size: input side that it was trained and validated at.
        metric: validation: mean IoU of boxes, mean point error as a share of the input's side otherwise.
    """

    epoch: int
    size: int
    learning_rate: float
    train_loss: float
    validation_loss: float
    metric: float
    seconds: float


def train_model(
    model: Any,
    example: Callable[[int, int, int], Example],
    count: int,
    validation: Callable[[int], Example],
    normalization: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]],
    config: TrainConfig,
    checkpoint: Path,
    progress: Progress,
) -> list[Epoch]:
    """Trains a model in place; leaves it with the best weights.

    Args:
        model: takes inputs of every size.
        example: gives training example i as it is in an epoch: (epoch, i, size) → Example.
        count: number of training examples.
        validation: gives the validation examples at a size: (N, S, S, 3) uint8 and (N, K, 2).
        normalization: mean and std, (3,) each.
        checkpoint: folder of the training's state; may hold that of a killed one.
        progress: (what, done, total).
    """
    quiet_environment()
    import tensorflow as tf

    config = replace(config, batch_size=min(count, config.batch_size))
    steps = count // config.batch_size
    state = _State(model, normalization, config, steps, checkpoint)
    started = time.monotonic()
    first = len(state.epochs)
    work = [config.size_of(epoch) ** 2 for epoch in range(config.epochs)]
    known: tuple[int, Example] | None = None
    for epoch in range(first, config.epochs):
        if state.is_stale():
            break
        begun, size = time.monotonic(), config.size_of(epoch)
        losses = []
        for step, (pixels, points) in enumerate(_batches(tf, example, count, config, epoch)):
            losses.append(state.step(pixels, points))
            share = (sum(work[first:epoch]) + work[epoch] * (step + 1) / steps) / sum(work[first:])
            what = f"epoch {epoch + 1} of {config.epochs}, {_time_left(started, share)} left, step"
            progress(what, step + 1, steps)
        if known is None or known[0] != size:
            known = size, validation(size)
        loss, metric = state.validate(known[1])
        mean = float(np.mean([float(value) for value in losses]))
        row = Epoch(epoch + 1, size, state.learning_rate(), mean, loss, metric, time.monotonic() - begun)
        state.finish(row)
    state.restore_best()
    return state.epochs


def training_step(model: Any, config: TrainConfig, folder: Path) -> Callable[[Any, Any], Any]:
    """One step of a new training, for benchmarks: takes (N, S, S, 3) uint8 and (N, K, 2), gives the loss."""
    step: Callable[[Any, Any], Any] = _State(model, (np.float32(127.5), np.float32(127.5)), config, 100, folder).step
    return step


def normalized(tf: Any, pixels: Any, normalization: tuple[Any, Any]) -> Any:
    """pymodel.normalize, on tensors."""
    return (tf.cast(pixels, tf.float32) - normalization[0]) / normalization[1]


def soft_argmax(tf: Any, logits: Any) -> Any:
    """pymodel.decode, on a batch: (N, G, G, K) → (N, K, 2)."""
    rows, columns, count = tf.shape(logits)[1], tf.shape(logits)[2], logits.shape[3]
    share = tf.reshape(tf.nn.softmax(tf.reshape(logits, (-1, rows * columns, count)), axis=1), (-1, rows, columns, count))
    x = tf.einsum("nrck,c->nk", share, _centres(tf, columns))
    y = tf.einsum("nrck,r->nk", share, _centres(tf, rows))
    return tf.stack([x, y], -1)


def inside_input(tf: Any, points: Any) -> Any:
    """1.0 for points (…, 2) within the input square, else 0.0."""
    return tf.cast(tf.reduce_all((points >= 0) & (points <= 1), -1), tf.float32)


def heatmap_loss(tf: Any, logits: Any, points: Any) -> Any:
    """Cross-entropy of heatmaps (N, G, G, K) with Gaussians around the points (N, K, 2) that lie within the input.

    The regularizer of DSNT (Nibali et al., 2018): soft-argmax alone is as content with two far peaks as with a right one.
    """
    rows, columns, count = tf.shape(logits)[1], tf.shape(logits)[2], logits.shape[3]

    def share(position: Any, cells: Any) -> Any:
        distance = (_centres(tf, cells) - position[..., None]) * tf.cast(cells, tf.float32)
        return tf.nn.softmax(-0.5 * tf.square(distance / HEATMAP_SIGMA), -1)

    target = tf.einsum("nkr,nkc->nrck", share(points[..., 1], rows), share(points[..., 0], columns))
    cells = (-1, rows * columns, count)
    entropy = -tf.reduce_sum(tf.reshape(target, cells) * tf.nn.log_softmax(tf.reshape(logits, cells), axis=1), 1)
    inside = inside_input(tf, points)
    return tf.reduce_sum(entropy * inside) / (tf.reduce_sum(inside) + 1e-6)


def _centres(tf: Any, cells: Any) -> Any:
    return (tf.range(cells, dtype=tf.float32) + 0.5) / tf.cast(cells, tf.float32)


class _Vector:
    """Many variables as one: an update of it is a dozen operations of the graph, not a dozen for each variable."""

    def __init__(self, variables: list[Any], name: str) -> None:
        import keras

        self._variables, self._sizes = variables, [int(np.prod(variable.shape)) for variable in variables]
        self.whole = keras.Variable(np.concatenate([variable.numpy().ravel() for variable in variables]), name=name)

    def joined(self, tf: Any, gradients: dict[str, Any]) -> Any:
        """The gradients, by variable path, as one."""
        return tf.concat([tf.reshape(gradients[variable.path], [-1]) for variable in self._variables], 0)

    def spread(self, tf: Any) -> None:
        """Gives each variable its part."""
        for variable, part in zip(self._variables, tf.split(self.whole.value, self._sizes), strict=True):
            variable.assign(tf.reshape(part, variable.shape))


class _State:
    """Model, optimizer, curve and best weights of one training."""

    def __init__(self, model: Any, normalization: tuple[Any, Any], config: TrainConfig, steps: int, folder: Path) -> None:
        import keras
        import tensorflow as tf

        self._tf, self._model, self._config, self._folder = tf, model, config, folder
        self._normalization = normalization
        total = config.epochs * steps
        warmup = max(1, total // 20)
        schedule = keras.optimizers.schedules.CosineDecay(
            config.learning_rate * 0.05,
            max(1, total - warmup),
            alpha=0.02,
            warmup_target=config.learning_rate,
            warmup_steps=warmup,
        )
        self._optimizer = keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay, global_clipnorm=5.0)
        self._file = folder / "state.npz"
        self.epochs: list[Epoch] = []
        self._best: list[Any] = []
        self._restore_model()
        plain = [v for v in model.trainable_variables if v.path.endswith(("gamma", "beta", "bias"))]
        decayed = [v for v in model.trainable_variables if not v.path.endswith(("gamma", "beta", "bias"))]
        self._vectors = [_Vector(decayed, "decayed"), _Vector(plain, "plain")]
        self._optimizer.exclude_from_weight_decay(var_list=[self._vectors[1].whole])
        self._optimizer.build([vector.whole for vector in self._vectors])
        self._restore_optimizer()
        pixels, points = tf.TensorSpec((None, None, None, 3), tf.uint8), tf.TensorSpec((None, None, 2), tf.float32)
        self.step = tf.function(self._step, input_signature=(pixels, points), autograph=False)
        self._predict = tf.function(self._located, input_signature=(pixels,), autograph=False)

    def learning_rate(self) -> float:
        """Of the last step."""
        return float(self._optimizer.learning_rate.numpy())

    def is_stale(self) -> bool:
        """Whether patience has run out."""
        if not self.epochs or self.epochs[-1].size < self._config.size:
            return False
        return len(self.epochs) - self._best_epoch() > self._config.patience

    def validate(self, validation: Example) -> tuple[float, float]:
        """Loss and metric on the validation examples."""
        pixels, points = validation
        found = np.concatenate([self._predict(part) for part in _parts(pixels, self._config.batch_size)])
        loss = float(self._loss(self._tf.constant(points), self._tf.constant(found)))
        if self._config.is_box:
            own = self._config.count
            return loss, float(np.mean(self._iou(self._tf.constant(points[:, :own]), self._tf.constant(found[:, :own]))))
        return loss, float(np.linalg.norm(found - points, axis=-1).mean())

    def finish(self, row: Epoch) -> None:
        """Takes an epoch into the curve and saves everything that the next one needs, whole or not at all."""
        self.epochs.append(row)
        if self._best_epoch() == row.epoch:
            self._best = [variable.numpy() for variable in self._model.variables]
        arrays = {f"model_{i}": variable.numpy() for i, variable in enumerate(self._model.variables)}
        arrays |= {f"optimizer_{i}": np.asarray(variable.numpy()) for i, variable in enumerate(self._optimizer.variables)}
        arrays |= {f"best_{i}": value for i, value in enumerate(self._best)}
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f".state.{os.getpid()}.npz"
        np.savez(temporary, epochs=json.dumps([asdict(epoch) for epoch in self.epochs]), **arrays)
        temporary.replace(self._file)

    def restore_best(self) -> None:
        """Puts the best weights into the model."""
        for variable, value in zip(self._model.variables, self._best, strict=True):
            variable.assign(value)

    def _restore_model(self) -> None:
        if not self._file.is_file():
            return
        with np.load(self._file) as saved:
            for i, variable in enumerate(self._model.variables):
                variable.assign(saved[f"model_{i}"])
            self._best = [saved[f"best_{i}"] for i in range(len(self._model.variables))]
            self.epochs = [Epoch(**row) for row in json.loads(str(saved["epochs"]))]

    def _restore_optimizer(self) -> None:
        if not self._file.is_file():
            return
        with np.load(self._file) as saved:
            for i, variable in enumerate(self._optimizer.variables):
                variable.assign(saved[f"optimizer_{i}"])

    def _best_epoch(self) -> int:
        sign = -1 if self._config.is_box else 1
        return min(self.epochs, key=lambda row: (-row.size, sign * row.metric)).epoch

    def _located(self, pixels: Any) -> Any:
        return self._points(self._model(normalized(self._tf, pixels, self._normalization), training=False))

    def _step(self, pixels: Any, points: Any) -> Any:
        """Both halves of a batch are branches of one graph: most operations are too small for two cores, two branches are not."""
        tf, cut = self._tf, self._config.batch_size // 2
        parts = ((pixels[:cut], points[:cut]), (pixels[cut:], points[cut:])) if cut else ((pixels, points),)
        losses, gradients = zip(*(self._gradients(*part) for part in parts), strict=True)
        means = [sum(of_parts) / len(parts) for of_parts in zip(*gradients, strict=True)]
        self._optimizer.apply_gradients(list(zip(means, [vector.whole for vector in self._vectors], strict=True)))
        for vector in self._vectors:
            vector.spread(tf)
        return sum(losses) / len(parts)

    def _gradients(self, pixels: Any, points: Any) -> tuple[Any, list[Any]]:
        """Loss of some examples, and its gradient for each vector of variables."""
        image = normalized(self._tf, pixels, self._normalization)
        with self._tf.GradientTape() as tape:
            output = self._model(image, training=True)
            loss = self._loss(points, self._points(output))
            if self._config.heatmaps:
                loss += HEATMAP_WEIGHT * heatmap_loss(self._tf, output, points)
        variables = self._model.trainable_variables
        paths = [variable.path for variable in variables]
        gradients = dict(zip(paths, tape.gradient(loss, variables), strict=True))
        return loss, [vector.joined(self._tf, gradients) for vector in self._vectors]

    def _points(self, output: Any) -> Any:
        return soft_argmax(self._tf, output) if self._config.heatmaps else output

    def _loss(self, truth: Any, found: Any) -> Any:
        tf, count = self._tf, self._config.count
        if not self._config.is_box:
            return tf.reduce_mean(tf.norm(found - truth + 1e-7, axis=-1))
        loss = self._box_loss(truth[:, :count], found[:, :count])
        if found.shape[1] > count:
            inside = inside_input(tf, truth[:, count:])
            error = tf.norm(found[:, count:] - truth[:, count:] + 1e-7, axis=-1)
            loss += AUXILIARY_WEIGHT * tf.reduce_sum(error * inside) / (tf.reduce_sum(inside) + 1e-6)
        return loss

    def _box_loss(self, truth: Any, found: Any) -> Any:
        tf = self._tf
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


def _batches(tf: Any, example: Callable[[int, int, int], Example], count: int, config: TrainConfig, epoch: int) -> Any:
    order = np.random.default_rng((config.seed, epoch)).permutation(count)
    size = config.size_of(epoch)

    def load(i: Any) -> Any:
        pixels, points = tf.numpy_function(lambda n: example(epoch, int(n), size), [i], (tf.uint8, tf.float32), stateful=False)
        return tf.ensure_shape(pixels, (None, None, 3)), tf.ensure_shape(points, (None, 2))

    data = tf.data.Dataset.from_tensor_slices(order).map(load, num_parallel_calls=2, deterministic=True)
    data = data.batch(config.batch_size, drop_remainder=True).prefetch(4)
    options = tf.data.Options()
    options.threading.private_threadpool_size = 2
    options.autotune.enabled = False  # its thread sleeps 20, then 40, then 80 s, and the end of an epoch waits for it
    return data.with_options(options)


def _parts(array: npt.NDArray[np.uint8], size: int) -> list[npt.NDArray[np.uint8]]:
    return [array[i : i + size] for i in range(0, len(array), size)]


def _time_left(started: float, share: float) -> str:
    seconds = math.ceil((time.monotonic() - started) / share * (1 - share))
    return f"{seconds // 60}:{seconds % 60:02}"
