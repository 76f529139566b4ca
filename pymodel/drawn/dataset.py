"""Many drawn cats, written as a data set."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from pymodel.drawn.scene import draw_cat

BATCH = 40
"""Pictures a worker draws before it reports."""


def draw_dataset(
    folder: Path, count: int, seed: int, workers: int = 0, on_progress: Callable[[int, int], None] | None = None
) -> None:
    """Writes NNNNNNNN_000.jpg and NNNNNNNN_000.jpg.cat; picture i follows from (seed, i) alone.

    Args:
        workers: processes; 0: one for each core.
        on_progress: (done, total).
    """
    parts = [(str(folder), seed, start, min(count, start + BATCH)) for start in range(0, count, BATCH)]
    workers = min(workers or os.cpu_count() or 1, len(parts))
    done = 0
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _end_with_parent) as pool:
        for drawn in pool.map(_draw_part, parts):
            done += drawn
            if on_progress:
                on_progress(done, count)


def _end_with_parent() -> None:
    """A worker whose parent was killed would first draw on into what a next run makes, then wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _draw_part(part: tuple[str, int, int, int]) -> int:
    folder, seed, start, end = part
    cv2.setNumThreads(1)
    for i in range(start, end):
        rng = np.random.default_rng((seed, i))
        drawing = draw_cat(rng)
        quality = int(rng.integers(45, 96))
        path = Path(folder) / f"{i:08}_000.jpg"
        _, content = cv2.imencode(".jpg", drawing.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        path.write_bytes(content.tobytes())
        numbers = " ".join(f"{value:g}" for value in drawing.landmarks.round(1).ravel())
        path.with_name(f"{path.name}.cat").write_text(f"9 {numbers} \n", encoding="ascii")
    return end - start
