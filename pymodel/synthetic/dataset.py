"""Data sets of drawings, drawn in parallel."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from appspec.progress import Reporter
from pymodel.synthetic.layouts import Entry, write_index, write_picture
from pymodel.synthetic.subject import SyntheticImage, find_subject

BATCH = 40
"""Pictures that a worker draws before it reports."""


@dataclass(frozen=True)
class _Batch:
    """What one worker draws: pictures `start` to `end` - 1."""

    folder: Path
    subject: str
    layout: str
    seed: int
    start: int
    end: int


def draw_dataset(
    folder: Path,
    subject: str,
    layout: str,
    count: int,
    seed: int,
    workers: int = 0,
    reporter: Reporter | None = None,
) -> None:
    """Writes `count` pictures; picture i depends on (seed, i) alone.

    Args:
        subject: "cats", "pets" or "pointing_hands"; see find_subject.
        layout: "cat", "coco", "voc" or "folder".
        workers: processes; 0: one for each core.
        reporter: None: nothing is reported.
    """
    batches = [_Batch(folder, subject, layout, seed, start, min(count, start + BATCH)) for start in range(0, count, BATCH)]
    workers = min(workers or os.cpu_count() or 1, len(batches))
    entries: list[Entry] = []
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _exit_with_parent) as pool:
        for written in pool.map(_draw_batch, batches):
            entries += written
            if reporter:
                reporter.progress("pictures drawn", len(entries), count)
    write_index(folder, layout, find_subject(subject), entries)


def draw_subject(subject: str, rng: np.random.Generator, i: int, size: tuple[int, int] | None = None) -> SyntheticImage:
    """One drawing of a subject.

    Args:
        subject: "cats", "pets" or "pointing_hands"; see find_subject.
        i: number of the picture; chooses its class where the subject has several.
        size: width and height, pixels; None: a random one.
    """
    return find_subject(subject).draw(rng, i, size)


def _exit_with_parent() -> None:
    """Ends this worker when its parent is killed; else it would write into the next run's folder, then wait for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _draw_batch(batch: _Batch) -> list[Entry]:
    cv2.setNumThreads(1)
    entries = []
    for i in range(batch.start, batch.end):
        rng = np.random.default_rng((batch.seed, i))
        drawing = draw_subject(batch.subject, rng, i)
        quality = int(rng.integers(45, 96))
        entries.append(write_picture(batch.folder, batch.layout, i, drawing, quality))
    return entries
