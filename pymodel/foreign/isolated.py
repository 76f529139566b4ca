"""One inference of a stranger's model in a process of its own, with limits on time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError

Tensor = npt.NDArray[np.generic]

PROGRAM = Path(__file__).with_name("child.py")
LONGEST_S = 60.0
LARGEST_BYTES = 6 * 2**30
"""Of the child's address space: Python, LiteRT and a model of the largest size that a phone would take."""

PHONES = "phones would do no better: take another model, or convert it again from its source (invoke convert)"


def run_isolated(name: str, model: bytes, inputs: Sequence[Tensor], longest_s: float = LONGEST_S) -> list[Tensor]:
    """The outputs of a model's first graph.

    Args:
        name: of the file, for messages.
        inputs: one for each input of the graph, of its type and shape.

    Raises:
        KitError: the runtime refuses the model, crashes, takes too long or too much memory.
    """
    with tempfile.TemporaryDirectory() as folder:
        file, given, got = (Path(folder, part) for part in ("model.tflite", "in.npz", "out.npz"))
        file.write_bytes(model)
        np.savez(given, **{str(i): value for i, value in enumerate(inputs)})
        command = [sys.executable, str(PROGRAM), str(file), str(given), str(got), str(LARGEST_BYTES)]
        environment = {**os.environ, "GLOG_minloglevel": "3", "TF_CPP_MIN_LOG_LEVEL": "3", "OPENBLAS_NUM_THREADS": "1"}
        try:
            done = subprocess.run(command, capture_output=True, env=environment, timeout=longest_s, check=False)
        except subprocess.TimeoutExpired as error:
            raise KitError(
                f"{name} can't be run", f"one inference did not end within {longest_s:.0f} s on this machine", PHONES
            ) from error
        if done.returncode or not got.is_file():
            raise KitError(f"{name} can't be run", _reason(done), PHONES)
        with np.load(got, allow_pickle=False) as outputs:
            return [outputs[str(i)] for i in range(len(outputs.files))]


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    if done.returncode < 0:
        return f"LiteRT crashed with it (signal {-done.returncode})"
    if any("MemoryError" in line or "bad_alloc" in line for line in lines):
        return f"it needs more than {LARGEST_BYTES // 2**30} GB of memory"
    return f"LiteRT says: {lines[-1][:300]}" if lines else f"LiteRT ended with exit code {done.returncode}"
