"""Training steps a second on this machine, against the same model of Keras' own layers.

    python benchmarks/training_step.py

Both run in turn in one process on one cached batch of random pixels.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from pymodel.quiet import quiet_environment

BATCH, ROUNDS, STEPS, POINTS = 64, 6, 8, 11


def main() -> None:
    """Prints one JSON object a size: images a second of both (median of rounds) and their ratio."""
    quiet_environment()
    import tensorflow as tf

    from pymodel.networks.mobilenet_v2 import build_model, plain_model
    from pymodel.tasks.box.objective import BoxObjective
    from pymodel.train.loop import TrainConfig, graph_as_traced, training_step

    rng = np.random.default_rng(0)
    rows = []
    for size in (64, 96, 128):
        config = TrainConfig(size=size, epochs=1, batch_size=BATCH, learning_rate=1e-3, patience=1, seed=1)
        objective = BoxObjective((127.5,), (127.5,), True)
        points = rng.uniform(0.1, 0.9, (BATCH, POINTS, 2)).astype(np.float32)
        points[:, 1] = points[:, 0] + 0.1
        batch = tf.constant(rng.integers(0, 256, (BATCH, size, size, 3), np.uint8)), tf.constant(points)
        speeds: dict[str, list[float]] = {"ours": [], "keras": []}
        with tempfile.TemporaryDirectory() as folder, graph_as_traced():
            kinds = {"ours": build_model, "keras": plain_model}
            models = {name: kind(None, 0.35, "none", "points", POINTS) for name, kind in kinds.items()}
            steps = {name: training_step(model, objective, config, Path(folder) / name) for name, model in models.items()}
            for _ in range(ROUNDS):
                for name, step in steps.items():
                    speeds[name].append(_images_a_second(step, batch))
        ours, theirs = (float(np.median(speeds[name][1:])) for name in ("ours", "keras"))
        rows.append({"size": size, "ours": round(ours), "keras": round(theirs), "ratio": round(ours / theirs, 2)})
    print(json.dumps(rows, indent=1))


def _images_a_second(step: Any, batch: Any) -> float:
    start = time.perf_counter()
    for _ in range(STEPS):
        step(*batch).numpy()
    return STEPS * BATCH / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
