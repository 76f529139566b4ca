"""Which phone: the only one that is ready, or the one asked for by its serial."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.connection import PASSING, READY, state_remedy

SETTLE_S = 3.0  # adb's server reaches a phone again within a second after a cut connection
HOW_TO_CONNECT = (
    "plug one in (a cable that carries data), Settings > About phone: tap Build number 7 times, "
    "then Developer options > USB debugging"
)


@dataclass(frozen=True)
class Phone:
    """One line of `adb devices -l`; `model` is "?" where adb can't know it yet."""

    serial: str
    model: str
    state: str


def list_phones(adb: Adb) -> list[Phone]:
    """The phones and emulators that adb's server sees, in any state.

    Raises:
        KitError: adb's server can't be used.
    """
    reply = adb.run("devices", "-l")
    if reply.code != 0:
        raise KitError("adb can't list the phones", reply.text, adb.command("kill-server"))
    return parse_devices(reply.out)


def choose_phone(adb: Adb, serial: str | None, say: Callable[[str], None], settle_s: float = SETTLE_S) -> Phone:
    """The phone to deploy to.

    Args:
        serial: the one asked for; None: ANDROID_SERIAL, else the only one that is ready.
        say: gets the list, a line a phone, when there is something to choose or to mend.
        settle_s: how long a phone may take that adb is just reaching.

    Raises:
        KitError: none, or several, or the one asked for isn't there or isn't ready.
    """
    wanted = serial or os.environ.get("ANDROID_SERIAL") or None
    deadline = time.monotonic() + settle_s
    while True:
        phones = list_phones(adb)
        asked = [phone for phone in phones if wanted in (None, phone.serial)]
        ready = [phone for phone in asked if phone.state == READY]
        settled = not any(phone.state in PASSING for phone in asked)
        if ready or settled or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    if len(ready) == 1:
        return ready[0]
    for line in table(phones, adb):
        say(line)
    raise _cannot_choose(phones, asked, ready, wanted, adb)


def table(phones: list[Phone], adb: Adb) -> list[str]:
    """The list for the user: serial, model, state, and what to do where a phone isn't ready."""
    rows = [(p.serial, p.model, p.state, state_remedy(p.state, p.serial, adb.command)) for p in phones]
    head = ("serial", "model", "state", "what to do")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(3)]
    lines = ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in (head, *rows)]
    return [line.rstrip() for line in lines] if rows else []


def parse_devices(text: str) -> list[Phone]:
    """Reads `adb devices -l`: SERIAL, blanks, STATE (which may hold blanks), then `key:value` words."""
    phones = []
    for line in text.splitlines():
        found = re.match(r"(\S+)\s+(no permissions.*?|\S+)((?:\s+[\w-]+:\S+)*)\s*$", line)
        if found is None or line.startswith(("*", "List of devices")):
            continue
        model = re.search(r"\smodel:(\S+)", found.group(3))
        state = re.sub(r"\s*[(;].*", "", found.group(2))
        phones.append(Phone(found.group(1), model.group(1).replace("_", " ") if model else "?", state))
    return phones


def _cannot_choose(phones: list[Phone], asked: list[Phone], ready: list[Phone], wanted: str | None, adb: Adb) -> KitError:
    if not phones:
        return KitError("no phone to deploy to", "adb sees none", HOW_TO_CONNECT)
    if len(ready) > 1:
        serials = ", ".join(phone.serial for phone in ready)
        return KitError("which phone?", f"several are ready: {serials}", f"invoke deploy --device {ready[0].serial}")
    if not asked:
        serials = ", ".join(phone.serial for phone in phones)
        return KitError(f"no phone {wanted}", f"adb sees {serials}", "give one of these to --device, or plug it in")
    first = asked[0]
    remedy = state_remedy(first.state, first.serial, adb.command)
    if len(asked) == 1:
        return KitError(f"the phone {first.serial} isn't ready", f"adb says: {first.state}", remedy)
    states = ", ".join(f"{phone.serial} is {phone.state}" for phone in asked)
    return KitError("no phone is ready", states, f"{first.serial}: {remedy}")
