"""Training steps a second fed by the input pipeline, against the same model on one cached batch.

    python benchmarks/input_pipeline.py APP

APP must have been trained (its examples are read). Both take turns in one process; the ratio is what the pipeline lets through.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from appspec.artifacts import Artifacts
from appspec.load import load_app
from appspec.stages import ROOT
from pymodel.quiet import quiet_environment

ROUNDS, STEPS = 6, 18


def main(name: str) -> None:
    """Prints one JSON object: images a second of both (median of rounds) and their ratio."""
    quiet_environment()
    import cv2

    from pymodel.tasks.task import find_task
    from pymodel.train.loop import batches, graph_as_traced, training_step

    cv2.setNumThreads(1)
    spec = load_app(ROOT / "apps", name)
    model = spec.model[0]
    examples = Artifacts(ROOT / "build" / name).examples
    plan = find_task(model.task).plan_training(spec, model, "none", examples)
    config = replace(plan.config, epochs=1, small_epochs=0.0)
    with tempfile.TemporaryDirectory() as folder, graph_as_traced():
        step = training_step(plan.network, plan.objective, config, Path(folder))
        fed = iter(batches(plan.example, plan.count, plan.objective, config, 0))
        cached = next(fed)
        step(*cached).numpy()
        speeds: dict[str, list[float]] = {"cached": [], "fed": []}
        for _ in range(ROUNDS):
            speeds["cached"].append(_speed(step, [cached] * STEPS))
            next(fed)  # what was prefetched meanwhile doesn't count
            speeds["fed"].append(_speed(step, (next(fed) for _ in range(STEPS))))
    medians = {kind: float(np.median(values)) * config.batch_size for kind, values in speeds.items()}
    ratio = medians["fed"] / medians["cached"]
    print(json.dumps({"app": name, **{kind: round(value) for kind, value in medians.items()}, "ratio": round(ratio, 3)}))


def _speed(step: Any, examples: Any) -> float:
    start, count = time.perf_counter(), 0
    for inputs, targets in examples:
        step(inputs, targets).numpy()
        count += 1
    return count / (time.perf_counter() - start)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "cat_landmarks")
