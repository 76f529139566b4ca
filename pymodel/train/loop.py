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

from pymodel.networks.fused import MovingStatistics
from pymodel.quiet import quiet_environment
from pymodel.train.objective import Array, Objective
from pymodel.train.optimizer import Optimizer
from pymodel.train.workers import Team

Example = tuple[Array, Array]
"""Raw input and target, as the objective says."""

Progress = Callable[[str, int, int], None]

SMALL_EPOCHS, SMALL_SIDE = 0.4, 0.75
"""In the first share of the epochs inputs have this share of their side: places are learnt on small ones in half of the time,
detail afterwards."""

PREVIOUS = "previous.npz"


@dataclass(frozen=True)
class TrainConfig:
    """What a training follows from, beside model and data.

    Attributes:
        size: S, the final input's side, pixels; None: inputs are no pictures.
        learning_rate: peak; warmed up over the first twentieth of the steps, then a cosine down to 2 % of it.
        patience: epochs at the final size without a better validation metric before it stops.
        frozen_epochs: at the start, in which only layers with "head" in their name learn.
        small_epochs: share of the epochs, at the start, on smaller inputs; 0 where the network has learnt before.
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
        """Input side of an epoch (from 0): small, then whole, in multiples of 32 from 64 on; 1 where there is none."""
        if self.size is None:
            return 1
        if (epoch + 0.5) / self.epochs > self.small_epochs:
            return self.size
        return min(self.size, max(64, round(self.size * SMALL_SIDE / 32) * 32))


@dataclass(frozen=True)
class Epoch:
    """A row of the curve.

    Attributes:
        size: input side that it was trained and validated at.
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
    model: Any,
    example: Callable[[int, int, int], Example],
    count: int,
    validation: Callable[[int], Example],
    objective: Objective,
    config: TrainConfig,
    checkpoint: Path,
    progress: Progress,
) -> list[Epoch]:
    """Trains a model in place; leaves it with the best weights.

    Args:
        model: takes inputs of every size.
        example: gives training example i as it is in an epoch: (epoch, i, size) → Example.
        count: number of training examples.
        validation: gives all validation examples at a size, stacked.
        checkpoint: folder of the training's state; may hold that of a killed one.
        progress: (what, done, total).
    """
    quiet_environment()
    import tensorflow as tf

    team = Team(tf)
    config = replace(config, batch_size=_whole_batch(min(count, config.batch_size), team.count))
    steps = count // config.batch_size
    with team.guarded():
        state = _State(model, objective, config, steps, checkpoint, team)
    first, clock = len(state.epochs), _Clock()
    work = [config.size_of(epoch) ** 2 for epoch in range(config.epochs)]
    known: tuple[int, Example] | None = None
    with team.guarded():
        for epoch in range(first, config.epochs):
            if state.is_stale():
                break
            state.begin(epoch)
            begun, size = time.monotonic(), config.size_of(epoch)
            losses = []
            for step, (inputs, targets) in enumerate(batches(example, count, objective, config, epoch)):
                losses.append(state.step(inputs, targets))
                share = (sum(work[first:epoch]) + work[epoch] * (step + 1) / steps) / sum(work[first:])
                progress(f"epoch {epoch + 1} of {config.epochs}{clock.left(share)}, step", step + 1, steps)
            state.agree()
            if known is None or known[0] != size:
                known = size, validation(size)
            loss, metric = state.validate(known[1])
            mean = float(np.mean([float(value) for value in losses]))
            row = Epoch(epoch + 1, size, state.learning_rate(), mean, loss, metric, time.monotonic() - begun)
            state.finish(row)
    state.restore_best()
    return state.epochs


def best_metric(curve: list[Epoch], maximize: bool) -> float:
    """Of the epoch whose weights were kept."""
    final = [row.metric for row in curve if row.size == curve[-1].size]
    return max(final) if maximize else min(final)


def training_step(model: Any, objective: Objective, config: TrainConfig, folder: Path) -> Callable[[Any, Any], Any]:
    """One step of a new training, for benchmarks: takes a batch of inputs and of targets, gives the loss."""
    import tensorflow as tf

    step: Callable[[Any, Any], Any] = _State(model, objective, config, 100, folder, Team(tf)).step
    return step


