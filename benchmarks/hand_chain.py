"""Milliseconds that cutting and decoding take of a frame of apps/fingertip, and the whole frame against its models alone.

    python benchmarks/hand_chain.py PICTURE [FRAMES]

The picture shows a hand. A tracked frame runs the hand model, a first frame both. Each frame is paired with the models alone, run
right before it on the same inputs; times are those of this thread, so that other work on the machine counts little.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from appspec.artifacts import Artifacts
from appspec.stages import ROOT
from pymodel.data.images import RgbImage, open_image
from pymodel.inference.chain import Chain
from pymodel.inference.interpreter import HostModel, Tensor
from pymodel.inference.tracker import Tracker

SIZE = (640, 480)
"""Of a camera's frame."""


@dataclass(frozen=True)
class Frame:
    """Milliseconds: of the models alone, of the whole frame, of its models within it."""

    alone: float
    whole: float
    within: float


def main(picture: Path, frames: int = 100) -> None:
    """Prints one JSON object a kind of frame: median milliseconds."""
    cv2.setNumThreads(1)
    image = _as_frame(open_image(picture))
    models = Artifacts(ROOT / "build" / "fingertip").models
    with Chain([models / "palm.tflite", models / "hand.tflite"]) as chain:
        spent = [_timed(model) for model in chain.models]
        tracker = Tracker(chain.models)
        tracker.answers(image)
        assert tracker.follows, f"no hand is found in {picture}"
        kinds: dict[str, list[Frame]] = {"tracked": [], "first": []}
        for _ in range(frames):
            kinds["tracked"].append(_frame(chain.models[1:], spent, lambda: tracker.answers(image)))
            tracker.lose()
            kinds["first"].append(_frame(chain.models, spent, lambda: tracker.answers(image)))
    print(json.dumps([{"frame": kind, **_row(rows)} for kind, rows in kinds.items()], indent=1))


def _row(rows: list[Frame]) -> dict[str, float]:
    return {
        "frame_ms": round(statistics.median(row.whole for row in rows), 3),
        "models_alone_ms": round(statistics.median(row.alone for row in rows), 3),
        "ratio": round(statistics.median(row.whole / row.alone for row in rows), 3),
        "cutting_and_decoding_ms": round(statistics.median(row.whole - row.within for row in rows), 3),
    }


def _frame(models: tuple[HostModel, ...], spent: list[list[float]], work: Callable[[], object]) -> Frame:
    alone = sum(_ms(model.interpreter.invoke) for model in models)
    for times in spent:
        times.clear()
    return Frame(alone, _ms(work), sum(sum(times) for times in spent))


def _timed(model: HostModel) -> list[float]:
    """Milliseconds of each later run of a model."""
    times: list[float] = []
    run = model.run

    def timed(tensor: Tensor) -> tuple[Tensor, ...]:
        start = time.thread_time()
        outputs = run(tensor)
        times.append((time.thread_time() - start) * 1e3)
        return outputs

    model.run = timed  # type: ignore[method-assign]
    return times


def _ms(work: Callable[[], object]) -> float:
    start = time.thread_time()
    work()
    return (time.thread_time() - start) * 1e3


def _as_frame(image: RgbImage) -> RgbImage:
    """In the middle of a frame, as large as fits."""
    scale = min(SIZE[0] / image.shape[1], SIZE[1] / image.shape[0])
    width, height = round(image.shape[1] * scale), round(image.shape[0] * scale)
    left, top = (SIZE[0] - width) // 2, (SIZE[1] - height) // 2
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    frame = cv2.copyMakeBorder(small, top, SIZE[1] - height - top, left, SIZE[0] - width - left, cv2.BORDER_REFLECT)
    return frame.astype("uint8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(count) for count in sys.argv[2:]))
