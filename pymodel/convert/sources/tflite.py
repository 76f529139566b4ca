"""A ready `.tflite`: loaded and run, so that a broken one is found here and not on the phone."""

from __future__ import annotations

import numpy as np

from appspec.tflite_file import read_tflite
from pymodel.convert.lite_model import LiteModel
from pymodel.convert.loaded import Input, Loaded, Values
from pymodel.convert.request import Request, check_shape_names, fixed_shape
from pymodel.inference.refused import litert_refusals


def load(request: Request) -> Loaded:
    """The file on LiteRT.

    Raises:
        KitError: it can't be loaded; an input's size isn't certain.
    """
    read_tflite(request.source)  # says of a damaged file where it ends, which LiteRT doesn't
    with litert_refusals(request.what):
        model = LiteModel(request.source.read_bytes())
        declared = {details["name"]: _declared(details) for details in model.inputs()}
        check_shape_names(request, list(declared))
        shapes = {name: fixed_shape(request, name, shape) for name, shape in declared.items()}
        model.allocate(shapes)
        inputs = tuple(Input(d["name"], shapes[d["name"]], _values(d)) for d in model.inputs())
        outputs = tuple(details["name"] for details in model.outputs())
        quantized = any(details["quantization"][0] for details in [*model.inputs(), *model.outputs()])

    def run(values: Values) -> Values:
        with litert_refusals(request.what):
            return model.run(values)

    return Loaded(None, inputs, outputs, run, quantized=quantized)


def _declared(details: dict[str, object]) -> list[int]:
    """The shape with -1 where it is open; a file without a signature for shapes has none open."""
    signature, shape = np.asarray(details["shape_signature"]), np.asarray(details["shape"])
    return [int(side) for side in (signature if len(signature) == len(shape) else shape)]


def _values(details: dict[str, object]) -> str:
    """Type of the real values of an input: what is quantized is given as numbers."""
    scale = details["quantization"][0]  # type: ignore[index]
    return "float32" if scale else np.dtype(details["dtype"]).name  # type: ignore[call-overload]