class _State:
    """Model, optimizer, curve and best weights of one training."""

    def __init__(self, model: Any, objective: Objective, config: TrainConfig, steps: int, folder: Path, team: Team) -> None:
        import tensorflow as tf

        self._tf, self._model, self._config, self._folder = tf, model, config, folder
        self._objective, self._team = objective, team
        self._file = self._common_state(folder)
        self.epochs: list[Epoch] = []
        self._best: list[Any] = []
        self._restore_model()
        self._optimizer = Optimizer(tf, model, config, steps)
        self._restore_optimizer()
        self._statistics = MovingStatistics(tf, model)
        inputs = tf.TensorSpec((None, *objective.input_shape), objective.input_dtype)
        targets = tf.TensorSpec((None, *objective.target_shape), objective.target_dtype)
        self.step = tf.function(self._step, input_signature=(inputs, targets), autograph=False)
        self._judge = tf.function(self._judged, input_signature=(inputs, targets), autograph=False)

    def learning_rate(self) -> float:
        """Of the last step."""
        return self._optimizer.learning_rate()

    def begin(self, epoch: int) -> None:
        """Before an epoch (from 0)."""
        self._optimizer.begin(epoch)
        self._statistics.take()

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
        judged = [self._judge(*part) for part in parts]
        loss = float(np.average([float(loss) for loss, _ in judged], weights=[len(part[0]) for part in parts]))
        return loss, self._objective.metric(np.concatenate([answers for _, answers in judged]), targets)

    def agree(self) -> None:
        """After an epoch: makes what each worker counted of its own batches the same for all, the statistics of normalizations."""
        self._statistics.spread()
        counted = self._model.non_trainable_variables
        if self._team.count == 1 or not counted:
            return
        tf = self._tf

        def joined() -> list[Any]:
            return [tf.concat([tf.reshape(tf.cast(variable.value, tf.float32), [-1]) for variable in counted], 0)]

        (whole,) = tf.function(lambda: self._team.mean(joined))()
        parts = tf.split(whole, [int(np.prod(variable.shape)) for variable in counted])
        for variable, part in zip(counted, parts, strict=True):
            variable.assign(tf.cast(tf.reshape(part, variable.shape), variable.dtype))

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
        file = self._folder / "state.npz"
        if self._team.count > 1 and file.is_file():
            file.replace(self._folder / PREVIOUS)
        temporary.replace(file)

    def _common_state(self, folder: Path) -> Path:
        """The state of the last epoch that every worker has finished: this one's last, or the one before it."""
        file = folder / "state.npz"
        if self._team.count == 1:
            return file
        mine = _epochs_of(file)
        common = self._team.least(mine)
        return file if common == mine else folder / PREVIOUS

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

    def _judged(self, inputs: Any, targets: Any) -> tuple[Any, Any]:
        tf, objective = self._tf, self._objective
        outputs = self._model(objective.inputs(tf, inputs), training=False)
        return objective.loss(tf, outputs, targets), objective.answers(tf, outputs)

    def _step(self, inputs: Any, targets: Any) -> Any:
        """Both halves of a batch are branches of one graph: most operations are too small for two cores, two branches are not."""
        loss, counted, *means = self._team.mean(self._mean_gradients, inputs, targets)
        self._optimizer.apply(means)
        self._statistics.move(counted, len(self._parts(inputs)))
        return loss

    def _parts(self, examples: Any) -> tuple[Any, ...]:
        cut = self._config.batch_size // self._team.count // 2
        return (examples[:cut], examples[cut:]) if cut else (examples,)

    def _mean_gradients(self, inputs: Any, targets: Any) -> list[Any]:
        """The loss, what normalizations counted, and the loss's gradient for each vector of variables."""
        parts = zip(self._parts(inputs), self._parts(targets), strict=True)
        found = [self._gradients(*part) for part in parts]
        return [sum(of_parts) / len(found) for of_parts in zip(*found, strict=True)]

    def _gradients(self, inputs: Any, targets: Any) -> list[Any]:
        """Of some examples."""
        tf, objective = self._tf, self._objective
        with self._statistics.counting() as counted, tf.GradientTape() as tape:
            loss = objective.loss(tf, self._model(objective.inputs(tf, inputs), training=True), targets)
        variables = self._model.trainable_variables
        paths = [variable.path for variable in variables]
        gradients = dict(zip(paths, tape.gradient(loss, variables), strict=True))
        return [loss, self._statistics.joined(counted), *self._optimizer.joined(gradients)]


def _epochs_of(file: Path) -> int:
    if not file.is_file():
        return 0
    with np.load(file) as saved:
        return len(json.loads(str(saved["epochs"])))


def _whole_batch(size: int, workers: int) -> int:
    """The largest batch of at most this size that gives each worker the same part."""
    return max(1, size // workers) * workers


def batches(
    example: Callable[[int, int, int], Example], count: int, objective: Objective, config: TrainConfig, epoch: int
) -> Any:
    """This worker's batches of an epoch, in the order that seed and epoch give: (inputs, targets), a tf.data dataset."""
    import tensorflow as tf

    team = Team(tf)
    order = np.random.default_rng((config.seed, epoch)).permutation(count)
    order = team.part(order, config.batch_size)
    size, share = config.size_of(epoch), config.batch_size // team.count
    rows = order[: len(order) // share * share].reshape(-1, share)
    types = objective.input_dtype, objective.target_dtype

    def load(numbers: Any) -> Example:
        first = example(epoch, int(numbers[0]), size)
        whole = tuple(np.empty((len(numbers), *part.shape), part.dtype) for part in first)
        for place, n in enumerate(numbers):
            for into, part in zip(whole, first if place == 0 else example(epoch, int(n), size), strict=True):
                into[place] = part
        return whole[0], whole[1]

    def loaded(numbers: Any) -> Any:
        inputs, targets = tf.numpy_function(load, [numbers], types, stateful=False)
        return tf.ensure_shape(inputs, (share, *objective.input_shape)), tf.ensure_shape(
            targets, (share, *objective.target_shape)
        )

    # One loader: it needs a tenth of a core, and two would wait for each other's Python.
    data = tf.data.Dataset.from_tensor_slices(rows).map(loaded, num_parallel_calls=1, deterministic=True).prefetch(4)
    options = tf.data.Options()
    options.threading.private_threadpool_size = 2
    options.autotune.enabled = False  # its thread sleeps 20, then 40, then 80 s, and the end of an epoch waits for it
    return data.with_options(options)


class _Clock:
    """Tells the time left by the steps since the first one, which makes the graphs and takes as long as hundreds."""

    def __init__(self) -> None:
        self._begun: tuple[float, float] | None = None

    def left(self, share: float) -> str:
        """`, 4:05 left` where `share` of the work is done, 0–1; nothing at the first call."""
        now = time.monotonic()
        if self._begun is None:
            self._begun = now, share
            return ""
        begun, known = self._begun
        seconds = math.ceil((now - begun) / (share - known) * (1 - share))
        return f", {seconds // 60}:{seconds % 60:02} left"
