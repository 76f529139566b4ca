"""`logcat`: prints the log and ends (`-d`), or goes on printing until its reader goes away."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone

from deploy.virtual_phone.log import BUFFERS, PRIORITIES, LogFilter, LogLine
from deploy.virtual_phone.session import Answer, Program, Session, failure, lines


@dataclass(frozen=True)
class Asked:
    """What the arguments ask for; `newest`: this many lines to begin with, None: all."""

    wanted: LogFilter
    layout: str = "threadtime"
    color: bool = False
    newest: int | None = None
    ends: bool = False
    clears: bool = False


async def logcat(session: Session, arguments: list[str]) -> AsyncIterator[Answer]:
    """`logcat [-d] [-c] [-b BUFFERS] [-s] [-v FORMAT] [-T|-t TIME|COUNT] [-e PATTERN] [--pid=PID] [TAG:PRIORITY …]`."""
    try:
        asked = read_arguments(arguments, time.gmtime(session.phone.now()).tm_year)
    except ValueError as error:
        yield failure(str(error))
        return
    if "crash" in asked.wanted.buffers and len(asked.wanted.buffers) == 1 and not session.phone.faults.crash_buffer:
        yield failure("Unable to open log device 'crash'")
        return
    log = session.phone.log
    if asked.clears:
        for buffer in asked.wanted.buffers:
            log.clear(buffer)
        yield Answer()
        return
    found = [line for line in log if asked.wanted.takes(line)]
    seen, last = len(log.lines), log.lines[-1:]
    printed = _printed(found if asked.newest is None else found[len(found) - asked.newest :], asked)
    if not asked.ends or printed or asked.wanted.buffers[0] != "crash":
        yield lines(*(printed or [f"--------- beginning of {asked.wanted.buffers[0]}"]))
    while not asked.ends:
        await log.follow(seen)
        start = seen if seen <= len(log.lines) and (not last or log.lines[seen - 1 : seen] == last) else 0
        fresh = [line for line in log.lines[start:] if asked.wanted.takes(line)]
        seen, last = len(log.lines), log.lines[-1:]
        if fresh:
            yield lines(*(line.printed(asked.layout, asked.color) for line in fresh))


def read_arguments(arguments: list[str], year: int) -> Asked:
    """What a command line asks for.

    Args:
        year: by the phone's clock: that of times without one.

    Raises:
        ValueError: it is none of logcat's, in logcat's words.
    """
    rest = [piece for word in arguments for piece in _split(word)]
    buffers: list[str] = []
    least: dict[str, str] = {}
    layouts: list[str] = []
    since, pid, pattern, newest, silent, flags = 0.0, None, "", None, False, set()
    while rest:
        word = rest.pop(0)
        if word in ("-d", "-c", "-g", "-D"):
            flags.add(word)
        elif word == "-s":
            silent = True
        elif word in ("-b", "--buffer"):
            buffers += rest.pop(0).split(",")
        elif word in ("-v", "--format"):
            layouts += rest.pop(0).replace(",", " ").split()
        elif word in ("-T", "-t"):
            flags |= {"-d"} if word == "-t" else set()
            value = rest.pop(0)
            if value.isdigit():
                newest = int(value)
            else:
                since = _moment(value, year)
        elif word in ("-e", "--regex"):
            pattern = rest.pop(0)
        elif word == "--pid":
            pid = int(rest.pop(0))
        elif word.startswith("-"):
            raise ValueError(f"logcat: unrecognized option '{word}'")
        else:
            tag, _, priority = word.partition(":")
            least[tag] = (priority or "V").upper().replace("*", "V")
            if least[tag] not in PRIORITIES:
                raise ValueError(f"Invalid filter expression '{word}'")
    known = BUFFERS if not buffers or {"all", "default"} & set(buffers) else tuple(one for one in BUFFERS if one in buffers)
    if silent:
        least.setdefault("*", "S")
    layout = next((one for one in reversed(layouts) if one not in ("color", "UTC", "year", "usec", "uid")), "threadtime")
    wanted = LogFilter(known or (buffers[0],), since, pid, pattern, least)
    return Asked(wanted, layout, "color" in layouts, newest, "-d" in flags, "-c" in flags)


def _split(word: str) -> list[str]:
    """`--pid=7` → `--pid`, `7`; `-bcrash` → `-b`, `crash`."""
    if word.startswith("--"):
        return [part for part in word.split("=", 1) if part]
    found = re.fullmatch(r"(-[bvTte])(.+)", word)
    return [found.group(1), found.group(2)] if found else [word]


def _moment(text: str, this_year: int) -> float:
    """`MM-DD HH:MM:SS.mmm`, `YYYY-MM-DD HH:MM:SS.mmm` or seconds since the epoch."""
    if re.fullmatch(r"\d+\.\d+", text):
        return float(text)
    year = "" if re.match(r"\d{4}-", text) else f"{this_year}-"
    try:
        return datetime.strptime(year + text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=timezone.utc).timestamp()
    except ValueError as error:
        raise ValueError(f'-T "{text}" not in time format') from error


def _printed(found: Iterable[LogLine], asked: Asked) -> list[str]:
    """Lines with a heading where another buffer begins for the first time."""
    out: list[str] = []
    begun: set[str] = set()
    for line in found:
        if line.buffer not in begun:
            begun.add(line.buffer)
            out.append(f"--------- beginning of {line.buffer}")
        out.append(line.printed(asked.layout, asked.color))
    return out


PROGRAMS: dict[str, Program] = {"logcat": logcat}
