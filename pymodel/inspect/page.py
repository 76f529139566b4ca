"""A page about one model: what it is, its graph drawn, where its bytes are."""

from __future__ import annotations

from appspec.tflite_file import TfliteFile
from appspec.words import byte_words, count_words, counted
from pages.page import Page, Section, figure_uri
from pymodel.inspect.drawing import MOST_NODES, graph_svg
from pymodel.inspect.info import ModelInfo
from pymodel.inspect.ports import Port
from pymodel.inspect.size_chart import size_figure

PORT_COLUMNS = ("", "name", "shape", "type", "quantization", "meaning", "labels")
OPERATION_COLUMNS = ("op", "version", "nodes", "multiply-adds")


def model_page(model: TfliteFile, info: ModelInfo, marks: dict[int, str] | None = None) -> Page:
    """The page.

    Args:
        marks: nodes that stand out in the drawing, and why.
    """
    page = Page(info.name, [summary(info), f"sha256 {info.sha256}"])
    page.sections.append(
        Section("Inputs and outputs", columns=PORT_COLUMNS, rows=[tuple(row.values()) for row in port_rows(info)])
    )
    page.sections.append(
        Section("Operations", columns=OPERATION_COLUMNS, rows=[tuple(row.values()) for row in operation_rows(info)])
    )
    said = about_rows(info)
    if said:
        page.sections.append(Section("What it says of itself", columns=("", ""), rows=said))
    if any(layer.bytes or layer.multiply_adds for layer in info.layers):
        page.sections.append(Section("Size by layer", chart=figure_uri(size_figure(info))))
    text = ["Boxes say what an operation is told and what it gives; rest the mouse on one for all of it."]
    if marks:
        text.append("Red: what the GPU delegate of phones does not take.")
    if len(model.main.nodes) > MOST_NODES:
        text.append(f"Its first {MOST_NODES} nodes, of {len(model.main.nodes)}.")
    page.sections.append(Section("Graph", text, drawing=graph_svg(model.main, info.layers, marks)))
    return page


def summary(info: ModelInfo) -> str:
    """One line."""
    parts = [
        byte_words(info.size_bytes),
        counted(info.nodes, "node"),
        f"{count_words(info.parameters)} parameters",
        f"{'at least ' if info.uncounted else ''}{count_words(info.multiply_adds)} multiply-adds",
    ]
    if info.graphs > 1:
        parts.append(counted(info.graphs, "graph"))
    return ", ".join(parts)


def port_rows(info: ModelInfo) -> list[dict[str, object]]:
    """Inputs and outputs as rows of a table."""
    sides = (("in", info.inputs), ("out", info.outputs))
    return [_port_row(side, port) for side, ports in sides for port in ports]


def _port_row(side: str, port: Port) -> dict[str, object]:
    labels = f"{len(port.labels)}: {', '.join(port.labels[:4])}{' …' if len(port.labels) > 4 else ''}" if port.labels else ""
    name = f"{port.name} ({port.argument})" if port.argument and port.argument != port.name else port.name
    shape = "×".join("?" if size < 0 else str(size) for size in port.shape) or "one value"
    row = (side, name, shape, port.dtype, port.quantization, port.meaning, labels)
    return dict(zip(PORT_COLUMNS, row, strict=True))


def operation_rows(info: ModelInfo) -> list[dict[str, object]]:
    """Operations as rows of a table."""
    return [
        {
            "op": one.op,
            "version": one.version,
            "nodes": one.count,
            "multiply-adds": "not known" if one.multiply_adds is None else count_words(one.multiply_adds),
        }
        for one in info.operations
    ]


def about_rows(info: ModelInfo) -> list[tuple[str, str]]:
    """What the file says of itself, and what else is in it."""
    said = info.metadata
    rows = [
        ("description", (said.description if said else "") or info.description),
        *((name, getattr(said, name, "")) for name in ("name", "version", "author", "license")),
        ("signatures", ", ".join(info.signatures)),
        ("packed files", ", ".join(f"{name} ({byte_words(size)})" for name, size in info.files.items())),
        ("weights", ", ".join(f"{kind} {byte_words(size)}" for kind, size in info.weight_types.items())),
        ("beside weights", byte_words(info.graph_bytes)),
        ("free sizes", _few(info.dynamic)),
        ("multiply-adds not known of", ", ".join(info.uncounted)),
    ]
    return [(name, text) for name, text in rows if text]


def _few(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(name[:60] for name in names[:5])}{more}" if names else ""
