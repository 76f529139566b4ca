"""Tasks that look into one model file: what it is, and where it may run."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from appspec.errors import KitError
from appspec.tflite_file import TfliteFile, read_tflite
from flow.screen import Screen
from pymodel.inspect.info import ModelInfo
from pymodel.inspect.info import model_info as look
from pymodel.inspect.page import (
    OPERATION_COLUMNS,
    PORT_COLUMNS,
    about_rows,
    model_page,
    operation_rows,
    port_rows,
    summary,
)

MOST_LAYERS = 12
"""In the terminal's table: the heaviest."""


def model_info(file: Path, html: Path | None, screen: Screen) -> None:
    """What a model is, as tables or JSON; a page of it where that was asked for."""
    model = read_tflite(file.expanduser())
    info = look(model)
    page = _write_page(model, info, html.expanduser()) if html else None
    if screen.as_json:
        screen.json({**info_document(info), **({"page": str(page)} if page else {})})
        return
    screen.say(f"{info.name}: {summary(info)}")
    screen.say(f"sha256 {info.sha256}")
    screen.table("Inputs and outputs", PORT_COLUMNS, port_rows(info))
    screen.table("Operations", OPERATION_COLUMNS, operation_rows(info))
    heavy = sorted((layer for layer in info.layers if layer.bytes), key=lambda layer: layer.bytes, reverse=True)[:MOST_LAYERS]
    if heavy:
        rows = [
            {"node": one.node.index, "op": one.node.op, "name": one.name, "bytes": one.bytes, "multiply-adds": one.multiply_adds}
            for one in heavy
        ]
        screen.table("Heaviest layers", tuple(rows[0]), rows)
    for name, text in about_rows(info):
        screen.say(f"{name}: {text}")
    if page:
        screen.say(f"Page with the graph and its size by layer: {page}")


def info_document(info: ModelInfo) -> dict[str, Any]:
    """All of it, for JSON."""
    document = asdict(info)
    document["layers"] = [
        {
            "node": layer.node.index,
            "op": layer.node.op,
            "version": layer.node.version,
            "name": layer.name,
            "shape": layer.shape,
            "options": dict(layer.node.options),
            "multiply_adds": layer.multiply_adds,
            "bytes": layer.bytes,
        }
        for layer in info.layers
    ]
    return document


def _write_page(model: TfliteFile, info: ModelInfo, target: Path) -> Path:
    path = target if target.suffix == ".html" else target / f"{Path(info.name).stem}.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        model_page(model, info).save(path)
    except OSError as error:
        raise KitError(f"can't write {path}", error.strerror or str(error), "give --html a folder that you can write") from error
    return path
