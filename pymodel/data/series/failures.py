"""When machines failed: a list in app.toml, or a text file beside the data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from appspec.data_spec import Series
from appspec.errors import KitError
from appspec.text import read_text
from pymodel.data.series.clock import Clock
from pymodel.data.series.csv_layout import SEPARATORS, clean_name
from pymodel.data.series.zones import zone_of

_DIGITS = re.compile(r"\d")


def read_failures(
    folder: Path, series: Series, machines: Sequence[str], clock: Clock, notes: list[str]
) -> dict[str, tuple[float, ...]]:
    """Of each machine the stamps of its failures, seconds, in the order of time.

    With several machines an entry names the one that failed, after a comma: `2024-03-01T08:10, press_2`.

    Args:
        clock: how the stamps of the data are written.

    Raises:
        KitError: the file can't be read, an entry is no stamp, or it doesn't say which machine failed.
    """
    found: dict[str, list[float]] = {name: [] for name in machines}
    strange = False
    for where, entry in _entries(folder, series):
        stamp, machine = _parted(entry, machines)
        if machine not in found:
            why = f"there is no machine {machine!r}" if machine else "it doesn't say which machine failed"
            known = ", ".join(machines[:12])
            fix = f"write STAMP, MACHINE with one of: {known}"
            fix += "" if machine or series.group else "; where the files are parts of one recording, put them together into one"
            raise KitError(f"Can't place the failure {entry!r} of {where}", why, fix)
        found[machine].append(clock.moment(stamp, where))
        strange |= not clock.zones and clock.unit is None and (zone_of(str(stamp)) or (0.0, ""))[0] != 0
    if strange:
        notes.append("failures say their zone, and the stamps of the data don't: those are taken for UTC; write both alike")
    return {name: tuple(sorted(set(times))) for name, times in found.items()}


def named_machines(folder: Path, series: Series, machines: Sequence[str]) -> bool:
    """Whether an entry names one of several machines."""
    if len(machines) < 2 or series.label is not None:
        return False
    return any(_parted(entry, machines)[1] in machines for _, entry in _entries(folder, series))


def _parted(entry: str | int | float, machines: Sequence[str]) -> tuple[str | int | float, str]:
    """(stamp, machine) of an entry; a stamp may hold commas itself, as `Mar 1, 2024 8:10 AM`."""
    if isinstance(entry, str):
        for separator in SEPARATORS:
            stamp, _, named = entry.rpartition(separator)
            named = clean_name(named)
            if stamp and (named in machines or (named and not _DIGITS.match(named))):
                return stamp, named
            if stamp and not named:
                entry = stamp
    return entry, machines[0] if len(machines) == 1 else ""


def _entries(folder: Path, series: Series) -> list[tuple[str, str | int | float]]:
    """(where it stands, what it says); blank lines, comments (#) and a header of a file are none."""
    if not isinstance(series.failures, str):
        return [("failures in [data.series]", entry) for entry in series.failures]
    file = folder / series.failures
    if not file.is_file():
        raise KitError(
            f"Can't read the failures in {series.failures}",
            f"there is no such file in {folder}",
            f"put {series.failures} beside the CSV files",
        )
    lines = read_text(file).replace("\0", "").splitlines()
    found: list[tuple[str, str | int | float]] = []
    for i, line in enumerate(lines, 1):
        text = line.strip().lstrip("\ufeff")
        is_header = not found and not _DIGITS.search(text)
        if text.strip("\"'") and not text.startswith("#") and not is_header:
            found.append((f"{file.name}, line {i}", text))
    if not found:
        raise KitError(
            f"{file.name} holds no failure",
            "without one there is nothing to learn",
            "write one stamp a line, as the data writes them",
        )
    return found
