"""One inference of a stranger's `.tflite` in a process of its own, which a bad file may take down."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pymodel.inference.refused import litert_refusals
from pymodel.isolated import run_isolated
from pymodel.quiet import quiet_environment

Tensor = npt.NDArray[np.generic]

LONGEST_S = 60.0


def run_once(
    name: str,
    model: bytes,
    inputs: Sequence[Tensor],
    log: Path,
    longest_s: float = LONGEST_S,
    tensors: Sequence[int] | None = None,
) -> list[Tensor]:
    """The outputs of a model's first graph, or other tensors of it.

    Args:
        name: of the file, for messages.
        inputs: one for each input of the graph, of its type and shape.
        log: takes what the runtime says.
        tensors: those that are wanted in place of the outputs.

    Raises:
        KitError: the runtime refuses the model, crashes, takes too long or too much memory.
    """
    with tempfile.TemporaryDirectory(prefix="apkiln-") as folder:
        file, given, got = (Path(folder, part) for part in ("model.tflite", "in.npz", "out.npz"))
        file.write_bytes(model)
        np.savez(given, **{str(i): value for i, value in enumerate(inputs)})
        what = f"{name} can't be run"
        job = {
            "what": what,
            "model": str(file),
            "inputs": str(given),
            "outputs": str(got),
            "tensors": None if tensors is None else list(tensors),
        }
        run_isolated(f"{__name__}:infer", job, log, what, timeout_s=longest_s)
        with np.load(got, allow_pickle=False) as outputs:
            return [outputs[str(i)] for i in range(len(outputs.files))]


def infer(job: dict[str, Any]) -> dict[str, Any]:
    """The child's side: arrays "0", "1" … of a file for the inputs, another for the outputs."""
    quiet_environment()
    with litert_refusals(job["what"]):
        outputs = _outputs(job)
    np.savez(job["outputs"], **{str(i): value for i, value in enumerate(outputs)})
    return {}


def _outputs(job: dict[str, Any]) -> list[Tensor]:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(
        model_path=job["model"], num_threads=1, experimental_preserve_all_tensors=job["tensors"] is not None
    )
    with np.load(job["inputs"], allow_pickle=False) as inputs:
        values = [inputs[str(i)] for i in range(len(inputs.files))]
    details = interpreter.get_input_details()
    for detail, value in zip(details, values, strict=True):
        if tuple(detail["shape"]) != value.shape:
            interpreter.resize_tensor_input(detail["index"], value.shape, strict=False)
    interpreter.allocate_tensors()
    for detail, value in zip(details, values, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    wanted = job["tensors"]
    if wanted is None:
        wanted = [detail["index"] for detail in interpreter.get_output_details()]
    return [interpreter.get_tensor(index) for index in wanted]
