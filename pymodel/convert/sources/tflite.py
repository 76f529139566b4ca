"""A ready `.tflite`: loaded and run, so that a broken one is found here and not on the phone."""

from __future__ import annotations

import numpy as np

from appspec.errors import KitError
from appspec.tflite_file import read_tflite
from pymodel.convert.lite_model import LiteModel
from pymodel.convert.loaded import Input, Loaded
from pymodel.convert.request import Request, check_shape_names, fixed_shape


def load(request: Request) -> Loaded:
    """The file on LiteRT.

    Raises:
        KitError: it can't be loaded; an input's size isn't certain.
    """
    read_tflite(request.source)  # says of a damaged file where it ends, which LiteRT doesn't
    try:
        model = LiteModel(request.source.read_bytes())
        declared = {details["name"]: _declared(details) for details in model.inputs()}
        check_shape_names(request, list(declared))
        shapes = {name: fixed_shape(request, name, shape) for name, shape in declared.items()}
        model.allocate(shapes)
    except (ValueError, RuntimeError) as error:
        words = " ".join(str(error).split())[:300]
        raise KitError(request.what, f"LiteRT can't run it: {words}", "convert it again from its source") from error
    inputs = tuple(Input(d["name"], shapes[d["name"]], _values(d)) for d in model.inputs())
    outputs = tuple(details["name"] for details in model.outputs())
    quantized = any(details["quantization"][0] for details in [*model.inputs(), *model.outputs()])
    return Loaded(None, inputs, outputs, model.run, quantized=quantized)


def _declared(details: dict[str, object]) -> list[int]:
    """The shape with -1 where it is open; a file without a signature for shapes has none open."""
    signature, shape = np.asarray(details["shape_signature"]), np.asarray(details["shape"])
    return [int(side) for side in (signature if len(signature) == len(shape) else shape)]


def _values(details: dict[str, object]) -> str:
    """Type of the real values of an input: what is quantized is given as numbers."""
    scale = details["quantization"][0]  # type: ignore[index]
    return "float32" if scale else np.dtype(details["dtype"]).name  # type: ignore[call-overload]
