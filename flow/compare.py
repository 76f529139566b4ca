"""`invoke compare`: did it get faster or slower, or is that noise?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from appspec.errors import KitError
from appspec.stages import ROOT
from appspec.whole_file import whole_file
from deploy.benchmark.comparison.compare import compare_runs
from deploy.benchmark.comparison.figure import comparison_figure
from deploy.benchmark.comparison.types import Comparison
from flow.arguments import made_folder, share
from flow.compare_pairs import pairs
from flow.compare_words import comparison_document, percent, show_comparison
from flow.screen import Screen


def compare(a: str, b: str, fail_if_slower: str | None, out: Path | None, screen: Screen, root: Path = ROOT) -> bool:
    """B against A, as tables and pictures or as JSON.

    Args:
        a, b: see `flow.compare_pairs.pairs`.
        fail_if_slower: a share, as `10%`.
        out: folder of the pictures.
        root: of the kit.

    Returns:
        Whether an inference is slower by more than `fail_if_slower`.

    Raises:
        KitError: there is nothing to compare, `out` names a picture, or `fail_if_slower` can't be decided.
    """
    if out is not None and out.suffix.lower() == ".png" and not out.is_dir():
        fix = "give --out a folder, where the picture is named after app and phone"
        raise KitError(f"--out {out} can't be used", "it names a picture, and each pair of runs has one", fix)
    limit = share("--fail-if-slower", fail_if_slower) if fail_if_slower is not None else None
    notes: list[str] = []
    found = pairs(a, b, root, notes.append)
    comparisons = [compare_runs(one.run, other.run) for one, other in found]
    pictures = _draw(comparisons, out or root / "build" / "compare")
    slower = [f"{one.b.phone.model}: {row.key}" for one in comparisons for row in one.slower_than(limit or 0.0)]
    if screen.as_json:
        both = zip(found, comparisons, pictures, strict=True)
        screen.json(
            {
                "comparisons": [comparison_document(pair, one, picture) for pair, one, picture in both],
                "fail_if_slower": None
                if limit is None
                else {"limit": limit, "slower": slower, "seen_from": max(_blind(limit, comparisons).values(), default=None)},
                "notes": notes,
            }
        )
    else:
        for note in notes:
            screen.say(note)
        for pair, one, picture in zip(found, comparisons, pictures, strict=True):
            show_comparison(pair, one, picture, screen)
    return limit is not None and _is_slower(limit, slower, comparisons, screen)


def _is_slower(limit: float, slower: Sequence[str], comparisons: Sequence[Comparison], screen: Screen) -> bool:
    """Raises KitError where nothing slower was seen but not everything could be looked at."""
    if slower:
        screen.say(f"✗ slower by more than {percent(limit)}: {', '.join(slower)}")
        return True
    for one in comparisons:
        if one.comparability.word == "not comparable":
            why = "; ".join(one.comparability.reasons)
            raise KitError("--fail-if-slower can't be decided", f"the runs are not comparable: {why}", "measure again as A was")
        untold = [row for row in one.inference if row.a.starts and row.change is None]
        lost = untold if len(untold) == len(one.inference) else [row for row in untold if not row.b.starts]
        if lost:
            why = "; ".join(f"{row.key}: {row.note}" for row in lost)
            raise KitError("--fail-if-slower can't be decided", why, "measure B again")
    screen.say(f"nothing is slower by more than {percent(limit)}")
    blind = _blind(limit, comparisons)
    if blind:
        screen.say(
            f"! a slowdown below {percent(max(blind.values()))} would not have been seen in {', '.join(blind)}: measure longer"
        )
    return False


def _blind(limit: float, comparisons: Sequence[Comparison]) -> dict[str, float]:
    """Rows in which a slowdown by the limit would have been missed, and from where on it would have been seen."""
    return {
        f"{one.b.phone.model}: {row.key}": row.change.visible
        for one in comparisons
        for row in one.inference
        if row.change and row.change.visible > limit
    }


def _draw(comparisons: Sequence[Comparison], folder: Path) -> list[Path]:
    """One picture a comparison, named after app and phone."""
    made_folder("--out", folder)
    pictures: list[Path] = []
    for one in comparisons:
        words = (one.b.app.name, one.b.phone.model, one.b.phone.identity if one.b.phone.serial else one.b.phone.kind)
        name = re.sub(r"[^a-z0-9_]+", "-", "-".join(words).lower()).strip("-")[:80] or "comparison"
        while folder / f"{name}.png" in pictures:
            name += "-2"
        pictures.append(folder / f"{name}.png")
        with whole_file(pictures[-1], "give --out a folder that you can write") as part:
            comparison_figure(one).savefig(part, dpi=110, bbox_inches="tight")
    return pictures
