"""Starts the app and stays with it for a moment: it runs when its process stands and has logged no crash."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.crash import read_crash
from deploy.device.target import DeployTarget


@dataclass(frozen=True)
class Patience:
    """How long to wait; seconds.

    Attributes:
        start_s: for the process to appear.
        drawn_s: from the app's first picture on, for the process to stay.
        stay_s: for the process to stay where no picture is told of: behind a lock screen, and in some makers' logs.
    """

    start_s: float = 15.0
    drawn_s: float = 0.3
    stay_s: float = 2.0
    poll_s: float = 0.1


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
    since = phone_time(adb, serial)
    _start(adb, serial, target)
    pid, runs = _watch(adb, serial, target.application_id, since, patience)
    crash = read_crash(adb, serial, target.application_id, since)
    if crash is not None:  # the process may stand all the same: Android keeps it while its window says so
        for line in crash.summary[:SHOWN_LINES]:
            say(f"  {line}")
        raise KitError("the app crashed at its start", crash.cause, "the lines above are the phone's log of it")
    if pid is None or not runs:
        happened = "never appeared" if pid is None else f"{pid} started and ended at once"
        fix = f"look for its last words: invoke logs{target.arguments} --no-follow --device {shlex.quote(serial)}"
        raise KitError("the app doesn't run", f"its process {happened}, and no crash is in the log", fix)
    return pid


def phone_time(adb: Adb, serial: str) -> str:
    """The phone's own time as `logcat -T` takes it: "MM-DD HH:MM:SS.mmm".

    Raises:
        KitError: the phone can't be reached.
    """
    told = adb.shell(serial, ("date", "+%m-%d %H:%M:%S.%N")).out.strip()
    precise = re.fullmatch(r"(.*\.\d{3})\d*", told)
    return precise[1] if precise is not None else f"{told.partition('.')[0]}.000"


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
        raise KitError(
            f"the app doesn't start on {serial}", why, f"invoke build-apk{target.arguments}, then the same command again"
        )


def _watch(adb: Adb, serial: str, package: str, since: str, patience: Patience) -> tuple[int | None, bool]:
    """The process's pid, None when it never appeared; and whether that same process stayed."""
    deadline = time.monotonic() + patience.start_s
    pid, log = _look(adb, serial, package, since)
    while pid is None:
        ended = _ended(log, package)
        if ended is not None or time.monotonic() > deadline or read_crash(adb, serial, package, since) is not None:
            return ended, False
        adb.stop.wait(patience.poll_s)
        pid, log = _look(adb, serial, package, since)
    end = time.monotonic() + patience.stay_s
    while time.monotonic() < end:
        now, log = _look(adb, serial, package, since)
        if now != pid:
            return pid, False
        if f"Displayed {package}/" in log:
            adb.stop.wait(patience.drawn_s)
            return pid, _pid(adb, serial, package) == pid
        adb.stop.wait(patience.poll_s)
    return pid, _pid(adb, serial, package) == pid


def _look(adb: Adb, serial: str, package: str, since: str) -> tuple[int | None, str]:
    """The process's pid, and what the activity manager has told since: of the first picture, `Displayed PACKAGE/…: +412ms`."""
    tags = ("ActivityTaskManager:I", "ActivityManager:I")  # since Android 10, before
    reply = adb.shell(serial, ("pidof", package), ("logcat", "-d", "-v", "threadtime", "-T", since, *tags, "*:S"))
    return _first_number(reply.out), reply.out


def _ended(log: str, package: str) -> int | None:
    """The process that the activity manager's lines tell the start and the end of: the one before, which `-S` ends, has no start."""
    name = re.escape(package)
    started = set(re.findall(rf"Start proc (\d+):{name}/", log))
    ended = [pid for pid in re.findall(rf"Process {name} \(pid (\d+)\) has died", log) if pid in started]
    return int(ended[-1]) if ended else None


def _pid(adb: Adb, serial: str, package: str) -> int | None:
    return _first_number(adb.shell(serial, ("pidof", package)).out)


def _first_number(text: str) -> int | None:
    """The first line's first word, where that is a pid: pidof writes nothing where there is none."""
    words = (text.splitlines() or [""])[0].split()
    return int(words[0]) if words and words[0].isdigit() else None
