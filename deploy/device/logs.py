"""One app's lines of a phone's log: by its processes, across its restarts, each crash summarized."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

from appspec.errors import KitError
from deploy.device.adb import Adb, connection_lost
from deploy.device.crash import LINE, NATIVE, Crash, find_crash

CRASH_TAGS = ("AndroidRuntime", "DEBUG", "libc")
CRASH_DUMP = "DEBUG"
FOLLOWED_LINES = 2000


@dataclass(frozen=True)
class LogLine:
    """One line of the app's; `level` is logcat's letter, "!" for what the kit says between them."""

    time: str
    pid: int
    level: str
    tag: str
    text: str

    def __str__(self) -> str:
        return f"{self.time} {self.level} {self.tag}: {self.text}" if self.level != "!" else self.text


@dataclass
class AppLines:
    """Picks an app's lines out of a phone's whole log, as they come.

    An app has a new process after each start, and its crash is told by another one; `logcat --pid` would miss both. Android's
    ActivityManager names the process of each start: `Start proc PID:PACKAGE/u0a123 for …`.

    Attributes:
        pids: the app's processes so far.
    """

    package: str
    pids: set[int] = field(default_factory=set)
    _dumps: dict[int, list[str]] = field(default_factory=dict)

    def pick(self, line: str) -> Iterator[LogLine]:
        """What there is to show of a line of `logcat -v threadtime`: nothing where it is another's."""
        found = LINE.match(line)
        if found is None:
            return
        pid, tag, text = int(found["pid"]), found["tag"].strip(), found["text"]
        started = re.match(rf"Start proc (\d+):{re.escape(self.package)}(?::\S+)?/", text)
        if tag == "ActivityManager" and started is not None and int(started[1]) not in self.pids:
            self.pids.add(int(started[1]))
            yield LogLine(found["time"], pid, "!", tag, f"--- {self.package} started (process {started[1]}) ---")
        if tag == CRASH_DUMP and pid not in self.pids:
            self._dumps.setdefault(pid, []).append(line)
            return
        if pid in self.pids:
            yield LogLine(found["time"], pid, found["level"], tag, text)
        if tag == "ActivityManager" and re.match(rf"Process {re.escape(self.package)}(?::\S+)? \(pid \d+\) has died", text):
            yield from self.crash()
            yield LogLine(found["time"], pid, "!", tag, f"--- {text} ---")

    def crash(self) -> Iterator[LogLine]:
        """A native crash of the app that the lines so far told of; each is told once."""
        for pid, lines in list(self._dumps.items()):
            del self._dumps[pid]
            found = find_crash("\n".join(lines), self.package)
            if found is not None:
                stamp = LINE.match(lines[0])
                yield from _told(found, stamp["time"] if stamp else "", pid)


def app_log(adb: Adb, serial: str, package: str, follow: bool, say: Callable[[LogLine], None]) -> None:
    """The app's lines in the phone's log so far; with `follow` also those that come, until Ctrl-C.

    Raises:
        KitError: the phone can't be reached, or was lost.
    """
    lines = AppLines(package, _running(adb, serial, package))
    if not follow:
        reply = adb.shell(serial, ("logcat", "-d", "-b", "main,system,crash", "-v", "threadtime"))
        _show(lines, reply.out.splitlines(), say)
        for told in lines.crash():
            say(told)
        return
    arguments = ("logcat", "-b", "main,system,crash", "-v", "threadtime", "-T", str(FOLLOWED_LINES))
    with adb.lines(serial, *arguments) as coming, closing(coming):  # type: ignore[type-var]
        _show(lines, coming, say)
    raise connection_lost("reading its log", serial, adb)


def _show(lines: AppLines, coming: Iterable[str], say: Callable[[LogLine], None]) -> None:
    for line in coming:
        for told in lines.pick(line):
            say(told)
