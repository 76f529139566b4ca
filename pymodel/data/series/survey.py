"""What a folder of CSV files holds, before an app.toml says anything about it: which columns can be what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from appspec.data_spec import Series
from appspec.errors import KitError
from appspec.file_tree import read_tree, shown, with_suffix
from appspec.text import read_text
from pymodel.data.recognize_csv import STAMP
from pymodel.data.series.check_stamps import check_zones
from pymodel.data.series.choose_clock import choose_clock
from pymodel.data.series.columns import Columns, name_columns
from pymodel.data.series.csv_table import read_table
from pymodel.data.series.date_parts import find_date_parts
from pymodel.data.series.find_stamps import COUNTS, DEFAULT, STAMPS, find_stamps, holds_stamps
from pymodel.data.series.labels import FALSE, TRUE
from pymodel.data.series.long_table import WHOLE, value_column, widen
from pymodel.data.series.number_columns import read_numbers
from pymodel.data.series.recording import Floats
from pymodel.data.series.second_clocks import is_second_clock

if TYPE_CHECKING:
    import pandas as pd

LABELS = re.compile(
    r"label|state|status|fail|fault|anomal|abnormal|broken|target|alarm|outlier|^y$|class|event|상태|고장|이상|zustand|störung|defekt",
    re.IGNORECASE,
)
GROUPS = re.compile(
    r"machine|device|unit|asset|equip|engine|pump|press|serial|^id$|_id$|id$|maschine|gerät|기계|장비|설비", re.IGNORECASE
)
ABNORMAL = re.compile(
    r"fail|fault|broke|abnormal|anomal|error|alarm|down|recover|defect|damage|stop|trip|bad|warn|고장|이상|비정상|störung|defekt|ausfall",
    re.IGNORECASE,
)
NORMAL = re.compile(
    r"^(normal|ok|okay|good|healthy|running|run|fine|정상|gut|no[ _-]?(fail|fault|error|alarm|anomal).*)", re.IGNORECASE
)

FAILURES = re.compile(r"fail|fault|breakdown|outage|ausf[aä]ll|st[oö]rung|고장|故障", re.IGNORECASE)
"""What lists of failures are called."""

CHANNELS = re.compile(
    r"^_field$|tag|vari?able|^var|param|channel|kanal|sensor|signal|metric|measure|entity|point|item|attribute|quantity|태그|센서|항목",
    re.IGNORECASE,
)
"""What a column is called that says what was measured."""

MOST_CHANNELS = 500

MOST_STATES = 20
"""Different words beyond which a column is no label."""


@dataclass(frozen=True)
class SeriesSurvey:
    """The columns of the first file, and what lies beside it.

    Attributes:
        files: names of the CSV files.
        rows: of the first file.
        stamps: columns that can be the timestamp, the likeliest first.
        counting: a column whose numbers count time from 0, where there is no stamp.
        labels: columns that can tell what is abnormal, the likeliest first: their words with the rows that say them.
        groups: columns that can name the machine.
        values: columns of numbers that the model can look at.
        left_out: other columns, and why.
        failures: text files of stamps, and CSV files that are called so.
        channel: a column that names what each row's one value is.
        step_s, span_s: the commonest step of the stamps, and from first to last; 0 where there are none.
    """

    files: tuple[str, ...]
    rows: int
    stamps: tuple[str, ...]
    counting: str | None
    labels: dict[str, dict[str, int]]
    groups: tuple[str, ...]
    values: tuple[str, ...]
    left_out: dict[str, str]
    failures: tuple[str, ...]
    step_s: float
    span_s: float
    channel: str | None


def survey_series(folder: Path, timestamp: str | None, settings: Series) -> SeriesSurvey:
    """Reads the first CSV file of a folder.

    Args:
        timestamp: the column, where the user has named it.
        settings: how numbers and dates are written, where they don't tell.

    Raises:
        KitError: there is none, it can't be read, or it has no such column.
    """
    tree = read_tree(folder)
    every = [file for file in with_suffix(tree.files, ".csv") if "/" not in file]
    lists = [file for file in every if FAILURES.search(file)]
    files = [file for file in every if file not in lists]
    if not files:
        files, lists = every, []
    if not files:
        raise KitError(
            f"Can't read the time series in {folder}", "it holds no *.csv", "name the folder that the CSV files are in"
        )
    notes: list[str] = []
    columns = name_columns(read_table(folder / files[0], timestamp or DEFAULT), [timestamp] if timestamp else [], notes)
    if settings.channel is not None:
        named = settings.model_copy(update={"timestamp": timestamp or DEFAULT})
        columns, _ = widen(columns, find_stamps(columns, named, notes), named, notes)
    frame = {name: columns.column(name) for name in columns.places}
    if timestamp is not None and columns.find(timestamp) is None:
        listed = ", ".join([*frame][:12])
        raise KitError(f"--timestamp {timestamp} can't be used", f"{files[0]} has the columns {listed}", "name one of them")
    times = columns.demand([timestamp]) if timestamp else [name for name in frame if _is_stamp(frame[name], name)]
    parts = find_date_parts(columns, timestamp) if timestamp or not times else None
    if parts is not None:
        times = [parts.names[0]]
        frame = {name: column for name, column in frame.items() if name not in parts.names[1:]}
        frame[times[0]] = parts.dates()
    if not times:
        for name, column in frame.items():
            check_zones(column, f"{files[0]}, column {name}")
    times.sort(key=lambda name: (STAMPS.search(name) is None, name.lower() != "timestamp"))
    if times and parts is None:
        stamps = find_stamps(columns, settings.model_copy(update={"timestamp": times[0]}), notes)
        frame = {name: column for name, column in frame.items() if name not in stamps.used[1:]}
        frame[times[0]] = stamps.dates
        times = [name for name in times if name in frame]
    seconds = _seconds(frame[times[0]], f"{files[0]}, column {times[0]}", settings) if times else np.zeros(0)
    steps = np.diff(np.sort(seconds))
    steps = np.round(steps[steps > 0], 3)
    known, counts = np.unique(steps, return_counts=True)
    repeated = len(seconds) > 0 and len(np.unique(seconds)) < 0.75 * len(seconds)
    numbers = read_numbers(columns, [name for name in frame if name not in times], settings.decimal, [], named=False)
    channel = _channel(columns, frame, times, settings) if repeated else None
    at_rows = seconds if len(seconds) == len(columns.table.frame) else None
    labels: dict[str, dict[str, int]] = {}
    groups, values, left_out = [], [], {}
    for name, column in frame.items():
        if name in times[:1]:
            continue
        what = "it holds stamps too" if name in times else _role(column, numbers.get(name), name, repeated)
        if what == "value" and at_rows is not None and is_second_clock(name, at_rows, numbers[name]):
            what = "it tells the time once more"
        if what == "label":
            labels[name] = {str(word): int(count) for word, count in column.value_counts().items()}
        elif what == "group":
            groups.append(name)
        elif what == "value":
            values.append(name)
        else:
            left_out[name] = what
    return SeriesSurvey(
        files=tuple(files),
        rows=len(columns.table.frame),
        stamps=tuple(times),
        counting=None if times else next((name for name in numbers if COUNTS.search(name) and _rises(numbers[name])), None),
        labels=dict(sorted(labels.items(), key=lambda one: LABELS.search(one[0]) is None)),
        groups=tuple(groups),
        values=tuple(values),
        left_out=left_out,
        failures=(*map(shown, lists), *_failure_files(folder, [file for file in tree.files if "/" not in file])),
        channel=channel,
        step_s=float(known[counts.argmax()]) if len(known) else 0.0,
        span_s=float(np.ptp(seconds)) if len(seconds) else 0.0,
    )


def abnormal_words(words: dict[str, int]) -> list[str]:
    """Of a label column's words those that mean abnormal; empty where they are the kit's own 0/1, true/false or normal/abnormal."""
    plain = [word.strip().lower().removesuffix(".0") for word in words]
    if all(word in (*TRUE, *FALSE) for word in plain):
        return []
    named = [word for word in words if ABNORMAL.search(word) and not NORMAL.search(word)]
    if named:
        return named
    normal = [word for word in words if NORMAL.search(word)] or [max(words, key=lambda word: words[word])]
    return [word for word in words if word not in normal]


def _role(column: pd.Series, numbers: Floats | None, name: str, repeated: bool) -> str:
    """label, group, value; or why it is none of them.

    Args:
        numbers: the column's, where it holds some.
        repeated: whether stamps stand there several times, as where a file holds several machines.
    """
    cells = column.dropna()
    different = cells.nunique()
    if different < 2:
        return "it says one thing only" if different else "it is empty"
    whole = numbers is not None and bool((numbers[np.isfinite(numbers)] % 1 == 0).all())
    called = LABELS.search(name) is not None
    if repeated and not called and GROUPS.search(name) and different * 20 <= len(cells) and (numbers is None or whole):
        return "group"
    if different <= MOST_STATES and (numbers is None or (called and whole)):
        return "label"
    return "value" if numbers is not None else "it holds no numbers"


def _channel(columns: Columns, frame: Mapping[str, pd.Series], times: Sequence[str], settings: Series) -> str | None:
    """The column that names what each row's one value is: it is called so, and tells the rows of a stamp apart."""
    if settings.channel is not None or settings.group is not None:
        return None
    for name, column in frame.items():
        if name in times or not CHANNELS.search(name) or not 2 <= column.nunique() <= MOST_CHANNELS:
            continue
        rows = frame[times[0]].astype(str) + "\0" + column.astype(str)
        try:
            value_column(columns, {name, *times}, settings.model_copy(update={"channel": name}))
        except KitError:
            continue
        if rows.nunique() >= WHOLE * len(rows):
            return name
    return None


