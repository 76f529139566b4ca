"""Core ML by coremltools: an ML program, read back from disk and computed op by op, as no Core ML runs off macOS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from appspec.errors import KitError
from pymodel.convert.frozen import without_calls
from pymodel.convert.loaded import Input, Loaded, Values
from pymodel.convert.made import Made, UncheckedError
from pymodel.convert.mil import MilProgram
from pymodel.convert.request import Request
from pymodel.quiet import output_to

INSTALL = "pip install -e '.[coreml]' -c constraints.txt"
CHECKED = "the package read back and computed op by op with TensorFlow; Core ML itself runs on macOS alone"


CONTROL_FLOW = ("While", "StatelessWhile", "If", "StatelessIf", "Case", "StatelessCase")


def make(loaded: Loaded, request: Request, calibration: Sequence[Values], folder: Path, log: Path) -> Made:
    """Writes `SOURCE.mlpackage`, with weights of float32 or float16.

    Raises:
        KitError: coremltools is not there or lacks an operator.
    """
    if loaded.frozen is None:
        why = "a .tflite can't be made into Core ML: coremltools reads TensorFlow, not TFLite"
        raise KitError(request.what, why, "convert the source that the .tflite was made from")
    if request.quantize not in ("float32", "float16"):
        raise KitError(request.what, f"Core ML is written as float32 or float16, not as {request.quantize}", "--quantize float16")
    path = folder / f"{request.source.stem}.mlpackage"
    with output_to(log):
        names = _write(loaded, request, path)
        program = MilProgram(path)

    def run(values: Values) -> Values:
        if program.missing:
            raise UncheckedError(f"{', '.join(program.missing)} can't be computed on this machine")
        given = {_feature(one, loaded): _as_core_ml(values[one.name], one) for one in loaded.inputs}
        try:
            answer = program.run(given)
        except NotImplementedError as error:
            raise UncheckedError(f"{error} can't be computed on this machine") from error
        return {name: answer[feature] for name, feature in names.items()}

    facts = {"precision": request.quantize, "features": {"outputs": names}}
    return Made((path,), run, CHECKED, facts, ("Core ML's own arithmetic was not run: that takes a Mac",))


def _write(loaded: Loaded, request: Request, path: Path) -> dict[str, str]:
    """Writes the package; the source's output names → the package's."""
    try:
        import coremltools as ct
    except ImportError:
        raise KitError(request.what, "Core ML needs coremltools, which is not installed", INSTALL) from None
    assert loaded.frozen is not None
    for one in loaded.inputs:
        if not one.shape:
            why = f"input {one.name} is one number without sides, which Core ML doesn't take"
            raise KitError(request.what, why, "save the model with an input of the shape [1] there, or convert to --to tflite")
    if not loaded.inputs:
        raise KitError(request.what, "it has no input, which Core ML doesn't take", "convert to --to tflite")
    function = without_calls(loaded.frozen.function)
    inputs = [
        ct.TensorType(_feature(one, loaded), one.shape, dtype=np.int32 if _is_integer(one) else np.float32)
        for one in loaded.inputs
    ]
    outputs = [ct.TensorType(name=tensor.op.name) for tensor in function.outputs]  # fixes their order
    precision = ct.precision.FLOAT32 if request.quantize == "float32" else ct.precision.FLOAT16
    try:
        model = ct.convert(
            [function], source="tensorflow", convert_to="mlprogram", inputs=inputs, outputs=outputs, compute_precision=precision
        )
    except Exception as error:  # it raises whatever its passes meet
        words = " ".join(str(error).split())[:300] or type(error).__name__
        flow = [node.name for node in function.graph.as_graph_def().node if node.op in CONTROL_FLOW]
        if flow and isinstance(
            error, (AttributeError, LookupError, TypeError)
        ):  # its own code fails, and says nothing of the model
            words = f"it fails at loops and branches, of which there are {', '.join(flow[:3])}"
        fix = "end the model before that operator, or convert to --to tflite"
        raise KitError(request.what, f"coremltools refuses it: {words}", fix) from error
    return _save(ct, model, loaded.outputs, path)


def _save(ct: Any, model: Any, outputs: Sequence[str], path: Path) -> dict[str, str]:
    """Writes the package with the source's names of its outputs, as far as Core ML takes such names."""
    spec = model.get_spec()
    names = {}
    for name, feature in zip(outputs, [output.name for output in spec.description.output], strict=True):
        names[name] = re.sub(r"\W", "_", name)
        if names[name] != feature:
            ct.utils.rename_feature(spec, feature, names[name], rename_inputs=False)
    ct.models.MLModel(spec, weights_dir=model.weights_dir, skip_model_load=True).save(str(path))
    return names


def _feature(one: Input, loaded: Loaded) -> str:
    """An input's name in the package: that of the frozen function's placeholder."""
    assert loaded.frozen is not None
    place = [other.name for other in loaded.inputs].index(one.name)
    return str(loaded.frozen.function.inputs[place].op.name)


def _is_integer(one: Input) -> bool:
    return not one.dtype.startswith("float")


def _as_core_ml(value: Any, one: Input) -> Any:
    return value.astype(np.int32 if _is_integer(one) else np.float32)
