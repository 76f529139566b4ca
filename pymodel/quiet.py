"""Keeps what TensorFlow's C++ prints off the user's screen and in a log."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BRANCHES = 2
"""Of a training step, each the work of a thread of its own."""


def quiet_environment() -> None:
    """To be called before the first import of TensorFlow: no banners, no GPU warnings, threads as a training wants them."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ.setdefault("GLOG_minloglevel", "3")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", str(BRANCHES))
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(max(1, (os.cpu_count() or 1) // BRANCHES)))


@contextmanager
def output_to(log: Path) -> Iterator[None]:
    """Sends both output streams of this process, C++ included, to the end of a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        os.close(kept[0])
        os.close(kept[1])
