"""When machines failed: a list in app.toml, or a text file beside the data."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from appspec.data_spec import Series
from appspec.errors import KitError
from appspec.text import read_text
from appspec.words import counted
from pymodel.data.series.choose_clock import choose_clock
from pymodel.data.series.clock import Clock
from pymodel.data.series.csv_layout import SEPARATORS, cells, clean_name, same_name
from pymodel.data.series.ranges import begin_of
from pymodel.data.series.zones import UTC_ITSELF, zone_of

Listed = Sequence[tuple[str, str | int | float]]
"""(where it stands, what it says)."""

FIX = "write one stamp a line, as the data writes them or as 2024-03-01T08:10:00; several machines: STAMP, MACHINE"

_DIGITS = re.compile(r"\d")
_NUMBERED = re.compile(r"^(?:\d{1,3}[.)]|[-*•])\s+(?=\d)")
_SEVERAL = re.compile(r"\s*[,;]\s*(?=\d{4}-\d{2}-\d{2})")
_COMMENT = re.compile(r"#(?!\d[^#]*#$)")
"""But #2024-03-01# is a date of Access."""

_TIME = re.compile(r"\d:\d\d|\dT\d|\d{4}-\d\d|\d[./]\d")


def read_failures(
    folder: Path, series: Series, machines: Sequence[str], clock: Clock, notes: list[str]
) -> dict[str, tuple[float, ...]]:
    """Of each machine the stamps of its failures, seconds, in the order of time.

    With several machines an entry names the one that failed, after a comma: `2024-03-01T08:10, press_2`.

    Args:
        clock: how the stamps of the data are written.
        notes: gets what was passed over.

    Raises:
        KitError: the file can't be read, an entry is no stamp, or it doesn't say which machine failed.
    """
    stamps: list[tuple[str, str | int | float]] = []
    named: list[str] = []
    remarks: list[str] = []
    for where, entry in _entries(folder, series, notes):
        stamp, machine = _parted(entry, machines)
        if machine not in machines and len(machines) == 1:
            remarks.append(machine)
            machine = machines[0]
        if machine not in machines:
            why = f"there is no machine {machine!r}" if machine else "it doesn't say which machine failed"
            fix = f"write STAMP, MACHINE with one of: {', '.join(machines[:12])}"
            fix += "" if machine or series.group else "; where the files are parts of one recording, put them together into one"
            raise KitError(f"Can't place the failure {entry!r} of {where}", why, fix)
        stamps.append((where, stamp))
        named.append(machine)
    times = _moments(stamps, clock, series, notes, remarks)
    if remarks:
        notes.append(f"failures: {counted(len(remarks), 'remark')} behind the stamps passed over, as {remarks[0]!r}")
    written = [str(stamp) for _, stamp in stamps]
    if not clock.zones and clock.unit is None and any((zone_of(one) or (UTC_ITSELF, ""))[0] != UTC_ITSELF for one in written):
        notes.append("failures say their zone, and the stamps of the data don't: those are taken for UTC; write both alike")
    if times and all(time % 86400 == 0 for time in times) and not any(":" in one for one in written):
        notes.append("failures are days without a time: each is taken as midnight, at the day's beginning")
    return {
        name: tuple(sorted({time for time, machine in zip(times, named, strict=True) if machine == name})) for name in machines
    }


def named_machines(folder: Path, series: Series, machines: Sequence[str]) -> bool:
    """Whether an entry names one of several machines."""
    if len(machines) < 2 or series.label is not None:
        return False
    return any(_parted(entry, machines)[1] in machines for _, entry in _entries(folder, series))


def _moments(stamps: Listed, clock: Clock, series: Series, notes: list[str], remarks: list[str]) -> list[float]:
    """Seconds of each; where the list is written otherwise than the data, as all of it can be read.

    Raises:
        KitError: one is no stamp, or they can be read in two ways.
    """
    import pandas as pd

    try:
        return [_moment(stamp, where, clock, remarks) for where, stamp in stamps]
    except KitError as error:
        column = pd.Series([str(stamp) for _, stamp in stamps], dtype=object)
        own, said = choose_clock([("failures", column)], series.dates, None)
        own = replace(own, zones=own.zones or (clock.zones if own.unit is None else ()))
        try:
            found = [own.moment(stamp, where) for where, stamp in stamps]
        except KitError:
            raise KitError(error.what, error.why, FIX if "no stamp" in error.why else error.fix) from None
        notes += said
        return found


def _moment(stamp: str | int | float, where: str, clock: Clock, remarks: list[str]) -> float:
    """Without the words behind it, which tell what happened."""
    try:
        return clock.moment(stamp, where)
    except KitError:
        words = str(stamp).split()
        for count in range(len(words) - 1, 0, -1):
            remark = " ".join(words[count:])
            if _TIME.search(remark):
                break
            try:
                found = clock.moment(" ".join(words[:count]), where)
            except KitError:
                continue
            remarks.append(remark)
            return found
        raise


