"""The phones that adb's servers see, and which of their entries are one and the same phone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.connection import MDNS, READY, STATES, is_emulator, is_wireless, state_remedy
from deploy.device.side_by_side import side_by_side

ASK_S = 0.7  # for a phone to tell its serial number: all wait for one that hangs
LINE = re.compile(
    rf"(?P<serial>.+?)[ \t]+(?P<state>{'|'.join(STATES)})\b(?: ?[(;][^\n]*?\])?(?P<words>(?:[ \t]+[\w-]+:\S*)*)[ \t]*"
)
SHARED = frozenset({"", "unknown", "0123456789ABCDEF", "0123456789ABCDE", "1234567890ABCDEF", "123456789ABCDEF"})
"""Serial numbers that makers give to many phones: they join nothing."""


@dataclass(frozen=True)
class Phone:
    """One line of `adb devices -l`; `model` is "?" where adb can't know it yet."""

    serial: str
    model: str
    state: str

    @property
    def ready(self) -> bool:
        """Whether it can be worked with."""
        return self.state == READY


@dataclass(frozen=True)
class Connected:
    """A phone and the adb that reaches it.

    Attributes:
        also: its other entries in adb's lists.
        error: what keeps it from being worked with; for a server that can't be used, `phone` stands for all of its phones.
    """

    adb: Adb
    phone: Phone
    also: tuple[Connected, ...] = ()
    error: KitError | None = field(default=None, compare=False)

    @property
    def serial(self) -> str:
        """As adb calls the phone."""
        return self.phone.serial

    @property
    def name(self) -> str:
        """The serial, with the server where that was named: unique among all."""
        server = self.adb.server
        return f"{self.serial} at {server.name}" if server is not None else self.serial

    @property
    def remedy(self) -> str:
        """What to do about its state; empty where it is ready."""
        return self.error.fix if self.error is not None else state_remedy(self.phone.state, self.serial, self.adb.command)

    def not_ready(self) -> KitError:
        """The error for its state."""
        return self.error or KitError(f"the phone {self.name} isn't ready", f"adb says: {self.phone.state}", self.remedy)


def list_phones(adb: Adb) -> list[Phone]:
    """The phones and emulators that adb's server sees, in any state.

    Raises:
        KitError: adb's server can't be used.
    """
    reply = adb.run("devices", "-l")
    if reply.code != 0:
        raise KitError("adb can't list the phones", reply.text, adb.command("kill-server"))
    return parse_devices(reply.out)


def parse_devices(text: str) -> list[Phone]:
    """Reads `adb devices`, with and without -l: SERIAL (which may hold blanks), blanks, STATE, then `key:value` words."""
    phones = []
    for line in text.splitlines():
        found = LINE.fullmatch(line)
        if found is None:
            continue
        model = re.search(r"\smodel:(\S+)", found["words"])
        phones.append(Phone(found["serial"], model.group(1).replace("_", " ") if model else "?", found["state"]))
    return phones


def joined(entries: Sequence[Connected]) -> list[Connected]:
    """Each phone once, though adb lists it by its cable and in Wi-Fi: joined by `ro.serialno`, the best entry first.

    A phone that doesn't answer is joined by what its entry's name says. Emulators of one kind have one serial number, and so do some
    makers' phones: those are never joined.
    """
    if len(entries) < 2:
        return list(entries)
    groups: dict[str, list[Connected]] = {}
    for place, (entry, number) in enumerate(zip(entries, side_by_side(_serial_number, entries), strict=True)):
        alone = number in SHARED or is_emulator(entry.serial)
        groups.setdefault(f"{place} alone" if alone else number, []).append(entry)
    found = []
    for group in groups.values():
        if sum(not is_wireless(entry.serial) for entry in group) > 1:  # two plugs are two phones
            found += group
            continue
        best, *also = sorted(group, key=lambda entry: (not entry.phone.ready, is_wireless(entry.serial)))
        found.append(replace(best, also=tuple(also)))
    return found


def _serial_number(entry: Connected) -> str:
    if entry.error is not None:
        return ""
    if entry.phone.ready:
        try:
            adb = replace(entry.adb, timeout_s=ASK_S)
            return adb.shell(entry.serial, ("getprop", "ro.serialno")).out.strip()
        except KitError:
            pass  # it is shown as what it is where it is spoken to next
    announced = MDNS.fullmatch(entry.serial)
    return announced["serialno"] if announced else "" if is_wireless(entry.serial) else entry.serial
