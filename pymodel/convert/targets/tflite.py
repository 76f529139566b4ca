"""TFLite: the kit's own converter, with a signature that keeps the source's names; a ready file is copied."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from appspec.errors import KitError
from pymodel.convert.lite_model import LiteModel
from pymodel.convert.loaded import Loaded, Values
from pymodel.convert.made import Made
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
    return Made((path,), LiteModel(content).run, LITERT)


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
    representative = [np.concatenate([values[name] for values in calibration]) for name in names]
    try:
        content = Converter(loaded.frozen, representative, log).convert(request.quantize)
    except Exception as error:  # the converter has no exception of its own for all that it refuses
        raise refusal(request, str(error)) from error
    suffix = "" if request.quantize == "float32" else f"_{request.quantize}"
    return with_signature(content, loaded.frozen.inputs, loaded.frozen.outputs), suffix


def refusal(request: Request, words: str) -> KitError:
    """The converter's words as an error: which operators, where they come from, what can be done."""
    operators = sorted(set(re.findall(r"\btf\.(\w+)(?=\()", words)) or set(re.findall(r"'tf\.(\w+)' op", words)))
    if not operators:
        first = next((line for line in words.splitlines() if line.strip()), "no word")
        return KitError(
            request.what, f"TensorFlow's converter refuses it: {first[:300]}", "try --quantize none, or another source"
        )
    places = re.findall(r'loc\((?:callsite\()?(?:fused\[[^\]]*?)?"([^"]+?)(?::|@|")', words)
    places = list(dict.fromkeys(place.rstrip(":") for place in places if place.rstrip(":") and place.rstrip(":") != "-"))[:3]
    where = f" (at {', '.join(places)})" if places else ""
    why = f"TensorFlow Lite has no operator for {', '.join(operators)}{where}"
    return KitError(request.what, why, REWRITE)


REWRITE = (
    "end the model before it (--output-node-name, or a model without that layer) and compute the rest in the app, "
    "or replace it by operators that TFLite has"
)


def _copied(loaded: Loaded, request: Request) -> bytes:
    """The file as it is; with a size fixed where one was given for what it leaves open."""
    content = request.source.read_bytes()
    model = LiteModel(content)
    shapes = {one.name: one.shape for one in loaded.inputs}
    if all(tuple(details["shape"]) == shapes[details["name"]] for details in model.inputs()):
        return content
    model = LiteModel(content, shapes)
    tensors = {details["index"]: details["shape"] for details in model.interpreter.get_tensor_details()}
    return with_shapes(content, [tensors.get(i, ()) for i in range(max(tensors) + 1)])