def _parted(entry: str | int | float, machines: Sequence[str]) -> tuple[str | int | float, str]:
    """(stamp, machine) of an entry; a stamp may hold commas itself, as `Mar 1, 2024 8:10 AM`."""
    if isinstance(entry, str):
        for separator in SEPARATORS:
            first, _, rest = entry.partition(separator)
            if clean_name(first) in machines and _DIGITS.search(rest):
                return rest.strip(), clean_name(first)
            stamp, _, named = entry.rpartition(separator)
            named = clean_name(named)
            parts = entry.split(separator)
            between = [i for i, part in enumerate(parts) if i and clean_name(part) in machines]
            if named not in machines and len(between) == 1:
                return separator.join(parts[: between[0]]), clean_name(parts[between[0]])
            if stamp and (named in machines or (named and not _DIGITS.match(named))):
                return stamp, named
            if stamp and not named:
                entry = stamp
    return entry, machines[0] if len(machines) == 1 else ""


def _plain_lines(text: str) -> list[str]:
    """The lines of a list; of one in JSON its items: stamps, pairs of a beginning and an end, or either below machines' names."""
    if text.lstrip("\ufeff \n").startswith(("[", "{")):
        try:
            document = json.loads(text.lstrip("\ufeff"))
        except ValueError:
            return text.splitlines()
        lists = list(document.items()) if isinstance(document, dict) else [("", document)]
        found = [
            (name, item[0] if isinstance(item, list) and len(item) == 2 else item)
            for name, items in lists
            for item in (items if isinstance(items, list) else [items])
        ]
        if all(isinstance(item, (str, int, float)) for _, item in found):
            return [f"{item}, {Path(name).stem}" if len(lists) > 1 else str(item) for name, item in found]
    return text.splitlines()


def _by_header(lines: list[str], series: Series, name: str, notes: list[str] | None) -> list[str]:
    """The lines as STAMP, MACHINE where a header above them tells which columns those are; else as they are."""
    first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    if first + 1 >= len(lines) or _DIGITS.search(lines[first]):
        return lines
    for separator in SEPARATORS:
        header = cells(lines[first].lstrip("\ufeff"), separator)
        rows = [cells(line, separator) for line in lines[first + 1 :]]
        full = [row for row in rows if any(row)]
        if len(header) < 2 or not full or any(len(row) != len(header) for row in full):
            continue
        in_time = [i for i in range(len(header)) if all(_TIME.search(row[i]) for row in full)]
        called = [i for i in in_time if same_name(header[i], series.timestamp)]
        stamp = (called or in_time or [0])[0]
        machine = next((i for i, one in enumerate(header) if series.group is not None and same_name(one, series.group)), None)
        if machine is None and (stamp == 0 or (len(in_time) > 1 and not called)):
            return lines
        if notes is not None:
            columns = f"column {header[stamp]}" if machine is None else f"columns {header[stamp]} and {header[machine]}"
            notes.append(f"failures: taken from {columns} of {name}, by its header")
        behind = "" if machine is None else separator
        known = [f"{row[stamp]}{behind}{'' if machine is None else row[machine]}" if any(row) else "" for row in rows]
        return [*lines[: first + 1], *known]
    return lines


def _entries(folder: Path, series: Series, notes: list[str] | None = None) -> list[tuple[str, str | int | float]]:
    """(where it stands, what it says); blank lines, comments (#) and a header of a file are none.

    Args:
        notes: gets a word where lines say a beginning and an end.
    """
    if not isinstance(series.failures, str):
        return [("failures in [data.series]", entry) for entry in series.failures]
    file = folder / series.failures
    if not file.is_file():
        alike = [one.name for one in folder.iterdir() if one.name.casefold() == file.name.casefold()]
        raise KitError(
            f"Can't read the failures in {series.failures}",
            f"there is no such file in {folder}" + (f", but {alike[0]}" if alike else ""),
            f'write failures = "{alike[0]}" in [data.series]' if alike else f"put {series.failures} beside the CSV files",
        )
    lines = _by_header(_plain_lines(read_text(file).replace("\0", "")), series, file.name, notes)
    found: list[tuple[str, list[str]]] = []
    for i, line in enumerate(lines, 1):
        text = _NUMBERED.sub("", line.strip().lstrip("\ufeff"))
        is_header = not found and not _DIGITS.search(text)
        if text.strip("\"'") and not _COMMENT.match(text) and not is_header:
            parts = _SEVERAL.split(text)
            found.append((f"{file.name}, line {i}", parts if all(map(_TIME.search, parts)) else [text]))
    if not found:
        raise KitError(
            f"{file.name} holds no failure",
            "without one there is nothing to learn",
            "write one stamp a line, as the data writes them",
        )
    ended = len(found) > 1 and all(len(parts) == 2 for _, parts in found)
    begun = [(where, begin_of(one) or one) for where, parts in found for one in (parts[:1] if ended else parts)]
    ended |= [one for _, one in begun] != [one for _, parts in found for one in parts]
    if ended and notes is not None:
        notes.append(f"failures: lines of {file.name} say when a failure begins and ends: the machine fails at the beginning")
    return list(begun)
