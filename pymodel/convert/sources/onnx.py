"""ONNX, through a SavedModel that onnx2tf makes in a child process of its own; the kit's own converter goes on from there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from appspec.errors import KitError
from pymodel.convert.examples import COUNT, make_examples
from pymodel.convert.loaded import Array, Input, Loaded, Values
from pymodel.convert.onnx_copy import simplify, write_prepared
from pymodel.convert.onnx_file import OnnxFile, check_external, read_onnx
from pymodel.convert.random_numbers import require_same_again
from pymodel.convert.request import Request, check_shape_names, fixed_shape
from pymodel.convert.sources import saved_model
from pymodel.convert.wire import WireError
from pymodel.inference.given_inputs import picture_layout
from pymodel.isolated import run_isolated, step

CALIBRATION = "calibration_image_sample_data_20x128x128x3_float32.npy"
"""onnx2tf downloads pictures under this name, unless they lie in its working folder."""

FOLDER, ANSWERS = "saved_model", "answers.npz"
COPY = "source.onnx"
EVAL = "torch.onnx.export(model.eval(), …), without training=TrainingMode.TRAINING"
NUMBERS = ("float32", "float16", "float64", "uint8", "int8", "int16", "int32", "int64", "bool")


def to_saved_model(request: Request, work: Path, log: Path, packages: Path, on_step: Callable[[str], None] | None) -> Request:
    """Makes the SavedModel and the answers of the source itself in `work`; the request that `load` takes then.

    Args:
        packages: the folder with onnx2tf and onnxruntime.

    Raises:
        KitError: the file is damaged, its weights aren't where it says, an input's size isn't certain, or an operator is unknown.
    """
    try:
        model = read_onnx(request.source)
    except WireError as error:
        raise KitError(request.what, f"the file is damaged or cut off: {error}", "copy or export it again") from None
    check_external(request.source, model)
    if model.training:
        raise KitError(request.what, f"it was exported as it is trained: {model.training[0]}", f"export it again: {EVAL}")
    inputs = _inputs(request, model)
    job = {
        "request": request.to_json(),
        "inputs": [[one.name, list(one.shape), one.dtype] for one in inputs],
        "folder": str(work / "onnx"),
    }
    (work / "onnx").mkdir()
    run_isolated("pymodel.convert.sources.onnx:convert_in_child", job, log, request.what, on_step, packages)
    return replace(request, prepared=work / "onnx")


def _inputs(request: Request, model: OnnxFile) -> list[Input]:
    if not model.inputs or not model.outputs:
        raise KitError(request.what, "the graph has no inputs or no outputs", "export it again")
    check_shape_names(request, [one.name for one in model.inputs])
    inputs = []
    for one in model.inputs:
        if one.dtype not in NUMBERS:
            raise KitError(request.what, f"input {one.name} doesn't hold numbers", "export the model without that step")
        inputs.append(Input(one.name, fixed_shape(request, one.name, one.shape), one.dtype))
    return inputs


def convert_in_child(job: Mapping[str, Any]) -> dict[str, Any]:
    """In the converter's own environment: the source's answers by onnxruntime, then the SavedModel by onnx2tf."""
    request, folder = Request.from_json(job["request"]), Path(job["folder"])
    inputs = [Input(name, tuple(shape), dtype) for name, shape, dtype in job["inputs"]]
    step("running the ONNX source")
    _answer(request, inputs, folder)
    step("converting ONNX to a SavedModel")
    rng = np.random.default_rng(0)
    np.save(folder / CALIBRATION, rng.random((20, 128, 128, 3), np.float32))
    shapes = [f"{one.name}:{','.join(map(str, one.shape))}" for one in inputs if one.shape]
    returncode, _ = _run(simplify(request.source, shapes, COPY), folder)
    write_prepared(request.source if returncode else folder / COPY, folder / COPY)
    command = [sys.executable, "-m", "onnx2tf", "-i", COPY, "-o", FOLDER, "-n", "-osd", "-nuo", "-ois", *shapes]
    kept = [_safe(one.name) for one in inputs if _kept_as_it_is(one.shape)]
    command += ["-kat", *kept] if kept else []
    if "Erf" in read_onnx(request.source).operators:  # GELU as PyTorch's older exporter writes it; TFLite has no such operator
        command += ["-rtpo", "Erf"]
    returncode, words = _run(command, folder)
    if returncode or not (folder / FOLDER / "saved_model.pb").is_file():
        raise _refusal(request, words)
    return {}


def _run(command: Sequence[str], folder: Path) -> tuple[int, str]:
    """A tool of the converter's environment, in a process of its own: it may crash. Its exit code, and its words, which go to the log."""
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    words = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout.decode("utf-8", "replace"))
    sys.stderr.write(words)
    return done.returncode, words


