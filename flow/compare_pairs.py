"""Which run is compared with which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from appspec.errors import KitError
from deploy.benchmark.comparison.comparability import comparability
from deploy.device.choose import Say
from flow.app import cli_arguments
from flow.result_files import RESULTS, Found, Source, Subject, is_there, read_source

BEFORE, LAST = "before", "last"
"""Words for: the newest run before B that may be compared with it; the newest under results/."""

Pair = tuple[Found, Found]


def both_words(a: str | None, b: str | None) -> tuple[str, str]:
    """A and B of what the command line says of them: without any word the last two runs under results/; a file or folder alone and the
    run before it; a revision alone and the last run.
    """
    if a is not None and b is not None:
        return a, b
    word = LAST if a is None and b is None else a or b or ""
    if word == BEFORE or (word != LAST and b is None and not is_there(Path(word).expanduser())):
        return word, LAST
    return BEFORE, word


def pairs(a: str, b: str, root: Path, say: Say) -> list[Pair]:
    """A and B of each app on each phone that both have, without those where A and B are the same run.

    Args:
        a, b: files, folders, revisions (see `read_source`), `last`; A: `before` too.
        root: of the kit.
        say: gets what was passed over.

    Raises:
        KitError: one can't be read, or there is nothing to compare.
    """
    if b == BEFORE and not Path(b).exists():
        fix = f"invoke compare {BEFORE} {LAST if a == BEFORE else a}"
        raise KitError(f"B can't be {BEFORE!r}", f"{BEFORE!r} is for A only: the run before B", fix)
    new = _source(b, root)
    _tell_passed_over(new, say)
    if a == BEFORE and not Path(a).exists():
        return _with_their_forerunners(new, say)
    old = _source(a, root)
    _tell_passed_over(old, say)
    found = _matched(old, new, say)
    differing = [(one, other) for one, other in found if one.run != other.run]
    if not differing:
        raise KitError(
            f"{a} and {b} are the same run",
            _same(*found[0]),
            f"give two runs; `invoke compare {BEFORE} {LAST}` takes the last two under {RESULTS}/",
        )
    return differing


def _source(word: str, root: Path) -> Source:
    if word == LAST and not Path(word).exists():
        if not (root / RESULTS).is_dir():
            raise KitError("there are no results yet", f"{root / RESULTS} is not there", "run invoke benchmark first")
        return read_source(str(root / RESULTS), root)
    return read_source(word, root)


def _tell_passed_over(source: Source, say: Say) -> None:
    """Newer runs that were stopped, and stopped ones where there are no others."""
    if source.one:
        return
    for subject, taken in source.newest().items():
        newer = [one for one in source.runs if one.subject == subject and one.started > taken.started]
        if newer:
            say(f"! passed over, as it was stopped early: {newer[-1].place}, newer than {taken.place}")
        elif not taken.run.is_whole:
            say(f"! {taken.place} was stopped early, and there is none that ended by itself")


def _matched(old: Source, new: Source, say: Say) -> list[Pair]:
    """By app and phone; a single run of A goes with a single one of B whatever they are, and the verdict tells."""
    olds, news = old.newest(), new.newest()
    common = [subject for subject in olds if subject in news]
    if common:
        for word, alone in ((old.word, olds.keys() - news.keys()), (new.word, news.keys() - olds.keys())):
            if alone:
                say(f"! only in {word}: {_names(alone)}")
        return [(olds[subject], news[subject]) for subject in common]
    if len(olds) == len(news) == 1:
        return [(next(iter(olds.values())), next(iter(news.values())))]
    raise KitError(
        f"{old.word} and {new.word} have no app on the same phone in common",
        f"{old.word} has {_names(olds)}; {new.word} has {_names(news)}",
        "give two files to compare runs of two phones",
    )


def _with_their_forerunners(new: Source, say: Say) -> list[Pair]:
    found, alone = [], []
    for subject, last in new.newest().items():
        before = _forerunner(new, last)
        if before is None:
            alone.append(subject)
        else:
            found.append((before, last))
            between = [one for one in new.runs if one.subject == last.subject and before.started < one.started < last.started]
            if between and not between[-1].run.is_whole:
                say(f"! passed over, as it was stopped early: {between[-1].place}, newer than {before.place}")
    if not found:
        raise KitError(
            "there is no run before it to compare with",
            f"{new.word} has {_names(new.newest())}, and no earlier one that may be compared with it",
            f"measure a second time, or give two files; invoke benchmark{cli_arguments(alone[0][0], None)}",
        )
    if alone:
        say(f"! no earlier run for: {_names(alone)}")
    return found


def _forerunner(new: Source, last: Found) -> Found | None:
    """The newest earlier run that may be compared with one: of the same phone, else of another one of its model, which was not
    measured beside it. A stopped one where no other is left.
    """
    earlier = [
        one
        for one in new.runs
        if one.started < last.started
        and one.run.app.name == last.run.app.name
        and (one.subject == last.subject or one.started + timedelta(seconds=one.run.seconds) <= last.started)
    ]
    fitting = [one for one in earlier if comparability(one.run, last.run).word != "not comparable"]
    by_rank = sorted(fitting, key=lambda one: (one.subject == last.subject, one.run.is_whole, one.started))
    return by_rank[-1] if by_rank else None


def _names(runs: Iterable[Subject]) -> str:
    names: Sequence[str] = [f"{app} on {phone} ({way})" for app, _, phone, way in runs]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _same(one: Found, other: Found) -> str:
    return f"both are {one.place}" if one.place == other.place else f"{one.place} and {other.place} say the same"
