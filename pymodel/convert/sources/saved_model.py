"""A SavedModel folder, by one of its signatures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
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
    meta = _of_tf1(request)
    if meta is not None:
        return _load_tf1(request, meta)
    import tensorflow as tf

    with _refusals(request):
        model = tf.saved_model.load(str(request.source))
    name, notes, others = _signature(request, model.signatures)
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


@contextmanager
def _refusals(request: Request) -> Iterator[None]:
    """TensorFlow's words of a SavedModel that it can't load, as an error."""
    import tensorflow as tf

    try:
        yield
    except (OSError, ValueError, RuntimeError, KeyError, AttributeError, tf.errors.OpError) as error:
        words = " ".join(str(error).split())[:300]
        raise KitError(request.what, f"TensorFlow can't load it: {words}", "save it again: tf.saved_model.save") from error


def _of_tf1(request: Request) -> Any:
    """The MetaGraphDef of a SavedModel that TensorFlow 1 wrote, which no converter of functions takes; None of any other."""
    from tensorflow.python.saved_model.loader_impl import parse_saved_model

    with _refusals(request):
        graphs = parse_saved_model(str(request.source)).meta_graphs
        if not graphs:
            raise ValueError("it has no graph")
    if len(graphs) == 1 and graphs[0].HasField("object_graph_def"):
        return None
    return next((graph for graph in graphs if "serve" in graph.meta_info_def.tags), graphs[0])


def _load_tf1(request: Request, meta: Any) -> Loaded:
    """One signature, its variables made constants in a session, as a frozen graph; keys may be no names of Python here."""
    import tensorflow as tf

    v1 = tf.compat.v1
    name, notes, _ = _signature(request, sorted(meta.signature_def))
    signature = meta.signature_def[name]
    for key, info in (*signature.inputs.items(), *signature.outputs.items()):
        if not info.name:
            fix = "save it with a signature of plain tensors"
            raise KitError(request.what, f"{key} of signature {name} is no plain tensor (sparse or composite)", fix)
    inputs = {key: info.name.removesuffix(":0") for key, info in signature.inputs.items()}
    outputs = {key: info.name.removesuffix(":0") for key, info in signature.outputs.items()}
    with _refusals(request), tf.Graph().as_default() as graph, v1.Session(graph=graph) as session:
        v1.saved_model.loader.load(session, list(meta.meta_info_def.tags), str(request.source))
        nodes = [place.partition(":")[0] for place in outputs.values()]
        definition = v1.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), nodes)
    loaded = load_definition(request, definition, inputs, outputs)
    return replace(loaded, notes=(*notes, *loaded.notes[1:]))


def _signature(request: Request, found: Iterable[str]) -> tuple[str, tuple[str, ...], list[str]]:
    """The signature's name, what the user hears of the others, and those."""
    names = [name for name in found if not name.startswith("__")]
    if not names:
        fix = "save it with one: tf.saved_model.save(model, FOLDER, signatures=function), or model.export(FOLDER) of Keras"
        raise KitError(request.what, "the SavedModel has no signature: it doesn't say how it is called", fix)
    chosen = request.signature or (names[0] if len(names) == 1 else DEFAULT)
    if chosen not in names:
        why = f"it has no signature {chosen}" if request.signature else "it has several signatures"
        raise KitError(request.what, f"{why}: {', '.join(names)}", f"choose one: --signature {names[0]}")
    others = [name for name in names if name != chosen]
    return chosen, (f"signature {chosen}; others: {', '.join(others)} (--signature)",) if others else (), others
