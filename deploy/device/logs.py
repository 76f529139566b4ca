"""One app's lines of a phone's log: by its processes, across its restarts, each crash summarized."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from deploy.device.adb import Adb, connection_lost
from deploy.device.crash import LINE, find_crash

CRASH_DUMP, JAVA = "DEBUG", "AndroidRuntime"
BUFFERS = ("-b", "main,system,crash", "-v", "threadtime")
KIT = "!"
EARLIER_LINES = 2000
DUMP_S = 0.5  # without a new line of it, a crash is told whole
ASK_S = 2.0


@dataclass(frozen=True)
class LogLine:
    """One line to show; `level` is logcat's letter, or KIT for what the kit says between them."""

    time: str
    level: str
    tag: str
    text: str

    def __str__(self) -> str:
        return self.text if self.level == KIT else f"{self.time} {self.level} {self.tag}: {self.text}"


@dataclass
class AppLines:
    """Picks an app's lines out of a phone's whole log, as they come.

    An app has a new process after each start, and another one tells of its native crash; `logcat --pid` would miss both. Android's
    ActivityManager names each: `Start proc PID:PACKAGE/u0a123 for …`.

    Attributes:
        pids: the app's processes so far.
    """

    package: str
    pids: set[int] = field(default_factory=set)
    _crashes: dict[int, list[str]] = field(default_factory=dict)
    _last: float = 0.0

    def pick(self, line: str) -> Iterator[LogLine]:
        """What there is to show of a line of `logcat -v threadtime`: nothing where it is another's."""
        found = LINE.match(line)
        if found is None:
            return
        pid, tag, text = int(found["pid"]), found["tag"].strip(), found["text"]
        if self._crashes and time.monotonic() - self._last > DUMP_S:
            yield from self.told_crashes()
        event = self._event(text) if tag == "ActivityManager" else ""
        if event:
            yield from self.told_crashes()
            yield LogLine(found["time"], KIT, tag, f"--- {event} ---")
        if tag == CRASH_DUMP or (tag == JAVA and pid in self.pids):
            self._crashes.setdefault(pid, []).append(line)
            self._last = time.monotonic()
        if pid in self.pids:
            yield LogLine(found["time"], found["level"], tag, text)

    def told_crashes(self) -> Iterator[LogLine]:
        """The crashes of the app that the lines so far tell of, each once: what it died of, and a native one's backtrace."""
        for pid, lines in self._crashes.items():
            crash = find_crash("\n".join(lines), self.package)
            stamp = LINE.match(lines[0])
            if crash is None or stamp is None:
                continue
            named = (
                re.match(r"pid: (\d+)", crash.summary[0]) if crash.native else None
            )  # the dump itself has a process of its own
            process = named[1] if named is not None else pid
            if crash.native:
                yield from (LogLine(stamp["time"], "F", CRASH_DUMP, text) for text in crash.summary)
            yield LogLine(stamp["time"], KIT, "crash", f"✗ {self.package} crashed (process {process}): {crash.cause}")
        self._crashes.clear()

    def _event(self, text: str) -> str:
        """A start or end of one of the app's processes, in words; empty for anything else."""
        name = rf"{re.escape(self.package)}(?::\S+)?"
        started = re.match(rf"Start proc (\d+):({name})/", text)
        if started is not None:
            self.pids.add(int(started[1]))
            return f"{started[2]} started (process {started[1]})"
        ended = re.match(rf"Process ({name}) \(pid (\d+)\) has died", text)
        return f"{ended[1]} ended (process {ended[2]})" if ended is not None else ""


def app_log(adb: Adb, serial: str, package: str, follow: bool, show: Callable[[LogLine], None]) -> None:
    """The app's lines in the phone's log so far; with `follow` also those that come, until Ctrl-C.

    Raises:
        KitError: the phone can't be reached, or was lost.
        KeyboardInterrupt: `adb.stop` was set.
    """
    lines = AppLines(package, _running(adb, serial, package))
    if not follow:
        _pass_on(lines, adb.shell(serial, ("logcat", "-d", *BUFFERS)).out.splitlines(), show)
        return
    with adb.lines(serial, "logcat", *BUFFERS, "-T", str(EARLIER_LINES)) as coming:
        _pass_on(lines, _asking(coming, lines, lambda: _running(adb, serial, package)), show)
    raise connection_lost("reading its log", serial, adb)


def _pass_on(lines: AppLines, coming: Iterable[str], show: Callable[[LogLine], None]) -> None:
    for line in coming:
        for told in lines.pick(line):
            show(told)
    for told in lines.told_crashes():
        show(told)


def _asking(coming: Iterable[str], lines: AppLines, running: Callable[[], set[int]]) -> Iterator[str]:
    """The same lines; now and then the phone is asked for the app's processes, which some makers' logs don't name."""
    asked = time.monotonic()
    for line in coming:
        yield line
        if time.monotonic() - asked > ASK_S:
            lines.pids |= running()
            asked = time.monotonic()


def _running(adb: Adb, serial: str, package: str) -> set[int]:
    return {int(word) for word in adb.shell(serial, ("pidof", package)).out.split() if word.isdigit()}
