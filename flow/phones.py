"""What all tasks on phones share: which phones are meant, and how their outcomes are told."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import TypeVar

from appspec.errors import KitError
from deploy.device.choose import Selection
from deploy.device.fleet import Outcome
from deploy.device.listing import Connected
from flow.screen import Screen

T = TypeVar("T")


def selection(device: Sequence[str] | None, every: bool, adb: Sequence[str] | None) -> Selection:
    """What --device, --all and --adb say."""
    return Selection(tuple(device or ()), every, tuple(adb or ()))


def tell_outcomes(title: str, outcomes: Sequence[Outcome[T]], row: Callable[[T], dict[str, object]], screen: Screen) -> None:
    """A table of what happened on each phone; where there are several, with what failed and what to do.

    Args:
        row: what a result is in the table; every phone's has the same keys.

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
        lost = [outcome.phone for outcome in outcomes if outcome.error is not None]
        raise KitError(what, ", ".join(phone.name for phone in lost), _again(lost))


def _again(failed: Sequence[Connected]) -> str:
    """What to do after a part failed: the same for that part alone, as the rest would be done once more."""
    begin = "do what each one's fix says, then the same command"
    if any(phone.error is not None for phone in failed):  # a server's phones, of which nothing is known
        return f"{begin} again"
    flags = [*(f"--device {shlex.quote(phone.serial)}" for phone in failed)]
    flags += dict.fromkeys(f"--adb {phone.adb.server.name}" for phone in failed if phone.adb.server is not None)
    return f"{begin} for {'these' if len(failed) > 1 else 'that one'} alone, with {' '.join(flags)}"
