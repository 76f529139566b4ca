"""A SavedModel folder, by one of its signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from appspec.errors import KitError
from pymodel.convert.loaded import Input, Loaded
from pymodel.convert.request import Request, check_shape_names, fixed_shape
from pymodel.convert.tracing import require_numbers, trace

if TYPE_CHECKING:
    import tensorflow as tf

DEFAULT = "serving_default"


def load(request: Request) -> Loaded:
    """The signature that was asked for, else the only one, else `serving_default`.

    Raises:
        KitError: there is none, or it isn't clear which; an input's size isn't certain.
    """
    import tensorflow as tf

    try:
        model = tf.saved_model.load(str(request.source))
    except (OSError, ValueError, RuntimeError, KeyError, AttributeError, tf.errors.OpError) as error:
        words = " ".join(str(error).split())[:300]
        raise KitError(request.what, f"TensorFlow can't load it: {words}", "save it again: tf.saved_model.save") from error
    name, function = _signature(request, model)
    specs = function.structured_input_signature[1]
    check_shape_names(request, list(specs))
    inputs = []
    for key, spec in specs.items():
        dtype = spec.dtype.name if hasattr(spec, "dtype") else type(spec).__name__
        require_numbers(request, key, dtype)
        shape = None if spec.shape.rank is None else tuple(spec.shape.as_list())
        inputs.append(Input(key, fixed_shape(request, key, shape), dtype))

    def call(values: Mapping[str, tf.Tensor]) -> Mapping[str, tf.Tensor]:
        answer: Mapping[str, tf.Tensor] = function(**values)
        return answer

    others = [other for other in model.signatures if other != name]
    notes = (f"signature {name}; others: {', '.join(others)} (--signature)",) if others else ()
    loaded = trace(call, inputs, list(function.structured_outputs), notes)
    _kept.append(model)
    return loaded


_kept: list[Any] = []
"""A loaded model's functions hold its variables weakly."""


def _signature(request: Request, model: Any) -> tuple[str, Any]:
    names = [name for name in model.signatures if not name.startswith("__")]
    if not names:
        fix = "save it with one: tf.saved_model.save(model, FOLDER, signatures=function), or model.export(FOLDER) of Keras"
        raise KitError(request.what, "the SavedModel has no signature: it doesn't say how it is called", fix)
    chosen = request.signature or (names[0] if len(names) == 1 else DEFAULT)
    if chosen not in names:
        why = f"it has no signature {chosen}" if request.signature else "it has several signatures"
        raise KitError(request.what, f"{why}: {', '.join(names)}", f"choose one: --signature {names[0]}")
    return chosen, model.signatures[chosen]
