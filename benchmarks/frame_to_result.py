"""From a camera frame to box and landmarks on one thread of this machine, against the bare interpreters.

    python benchmarks/frame_to_result.py [APP]

The limit is what the models alone take: the same `.tflite` files, `invoke()` and nothing else, in turn with the chain.
Frames are drawn (640 × 480, none of them trained on).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import cv2
import numpy as np

from appspec.errors import KitError
from flow.app import open_app
from pymodel.inference.chain import Chain
from pymodel.stages.chosen import chosen_models
from pymodel.synthetic import draw_cat

FRAMES, ROUNDS, SEED = 40, 8, 987_654


def main(app: str = "cat_landmarks") -> None:
    """Prints one JSON object: milliseconds (median and 95th percentile over frames) and the ratio to the limit."""
    cv2.setNumThreads(1)
    opened = open_app(app)
    frames = [cv2.resize(draw_cat(np.random.default_rng((SEED, i))).image, (640, 480)) for i in range(FRAMES)]
    with Chain(chosen_models(opened.spec, opened.artifacts)) as chain:
        interpreters = [model.interpreter for model in chain.models]
        chain.answers(frames[0])
        whole, bare, again = [], [], []
        for _ in range(ROUNDS):
            for frame in frames:
                whole.append(_ms(lambda frame=frame: again.append(_looked_again(chain, frame))))
                bare.append(sum(_ms(interpreter.invoke) for interpreter in interpreters))
    result = {
        "app": app,
        "frame": "640x480",
        "threads": 1,
        "median_ms": round(float(np.median(whole)), 3),
        "p95_ms": round(float(np.percentile(whole, 95)), 3),
        "models_alone_ms": round(float(np.median(bare)), 3),
        "ratio_to_models_alone": round(float(np.median(whole) / np.median(bare)), 2),
        "frames_looked_at_again": round(float(np.mean(again)), 2),
    }
    print(json.dumps(result, indent=1))


def _looked_again(chain: Chain, frame: np.ndarray) -> bool:
    return any(answer.looks > 1 for answer in chain.answers(frame))


def _ms(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KitError as error:
        sys.exit(f"{error.what}: {error.why}; {error.fix}")
