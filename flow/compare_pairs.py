"""Which run is compared with which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from appspec.errors import KitError
from deploy.benchmark.comparison.comparability import comparability
from flow.result_files import RESULTS, Found, Source, Subject, read_source

BEFORE, LAST = "before", "last"
"""Words for: the newest run before B that may be compared with it; the newest under results/."""

Pair = tuple[Found, Found]


def pairs(a: str, b: str, root: Path) -> list[Pair]:
    """A and B of each app on each phone that both have, without those where A and B are the same run.

    Args:
        a, b: files, folders, revisions (see `read_source`), `last`; A: `before` too.
        root: of the kit.

    Raises:
        KitError: one can't be read, or there is nothing to compare.
    """
    new = _source(b, root)
    if a == BEFORE and not Path(a).exists():
        return _with_their_forerunners(new)
    old = _source(a, root)
    found = _matched(old, new)
    differing = [(one, other) for one, other in found if one.run != other.run]
    if not differing:
        raise KitError(
            f"{a} and {b} are the same run",
            f"{found[0][0].place} and {found[0][1].place} say the same" + _same_path(found[0]),
            f"give two runs; `invoke compare {BEFORE} {LAST}` takes the last two under {RESULTS}/",
        )
    return differing


def _source(word: str, root: Path) -> Source:
    if word == LAST and not Path(word).exists():
        if not (root / RESULTS).is_dir():
            raise KitError("there are no results yet", f"{root / RESULTS} is not there", "run invoke benchmark first")
        return read_source(str(root / RESULTS), root)
    return read_source(word, root)


def _matched(old: Source, new: Source) -> list[Pair]:
    """By app and phone; a single run of A goes with a single one of B whatever they are, and the verdict tells."""
    olds, news = old.newest(), new.newest()
    common = [subject for subject in olds if subject in news]
    if common:
        return [(olds[subject], news[subject]) for subject in common]
    if len(olds) == len(news) == 1:
        return [(next(iter(olds.values())), next(iter(news.values())))]
    raise KitError(
        f"{old.word} and {new.word} have no app on the same phone in common",
        f"{old.word} has {_names(olds)}; {new.word} has {_names(news)}",
        "give two files to compare runs of two phones",
    )


def _with_their_forerunners(new: Source) -> list[Pair]:
    found = []
    for last in new.newest().values():
        earlier = [one for one in new.runs if one.subject == last.subject and one.started < last.started]
        fitting = [one for one in earlier if comparability(one.run, last.run).word != "not comparable"]
        if fitting:
            found.append((fitting[-1], last))
    if not found:
        raise KitError(
            "there is no run before it to compare with",
            f"{new.word} has {_names(new.newest())}, and no earlier one that may be compared with it",
            "run invoke benchmark a second time, or give two files",
        )
    return found


def _names(runs: Mapping[Subject, Found]) -> str:
    names: Sequence[str] = [f"{app} on {phone} ({way})" for app, _, phone, way in runs]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _same_path(pair: Pair) -> str:
    return ": it is one file" if pair[0].place == pair[1].place else ""