def _answer(request: Request, inputs: Sequence[Input], folder: Path) -> None:
    """Writes the examples and the source's answers, in ONNX's own shapes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(str(request.source), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises exceptions of C++ without a common class
        raise _refusal(request, str(error)) from error
    examples, described = make_examples(request, inputs)
    names = [output.name for output in session.get_outputs()]
    arrays: dict[str, Array] = {"described": np.array(described), "outputs": np.array(names)}
    for i, values in enumerate(examples):
        arrays.update({f"input {i} {one.name}": values[one.name] for one in inputs})
        if i < COUNT:
            answers = session.run(names, dict(values))
            if i == 0:
                again = dict(zip(names, session.run(names, dict(values)), strict=True))
                require_same_again(request, dict(zip(names, answers, strict=True)), again)
            arrays.update({f"output {i} {name}": answer for name, answer in zip(names, answers, strict=True)})
    np.savez(folder / ANSWERS, **arrays)


def _kept_as_it_is(shape: Sequence[int]) -> bool:
    """onnx2tf takes every input for channels first and turns it; what isn't must be named (`-kat`)."""
    return len(shape) > 2 and (len(shape) != 4 or (picture_layout(shape) == "NHWC" and shape[1] not in (1, 3, 4)))


def _layout(shape: tuple[int, ...]) -> tuple[int, ...]:
    """What onnx2tf makes of an input's shape."""
    return shape if len(shape) < 3 or _kept_as_it_is(shape) else (shape[0], *shape[2:], shape[1])


def _safe(name: str) -> str:
    """A name as onnx2tf has it."""
    return name.replace(":", "__").replace("/", "_")


def _in_signature(name: str) -> str:
    """A name as it stands in the SavedModel's signature."""
    return re.sub(r"\W", "_", _safe(name))


def _refusal(request: Request, words: str) -> KitError:
    newer = re.search(
        r"IR version: (\d+), max supported IR version: (\d+)|Opset (\d+) is under.*?till opset (\d+)", words, re.DOTALL
    )
    if newer:
        kind = "format" if newer[1] else "opset"
        why = f"it is of {kind} {newer[1] or newer[3]}, and the converter reads up to {newer[2] or newer[4]}"
        return KitError(request.what, why, "export it again with opset_version=17")
    unknown = re.findall(r"(\w+) OP is not yet implemented", words) or re.findall(
        r"(\w+)\(-?\d+\) is not a registered function/op", words
    )
    unknown = unknown or re.findall(r"No Op registered for (\w+)", words) or re.findall(r"op_type:\s*(\w+)", words)
    if unknown:
        why = f"it has the operator {unknown[0]}, which the converter doesn't know"
        return KitError(request.what, why, "export the model without it, or end it before it and compute the rest in the app")
    if "onnx_op_name" in words:
        node = re.findall(r"onnx_op_name: (\S+)", words)[-1]
        words = re.sub(r'Exception encountered when calling layer ".*?" \(type \w+\)\.\s+', "", words)  # the next line says why
        last = [line.strip() for line in words.splitlines() if re.match(r"\w+(\.\w+)*(Error|Exception)\b", line)]
        why = f"the ONNX converter fails at node {node.removeprefix('sng_')}: {(last or ['no word'])[-1][:200]}"
        return KitError(request.what, why, QUANTIZED_FIX if read_onnx(request.source).quantized else OTHERWISE)
    lines = [line.strip() for line in words.splitlines() if "error" in line.lower()] or words.strip().splitlines()[-1:]
    return KitError(
        request.what, f"the ONNX converter refuses it: {(lines or ['no word'])[0][:300]}", "export it again (opset 17)"
    )


