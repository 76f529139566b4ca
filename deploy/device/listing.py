"""The phones that adb's servers see, and which of their entries are one and the same phone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.connection import MDNS, NO_GROUP, READY, STATES, is_emulator, is_wireless, state_remedy
from deploy.device.side_by_side import side_by_side

ASK_S = 1.5  # for a phone to tell its serial number
WORDS = r"(?P<words>(?:[ \t]+(?:[\w-]+:\S*|[\d.-]+))*)[ \t]*"
LINE = re.compile(rf"(?P<serial>.+?)[ \t]+(?P<state>{'|'.join(STATES)})\b(?P<why> ?[(;][^\n]*?\])?{WORDS}")
OTHER_LINE = re.compile(rf"(?P<serial>[^\s*]\S*)[ \t]+(?P<state>[a-z]+)(?P<why>){WORDS}")
"""A phone in a state that an adb to come, or a maker's, has a word of its own for."""
NO_NUMBER = "(no serial number)"
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
        serialno: the phone's own number where it was asked for; None: it didn't tell in time.
        error: what keeps it from being worked with; for a server that can't be used, `phone` stands for all of its phones.
    """

    adb: Adb
    phone: Phone
    also: tuple[Connected, ...] = ()
    serialno: str | None = field(default=None, compare=False)
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
    """Reads `adb devices`, with and without -l: SERIAL (which may hold blanks), blanks, STATE, then `key:value` words.

    A phone without a serial number, and each of several that share one, is called by its plug, usb:1-2: adb takes that too.
    """
    found = [match for line in text.splitlines() if (match := LINE.fullmatch(line) or OTHER_LINE.fullmatch(line)) is not None]
    numbers = Counter(match["serial"] for match in found)
    phones = []
    for match in found:
        model, plug = re.search(r"\smodel:(\S+)", match["words"]), re.search(r"\s(usb:\S+)", match["words"])
        alone = numbers[match["serial"]] == 1 and match["serial"] != NO_NUMBER
        phones.append(
            Phone(
                match["serial"] if alone or plug is None else plug[1],
                model[1].replace("_", " ") if model is not None else "?",
                NO_GROUP if "not in the plugdev group" in (match["why"] or "") else match["state"],
            )
        )
    return phones


def joined(entries: Sequence[Connected], ask_s: float = ASK_S) -> list[Connected]:
    """Each phone once, though adb lists it by its cable and in Wi-Fi: joined by `ro.serialno`, the best entry first.

    A phone that doesn't answer is joined by what its entry's name says. Emulators of one kind have one serial number, and so do some
    makers' phones: those are never joined.

    Args:
        ask_s: how long to wait for the slowest phone's number.
    """
    if len(entries) < 2:
        return list(entries)
    groups: dict[str, list[Connected]] = {}
    for place, entry in enumerate(asked(entries, ask_s)):
        number = entry.serialno if entry.serialno is not None else _named_number(entry.serial)
        groups.setdefault(own_number(entry.serial, number) or f"{place} alone", []).append(entry)
    found = []
    for group in groups.values():
        if sum(not is_wireless(entry.serial) for entry in group) > 1:  # two plugs are two phones
            found += group
            continue
        best, *also = sorted(group, key=lambda entry: (not entry.phone.ready, is_wireless(entry.serial)))
        found.append(replace(best, also=tuple(also)))
    return found


def asked(entries: Sequence[Connected], ask_s: float = ASK_S) -> list[Connected]:
    """The entries with what their phones tell in time: their serial numbers, and their models, of which adb knows no dashes."""
    return side_by_side(lambda entry: _asked(entry, ask_s), entries)


def own_number(serial: str, number: str) -> str | None:
    """A phone's `ro.serialno`, unless others have it too: emulators of one kind have one number, and so do some makers' phones;
    of those that share one at several plugs each is called by its plug.

    Args:
        serial: as adb calls the phone.
    """
    return None if number in SHARED or is_emulator(serial) or serial.startswith("usb:") else number


def twin(one: Connected, others: Sequence[Connected]) -> Connected | None:
    """Another entry of the same phone: for one that hadn't told its number when they were joined.

    Raises:
        KitError: the phone can't be reached.
    """
    if one.serialno is not None or len(others) < 2:
        return None
    number = _ask_number(one.adb, one.serial)
    same = [other for other in others if other.serialno == number and own_number(one.serial, number)]
    return next((other for other in same if is_wireless(other.serial) or is_wireless(one.serial)), None)


def _asked(entry: Connected, ask_s: float) -> Connected:
    if entry.error is not None or not entry.phone.ready or entry.serialno is not None:
        return entry
    adb = replace(entry.adb, timeout_s=ask_s)
    try:
        told = adb.shell(entry.serial, ("getprop", "ro.serialno"), ("getprop", "ro.product.model")).out.splitlines()
    except KitError:  # it is shown as what it is where it is spoken to next
        return entry
    number, model = (*map(str.strip, told), "", "")[:2]
    return replace(entry, serialno=number, phone=replace(entry.phone, model=model or entry.phone.model))


def _ask_number(adb: Adb, serial: str) -> str:
    return adb.shell(serial, ("getprop", "ro.serialno")).out.strip()


def _named_number(serial: str) -> str:
    announced = MDNS.fullmatch(serial)
    return announced["serialno"] if announced else "" if is_wireless(serial) else serial
