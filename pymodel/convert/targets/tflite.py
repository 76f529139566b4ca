"""TFLite: the kit's own converter, with a signature that keeps the source's names; a ready file is copied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from appspec.errors import KitError
from appspec.tflite_file import TfliteFile, read_tflite
from pymodel.convert.lite_model import LiteModel
from pymodel.convert.loaded import Loaded, Values
from pymodel.convert.made import OVERFLOWED, Made
from pymodel.convert.request import Request
from pymodel.convert.signature import with_shapes, with_signature
from pymodel.convert.tflite import Converter

LITERT = "LiteRT on this machine's CPU"


def make(loaded: Loaded, request: Request, calibration: Sequence[Values], folder: Path, log: Path) -> Made:
    """Writes `SOURCE.tflite`, with the quantization in its name where there is one.

    Raises:
        KitError: TFLite has no operator for something; named with where it comes from.
    """
    content, suffix = tflite_content(loaded, request, calibration, log)
    path = folder / f"{request.source.stem}{suffix}.tflite"
    path.write_bytes(content)
    model = LiteModel(content)
    model.allocate()
    beyond = overflowed(read_tflite(path)) if request.quantize == "float16" else []
    return Made((path,), model.run, LITERT, {OVERFLOWED: beyond} if beyond else {})


def overflowed(model: TfliteFile) -> list[str]:
    """Names of float16 weights at the end of what float16 holds: the converter cuts larger ones there."""
    constants = [one for graph in model.graphs for one in graph.tensors if one.constant and one.dtype == "float16"]
    most = np.finfo(np.float16).max
    return [one.name for one in constants if (np.abs(np.frombuffer(model.constant(one), np.float16)) >= most).any()]


def tflite_content(loaded: Loaded, request: Request, calibration: Sequence[Values], log: Path) -> tuple[bytes, str]:
    """The file, and what its name gets: the quantization, nothing for float32.

    Raises:
        KitError: as `make`.
    """
    if loaded.frozen is None:
        if request.quantize != "float32":
            why = "a .tflite can't be quantized further: its operators and types are chosen"
            raise KitError(request.what, why, "convert it again from its source with --quantize, or leave that out")
        return _copied(loaded, request), ""
    if request.quantize not in ("float32", "float16", "dynamic") and request.inputs is None:
        why = f"{request.quantize} needs real inputs, which its scales follow from"
        raise KitError(request.what, why, "--inputs FOLDER of pictures, or an .npz; or --quantize dynamic or float16")
    names = [one.name for one in loaded.inputs]
    representative = [np.stack([values[name] for values in calibration]) for name in names]
    try:
        content = Converter(loaded.frozen, representative, log).convert(request.quantize)
    except Exception as error:  # the converter has no exception of its own for all that it refuses
        raise refusal(request, error) from error
    suffix = "" if request.quantize == "float32" else f"_{request.quantize}"
    return with_signature(content, loaded.frozen.inputs, loaded.frozen.outputs), suffix


def refusal(request: Request, error: Exception) -> KitError:
    """The converter's words as an error: which operators, where they come from, what can be done."""
    words = str(error)
    # Its list of operators: `tf.Svd(tensor<1x4x4xf32>) -> …`, a line each.
    listed = dict(re.findall(r"^\s*tf\.(\w+)\(([^)]*)\) ->", words, re.MULTILINE))
    listed.pop("Placeholder", None)  # of a table that is not there
    if not listed:
        first = next((line for line in words.splitlines() if line.strip()), "no word")
        return KitError(
            request.what, f"TensorFlow's converter refuses it: {first[:300]}", "try another source of the same network"
        )
    places = {place for data in getattr(error, "errors", ()) for place in _place(data)}
    where = f" (at {', '.join(sorted(places)[:3])})" if places else ""
    for kind, mark in OTHER_TYPES.items():
        named = [name for name, types in listed.items() if re.search(mark, types)]
        if named:
            why = f"{', '.join(named)} computes in {kind}{where}, which TensorFlow Lite doesn't"
            return KitError(request.what, why, f"save the model with float32 in place of {kind}")
    return KitError(request.what, f"TensorFlow Lite has no operator for {', '.join(sorted(listed))}{where}", _rewrite(request))


OTHER_TYPES = {"float64": r"\bf64|xf64", "float16": r"\bf16|xf16", "bfloat16": "bf16"}
"""As the converter writes the types of an operator's inputs."""


def _place(data: Any) -> Iterator[str]:
    """The name of the node that a converter's error (ConverterErrorData) speaks of."""
    if data.HasField("operator") and data.location.call and data.location.call[0].name:
        yield data.location.call[0].name.partition("@")[0]


def _rewrite(request: Request) -> str:
    flag = " (--output-node-name)" if request.kind == "frozen_graph" else ""
    return f"end the model before it{flag} and compute the rest in the app, or replace it by operators that TFLite has"


def _copied(loaded: Loaded, request: Request) -> bytes:
    """The file as it is; with a size fixed where one was given for what it leaves open."""
    content = request.source.read_bytes()
    model = LiteModel(content)
    shapes = {one.name: one.shape for one in loaded.inputs}
    if all(tuple(details["shape"]) == shapes[details["name"]] for details in model.inputs()):
        return content
    model.allocate(shapes)
    tensors = {details["index"]: details["shape"] for details in model.interpreter.get_tensor_details()}
    return with_shapes(content, [tensors.get(i, ()) for i in range(max(tensors) + 1)])
