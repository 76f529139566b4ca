"""Starts the app and stays with it for a moment: it runs when its process stands and has logged no crash."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.crash import read_crash
from deploy.device.target import DeployTarget


@dataclass(frozen=True)
class Patience:
    """How long to wait: for the process to appear, then for it to stay; seconds."""

    start_s: float = 15.0
    stay_s: float = 2.0
    poll_s: float = 0.2


PATIENCE = Patience()
SHOWN_LINES = 40


def launch(adb: Adb, serial: str, target: DeployTarget, say: Callable[[str], None], patience: Patience = PATIENCE) -> int:
    """Grants the permissions, starts the activity and watches its process; returns its pid.

    Args:
        say: gets what the user should know, and a crash's log, a line each.

    Raises:
        KitError: the activity can't be started, never runs, ends or crashes, or the phone can't be reached.
    """
    for permission in target.permissions:
        _grant(adb, serial, target.application_id, permission, say)
    since = f"{adb.shell(serial, ('date', '+%m-%d %H:%M:%S')).out.strip()}.000"
    _start(adb, serial, target)
    pid, runs = _watch(adb, serial, target.application_id, since, patience)
    crash = read_crash(adb, serial, target.application_id, since)
    if crash is not None:  # the process may stand all the same: Android keeps it while its window says so
        for line in crash.summary[:SHOWN_LINES]:
            say(f"  {line}")
        raise KitError("the app crashed at its start", crash.cause, "the lines above are the phone's log of it")
    if pid is None or not runs:
        happened = "never appeared" if pid is None else f"{pid} ended"
        fix = f"look for its last words: {adb.command('logcat', '-d', serial=serial)}"
        raise KitError("the app doesn't run", f"its process {happened}, and no crash is in the log", fix)
    return pid


def _grant(adb: Adb, serial: str, package: str, permission: str, say: Callable[[str], None]) -> None:
    """A phone may refuse this (Xiaomi's do); the app then asks its user, so it is no error."""
    reply = adb.shell(serial, ("pm", "grant", package, permission))
    if "has not requested permission" in reply.text:
        say(f"{permission} not granted: the app's manifest doesn't ask for it")
    elif reply.code != 0 or "Exception" in reply.text:
        found = re.search(r"Exception: *(.+)", reply.text)
        why = found.group(1).strip() if found is not None else f"exit code {reply.code}"
        say(f"{permission.rpartition('.')[2]} not granted ({why}); tap Allow when the app asks")


def _start(adb: Adb, serial: str, target: DeployTarget) -> None:
    """`am start` tells of failures in words, with exit code 0. `-S`: an app that runs already is started anew."""
    reply = adb.shell(serial, ("am", "start", "-S", "-n", f"{target.application_id}/{target.activity}"))
    error = re.search(r"^(?:Error\b(?! type)|.*Exception:).*", reply.text, re.MULTILINE)
    if reply.code != 0 or error is not None:
        why = error.group().strip() if error is not None else f"am start gave exit code {reply.code}"
        raise KitError(f"the app doesn't start on {serial}", why, "invoke build-apk, then invoke deploy again")


def _watch(adb: Adb, serial: str, package: str, since: str, patience: Patience) -> tuple[int | None, bool]:
    """The process's pid, None when it never appeared; and whether that same process stayed."""
    deadline = time.monotonic() + patience.start_s
    pid = _pid(adb, serial, package)
    while pid is None:
        if time.monotonic() > deadline or read_crash(adb, serial, package, since) is not None:
            return None, False
        adb.stop.wait(patience.poll_s)
        pid = _pid(adb, serial, package)
    deadline = time.monotonic() + patience.stay_s
    while time.monotonic() < deadline:
        adb.stop.wait(patience.poll_s)
        if _pid(adb, serial, package) != pid:
            return pid, False
    return pid, True


def _pid(adb: Adb, serial: str, package: str) -> int | None:
    words = adb.shell(serial, ("pidof", package)).out.split()
    return int(words[0]) if words and words[0].isdigit() else None