def _rises(numbers: Floats) -> bool:
    known = numbers[np.isfinite(numbers)]
    return len(known) > 2 and bool((np.diff(known) >= 0).all()) and known[0] < known[-1]


def _is_stamp(column: pd.Series, name: str) -> bool:
    import pandas as pd

    return holds_stamps(column) and (STAMPS.search(name) is not None or not pd.api.types.is_numeric_dtype(column))


def _seconds(column: pd.Series, where: str, settings: Series) -> Floats:
    """Of the rows that have a stamp."""
    clock, _ = choose_clock([(where, column)], settings.dates, settings.begin)
    found = clock.seconds(column.dropna())
    return np.asarray(found[np.isfinite(found)], np.float64)


def _failure_files(folder: Path, files: list[str]) -> list[str]:
    """Text files whose first line that says something begins with a stamp."""
    found = []
    for file in with_suffix(files, ".txt"):
        try:
            lines = [line.strip() for line in read_text(folder / file).splitlines() if line.strip() and not line.startswith("#")]
        except KitError:
            if "fail" in file.lower():
                raise
            continue
        if lines and (STAMP.fullmatch(lines[0]) or re.fullmatch(r"\d{9,19}(\.\d+)?(\s*,.*)?", lines[0])):
            found.append(shown(file))
    return sorted(found, key=lambda name: ("fail" not in name.lower(), name))
