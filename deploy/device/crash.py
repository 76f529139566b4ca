"""Finds one app's crash in a phone's log."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deploy.device.adb import Adb

LINE = re.compile(r"\d\d-\d\d [\d:.]+ +(?P<pid>\d+) +\d+ (?P<level>[A-Z]) (?P<tag>.*?) *: (?P<text>.*)")
KEPT_LINES = 40


@dataclass(frozen=True)
class Crash:
    """The lines of one crash, as the log has them without their stamps."""

    lines: tuple[str, ...]

    @property
    def cause(self) -> str:
        """The line that says most: the innermost `Caused by`, else the exception or signal itself."""
        causes = [line for line in self.lines if line.startswith("Caused by: ")]
        if causes:
            return causes[-1].removeprefix("Caused by: ")
        plain = [line for line in self.lines if not re.match(r"\s|FATAL EXCEPTION|Process: |\*\*\*", line)]
        return (plain or list(self.lines) or ["no reason in the log"])[0]


def find_crash(log: str, package: str) -> Crash | None:
    """The latest crash of `package` in a log of threadtime lines (`logcat -v threadtime`).

    A process's lines are taken together, from its first: where several threads fail, that one is the cause.
    Java crashes name the app in `Process: PACKAGE, PID:`, native ones in `>>> PACKAGE <<<`.
    """
    blocks: dict[str, list[str]] = {}
    for line in log.splitlines():
        found = LINE.match(line)
        if found is None:
            continue
        blocks.setdefault(found["pid"], []).append(found["text"])
    name = re.escape(package)
    ours = re.compile(rf"Process: {name}(:\S+)?, PID|>>> {name}(:\S+)? <<<")
    for lines in reversed(list(blocks.values())):
        if any(ours.search(line) for line in lines):
            return Crash(tuple(lines[:KEPT_LINES]))
    return None


def read_crash(adb: Adb, serial: str, package: str, since: str) -> Crash | None:
    """Asks the phone for a crash of `package`.

    Args:
        since: the phone's own time, "MM-DD HH:MM:SS.mmm".

    Raises:
        KitError: the phone can't be reached.
    """
    log = adb.shell(serial, ("logcat", "-d", "-b", "crash", "-v", "threadtime", "-T", since))
    crash = find_crash(log.out, package)
    if crash is None and log.code != 0:  # no crash buffer on this phone
        log = adb.shell(serial, ("logcat", "-d", "-v", "threadtime", "-T", since, "AndroidRuntime:E", "DEBUG:F", "*:S"))
        crash = find_crash(log.out, package)
    return crash
