"""Keeps a phone's screen on while it is measured, and then leaves the phone as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.stop import Stop

SETTING = ("global", "stay_on_while_plugged_in")
ANY_SOURCE = "15"
"""BatteryManager.BATTERY_PLUGGED_AC | USB | WIRELESS | DOCK."""

RESTORE_S = 3.0


@contextmanager
def kept_awake(adb: Adb, serial: str, say: Callable[[str], None]) -> Iterator[None]:
    """On a cable the screen stays on; a phone on battery is woken by each start of the app.

    Raises:
        KitError: the phone can't be reached at first. At the end that is only said.
    """
    before = adb.shell(serial, ("settings", "get", *SETTING)).out.strip()
    adb.shell(
        serial,
        ("settings", "put", *SETTING, ANY_SOURCE),
        ("input", "keyevent", "KEYCODE_WAKEUP"),
        ("wm", "dismiss-keyguard"),
    )
    try:
        yield
    finally:
        old = ("put", *SETTING, before) if before.isdigit() else ("delete", *SETTING)
        again = replace(adb, stop=Stop(), timeout_s=RESTORE_S)  # after Ctrl-C, adb's own runs nothing more
        try:
            again.shell(serial, ("settings", *old))
        except KitError:
            command = adb.command("shell", "settings", *old, serial=serial)
            say(f"{serial} can't be reached and stays awake while it charges; when it is back: {command}")
