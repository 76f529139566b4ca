"""Keeps a phone's screen on while it is measured, and then leaves the phone as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.stop import Stop

SETTING = ("global", "stay_on_while_plugged_in")
NOTE = ("global", "apkiln_stay_on_before")
"""Where the phone keeps its own value meanwhile: a run that lost it can't put it back, the next one does."""

ANY_SOURCE = "15"
"""BatteryManager.BATTERY_PLUGGED_AC | USB | WIRELESS | DOCK."""

NONE = "none"
RESTORE_S = 3.0


@contextmanager
def kept_awake(adb: Adb, serial: str, say: Callable[[str], None]) -> Iterator[None]:
    """On a cable the screen stays on; a phone on battery is woken by each start of the app.

    Raises:
        KitError: the phone can't be reached at first. At the end that is only said.
    """
    values = adb.shell(serial, ("settings", "get", *NOTE), ("settings", "get", *SETTING)).out.split()
    noted, now = values if len(values) == 2 else ("null", "null")
    before = now if noted == "null" else noted
    before = before if before.isdigit() else NONE
    adb.shell(
        serial,
        ("settings", "put", *NOTE, before),
        ("settings", "put", *SETTING, ANY_SOURCE),
        ("input", "keyevent", "KEYCODE_WAKEUP"),
        ("wm", "dismiss-keyguard"),
    )
    try:
        yield
    finally:
        old = ("delete", *SETTING) if before == NONE else ("put", *SETTING, before)
        again = replace(adb, stop=Stop(), timeout_s=min(adb.timeout_s, RESTORE_S))  # after Ctrl-C, adb's own runs nothing more
        try:
            again.shell(serial, ("settings", *old), ("settings", "delete", *NOTE))
        except KitError:
            say(f"{serial} can't be reached, and stays awake while it charges until the next invoke benchmark on it has ended")
