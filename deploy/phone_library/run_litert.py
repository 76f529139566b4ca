"""A program of its own: runs models on LiteRT, each on its CPU or GPU; `litert_gpu.py` starts it and reads what it says."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np


def main(jobs: Path) -> None:
    """Runs every job of a file; a line of its own begins with byte 1."""
    for i, job in enumerate(json.loads(jobs.read_text(encoding="utf-8"))):
        _say(f"job {i}")
        try:
            _run(job)
            _say("done")
        except Exception as error:  # whatever LiteRT throws is told to the parent
            _say(f"failed {type(error).__name__}: {error}".replace("\n", " "))


def _run(job: dict[str, Any]) -> None:
    from ai_edge_litert.compiled_model import CompiledModel
    from ai_edge_litert.hardware_accelerator import HardwareAccelerator

    accelerator = HardwareAccelerator.GPU | HardwareAccelerator.CPU if job["gpu"] else HardwareAccelerator.CPU
    model = CompiledModel.from_file(job["model"], accelerator)
    names = next(iter(model.get_signature_list().values()))
    inputs, outputs = model.create_input_buffers(0), model.create_output_buffers(0)
    given = [Path(job["inputs"][_index(name, job["input_names"], place)]) for place, name in enumerate(names["inputs"])]
    values = [np.frombuffer(file.read_bytes(), np.uint8).reshape(job["runs"], -1) for file in given]
    for run in range(job["runs"]):
        for buffer, one in zip(inputs, values, strict=True):
            buffer.write(one[run])
        model.run_by_index(0, inputs, outputs)
        for place, buffer in enumerate(outputs):
            size = model.get_output_buffer_requirements(place, 0)["buffer_size"]
            index = _index(names["outputs"][place], job["output_names"], place)
            with Path(job["answers"], f"{index}.bin").open("ab") as file:
                file.write(buffer.read(size, np.uint8).tobytes())


def _index(name: str, known: list[list[str]], place: int) -> int:
    """Where the graph has what LiteRT calls so; LiteRT orders by the signature."""
    return next((i for i, names in enumerate(known) if name in names), place)


def _say(line: str) -> None:
    sys.stdout.write(f"\x01{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
