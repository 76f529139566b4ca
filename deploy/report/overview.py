"""All phones side by side: the fastest row of each model."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.report.found import PhoneRuns
from deploy.report.row import ReportRow, fastest, report_rows
from deploy.report.words import bare_name, mark, milliseconds, phone_name, who_measured
from pages.cells import bar
from pages.page import KeyFigure, Section

MOST = 6
"""Key figures of benchmarks."""


def benchmark_figures(phones: Sequence[PhoneRuns]) -> list[KeyFigure]:
    """The fastest row of each model on each phone."""
    figures = []
    for one in phones:
        phone = one.latest.run.phone
        for model, rows in _by_model(one).items():
            best = fastest(rows)
            if best is not None and best.median_ms is not None:
                note = f"{best.name}, on {bare_name(phone)}"
                figures.append(KeyFigure(f"{model}, fastest", milliseconds(best.median_ms), note, mark(phone)))
    return figures[:MOST]


def overview_section(phones: Sequence[PhoneRuns]) -> Section:
    """A row a model and phone: its fastest, and the fastest on the CPU."""
    found = [(one, model, fastest(rows), fastest(_on_cpu(rows))) for one in phones for model, rows in _by_model(one).items()]
    longest = max((best.median_ms or 0.0 for _, _, best, _ in found if best), default=0.0) or 1.0
    rows = [
        (
            f"{model} · {phone_name(one.latest.run.phone)}",
            bar((best.median_ms or 0.0) / longest, milliseconds(best.median_ms or 0.0)) if best else "not measured",
            best.name if best else "",
            milliseconds(cpu.median_ms) if cpu and cpu.median_ms is not None else "",
            who_measured(one.latest.run),
        )
        for one, model, best, cpu in sorted(found, key=lambda row: row[1])
    ]
    return Section("All phones", columns=("", "fastest", "by", "fastest on the CPU", "measured by"), rows=rows)


def _by_model(one: PhoneRuns) -> dict[str, list[ReportRow]]:
    models: dict[str, list[ReportRow]] = {}
    for row in report_rows(one.latest.run):
        models.setdefault(row.model, []).append(row)
    return models


def _on_cpu(rows: Sequence[ReportRow]) -> list[ReportRow]:
    return [row for row in rows if row.delegate == "cpu"]
