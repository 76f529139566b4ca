"""A SavedModel folder, by one of its signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appspec.errors import KitError
from pymodel.convert.loaded import Input, Loaded
from pymodel.convert.request import Request, check_shape_names, fixed_shape
from pymodel.convert.sources.frozen_graph import load_definition
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
    name = _signature(request, [name for name in model.signatures if not name.startswith("__")])
    others = [other for other in model.signatures if other != name]
    notes = (f"signature {name}; others: {', '.join(others)} (--signature)",) if others else ()
    meta = _of_tf1(request.source)
    if meta is not None:
        loaded = _load_tf1(request, meta, name)
        return replace(loaded, notes=(*notes, *loaded.notes[1:]))
    function = model.signatures[name]
    specs = function.structured_input_signature[1]
    check_shape_names(request, list(specs))
    inputs = []
    for key, spec in specs.items():
        dtype = spec.dtype.name if hasattr(spec, "dtype") else type(spec).__name__
        require_numbers(request, key, dtype, f"another signature may: --signature {others[0]}" if others else "")
        shape = None if spec.shape.rank is None else tuple(spec.shape.as_list())
        inputs.append(Input(key, fixed_shape(request, key, shape), dtype))

    def call(values: Mapping[str, tf.Tensor]) -> Mapping[str, tf.Tensor]:
        answer: Mapping[str, tf.Tensor] = function(**values)
        return answer

    loaded = trace(request.what, call, inputs, list(function.structured_outputs), notes)
    _kept.append(model)
    return loaded


_kept: list[Any] = []
"""A loaded model's functions hold its variables weakly."""


def _of_tf1(folder: Path) -> Any:
    """The MetaGraphDef of a SavedModel that TensorFlow 1 wrote, which no converter of functions takes; None of any other."""
    from tensorflow.python.saved_model.loader_impl import parse_saved_model

    graphs = parse_saved_model(str(folder)).meta_graphs
    if len(graphs) == 1 and graphs[0].HasField("object_graph_def"):
        return None
    return next((graph for graph in graphs if "serve" in graph.meta_info_def.tags), graphs[0])


def _load_tf1(request: Request, meta: Any, name: str) -> Loaded:
    """One signature, its variables made constants in a session, as a frozen graph."""
    import tensorflow as tf

    v1 = tf.compat.v1
    signature = meta.signature_def[name]
    inputs = {key: info.name.removesuffix(":0") for key, info in signature.inputs.items()}
    outputs = {key: info.name.removesuffix(":0") for key, info in signature.outputs.items()}
    with tf.Graph().as_default() as graph, v1.Session(graph=graph) as session:
        v1.saved_model.loader.load(session, list(meta.meta_info_def.tags), str(request.source))
        nodes = [place.partition(":")[0] for place in outputs.values()]
        definition = v1.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), nodes)
    return load_definition(request, definition, inputs, outputs)


def _signature(request: Request, names: list[str]) -> str:
    if not names:
        fix = "save it with one: tf.saved_model.save(model, FOLDER, signatures=function), or model.export(FOLDER) of Keras"
        raise KitError(request.what, "the SavedModel has no signature: it doesn't say how it is called", fix)
    chosen = request.signature or (names[0] if len(names) == 1 else DEFAULT)
    if chosen not in names:
        why = f"it has no signature {chosen}" if request.signature else "it has several signatures"
        raise KitError(request.what, f"{why}: {', '.join(names)}", f"choose one: --signature {names[0]}")
    return chosen
