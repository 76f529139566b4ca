"""The training loop: deterministic, and able to resume where it was killed.

The order of the examples and their augmentation depend on (seed, epoch, example) alone. After each epoch everything that the next
one needs is saved in one file, so a killed training resumes to the same result as one that was not killed.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from appspec.progress import Reporter
from pymodel.networks.fused import MovingStatistics
from pymodel.quiet import quiet_environment
from pymodel.train.objective import Array, Objective
from pymodel.train.optimizer import Optimizer
from pymodel.train.workers import Team

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    Batch = tuple[tf.Tensor, tf.Tensor]
    """Inputs and targets."""

Example = tuple[Array, Array]
"""Raw input and target, of the shapes and types that the objective names."""

SMALL_EPOCHS, SMALL_SIDE = 0.4, 0.75
"""In the first SMALL_EPOCHS of the epochs inputs have SMALL_SIDE of the final side: coarse positions are learnt on these in half of
the time, details afterwards."""

PREVIOUS = "previous.npz"
"""The state of the epoch before the last: another worker may have been killed before it saved its last one."""


@dataclass(frozen=True)
class TrainConfig:
    """The settings of a training.

    Attributes:
        size: S, the final input's side in pixels; None where inputs are not pictures.
        learning_rate: its peak, see Optimizer.
        patience: epochs at the final size without a better validation metric after which training stops.
        frozen_epochs: number of epochs, at the start, in which only layers with "head" in their name learn.
        small_epochs: share of the epochs, at the start, on smaller inputs; 0 for a network that is already trained.
    """

    size: int | None
    epochs: int
    batch_size: int
    learning_rate: float
    patience: int
    seed: int
    frozen_epochs: int = 0
    weight_decay: float = 1e-4
    small_epochs: float = SMALL_EPOCHS

    def size_of(self, epoch: int) -> int:
        """Input side of an epoch (from 0), a multiple of 32, at least 64 unless the final one is smaller; 1 where there is none."""
        if self.size is None:
            return 1
        if (epoch + 0.5) / self.epochs > self.small_epochs:
            return self.size
        return min(self.size, max(64, round(self.size * SMALL_SIDE / 32) * 32))


@dataclass(frozen=True)
class Epoch:
    """A row of the curve.

    Attributes:
        size: input side in training and validation.
        metric: the objective's, on the validation examples.
    """

    epoch: int
    size: int
    learning_rate: float
    train_loss: float
    validation_loss: float
    metric: float
    seconds: float


def train_model(
    model: keras.Model,
    example: Callable[[int, int, int], Example],
    count: int,
    validation: Callable[[int], Example],
    objective: Objective,
    config: TrainConfig,
    checkpoint: Path,
    reporter: Reporter,
) -> list[Epoch]:
    """Trains a model in place; leaves it with the best weights.

    Args:
        model: takes inputs of any size.
        example: (epoch, i, size) → training example i, augmented for that epoch.
        count: number of training examples.
        validation: size → all validation examples, stacked.
        checkpoint: folder for the training's state; if it has that of a killed training, that one is resumed.
    """
    quiet_environment()
    team = Team()
    config = replace(config, batch_size=_whole_batch(min(count, config.batch_size), team.count))
    steps = count // config.batch_size
    with team.guarded():
        state = _State(model, objective, config, steps, checkpoint, team)
    first, clock = len(state.epochs), _Clock()
    work = [config.size_of(epoch) ** 2 for epoch in range(config.epochs)]
    cached: tuple[int, Example] | None = None
    with team.guarded(), graph_as_traced():
        for epoch in range(first, config.epochs):
            if state.is_stale():
                break
            state.begin(epoch)
            start, size = time.monotonic(), config.size_of(epoch)
            losses = []
            for step, (inputs, targets) in enumerate(batches(example, count, objective, config, epoch)):
                losses.append(state.step(inputs, targets))
                share = (sum(work[first:epoch]) + work[epoch] * (step + 1) / steps) / sum(work[first:])
                reporter.progress(f"epoch {epoch + 1} of {config.epochs}{clock.left(share)}, step", step + 1, steps)
            state.synchronize()
            if cached is None or cached[0] != size:
                cached = size, validation(size)
            loss, metric = state.validate(cached[1])
            mean = float(np.mean([float(value) for value in losses]))
            row = Epoch(epoch + 1, size, state.learning_rate(), mean, loss, metric, time.monotonic() - start)
            state.finish(row)
            if not (np.isfinite(mean) and np.isfinite(loss)):
                break  # it has diverged: no epoch mends that
    state.restore_best()
    return state.epochs


def best_metric(curve: list[Epoch], maximize: bool) -> float:
    """The metric of the epoch whose weights were kept."""
    final = [row.metric for row in curve if row.size == curve[-1].size]
    return max(final) if maximize else min(final)


@contextmanager
def graph_as_traced() -> Iterator[None]:
    """Within it TensorFlow rewrites no graph.

    For a step of these networks that takes 2 s of a core, and makes steps 2 to 3 % faster: a training of a minute ends sooner without.
    """
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


def training_step(
    model: keras.Model, objective: Objective, config: TrainConfig, folder: Path
) -> Callable[[Array, Array], tf.Tensor]:
    """One step of a new training, for benchmarks, which run it in `graph_as_traced`: (inputs, targets) of a batch → loss."""
    step: Callable[[Array, Array], tf.Tensor] = _State(model, objective, config, 100, folder, Team()).step
    return step


class _State:
    """Model, optimizer, curve and best weights of one training."""

    def __init__(
        self, model: keras.Model, objective: Objective, config: TrainConfig, steps: int, folder: Path, team: Team
    ) -> None:
        import tensorflow as tf

        self._model, self._config, self._folder = model, config, folder
        self._objective, self._team = objective, team
        self._file = self._common_state(folder)
        self.epochs: list[Epoch] = []
        self._best: list[npt.NDArray[np.float32]] = []
        self._restore_model()
        self._optimizer = Optimizer(model, config, steps)
        self._restore_optimizer()
        self._statistics = MovingStatistics(model)
        inputs = tf.TensorSpec((None, *objective.input_shape), objective.input_dtype)
        targets = tf.TensorSpec((None, *objective.target_shape), objective.target_dtype)
        self.step = tf.function(self._step, input_signature=(inputs, targets), autograph=False)
        self._half_gradients = tf.function(self._gradients, input_signature=(inputs, targets), autograph=False)  # traced once
        self._validation_step = tf.function(self._validate, input_signature=(inputs, targets), autograph=False)

    def learning_rate(self) -> float:
        """Of the last step."""
        return self._optimizer.learning_rate()

    def begin(self, epoch: int) -> None:
        """To be called before an epoch (from 0)."""
        self._optimizer.begin(epoch)
        self._statistics.load()

    def is_stale(self) -> bool:
        """Whether patience has run out."""
        if not self.epochs or self.epochs[-1].size < self._config.size_of(self._config.epochs):
            return False
        return len(self.epochs) - self._best_epoch() > self._config.patience

    def validate(self, validation: Example) -> tuple[float, float]:
        """Loss and metric on the validation examples."""
        inputs, targets = validation
        size = self._config.batch_size
        parts = [(inputs[i : i + size], targets[i : i + size]) for i in range(0, len(inputs), size)]
        results = [self._validation_step(*part) for part in parts]
        loss = float(np.average([float(loss) for loss, _ in results], weights=[len(part[0]) for part in parts]))
        return loss, self._objective.metric(np.concatenate([answers for _, answers in results]), targets)

    def synchronize(self) -> None:
        """To be called after an epoch: averages the normalizations' moving statistics, which differ by worker, over all workers."""
        import tensorflow as tf

        self._statistics.unpack()
        variables = self._model.non_trainable_variables
        if self._team.count == 1 or not variables:
            return

        def packed() -> list[tf.Tensor]:
            return [tf.concat([tf.reshape(tf.cast(variable.value, tf.float32), [-1]) for variable in variables], 0)]

        (means,) = tf.function(lambda: self._team.mean(packed))()
        parts = tf.split(means, [int(np.prod(variable.shape)) for variable in variables])
        for variable, part in zip(variables, parts, strict=True):
            variable.assign(tf.cast(tf.reshape(part, variable.shape), variable.dtype))

    def finish(self, row: Epoch) -> None:
        """Adds an epoch to the curve, and saves everything that the next one needs, atomically."""
        self.epochs.append(row)
        if self._best_epoch() == row.epoch:
            self._best = [variable.numpy() for variable in self._model.variables]
        arrays = {f"model_{i}": variable.numpy() for i, variable in enumerate(self._model.variables)}
        arrays |= {f"optimizer_{i}": np.asarray(variable.numpy()) for i, variable in enumerate(self._optimizer.variables)}
        arrays |= {f"best_{i}": value for i, value in enumerate(self._best)}
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f".state.{os.getpid()}.npz"
        np.savez(temporary, epochs=json.dumps([asdict(epoch) for epoch in self.epochs]), **arrays)
        file = self._folder / "state.npz"
        if self._team.count > 1 and file.is_file():
            file.replace(self._folder / PREVIOUS)
        temporary.replace(file)

    def _common_state(self, folder: Path) -> Path:
        """The state after the last epoch that all workers finished: this worker's last one, or the one before it."""
        file = folder / "state.npz"
        if self._team.count == 1:
            return file
        own = _epochs_of(file)
        return file if own == self._team.min_over_workers(own) else folder / PREVIOUS

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
        sign = -1 if self._objective.maximize else 1
        return min(self.epochs, key=lambda row: (-row.size, sign * row.metric)).epoch

    def _validate(self, inputs: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        objective = self._objective
        outputs = self._model(objective.inputs(inputs), training=False)
        return objective.loss(outputs, targets), objective.answers(outputs)

    def _step(self, inputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        """The halves of a batch are two branches of one graph: most operations alone are too small to keep two cores busy."""
        loss, statistics, *gradients = self._team.mean(self._mean_gradients, inputs, targets)
        self._optimizer.apply(gradients)
        self._statistics.update(statistics, len(self._halves(inputs)))
        return loss

    def _halves(self, examples: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Both halves of a batch; a batch of one example is not split."""
        half = self._config.batch_size // self._team.count // 2
        return (examples[:half], examples[half:]) if half else (examples,)

    def _mean_gradients(self, inputs: tf.Tensor, targets: tf.Tensor) -> list[tf.Tensor]:
        """Loss, packed batch statistics and packed gradients of a batch: the means over its halves."""
        halves = zip(self._halves(inputs), self._halves(targets), strict=True)
        results = [self._half_gradients(*half) for half in halves]
        return [sum(values) / len(results) for values in zip(*results, strict=True)]

    def _gradients(self, inputs: tf.Tensor, targets: tf.Tensor) -> list[tf.Tensor]:
        import tensorflow as tf

        objective = self._objective
        with self._statistics.collecting() as statistics, tf.GradientTape() as tape:
            loss = objective.loss(self._model(objective.inputs(inputs), training=True), targets)
        variables = self._model.trainable_variables
        paths = [variable.path for variable in variables]
        gradients = dict(zip(paths, tape.gradient(loss, variables), strict=True))
        return [loss, self._statistics.pack(statistics), *self._optimizer.pack(gradients)]


def _epochs_of(file: Path) -> int:
    if not file.is_file():
        return 0
    with np.load(file) as saved:
        return len(json.loads(str(saved["epochs"])))


def _whole_batch(size: int, workers: int) -> int:
    """The largest batch of at most this size that can be shared evenly among the workers."""
    return max(1, size // workers) * workers


def batches(
    example: Callable[[int, int, int], Example], count: int, objective: Objective, config: TrainConfig, epoch: int
) -> Iterable[Batch]:
    """This worker's batches of an epoch, in an order that depends on seed and epoch: a tf.data.Dataset."""
    import tensorflow as tf

    team = Team()
    order = np.random.default_rng((config.seed, epoch)).permutation(count)
    order = team.shard(order, config.batch_size)
    size, share = config.size_of(epoch), config.batch_size // team.count
    rows = order[: len(order) // share * share].reshape(-1, share)
    types = objective.input_dtype, objective.target_dtype

    def load(numbers: npt.NDArray[np.int64]) -> Example:
        first = example(epoch, int(numbers[0]), size)
        inputs, targets = (np.empty((len(numbers), *part.shape), part.dtype) for part in first)
        for i, n in enumerate(numbers):
            inputs[i], targets[i] = first if i == 0 else example(epoch, int(n), size)
        return inputs, targets

    def to_batch(numbers: tf.Tensor) -> Batch:
        inputs, targets = tf.numpy_function(load, [numbers], types, stateful=False)
        return tf.ensure_shape(inputs, (share, *objective.input_shape)), tf.ensure_shape(
            targets, (share, *objective.target_shape)
        )

    # One loader: it takes a tenth of a core, and two would compete for Python's lock.
    data = tf.data.Dataset.from_tensor_slices(rows).map(to_batch, num_parallel_calls=1, deterministic=True).prefetch(4)
    options = tf.data.Options()
    options.threading.private_threadpool_size = 2
    options.autotune.enabled = False  # its thread sleeps up to 80 s, and an epoch's end waits for it
    batches: Iterable[Batch] = data.with_options(options)
    return batches


class _Clock:
    """Estimates the time left; the first step doesn't count, as building the graphs takes as long as hundreds of steps."""

    def __init__(self) -> None:
        self._start: tuple[float, float] | None = None

    def left(self, share: float) -> str:
        """`, 4:05 left` when `share` (0–1) of the work is done; empty at the first call."""
        now = time.monotonic()
        if self._start is None:
            self._start = now, share
            return ""
        start, share_then = self._start
        seconds = math.ceil((now - start) / (share - share_then) * (1 - share))
        return f", {seconds // 60}:{seconds % 60:02} left"
