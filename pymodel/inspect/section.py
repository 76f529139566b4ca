"""Where an app's files may run, as a section of a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from appspec.tflite_file import read_tflite
from appspec.words import counted
from pages.page import Section
from pymodel.inspect.info import model_info
from pymodel.inspect.places import verdicts
from pymodel.inspect.recommend import recommendation
from pymodel.inspect.verdict import Verdict


def places_section(title: str, files: Sequence[Path]) -> Section:
    """A row a file, a column a place; what is refused and why; one recommendation a file."""
    rows: list[tuple[str, ...]] = []
    columns: tuple[str, ...] = ()
    advice: dict[str, list[str]] = {}
    refusals = []
    for path in files:
        model = read_tflite(path)
        found = verdicts(model)
        columns = ("", *(one.name for one in found))
        rows.append((path.stem, *(_cell(one) for one in found)))
        advice.setdefault(recommendation(model, found, model_info(model).multiply_adds), []).append(path.stem)
        refusals += [
            (path.stem, verdict.name, f"{one.op} {one.version}", counted(len(one.nodes), "node"), one.why)
            for verdict in found
            for one in verdict.refusals
        ]
    heads = ("", "place", "operation", "how many", "why")
    parts = [Section("What is refused where", columns=heads, rows=refusals)] if refusals else []
    findings = [(", ".join(names), f"{words}.") for words, names in advice.items()]
    text = ["By our tables of what each runtime and delegate takes; nothing was run for it."]
    return Section(title, text, findings=findings, columns=columns, rows=rows, sections=parts)


def _cell(verdict: Verdict) -> str:
    if verdict.runs == "whole":
        return f"all {verdict.nodes} nodes"
    if verdict.runs == "not at all":
        return "none"
    return f"{verdict.taken} of {verdict.nodes} nodes, {counted(verdict.partitions, 'partition')}"
