"""What TensorFlow's own Analyzer says of the GPU delegate, in a child process: TensorFlow opens a stranger's file there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError

LONGEST_S = 120.0
MOST_MEMORY_KB = 12 * 2**20

_PROGRAM = """
import sys
import tensorflow as tf
print("VERSION", tf.__version__)
tf.lite.experimental.Analyzer.analyze(model_path=sys.argv[1], gpu_compatibility=True)
"""


@dataclass(frozen=True)
class Analysis:
    """What the Analyzer says.

    Attributes:
        version: of TensorFlow.
        compatible: it would take the whole graph.
        warnings: what it warns of.
    """

    version: str
    compatible: bool
    warnings: tuple[str, ...]


def analyze(model: Path) -> Analysis:
    """Asks it.

    Raises:
        KitError: it fails, crashes or takes too long.
    """
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    command = ["sh", "-c", 'ulimit -v "$0"; exec "$@"', str(MOST_MEMORY_KB), sys.executable, "-c", _PROGRAM, str(model.resolve())]
    failed = "TensorFlow's Analyzer can't tell of this model"
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", env=environment, timeout=LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise KitError(failed, f"it did not end within {LONGEST_S:.0f} s", "leave --analyzer out") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1][:200]
        why = (
            f"it crashed (signal {-done.returncode})"
            if done.returncode < 0
            else f"it ended with exit code {done.returncode}: {last}"
        )
        raise KitError(failed, why, "leave --analyzer out")
    version = re.search(r"^VERSION (\S+)$", done.stdout, re.MULTILINE)
    warnings = dict.fromkeys(re.findall(r"GPU COMPATIBILITY WARNING: (.+)", done.stdout))
    return Analysis(version[1] if version else "", not warnings, tuple(warnings))
