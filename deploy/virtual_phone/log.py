"""A phone's log: its lines, how `logcat` prints them, and waiting for the next one."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Buffer = Literal["main", "system", "crash"]
BUFFERS: tuple[Buffer, ...] = ("main", "system", "crash")
PRIORITIES = "VDIWEFS"
COLORS = {"V": 231, "D": 75, "I": 40, "W": 166, "E": 196, "F": 196}  # AOSP, liblog/logprint.cpp


@dataclass(frozen=True)
class LogLine:
    """One line. `time_s` since the epoch, UTC."""

    time_s: float
    buffer: Buffer
    pid: int
    priority: str
    tag: str
    text: str

    @property
    def stamp(self) -> str:
        """As `MM-DD HH:MM:SS.mmm`."""
        return time.strftime("%m-%d %H:%M:%S", time.gmtime(self.time_s)) + f".{int(self.time_s % 1 * 1000):03d}"

    def __str__(self) -> str:
        return self.printed("threadtime")

    def printed(self, layout: str, color: bool = False) -> str:
        """As `logcat -v LAYOUT` prints it (AOSP, liblog/logprint.cpp)."""
        priority, tag, text, pid = self.priority, self.tag, self.text, self.pid
        line = {
            "brief": f"{priority}/{tag:<8}({pid:5d}): {text}",
            "process": f"{priority}({pid:5d}) {text}  ({tag})",
            "tag": f"{priority}/{tag:<8}: {text}",
            "raw": text,
            "time": f"{self.stamp} {priority}/{tag:<8}({pid:5d}): {text}",
            "epoch": f"{self.time_s:19.3f} {pid:5d} {pid:5d} {priority} {tag:<8}: {text}",
            "long": f"[ {self.stamp} {pid:5d}:{pid:5d} {priority}/{tag:<8} ]\n{text}\n",
        }.get(layout, f"{self.stamp} {pid:5d} {pid:5d} {priority} {tag:<8}: {text}")
        return f"\x1b[38;5;{COLORS.get(priority, 231)}m{line}\x1b[0m" if color else line


@dataclass
class Log:
    """The newest lines, oldest first."""

    lines: list[LogLine] = field(default_factory=list)
    now: Callable[[], float] = time.time
    _changed: set[asyncio.Event] = field(default_factory=set)

    def __iter__(self) -> Iterator[LogLine]:
        return iter(self.lines)

    def append(self, line: LogLine) -> None:
        """Adds a line and wakes those who wait for one."""
        self.lines.append(line)
        for event in self._changed:
            event.set()

    def write(self, pid: int, priority: str, tag: str, text: str, buffer: Buffer = "main") -> None:
        """Adds a line a line of text, at the phone's time."""
        for part in text.split("\n"):
            self.append(LogLine(self.now(), buffer, pid, priority, tag, part))

    def clear(self, buffer: str | None = None) -> None:
        """Forgets a buffer's lines, or all."""
        self.lines[:] = [line for line in self.lines if buffer is not None and line.buffer != buffer]

    async def follow(self, seen: int) -> None:
        """Waits until there are others than the `seen` lines; call it in the phone's own thread."""
        event = asyncio.Event()
        self._changed.add(event)
        try:
            while len(self.lines) == seen:
                event.clear()
                await event.wait()
        finally:
            self._changed.discard(event)


@dataclass(frozen=True)
class LogFilter:
    """Which lines are wanted.

    Attributes:
        least: the least priority of each tag that was named; `*` stands for all others.
    """

    buffers: tuple[str, ...] = BUFFERS
    since_s: float = 0.0
    pid: int | None = None
    pattern: str = ""
    least: dict[str, str] = field(default_factory=dict)

    def takes(self, line: LogLine) -> bool:
        """Whether a line is wanted."""
        least = self.least.get(line.tag, self.least.get("*", "V"))
        return (
            line.buffer in self.buffers
            and line.time_s >= self.since_s
            and self.pid in (None, line.pid)
            and PRIORITIES.index(line.priority) >= PRIORITIES.index(least)
            and (not self.pattern or re.search(self.pattern, line.text) is not None)
        )
