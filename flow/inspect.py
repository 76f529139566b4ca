"""Tasks that look into one model file: what it is, and where it may run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appspec.errors import KitError
from appspec.tflite_file import TfliteFile, read_tflite
from flow.screen import Screen
from pymodel.inspect.analyzer import Analysis, analyze
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
from pymodel.inspect.places import verdicts
from pymodel.inspect.recommend import recommendation
from pymodel.inspect.verdict import Verdict

if TYPE_CHECKING:
    from pymodel.evaluate.elsewhere import Compute

ARM64_SAMPLES = 4
ROUNDING = 0.05
"""Of an output's range: what integer kernels of two processors may differ by."""

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


def model_check(
    file: Path, run: bool, arm64: bool, inputs: Path | None, tolerance: float, analyzer: bool, screen: Screen
) -> None:
    """Where a model may run, by our tables; with `run`, what GPU delegates here make of it; with `arm64`, phones' libraries.

    Args:
        inputs: what it is tried with, see `read_samples`.
        tolerance: of an output's range.
        analyzer: TensorFlow's Analyzer is asked too.
    """
    if not 0 < tolerance < 1:
        raise KitError("--tolerance can't be used", f"{tolerance} is no share", "give a number between 0 and 1, such as 0.01")
    path = file.expanduser()
    model = read_tflite(path)
    info, found = look(model), verdicts(model)
    advice = recommendation(model, found, info.multiply_adds)
    document: dict[str, Any] = {
        "file": info.name,
        "sha256": info.sha256,
        "places": verdict_documents(found),
        "recommendation": advice,
    }
    if not screen.as_json:
        screen.say(f"{info.name}: {summary(info)}")
        screen.table("Where it may run, by our tables", place_columns(found), place_rows(model, found))
        refusals = refusal_rows(found)
        if refusals:
            screen.table("What breaks it where", REFUSAL_COLUMNS, refusals)
        for verdict in found:
            for note in verdict.notes:
                screen.say(f"{verdict.short}: {note}")
        screen.say(f"→ {advice}")
    if analyzer:
        analysis = analyze(path)
        document |= {"analyzer": asdict(analysis)}
        if not screen.as_json:
            for line in analyzer_lines(analysis, found):
                screen.say(line)
    places: dict[str, Compute] = {}
    if run or (inputs is not None and not arm64):
        from flow.run_model import gpu_places, try_model
        from flow.run_words import RUN_COLUMNS, run_documents, run_rows

        samples, tried, missing = try_model(model, path, inputs, tolerance, screen)
        document |= {"inputs": samples.said, "runs": run_documents(tried), "missing": missing}
        if not screen.as_json:
            note = f"inputs: {samples.said}. Software draws here in place of a GPU: answers count, times would say nothing."
            screen.table("On GPU delegates of this machine", RUN_COLUMNS, run_rows(tried, tolerance), note)
            for line in missing:
                screen.say(line)
        places |= gpu_places(model, path, tried)
    if arm64:
        from flow.arm64_check import arm64_check, arm64_document, arm64_places, show_arm64
        from pymodel.inspect.inputs import read_samples

        tried_with = read_samples(model, inputs, ARM64_SAMPLES)
        checked = arm64_check(path, tried_with.values)
        document |= {"inputs": tried_with.said, "arm64": arm64_document(checked)}
        if not screen.as_json:
            show_arm64(checked, max(tolerance, ROUNDING), tried_with.said, screen)
        places |= arm64_places(model, path, checked)
    if run or arm64 or inputs is not None:
        from flow.own_metric import find_own, metric_document, own_metric, show_metric

        own = find_own(path)
        metric = [] if isinstance(own, str) else own_metric(own, places, screen)
        document |= metric_document(own, metric)
        if not screen.as_json:
            show_metric(own, metric, screen)
    if screen.as_json:
        screen.json(document)


def analyzer_lines(analysis: Analysis, found: Sequence[Verdict]) -> list[str]:
    """What it says of the GPU delegate, beside our own verdict where that is another."""
    gpu = next(one for one in found if one.place == "gpu")
    words = "the whole graph is compatible with the GPU delegate" if analysis.compatible else "; ".join(analysis.warnings)
    lines = [f"TensorFlow {analysis.version}'s Analyzer: {words}"]
    if analysis.compatible != (gpu.runs == "whole"):
        lines.append(
            f"Our verdict is another ({gpu.runs}: {gpu.taken} of {gpu.nodes} nodes): our table was asked of the phone's delegate itself, "
            "and the Analyzer looks neither at versions nor at numbers of sizes"
        )
    return lines


def place_columns(found: Sequence[Verdict]) -> tuple[str, ...]:
    """Of the table with a column for each place."""
    return ("op", "nodes", *(one.short for one in found))


def place_rows(model: TfliteFile, found: Sequence[Verdict]) -> list[dict[str, object]]:
    """One row an operation and version of the main graph, and one for all."""
    nodes: dict[tuple[str, int], list[int]] = {}
    for node in model.main.nodes:
        nodes.setdefault((node.op, node.version), []).append(node.index)
    rows: list[dict[str, object]] = []
    for (op, version), indices in sorted(nodes.items()):
        row: dict[str, object] = {"op": f"{op} {version}", "nodes": len(indices)}
        for one in found:
            refused = {i for refusal in one.refusals for i in refusal.nodes}
            fine = sum(i not in refused for i in indices)
            row[one.short] = "yes" if fine == len(indices) else f"{fine} of {len(indices)}" if fine else "no"
        rows.append(row)
    totals = {one.short: f"{one.runs}: {one.taken} of {one.nodes} nodes" + _parts(one) for one in found}
    return [*rows, {"op": "the whole graph", "nodes": len(model.main.nodes), **totals}]


def _parts(verdict: Verdict) -> str:
    return f", {verdict.partitions} partitions" if verdict.partitions > 1 else ""


REFUSAL_COLUMNS = ("place", "op", "nodes", "between", "why", "instead")


def refusal_rows(found: Sequence[Verdict]) -> list[dict[str, object]]:
    """One row an operation that a place refuses for one reason; places that refuse for the same share it."""
    rows: dict[tuple[object, ...], dict[str, object]] = {}
    for verdict in found:
        for one in verdict.refusals:
            between = " → ".join(filter(None, (one.after, one.before)))
            row = rows.setdefault(
                (one.op, one.version, one.nodes, one.why, one.rewrite),
                {
                    "place": "",
                    "op": f"{one.op} {one.version}",
                    "nodes": _indices(one.nodes),
                    "between": between,
                    "why": one.why,
                    "instead": one.rewrite or "no way known",
                },
            )
            row["place"] = f"{row['place']}, {verdict.place}".removeprefix(", ")
    return list(rows.values())


def _indices(nodes: Sequence[int]) -> str:
    return ", ".join(map(str, nodes[:6])) + (f" and {len(nodes) - 6} more" if len(nodes) > 6 else "")


def verdict_documents(found: Sequence[Verdict]) -> list[dict[str, Any]]:
    """All of it, for JSON."""
    return [{**asdict(one), "taken_nodes": sorted(one.taken_nodes)} for one in found]


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
    marks = {
        i: f"GPU: {one.why}" for one in next(one for one in verdicts(model) if one.place == "gpu").refusals for i in one.nodes
    }
    model_page(model, info, marks).save(path, "give --html a folder that you can write")
    return path
