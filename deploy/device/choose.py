"""Which phones: the only one that is ready, those asked for by their serials, or all."""

from __future__ import annotations

import os
import shlex
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.connection import PASSING
from deploy.device.listing import ASK_S, Connected, Phone, asked, joined, list_phones
from deploy.device.server import AdbServer, named_server
from deploy.device.side_by_side import side_by_side

Say = Callable[[str], None]

SOON_S = 0.3  # all phones wait for the slowest one's number; one that tells it later is told apart then
SETTLE_S = 3.0  # adb's server reaches a phone again within a second after a cut connection
HOW_TO_CONNECT = (
    "plug one in (a cable that carries data), Settings > About phone: tap Build number 7 times, "
    "then Developer options > USB debugging"
)
HOW_TO_CHOOSE = "give it to --device, which may be given several times; or --all"


@dataclass(frozen=True)
class Selection:
    """Which phones the user wants.

    Attributes:
        serials: those asked for; empty: ANDROID_SERIAL, else the only one that is ready.
        every: all that adb sees.
        servers: HOST:PORT of each adb server whose phones are meant; empty: the usual one's.
    """

    serials: tuple[str, ...] = ()
    every: bool = False
    servers: tuple[str, ...] = ()


def choose_phones(selection: Selection, say: Say, settle_s: float = SETTLE_S) -> list[Connected]:
    """The phones to work with: at least one of them is ready, or may be soon.

    Args:
        say: gets the list, a line a phone, when there is something to choose or to mend.
        settle_s: how long a phone may take that adb is just reaching, where no other is ready.

    Raises:
        KitError: none, or several without a choice, or one asked for that isn't there; none that is ready; no adb.
    """
    if selection.every and selection.serials:
        raise KitError("--device and --all can't be given together", "all includes it", "leave one of them out")
    deadline = time.monotonic() + settle_s
    seen, chosen = _look(selection, say)
    while not any(one.phone.ready for one in chosen) and any(one.phone.state in PASSING for one in chosen):
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
        seen, chosen = _look(selection, say)
    if not any(one.phone.ready for one in chosen):
        _list(seen, say)
        raise _none_ready(chosen)
    return chosen


def list_all(servers: Sequence[str]) -> list[Connected]:
    """Every entry of these servers' lists; a server that can't be used stands as one entry with its error.

    Args:
        servers: HOST:PORT each; none: the usual one.

    Raises:
        KitError: no server can be used, or what was given as one is none.
    """
    meant: list[AdbServer | None] = [named_server(text) for text in dict.fromkeys(servers)]
    meant = meant or [None]

    def look(server: AdbServer | None) -> list[Connected]:
        try:
            adb = Adb.fitting(server)
            return [Connected(adb, phone) for phone in list_phones(adb)]
        except KitError as error:
            if server is None:
                raise
            return [Connected(Adb.bundled(), Phone(f"all at {server.name}", "?", "no server"), error=error)]

    found = side_by_side(look, meant)
    errors = [entry.error for entries in found for entry in entries if entry.error is not None]
    if len(errors) == len(meant):
        raise errors[0]
    return [entry for entries in found for entry in entries]


def settle(one: Connected, settle_s: float = SETTLE_S) -> Connected:
    """The phone once adb has reached it.

    Raises:
        KitError: it isn't ready, and doesn't become so in time.
    """
    deadline = time.monotonic() + settle_s
    while not one.phone.ready:
        if one.error is not None or one.phone.state not in PASSING or time.monotonic() > deadline:
            raise one.not_ready()
        one.adb.stop.wait(0.1)
        now = [phone for phone in list_phones(one.adb) if phone.serial == one.serial]
        one = replace(one, phone=now[0] if now else one.phone)
    return one


def table(phones: Sequence[Connected]) -> list[str]:
    """The list for the user: serial, model, state, and what to do where a phone isn't ready, below it where the terminal is narrow."""
    rows = [(one.name, one.phone.model, one.phone.state, one.remedy) for one in phones]
    head = ("serial", "model", "state", "what to do")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(3)]
    beside = [["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]] for row in (head, *rows)]
    lines = ["  ".join(row).rstrip() for row in beside]
    if max(map(len, lines)) > shutil.get_terminal_size().columns:
        below = ["", *(f"    {remedy}" for *_, remedy in rows)]
        lines = [text.rstrip() for (row, _), remedy in zip(beside, below, strict=True) for text in (row, remedy) if text.strip()]
    return lines if rows else []


def _look(selection: Selection, say: Say) -> tuple[list[Connected], list[Connected]]:
    """All that is there, and those of it that are meant."""
    seen = list_all(selection.servers)
    wanted = selection.serials or tuple(filter(None, [os.environ.get("ANDROID_SERIAL")]))
    if all(entry.error is not None for entry in seen):
        what = f"no phone {', '.join(map(shlex.quote, wanted))}" if wanted and not selection.every else "no phone is connected"
        raise KitError(what, "adb sees none", HOW_TO_CONNECT)
    if wanted and not selection.every:
        return seen, _asked_for(wanted, seen, say)
    phones = joined(seen, SOON_S if selection.every else ASK_S)
    ready = [one for one in phones if one.phone.ready]
    if selection.every or not ready:
        return phones, phones
    if len(ready) > 1:
        _list(phones, say)
        raise KitError("which phone?", f"several are ready: {', '.join(one.name for one in ready)}", HOW_TO_CHOOSE)
    return phones, ready


def _asked_for(wanted: Sequence[str], seen: Sequence[Connected], say: Say) -> list[Connected]:
    """The phones of these serials, each once."""
    found = []
    for serial in dict.fromkeys(wanted):
        ours = [entry for entry in seen if entry.error is None and entry.serial == serial]
        if len(ours) != 1:
            _list(seen, say)
        if not ours:
            listed = ", ".join(entry.name for entry in seen if entry.error is None)
            raise KitError(
                f"no phone {shlex.quote(serial)}", f"adb sees {listed}", "give one of these to --device, or plug it in"
            )
        if len(ours) > 1:
            places = ", ".join(entry.name for entry in ours)
            raise KitError(f"which {serial}?", f"there are {places}", "give --adb the server of the one you mean, alone")
        found += ours
    return joined(found, SOON_S)


def _list(phones: Sequence[Connected], say: Say) -> None:
    for line in table(asked(phones, SOON_S)):
        say(line)


def _none_ready(chosen: Sequence[Connected]) -> KitError:
    first = chosen[0]
    if len(chosen) == 1:
        return first.not_ready()
    states = ", ".join(f"{one.name} is {one.phone.state}" for one in chosen)
    return KitError("no phone is ready", states, f"{first.name}: {first.remedy}")
