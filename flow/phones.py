"""What all tasks on phones share: which phones are meant, and how their outcomes are told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from appspec.errors import KitError
from deploy.device.choose import Selection
from deploy.device.fleet import Outcome
from flow.screen import Screen

T = TypeVar("T")

_FLAGS = ("--device", "--adb")


def selection(device: Sequence[str] | None, every: bool, adb: Sequence[str] | None) -> Selection:
    """What --device, --all and --adb say.

    Raises:
        KitError: one of them lacks its value: Invoke takes one at the end of the line for none at all.
    """
    if sys.argv[-1] in _FLAGS:
        raise KitError(f"{sys.argv[-1]} needs a value", "it is the last word of the command", "invoke devices lists the phones")
    return Selection(tuple(device or ()), every, tuple(adb or ()))


def tell_outcomes(
    title: str, outcomes: Sequence[Outcome[T]], row: Callable[[T], dict[str, object]], screen: Screen, again: str
) -> None:
    """A table of what happened on each phone; where there are several, with what failed and what to do.

    Args:
        row: what a result is in the table; every phone's has the same keys.
        again: the command that did it.

    Raises:
        KitError: it failed on a phone; where there is one alone, its own error.
    """
    failed = [outcome.error for outcome in outcomes if outcome.error is not None]
    if len(outcomes) == 1 and failed:
        raise failed[0]
    rows: list[dict[str, object]] = []
    for outcome in outcomes:
        told: dict[str, object] = {"phone": outcome.phone.name}
        if outcome.result is not None:
            told |= row(outcome.result)
        if outcome.error is not None:
            told |= {"failed": outcome.error.what, "why": outcome.error.why, "fix": outcome.error.fix}
        rows.append(told)
    screen.table(title, tuple(dict.fromkeys(key for told in rows for key in told)), rows)
    if failed:
        what = f"{len(failed)} of {len(outcomes)} phones failed"
        names = ", ".join(outcome.phone.name for outcome in outcomes if outcome.error is not None)
        raise KitError(what, names, f"see the table; then {again} again: what is done is not done twice")
