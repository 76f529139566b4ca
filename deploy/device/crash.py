"""Finds one app's crash in a phone's log."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deploy.device.adb import Adb

LINE = re.compile(r"(?P<time>\d\d-\d\d [\d:.]+) +(?P<pid>\d+) +\d+ (?P<level>[A-Z]) (?P<tag>.*?) *: (?P<text>.*)")
NATIVE = re.compile(r"pid: \d+, tid: \d+, name: .*>>> ")
SIGNAL = re.compile(r"(?:Fatal )?signal \d+ ")
REASON = re.compile(r"Abort message: |Cause: ")
FRAME = re.compile(r"\s*#\d+ +pc ")
KEPT_LINES = 120


@dataclass(frozen=True)
class Crash:
    """The lines of one crash, as the log has them without their stamps."""

    lines: tuple[str, ...]

    @property
    def native(self) -> bool:
        """Whether code outside of Java failed: the lines are those of crash_dump (AOSP, system/core/debuggerd)."""
        return any(NATIVE.match(line) for line in self.lines)

    @property
    def cause(self) -> str:
        """What says most: the innermost `Caused by`, else the exception itself; of a native one the signal, the reason and the place."""
        if self.native:
            return "; ".join(line.strip() for line in (*self._matching(SIGNAL), *self._matching(REASON), *self._place()))
        causes = [line for line in self.lines if line.startswith("Caused by: ")]
        if causes:
            return causes[-1].removeprefix("Caused by: ")
        plain = [line for line in self.lines if not re.match(r"\s|FATAL EXCEPTION|Process: ", line)]
        return (plain or list(self.lines) or ["no reason in the log"])[0]

    @property
    def summary(self) -> tuple[str, ...]:
        """The lines that a user reads: of a native one without registers and what the phone says of itself."""
        if not self.native:
            return self.lines
        kept = re.compile(rf"{NATIVE.pattern}|{SIGNAL.pattern}|{REASON.pattern}|{FRAME.pattern}|backtrace:")
        return tuple(line for line in self.lines if kept.match(line))

    def _matching(self, pattern: re.Pattern[str]) -> list[str]:
        return [line for line in self.lines if pattern.match(line)][:1]

    def _place(self) -> list[str]:
        """The first frame in a library of the app's own, else the first."""
        frames = [line for line in self.lines if FRAME.match(line)]
        return ([line for line in frames if re.search(r"/data/app/|base\.apk", line)] or frames)[:1]


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
