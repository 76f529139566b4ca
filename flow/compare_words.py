"""A comparison of two runs in words, tables and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from deploy.benchmark.comparison.comparability import phone_name
from deploy.benchmark.comparison.types import INFERENCE_ERROR, Comparison, Quantity, RowComparison
from flow.compare_pairs import Pair
from flow.result_files import Found
from flow.screen import Screen

INFERENCE_COLUMNS = ("model", "on", "A_ms", "B_ms", "change_%", "interval", "p", "seen_from", "difference")
OTHER_COLUMNS = ("what", "model", "on", "A", "B", "change_%", "interval", "p", "difference")

MEANING = (
    f"interval and p: of all rows together, {1 - INFERENCE_ERROR:.0%} sure; seen from: a change of so many % would have been seen"
)

MOST = 10.0
"""Larger changes are not told in percent."""

NAMES: dict[Quantity, str] = {
    "inference": "inference",
    "frame": "whole frame",
    "init": "getting ready",
    "first": "first inference",
    "memory": "peak memory",
}


def show_comparison(pair: Pair, comparison: Comparison, picture: Path, screen: Screen) -> None:
    """First whether they may be compared, then the tables."""
    a, b = pair
    screen.heading(f"{b.run.app.name} on {phone_name(b.run)}" + (f" ({b.run.phone.identity})" if b.run.phone.serial else ""))
    for name, one in (("A", a), ("B", b)):
        screen.say(f"{name}: {_about(one)}")
    verdict = comparison.comparability
    screen.say(f"{'✗' if verdict.word == 'not comparable' else '!' if verdict.reasons else '✓'} {verdict}")
    screen.say(f"changed between them: {'; '.join(verdict.subject) or 'nothing that is known'}")
    if a.started > b.started:
        screen.say("! A was measured after B: what is called slower here became faster in time")
    known = any(row.change for row in comparison.inference)
    screen.table("Inference", INFERENCE_COLUMNS, [_row(row) for row in comparison.inference], MEANING if known else "")
    differing = [row for row in comparison.others if row.word not in ("no difference seen", "can't be told")]
    if differing:
        screen.table("What else differs", OTHER_COLUMNS, [_row(row) for row in differing])
    for line in _remarks(comparison, differing):
        screen.say(line)
    screen.say(f"→ {summary(comparison)}")
    screen.say(f"Picture: {picture}")


def summary(comparison: Comparison) -> str:
    """One sentence."""
    if comparison.comparability.word == "not comparable":
        return "figures stand side by side only: these runs are not comparable"
    words = [row.word for row in comparison.inference]
    counts = [
        f"{words.count(word)} {word}" for word in ("slower", "faster", "no difference seen", "can't be told") if word in words
    ]
    return f"of {len(words)} row{'s' * (len(words) != 1)}: {', '.join(counts)}"


def percent(share: float) -> str:
    """Without a sign."""
    return f"{100 * share:.0f} %" if share >= 1 else f"{100 * share:.3g} %"


def comparison_document(pair: Pair, comparison: Comparison, picture: Path) -> dict[str, Any]:
    """All of it, for JSON; single times are in the runs' own files."""
    return {
        "a": {"place": pair[0].place, "started_at": pair[0].run.started_at},
        "b": {"place": pair[1].place, "started_at": pair[1].run.started_at},
        "app": comparison.b.app.name,
        "phone": {
            "kind": comparison.b.phone.kind,
            "name": phone_name(comparison.b),
            "serial": comparison.b.phone.serial,
            "serial_number": comparison.b.phone.serial_number,
        },
        "comparability": asdict(comparison.comparability),
        "inference": [_document(row) for row in comparison.inference],
        "others": [_document(row) for row in comparison.others],
        "only_a": [asdict(key) for key in comparison.only_a],
        "only_b": [asdict(key) for key in comparison.only_b],
        "picture": str(picture),
    }


def _document(row: RowComparison) -> dict[str, Any]:
    sides = {
        name: {"starts": side.starts, "runs": side.runs, "median": side.median, "failed": list(side.failed)}
        for name, side in (("a", row.a), ("b", row.b))
    }
    change = asdict(row.change) if row.change else None
    return {**asdict(row.key), "quantity": row.quantity, **sides, "change": change, "word": row.word, "note": row.note}


def _about(found: Found) -> str:
    run = found.run
    kind = {"phone": "", "virtual": ", VIRTUAL phone", "host": ", this computer"}[run.phone.kind]
    return f"{found.place} ({run.started_at}, app {run.app.version}, {run.runtime}, kit {run.kit.version}{kind})"


def _row(row: RowComparison) -> dict[str, object]:
    on = f"{row.key.delegate} {row.key.threads}" if row.key.delegate == "cpu" else row.key.delegate
    word = "none seen" if row.word == "no difference seen" else row.word
    cells: dict[str, object] = {
        "what": NAMES[row.quantity],
        "model": f"{row.key.model} {row.key.variant}",
        "on": f"{on} {row.key.cache or ''}".strip(),
        "difference": word,
    }
    for name, side in (("A", row.a), ("B", row.b)):
        cells[f"{name}_ms"] = cells[name] = _value(side.median, row.quantity)
    for column in ("change_%", "interval", "p", "seen_from"):
        cells[column] = "—"
    if row.change:
        change = row.change
        cells |= {
            "change_%": _signed(change.share),
            "interval": f"{_signed(change.low)}…{_signed(change.high)}",
            "p": "<0.001" if change.p < 0.001 else f"{change.p:.3f}",
            "seen_from": _signed(change.visible).lstrip("+"),
        }
    return cells


def _signed(share: float) -> str:
    """In percent; `>10×` where percent are no measure."""
    return ">10×" if share > MOST else f"{100 * share:+.1f}"


def _value(value: float | None, quantity: Quantity) -> str:
    if value is None:
        return "–"
    return f"{value / 1e6:.1f} MB" if quantity == "memory" else f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def _remarks(comparison: Comparison, differing: Sequence[RowComparison]) -> list[str]:
    lines = []
    for note in dict.fromkeys(row.note for row in comparison.inference if row.note):
        lines.append(f"{', '.join(str(row.key) for row in comparison.inference if row.note == note)}: {note}")
    looked_at = {row.quantity for row in comparison.others if row.change} - {row.quantity for row in differing}
    if looked_at:
        lines.append(f"no difference seen: {', '.join(name for quantity, name in NAMES.items() if quantity in looked_at)}")
    changes = [row.change for row in comparison.inference if row.change]
    if changes:
        noise = changes[0]
        seen = "as seen over all rows" if noise.start_noise_known else "assumed: no row was started twice"
        lines.append(f"one start lies {percent(noise.start_noise)} from another ({seen})")
    for name, keys in (("A", comparison.only_a), ("B", comparison.only_b)):
        if keys:
            lines.append(f"only in {name}: {', '.join(map(str, keys))}")
    return lines