OTHERWISE = (
    "export it again (opset 17, fixed sizes, dynamo=False), or end the model before that node and compute the rest in the app"
)
QUANTIZED_FIX = "it is quantized already: convert the float model that it was made from, and quantize that here (--quantize int8 --inputs FOLDER)"


def load(request: Request) -> Loaded:
    """The SavedModel of `to_saved_model`, with the answers of onnxruntime turned to its layout."""
    folder = request.prepared
    assert folder is not None
    shapes = {_in_signature(name): _layout(shape) for name, shape in request.shapes.items()}
    loaded = saved_model.load(replace(request, source=folder / FOLDER, signature="", shapes=shapes))
    with np.load(folder / ANSWERS, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    names, notes = [str(name) for name in arrays["outputs"]], list(loaded.notes)
    examples: list[Values] = []
    answers: list[Values] = []
    sources = {_in_signature(key.split(" ", 2)[2]): key.split(" ", 2)[2] for key in arrays if key.startswith("input 0 ")}
    count = sum(key.startswith("input ") for key in arrays) // max(1, len(sources))
    for i in range(count):
        examples.append({one.name: _turned(arrays[f"input {i} {_source(one.name, sources)}"], one) for one in loaded.inputs})
    loaded = _named(loaded, names)
    for i in range(min(count, COUNT)):
        answer = loaded.run(examples[i])
        answers.append({name: _closest(arrays[f"output {i} {name}"], answer[name]) for name in loaded.outputs})
    for one in loaded.inputs:
        before = arrays[f"input 0 {_source(one.name, sources)}"].shape
        if before != one.shape:
            notes.append(f"input {one.name} was {list(before)} (channels first) and is {list(one.shape)} now")
    for name, turned in (answers[0] if answers else {}).items():
        before = arrays[f"output 0 {name}"].shape
        if before != turned.shape:
            notes.append(f"output {name} was {list(before)} (channels first) and is {list(turned.shape)} now")
    half = any(one.dtype == np.float16 for key, one in arrays.items() if key.startswith("output "))
    if half:
        notes.append("the source computes in float16, which is rounded more: it may differ by as much as a float16 model")
    return replace(
        loaded, half=half, examples=examples, answers=answers, compared_on=str(arrays["described"]), notes=tuple(notes)
    )


def _source(name: str, sources: Mapping[str, str]) -> str:
    """ONNX's name of an input of the SavedModel."""
    return next(iter(sources.values())) if len(sources) == 1 else sources[_in_signature(name)]


def _named(loaded: Loaded, names: Sequence[str]) -> Loaded:
    """The SavedModel with ONNX's names of the outputs; onnx2tf calls them output_0, output_1 … in ONNX's order."""
    if len(names) == len(loaded.outputs) == 1:
        theirs = {loaded.outputs[0]: names[0]}
    else:
        theirs = (
            {f"output_{i}": name for i, name in enumerate(names)}
            | {_in_signature(name): name for name in names}
            | {name: name for name in names}
        )
    outputs = tuple(theirs[name] for name in loaded.outputs)

    def run(values: Values) -> Values:
        answer = loaded.run(values)
        return {theirs[name]: answer[name] for name in loaded.outputs}

    assert loaded.frozen is not None
    return replace(loaded, frozen=replace(loaded.frozen, outputs=outputs), outputs=outputs, run=run)


def _turned(array: Array, one: Input) -> Array:
    """An input in the SavedModel's layout and type: onnx2tf makes float32 of float16."""
    turned = array if array.ndim < 3 or _kept_as_it_is(array.shape) else np.moveaxis(array, 1, -1)
    return turned.reshape(one.shape).astype(one.dtype)


def _closest(theirs: Array, ours: Array) -> Array:
    """An answer in the SavedModel's layout: as it is, or with channels last; where both fit, what is closer."""
    turned = [theirs, np.moveaxis(theirs, 1, -1)] if theirs.ndim > 2 else [theirs]
    fitting = [array for array in turned if array.shape == ours.shape] or [theirs]
    return min(fitting, key=lambda array: float(np.abs(array.astype(np.float64) - ours.astype(np.float64)).max(initial=0)))
