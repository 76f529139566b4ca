"""A TF1 frozen graph: a GraphDef with the weights as constants in it, by the names of its nodes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from appspec.errors import KitError
from appspec.other_formats import FREEZE
from pymodel.convert.frozen import Frozen, freeze
from pymodel.convert.graph_def import Graph, Placeholder, read_graph
from pymodel.convert.inference_graph import for_inference, switch_value
from pymodel.convert.loaded import Input, Loaded, Values
from pymodel.convert.request import Request, check_shape_names, fixed_shape
from pymodel.convert.tracing import require_numbers
from pymodel.convert.wire import WireError


def load(request: Request) -> Loaded:
    """The graph between the named nodes; open batch sizes become 1.

    Raises:
        KitError: names that the graph lacks or that aren't certain, variables in it.
    """
    import tensorflow as tf

    names, outputs = choose_nodes(request, read_frozen(request))
    definition = tf.compat.v1.GraphDef()
    definition.ParseFromString(request.source.read_bytes())
    alone = [name for name in outputs if sum(_node(name) == _node(other) for other in outputs) == 1]
    more = [_more_results(node) for node in definition.node if node.name in alone]
    loaded = load_definition(request, definition, dict(zip(names, names, strict=True)), dict(zip(outputs, outputs, strict=True)))
    return replace(loaded, notes=(*loaded.notes, *filter(None, more)))


def load_definition(request: Request, definition: Any, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> Loaded:
    """A graph without variables, between these nodes.

    Args:
        definition: a GraphDef; it is changed.
        inputs, outputs: what each is called → its node.

    Raises:
        KitError: as load.
    """
    import tensorflow as tf

    notes = for_inference(definition, [_node(name) for name in inputs.values()])
    given = _fix_shapes(request, definition, inputs)
    try:
        whole = tf.compat.v1.wrap_function(lambda: tf.compat.v1.import_graph_def(definition, name=""), [])
        function = whole.prune([_tensor(name) for name in inputs.values()], [_tensor(name) for name in outputs.values()])
        frozen = Frozen(freeze(function), tuple(inputs), tuple(outputs))
    except (ValueError, KeyError, tf.errors.OpError) as error:
        words = " ".join(str(error).split())
        unknown = re.search(r"Op type not registered '(\w+)'", words)
        if unknown:
            why = f"it has the operator {unknown[1]}, which TensorFlow doesn't know"
            fix = "end the graph before it (--output-node-name), or begin behind it (--input-node-name)"
            raise KitError(request.what, why, fix) from error
        why = f"TensorFlow can't take the graph: {words[:300]}"
        raise KitError(request.what, why, "check the file and the node names") from error

    def run(values: Values) -> Values:
        answer = function(*(tf.constant(values[one.name]) for one in given))
        return {name: tensor.numpy() for name, tensor in zip(outputs, answer, strict=True)}

    return Loaded(frozen, given, tuple(outputs), run, notes=(f"from {', '.join(inputs)} to {', '.join(outputs)}", *notes))


def _more_results(node: Any) -> str:
    """Says that a node has more results than the first, which is taken by its name; empty where it has one."""
    from tensorflow.python.framework import op_def_registry

    kind = op_def_registry.get(node.op)
    if kind is None or node.op.startswith("FusedBatchNorm"):  # what else that tells is for its training
        return ""
    count = sum(node.attr[one.number_attr].i if one.number_attr else 1 for one in kind.output_arg)
    every = ",".join(f"{node.name}:{port}" for port in range(count))
    return f"! {node.name} ({node.op}) has {count} results, and the first is taken: for all, --output-node-name {every}" * (
        count > 1
    )


def read_frozen(request: Request) -> Graph:
    """The graph's nodes.

    Raises:
        KitError: it is no graph, or has variables.
    """
    try:
        graph = read_graph(memoryview(request.source.read_bytes()))
    except WireError as error:
        raise KitError(request.what, f"the file is damaged or cut off: {error}", "copy or save it again") from None
    if graph.variables:
        more = f" and {len(graph.variables) - 1} more" if len(graph.variables) > 1 else ""
        why = f"the graph isn't frozen: variable {graph.variables[0]}{more} has its weights elsewhere, in a checkpoint"
        raise KitError(request.what, why, FREEZE)
    return graph


def choose_nodes(request: Request, graph: Graph) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the input and output nodes: those given, else the graph's only ones.

    Raises:
        KitError: a name isn't in the graph, or none was given and there are several; all candidates are named. Or the
            outputs need a placeholder beside the inputs.
    """
    outputs = request.output_names or _only(request, graph.outputs, "output", "--output-node-name")
    inputs = request.input_names or _only(request, _needed(graph, outputs), "input", "--input-node-name")
    for flag, names, offered in (
        ("--input-node-name", inputs, [one.name for one in graph.inputs]),
        ("--output-node-name", outputs, list(graph.outputs)),
    ):
        for name in names:
            if _node(name) not in graph.names:
                close = difflib.get_close_matches(_node(name), sorted(graph.names), 3)
                hint = ", ".join(dict.fromkeys([*close, *offered[:8]])) or "no such nodes"
                raise KitError(request.what, f"the graph has no node {name}", f"{flag} is one of: {hint}")
    missing = [name for name in graph.open_inputs(map(_node, outputs), set(map(_node, inputs))) if switch_value(name) is None]
    if missing:
        placeholders = ", ".join(str(one) for one in graph.inputs if one.name in missing)
        why = (
            f"{', '.join(outputs)} also take{'s' * (len(outputs) == 1)} the placeholder{'s' * (len(missing) > 1)} {placeholders}"
        )
        raise KitError(request.what, f"{why}, which no input feeds", f"--input-node-name {','.join((*inputs, *missing))}")
    return tuple(map(_plain, inputs)), tuple(map(_plain, outputs))


