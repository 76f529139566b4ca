"""When machines failed: a list in app.toml, or a text file beside the data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from appspec.errors import KitError
from appspec.spec import Series
from pymodel.data.series.stamps import moment


def read_failures(folder: Path, series: Series, machines: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Of each machine the stamps of its failures, seconds, in the order of time.

    With several machines an entry names the one that failed, after a comma: `2024-03-01T08:10, press_2`.

    Raises:
        KitError: the file can't be read, an entry is no stamp, or it doesn't say which machine failed.
    """
    found: dict[str, list[float]] = {name: [] for name in machines}
    for where, entry in _entries(folder, series):
        stamp, _, named = entry.partition(",") if isinstance(entry, str) else (entry, "", "")
        machine = str(named).strip() or (machines[0] if len(machines) == 1 else "")
        if machine not in found:
            why = f"there is no machine {machine!r}" if machine else "it doesn't say which machine failed"
            known = ", ".join(machines[:12])
            raise KitError(f"Can't place the failure {entry!r} of {where}", why, f"write STAMP, MACHINE with one of: {known}")
        found[machine].append(moment(stamp, where))
    return {name: tuple(sorted(set(times))) for name, times in found.items()}


def _entries(folder: Path, series: Series) -> list[tuple[str, str | int | float]]:
    """(where it stands, what it says); blank lines and comments (#) of a file are none."""
    if not isinstance(series.failures, str):
        return [("failures in [data.series]", entry) for entry in series.failures]
    file = folder / series.failures
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise KitError(
            f"Can't read the failures in {file.name}", error.strerror or str(error), f"put {file.name} beside the CSV files"
        ) from error
    except UnicodeDecodeError as error:
        raise KitError(
            f"Can't read the failures in {file.name}", f"it is not UTF-8 text (byte {error.start})", "save it as UTF-8"
        ) from error
    entries: list[tuple[str, str | int | float]] = [
        (f"{file.name}, line {i}", line.strip()) for i, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")
    ]
    if not entries:
        raise KitError(f"{file.name} holds no failure", "without one there is nothing to learn", "write one stamp a line")
    return entries
