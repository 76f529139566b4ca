"""A graph as an SVG: a box for each operation with what it is told and what it gives; light and dark, with a tip on each box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from appspec.tflite_file import Graph, Node
from appspec.words import byte_words, count_words
from pymodel.inspect.info import Layer, folded
from pymodel.inspect.layout import Placed, place

MOST_NODES = 1000
WIDTH, HEIGHT, GAP, STEP = 168.0, 46.0, 22.0, 74.0
_MARGIN = 16.0

KINDS = {
    "conv": ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "CONV_3D", "CONV_3D_TRANSPOSE"),
    "dense": ("FULLY_CONNECTED", "BATCH_MATMUL", "SVDF", "LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM", "EMBEDDING_LOOKUP"),
    "join": ("ADD", "SUB", "MUL", "DIV", "CONCATENATION", "PACK", "ADD_N", "MAXIMUM", "MINIMUM"),
    "pool": ("MAX_POOL_2D", "AVERAGE_POOL_2D", "MEAN", "REDUCE_MAX", "SUM", "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"),
    "quant": ("QUANTIZE", "DEQUANTIZE", "CAST"),
}


@dataclass(frozen=True)
class Box:
    """A box of the drawing.

    Attributes:
        kind: a style.
        tip: shown when the mouse rests on it.
        mark: why it stands out; empty where it does not.
    """

    title: str
    lines: tuple[str, str]
    kind: str
    tip: str
    mark: str = ""


def graph_svg(graph: Graph, layers: Sequence[Layer], marks: dict[int, str] | None = None) -> Markup:
    """The main graph, drawn; its first MOST_NODES nodes where it has more.

    Args:
        marks: by node: why it stands out, as an operation that a place refuses.
    """
    hidden = folded(graph)
    nodes = [node for node in graph.nodes if node.index not in hidden][:MOST_NODES]
    boxes = {
        node.index + 1 + len(graph.inputs): _box(graph, layers[node.index], (marks or {}).get(node.index, "")) for node in nodes
    }
    ends = {
        i: Box(_short(graph.tensors[t].name), _port(graph, t), "port", graph.tensors[t].name) for i, t in enumerate(graph.inputs)
    }
    edges, order = _edges(graph, nodes)
    last = max((*boxes, *ends), default=0) + 1
    made = _makers(graph, nodes)
    for i, t in enumerate(graph.outputs):
        if t in made:
            ends[last + i] = Box(_short(graph.tensors[t].name), _port(graph, t), "port", graph.tensors[t].name)
            edges.append((made[t], last + i))
            order.append(last + i)
    boxes |= ends
    placed = place(order, list(dict.fromkeys(edges)), dict.fromkeys(order, WIDTH), GAP)
    return _svg(placed, boxes)


def _makers(graph: Graph, nodes: Sequence[Node]) -> dict[int, int]:
    """Box that makes each tensor, of nodes in the order they run in."""
    found = {t: i for i, t in enumerate(graph.inputs)}
    for node in nodes:
        found |= {t: node.index + 1 + len(graph.inputs) for t in node.outputs if t >= 0}
    return found


def _edges(graph: Graph, nodes: Sequence[Node]) -> tuple[list[tuple[int, int]], list[int]]:
    """Edges between boxes and the order of the boxes; a tensor is made before it is taken, or it is not drawn."""
    made = {t: i for i, t in enumerate(graph.inputs)}
    edges, order = [], list(range(len(graph.inputs)))
    for node in nodes:
        box = node.index + 1 + len(graph.inputs)
        edges += [(made[t], box) for t in node.inputs if t in made]
        made |= {t: box for t in node.outputs if t >= 0}
        order.append(box)
    return edges, order


def _box(graph: Graph, layer: Layer, mark: str) -> Box:
    node = layer.node
    kind = next((kind for kind, ops in KINDS.items() if node.op in ops), "custom" if node.custom else "other")
    tip = [f"node {node.index}: {node.op} version {node.version}", layer.name]
    tip += [f"{name}: {value}" for name, value in node.options.items() if value not in ("NONE", False, 0, ())]
    tip += [f"in: {_tensor(graph, t)}" for t in node.inputs[:12] if t >= 0]
    tip += [f"out: {_tensor(graph, t)}" for t in node.outputs[:12] if t >= 0]
    if layer.multiply_adds:
        tip.append(f"{count_words(layer.multiply_adds)} multiply-adds")
    if mark:
        tip.append(mark)
    return Box(node.op, (_told(graph, node), _given(layer)), kind, "\n".join(filter(None, tip)), mark)


def _told(graph: Graph, node: Node) -> str:
    """The settings that a person looks for first."""
    words = []
    if "CONV" in node.op and len(node.inputs) > 1 and node.inputs[1] >= 0:
        shape = graph.tensors[node.inputs[1]].shape
        if len(shape) == 4:
            words.append(f"{shape[1]}×{shape[2]}")
    if "filter_h" in node.options:
        words.append(f"{node.options['filter_h']}×{node.options['filter_w']}")
    high, wide = node.options.get("stride_h", 1), node.options.get("stride_w", 1)
    if (high, wide) != (1, 1):
        words.append(f"stride {high}" if high == wide else f"stride {high}×{wide}")
    if node.options.get("dilation_h", 1) != 1:
        words.append(f"dilation {node.options['dilation_h']}")
    if "axis" in node.options:
        words.append(f"axis {node.options['axis']}")
    activation = node.options.get("activation", "NONE")
    if activation != "NONE":
        words.append(str(activation).replace("RELU", "ReLU").replace("ReLU_N1_TO_1", "ReLU −1…1"))
    return " ".join(words)


def _given(layer: Layer) -> str:
    shape = "×".join(map(str, layer.shape)) or "one value"
    return f"{shape}  {byte_words(layer.bytes)}" if layer.bytes else shape


def _port(graph: Graph, index: int) -> tuple[str, str]:
    tensor = graph.tensors[index]
    shape = "×".join("?" if size < 0 else str(size) for size in tensor.signature or tensor.shape) or "one value"
    return tensor.dtype, shape


def _tensor(graph: Graph, index: int) -> str:
    tensor = graph.tensors[index]
    return f"{tensor.dtype} {'×'.join(map(str, tensor.shape))} {tensor.name[:80]}"


def _short(name: str) -> str:
    return (name.split(":")[0].split("/")[-1] or "tensor")[:24]


_STYLE = """
.graph text{font:11px system-ui,sans-serif;fill:currentColor;text-anchor:middle}.graph .title{font-weight:600}
.graph .soft{opacity:.72;font-size:10px}.graph path{fill:none;stroke:currentColor;stroke-opacity:.4}
.graph rect{stroke:#8886;fill:#8882}.graph .conv{fill:#4a7fd644}.graph .dense{fill:#9b6bd644}.graph .join{fill:#e0a03044}
.graph .pool{fill:#2a9d5c44}.graph .quant{fill:#8884}.graph .port{fill:none;stroke:currentColor;stroke-opacity:.6}
.graph .custom{fill:#d1495b44}.graph .marked{stroke:#d1495b;stroke-width:2.5}
"""


def _svg(placed: Placed, boxes: dict[int, Box]) -> Markup:
    left = min(placed.x.values(), default=0.0) - WIDTH / 2 - _MARGIN
    passages = [x for route in placed.routes.values() for _, x in route]
    left = min([left, *(x - _MARGIN for x in passages)])
    right = max([*(x + WIDTH / 2 for x in placed.x.values()), *passages], default=WIDTH) + _MARGIN
    height = (max(placed.layer.values(), default=0) + 1) * STEP - (STEP - HEIGHT) + 2 * _MARGIN
    parts = [_edge(placed, edge, left) for edge in placed.routes]
    parts += [_drawn(boxes[one], x - left, _top(placed.layer[one])) for one, x in placed.x.items()]
    width = right - left
    head = Markup(
        '<svg class="graph" xmlns="http://www.w3.org/2000/svg" width="{0:.0f}" height="{1:.0f}" viewBox="0 0 {0:.0f} {1:.0f}">'
        "<style>{2}</style>"
    ).format(width, height, Markup(_STYLE))
    return head + Markup("").join(parts) + Markup("</svg>")


def _top(layer: int) -> float:
    return _MARGIN + layer * STEP


def _edge(placed: Placed, edge: tuple[int, int], left: float) -> Markup:
    """A smooth line from the lower edge of one box through its passages to the upper edge of the other."""
    start, end = edge
    points = [(placed.x[start] - left, _top(placed.layer[start]) + HEIGHT)]
    for layer, x in placed.routes[edge]:
        points += [(x - left, _top(layer)), (x - left, _top(layer) + HEIGHT)]
    points.append((placed.x[end] - left, _top(placed.layer[end])))
    path = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        bend = (y1 - y0) / 2
        path += (
            f"L{x1:.0f} {y1:.0f}" if abs(x1 - x0) < 1 else f"C{x0:.0f} {y0 + bend:.0f} {x1:.0f} {y1 - bend:.0f} {x1:.0f} {y1:.0f}"
        )
    return Markup('<path d="{}"/>').format(Markup(path))


def _drawn(box: Box, x: float, y: float) -> Markup:
    title = box.title if len(box.title) <= 24 else f"{box.title[:22]}…"
    lines = [line for line in box.lines if line]
    style = f"{box.kind} marked" if box.mark else box.kind
    text = Markup('<text class="title" x="{:.0f}" y="{:.0f}">{}</text>').format(x, y + (15 if len(lines) > 1 else 19), title)
    for i, line in enumerate(lines):
        text += Markup('<text class="soft" x="{:.0f}" y="{:.0f}">{}</text>').format(
            x, y + 13 * i + (28 if len(lines) > 1 else 34), line[:34]
        )
    return Markup(
        '<g><title>{}</title><rect class="{}" x="{:.0f}" y="{:.0f}" width="{:.0f}" height="{:.0f}" rx="7"/>{}</g>'
    ).format(escape(box.tip), style, x - WIDTH / 2, y, WIDTH, HEIGHT, text)
