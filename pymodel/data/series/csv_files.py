"""The CSV files of a folder: copies once, parts of one recording together."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from appspec.data_spec import Series
from appspec.errors import KitError
from appspec.file_tree import read_tree, shown, with_suffix
from appspec.stages import STAMP
from appspec.words import counted
from pymodel.data.copies import find_copies
from pymodel.data.recognize import with_hint
from pymodel.data.recognize_csv import HEAD_BYTES, is_series
from pymodel.data.unread import no_folder

TEXTS = (".tsv", ".txt", ".dat", ".log", ".asc", ".prn", ".tab", ".lvm", ".csv.txt")
"""Under these suffixes tables lie as well."""

COPY_WORDS = r"[\s\-_]*(?:\(\d+\)|(?:copy|kopie|copie|사본|복사본|副本|コピー)(?:[\s\-_]*(?:of|\(?\d+\)?))?)?[\s\-_]*"
"""What is added to the name of a copy."""

_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d{2}(?:[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01])(?:[-_.T ]?\d{2}[-_.h]?\d{2}(?:[-_.m]?\d{2})?)?)?"
    r"|[-_]?(?:W|KW|Q)\d{1,2})?(?!\d)",
    re.IGNORECASE,
)
"""A date in the name of a file, as loggers write it that begin a file each month or day."""


def csv_files(folder: Path, series: Series, notes: list[str]) -> list[Path]:
    """The CSV files of a folder, each content once."""
    tree = read_tree(folder)
    tree = replace(tree, litter=tuple(name for name in tree.litter if name != STAMP))  # the kit's own, beside simulated data
    every = with_suffix(tree.files, ".csv")
    listed = series.failures if isinstance(series.failures, str) else None
    files = [name for name in every if "/" not in name and name != listed]
    below = [name for name in every if "/" in name]
    notes += [note for note in tree.notes() if every or tree.litter or tree.dead_links]
    if below:
        notes.append(
            f"passed over: {counted(len(below), 'CSV file')} in folders below, as {shown(below[0])}; move those that belong to the data up"
        )
    if not files:
        others = [name for name in tree.files if name != listed]
        tables = [name for name in others if "/" not in name and with_suffix([name], *TEXTS) and _is_table(folder / name)]
        if not folder.is_dir():
            raise no_folder(folder, "the folder that the CSV files are in")
        why = "it holds no *.csv" + (f", but {shown(others[0])}" if others else "")
        fix = "give the folder that the CSV files are in as data.path" + ("; save workbooks as CSV first" if others else "")
        if tables:
            stem = Path(tables[0]).stem
            raise KitError(
                f"Can't read the time series in {folder}",
                f"it holds no *.csv, but {shown(tables[0])}, which looks like one",
                f"rename it: {shlex.join(['mv', shown(tables[0]), f'{stem}.csv'])}",
            )
        raise with_hint(KitError(f"Can't read the time series in {folder}", why, fix), folder, "csv")
    empty = [name for name in files if not (folder / name).stat().st_size]
    if empty and len(empty) < len(files):
        notes.append(f"passed over: {counted(len(empty), 'empty file')}, as {shown(empty[0])}")
        files = [name for name in files if name not in empty]
    again: set[str] = set()
    for group in find_copies(folder, dict.fromkeys(files, 0)):
        first = min(group, key=lambda name: (len(name), name))
        for name in sorted(set(group) - {first}):
            if _is_copy(name, first):
                again.add(name)
            notes.append(
                f"{shown(name)} holds the same bytes as {shown(first)}; {'left out' if name in again else 'it counts as a machine of its own'}"
            )
    return [folder / name for name in files if name not in again]


def _is_table(file: Path) -> bool:
    with file.open("rb") as opened:
        return is_series(opened.read(HEAD_BYTES))


def _is_copy(name: str, first: str) -> bool:
    """Whether the name is what a system makes of another one for a copy: `press (1).csv`, `press - Copy.csv`."""
    stem, other = Path(name).stem.casefold(), Path(first).stem.casefold()
    return other in stem and re.fullmatch(COPY_WORDS, stem.replace(other, "", 1).strip()) is not None


def parts_of_one(spans: Mapping[str, tuple[float, float]], folder: Path) -> dict[str, str]:
    """Of files that are parts of one recording the name of that: their names differ in a date alone, and their times follow each other.

    Args:
        spans: first and last stamp of each file, by its name without suffix.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for stem in spans:
        if _DATE.search(stem):
            alike[_DATE.sub("", stem, count=1).strip(" -_.()")].append(stem)
    found: dict[str, str] = {}
    for base, stems in alike.items():
        ordered = sorted(stems, key=lambda stem: spans[stem])
        apart = all(spans[one][1] <= spans[other][0] for one, other in pairwise(ordered))
        if len(stems) > 1 and apart:
            found |= dict.fromkeys(stems, base or folder.resolve().name)
    return found
