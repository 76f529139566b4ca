"""Data-parallel training on several machines: each takes a shard of every batch, and the gradients are averaged.

tf.distribute.MultiWorkerMirroredStrategy, one replica a worker. Every worker has the whole model and its whole state, kept equal
by the same seed and the same updates; so each can resume where all were stopped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError

if TYPE_CHECKING:
    import tensorflow as tf

VARIABLE = "TF_CONFIG"

Order = npt.NDArray[np.int64]
"""(N,) numbers of examples."""


def name_cluster(workers: str, worker: str | None) -> None:
    """Sets TF_CONFIG for this process, from `--workers` and `--worker`.

    Args:
        workers: HOST:PORT of each, separated by commas.
        worker: the number of this one, from 0.

    Raises:
        KitError: not a list of HOST:PORT, or no such worker.
    """
    places = [place.strip() for place in workers.split(",") if place.strip()]
    for place in places:
        host, _, port = place.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise KitError("--workers can't be used", f"{place!r} is not HOST:PORT", "give as 10.0.0.1:2222,10.0.0.2:2222")
    if len(set(places)) != len(places) or len(places) < 2:
        raise KitError("--workers can't be used", f"found {len(set(places))} different ones", "name two or more, each once")
    index = int(worker) if worker is not None and worker.isdigit() else -1
    if not 0 <= index < len(places):
        raise KitError(
            "--worker is missing" if worker is None else f"There is no worker {worker}",
            f"--workers names {len(places)}: 0 to {len(places) - 1}",
            "run the same command on each machine, with --worker 0 on the first, --worker 1 on the second …",
        )
    os.environ[VARIABLE] = json.dumps({"cluster": {"worker": places}, "task": {"type": "worker", "index": index}})


def cluster() -> tuple[int, int]:
    """How many workers there are, and the number of this one: (1, 0) without a TF_CONFIG.

    Raises:
        KitError: TF_CONFIG can't be used.
    """
    text = os.environ.get(VARIABLE, "")
    if not text:
        return 1, 0
    try:
        config = json.loads(text)
        count, index = len(config["cluster"]["worker"]), int(config["task"]["index"])
        kind = config["task"]["type"]
    except (ValueError, KeyError, TypeError) as error:
        raise KitError(
            "TF_CONFIG can't be read",
            f"{type(error).__name__}: {error}",
            'give {"cluster": {"worker": ["HOST:PORT", …]}, "task": {"type": "worker", "index": 0}}',
        ) from error
    if kind != "worker" or not 0 <= index < count:
        raise KitError(
            "TF_CONFIG can't be used", f"task {kind} {index} is none of {count} workers", "name a worker that is there"
        )
    return count, index


class Team:
    """The workers of a training, or this process alone."""

    def __init__(self) -> None:
        self.count, self.index = cluster()
        self._strategy = _strategy() if self.count > 1 else None

    def mean(self, compute: Callable[..., list[tf.Tensor]], *arguments: tf.Tensor) -> list[tf.Tensor]:
        """The mean over the workers of the tensors that each computes; within a graph or not."""
        if self._strategy is None:
            return compute(*arguments)
        import tensorflow as tf

        def reduced(*own: tf.Tensor) -> list[tf.Tensor]:
            context = tf.distribute.get_replica_context()
            return [context.all_reduce(tf.distribute.ReduceOp.MEAN, value) for value in compute(*own)]

        means = self._strategy.run(reduced, args=arguments)
        return [self._strategy.experimental_local_results(value)[0] for value in means]

    def min_over_workers(self, number: int) -> int:
        """The smallest of the workers' numbers."""
        if self._strategy is None:
            return number
        import tensorflow as tf

        mine = [number if i == self.index else 0 for i in range(self.count)]
        (numbers,) = tf.function(lambda: self.mean(lambda: [tf.constant(mine, tf.float32)]))()
        return round(float(min(numbers)) * self.count)

    def shard(self, order: Order, batch_size: int) -> Order:
        """This worker's share of each batch of the examples (N,)."""
        if self.count == 1:
            return order
        batches = order[: len(order) // batch_size * batch_size].reshape(-1, batch_size)
        return batches[:, self.index :: self.count].reshape(-1)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turns TensorFlow's error when another worker is lost into one for the user.

        Raises:
            KitError: another worker was lost.
        """
        import tensorflow as tf

        try:
            yield
        except tf.errors.OpError as error:
            if self._strategy is None:
                raise
            raise KitError(
                "Another worker was lost",
                str(error.message).splitlines()[0][:160],
                "start all of them again with the same commands: the training goes on after its last whole epoch",
            ) from error


@cache
def _strategy() -> tf.distribute.Strategy:
    """Made once a process, before TensorFlow does anything else."""
    import tensorflow as tf

    options = tf.distribute.experimental.CommunicationOptions(
        implementation=tf.distribute.experimental.CommunicationImplementation.RING
    )
    return tf.distribute.MultiWorkerMirroredStrategy(communication_options=options)
