"""Where an inference's time goes, by operation, as a profiler of the benchmark tool tells."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.report.row import ReportRow
from deploy.report.words import milliseconds
from pages.cells import bar
from pages.page import Section

MOST = 12


def operation_sections(rows: Sequence[ReportRow], phone: str) -> list[Section]:
    """Of each model's fastest row on each delegate that was profiled.

    Args:
        rows: fastest first.
    """
    sections, seen = [], set()
    for row in rows:
        if row.operations and (row.model, row.delegate) not in seen:
            seen.add((row.model, row.delegate))
            sections.append(_section(row, phone))
    return sections


def _section(row: ReportRow, phone: str) -> Section:
    ranked = sorted(row.operations, key=lambda one: one.ms, reverse=True)
    longest = ranked[0].ms or 1.0
    cells: list[tuple[object, ...]] = [
        (one.type, bar(one.ms / longest, milliseconds(one.ms)), f"{one.share:.1%}", one.name) for one in ranked[:MOST]
    ]
    rest = ranked[MOST:]
    if rest:
        spent, share = sum(one.ms for one in rest), sum(one.share for one in rest)
        cells.append((f"{len(rest)} more", bar(spent / longest, milliseconds(spent)), f"{share:.1%}", ""))
    title = f"Operations of {row.model} · {row.name}, on {phone}"
    return Section(title, columns=("operation", "in one inference", "share", "name"), rows=cells)