def _needed(graph: Graph, outputs: Sequence[str]) -> Sequence[Placeholder]:
    """Placeholders that the outputs follow from; those with a default, and switches of training, only where there is no other."""
    needed = set(graph.open_inputs(map(_node, outputs), ()))
    found = [one for one in graph.inputs if one.name in needed and not (not one.shape and switch_value(one.name) is not None)]
    return found or graph.inputs


def _only(request: Request, found: Sequence[str | Placeholder], kind: str, flag: str) -> tuple[str, ...]:
    if len(found) == 1:
        return (str(getattr(found[0], "name", found[0])),)
    if not found:
        raise KitError(request.what, f"the graph has no {kind} node that can be found", f"name it: {flag} NAME")
    shown = "; ".join(str(one) for one in found[:12]) + (f"; and {len(found) - 12} more" if len(found) > 12 else "")
    raise KitError(
        request.what, f"it isn't certain which node is the {kind}: {shown}", f"name it, several with commas: {flag} NAME"
    )


def _fix_shapes(request: Request, definition: Any, names: Mapping[str, str]) -> tuple[Input, ...]:
    """The inputs; their shapes are written into the graph's placeholders."""
    import tensorflow as tf

    nodes = {node.name: node for node in definition.node}
    check_shape_names(request, list(names))
    inputs = []
    for name, place in names.items():
        node = nodes[_node(place)]
        if node.op not in ("Placeholder", "PlaceholderWithDefault"):
            shape = request.shapes.get(name)
            if shape is None:
                why = f"{name} is no input but an inner node ({node.op}): its size isn't certain"
                raise KitError(request.what, why, f"--input-shape {name}=1,224,224,3, or name a placeholder")
            inputs.append(Input(name, shape, _dtype_of(definition, place)))
            _make_placeholder(node, inputs[-1])
            continue
        dtype = tf.dtypes.as_dtype(node.attr["dtype"].type).name
        require_numbers(request, name, dtype, _behind(definition, node.name))
        declared = tf.TensorShape(node.attr["shape"].shape) if "shape" in node.attr else tf.TensorShape(None)
        shape = fixed_shape(request, name, None if declared.rank is None else declared.as_list())
        node.attr["shape"].shape.CopyFrom(tf.TensorShape(shape).as_proto())
        inputs.append(Input(name, shape, dtype))
    for node in nodes.values():
        node.attr.pop("_output_shapes", None)  # of the open shapes
    return tuple(inputs)


def _dtype_of(definition: Any, name: str) -> str:
    """Of a node's result, as TensorFlow infers it."""
    import tensorflow as tf

    with tf.Graph().as_default() as graph:
        tf.compat.v1.import_graph_def(definition, name="")
        return str(graph.get_tensor_by_name(_tensor(name)).dtype.name)


def _behind(definition: Any, name: str) -> str:
    """Where else the graph can begin: what follows on an input, up to the first layer with weights."""
    chain = [name]
    while len(chain) < 12:
        users = [node for node in definition.node if chain[-1] in map(_node, node.input)]
        if len(users) != 1 or users[0].op in LAYERS:
            break
        chain.append(users[0].name)
    if len(chain) < 2:
        return ""
    example = f"--input-node-name {chain[-1]} --input-shape {chain[-1]}=1,224,224,3"
    return f"begin at a node behind it that holds numbers, as {', '.join(chain[1:])}: {example}"


LAYERS = ("Conv2D", "DepthwiseConv2dNative", "MatMul", "Conv3D", "FusedBatchNorm", "FusedBatchNormV3")


def _make_placeholder(node: Any, one: Input) -> None:
    """Turns an inner node into an input."""
    import tensorflow as tf

    values: Any = tf.compat.v1.NodeDef(name=node.name, op="Placeholder")
    values.attr["dtype"].type = tf.dtypes.as_dtype(one.dtype).as_datatype_enum
    values.attr["shape"].shape.CopyFrom(tf.TensorShape(one.shape).as_proto())
    node.CopyFrom(values)


def _node(name: str) -> str:
    return name.partition(":")[0]


def _plain(name: str) -> str:
    """`image:0` is `image`, as people name it."""
    return name.removesuffix(":0")


def _tensor(name: str) -> str:
    return name if ":" in name else f"{name}:0"
