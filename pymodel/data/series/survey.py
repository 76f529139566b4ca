"""What a folder of CSV files holds, before an app.toml says anything about it: which columns can be what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from appspec.errors import KitError
from appspec.file_tree import read_tree, shown, with_suffix
from appspec.text import read_text
from pymodel.data.recognize_csv import STAMP
from pymodel.data.series.read_csv import FALSE, TRUE, read_frame
from pymodel.data.series.recording import Floats
from pymodel.data.series.stamps import stamps

if TYPE_CHECKING:
    import pandas as pd

STAMPS = re.compile(r"time|date|stamp|^ts$|^t$|시간|시각|일시|날짜|zeit|datum|uhr|fecha|hora|heure|日時|时间|時刻", re.IGNORECASE)
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

MOST_STATES = 20
"""Different words beyond which a column is no label."""


@dataclass(frozen=True)
class SeriesSurvey:
    """The columns of the first file, and what lies beside it.

    Attributes:
        files: names of the CSV files.
        rows: of the first file.
        stamps: columns that can be the timestamp, the likeliest first.
        labels: columns that can tell what is abnormal, the likeliest first: their words with the rows that say them.
        groups: columns that can name the machine.
        values: columns of numbers that the model can look at.
        left_out: other columns, and why.
        failures: text files of stamps.
        step_s, span_s: the commonest step of the stamps, and from first to last; 0 where there are none.
    """

    files: tuple[str, ...]
    rows: int
    stamps: tuple[str, ...]
    labels: dict[str, dict[str, int]]
    groups: tuple[str, ...]
    values: tuple[str, ...]
    left_out: dict[str, str]
    failures: tuple[str, ...]
    step_s: float
    span_s: float


def survey_series(folder: Path, timestamp: str | None = None) -> SeriesSurvey:
    """Reads the first CSV file of a folder.

    Args:
        timestamp: the column, where the user has named it.

    Raises:
        KitError: there is none, it can't be read, or it has no such column.
    """
    tree = read_tree(folder)
    files = [file for file in with_suffix(tree.files, ".csv") if "/" not in file]
    if not files:
        raise KitError(
            f"Can't read the time series in {folder}", "it holds no *.csv", "name the folder that the CSV files are in"
        )
    frame = read_frame(folder / files[0])
    if timestamp is not None and timestamp not in frame.columns:
        listed = ", ".join(map(str, frame.columns[:12]))
        raise KitError(f"--timestamp {timestamp} can't be used", f"{files[0]} has the columns {listed}", "name one of them")
    times = [timestamp] if timestamp else [name for name in frame.columns if _is_stamp(frame[name], name)]
    times.sort(key=lambda name: (STAMPS.search(name) is None, name.lower() != "timestamp"))
    seconds = _seconds(frame, times[0], files[0]) if times else np.zeros(0)
    steps = np.diff(np.sort(seconds))
    steps = np.round(steps[steps > 0], 3)
    known, counts = np.unique(steps, return_counts=True)
    repeated = len(seconds) > 0 and len(np.unique(seconds)) < 0.75 * len(seconds)
    labels: dict[str, dict[str, int]] = {}
    groups, values, left_out = [], [], {}
    for name in frame.columns:
        if name in times[:1]:
            continue
        what = _role(frame[name], name, repeated)
        if what == "label":
            labels[name] = {str(word): int(count) for word, count in frame[name].value_counts().items()}
        elif what == "group":
            groups.append(name)
        elif what == "value":
            values.append(name)
        else:
            left_out[name] = what
    return SeriesSurvey(
        files=tuple(files),
        rows=len(frame),
        stamps=tuple(times),
        labels=dict(sorted(labels.items(), key=lambda one: LABELS.search(one[0]) is None)),
        groups=tuple(groups),
        values=tuple(values),
        left_out=left_out,
        failures=tuple(_failure_files(folder, [file for file in tree.files if "/" not in file])),
        step_s=float(known[counts.argmax()]) if len(known) else 0.0,
        span_s=float(np.ptp(seconds)) if len(seconds) else 0.0,
    )


def abnormal_words(words: dict[str, int]) -> list[str]:
    """Of a label column's words those that mean abnormal; empty where they are the kit's own 0/1, true/false or normal/abnormal."""
    plain = [word.strip().lower() for word in words]
    if all(word in (*TRUE, *FALSE) for word in plain):
        return []
    named = [word for word in words if ABNORMAL.search(word) and not NORMAL.search(word)]
    if named:
        return named
    normal = [word for word in words if NORMAL.search(word)] or [max(words, key=lambda word: words[word])]
    return [word for word in words if word not in normal]


def _role(column: pd.Series, name: str, repeated: bool) -> str:
    """label, group, value; or why it is none of them."""
    import pandas as pd

    cells = column.dropna()
    if cells.empty:
        return "it is empty"
    numbers = pd.to_numeric(cells, errors="coerce")
    numeric = bool(numbers.notna().mean() >= 0.5)
    different = cells.nunique()
    if different == 1:
        return "it says one thing only"
    called = LABELS.search(name) is not None
    if (called or not numeric) and different <= MOST_STATES and (not numeric or different <= 3 or bool((numbers % 1 == 0).all())):
        return "group" if repeated and GROUPS.search(name) and not called else "label"
    if repeated and GROUPS.search(name) and different * 20 <= len(cells) and (not numeric or bool((numbers % 1 == 0).all())):
        return "group"
    if not numeric:
        return "it holds no numbers"
    unnamed = not name.strip() or name.startswith("Unnamed") or name.lower() in ("index", "nr", "no", "row", "id", "#")
    if unnamed and bool((numbers.diff().dropna() == 1).all()):
        return "it counts the rows"
    return "it holds stamps" if _is_stamp(column, name) and bool((numbers.dropna().diff().dropna() > 0).all()) else "value"


def _is_stamp(column: pd.Series, name: str) -> bool:
    import pandas as pd

    cells = column.dropna().iloc[:200]
    if cells.empty:
        return False
    numbers = pd.to_numeric(cells, errors="coerce")
    if numbers.notna().mean() < 0.5:
        return bool(cells.astype(str).map(lambda cell: STAMP.fullmatch(cell) is not None).mean() > 0.9)
    return STAMPS.search(name) is not None and bool((numbers.diff().dropna() >= 0).mean() > 0.9)


def _seconds(frame: pd.DataFrame, name: str, file: str) -> Floats:
    return stamps(frame[name], f"{file}, column {name}")


def _failure_files(folder: Path, files: list[str]) -> list[str]:
    """Text files whose first line that says something begins with a stamp."""
    found = []
    for file in with_suffix(files, ".txt"):
        try:
            lines = [line.strip() for line in read_text(folder / file).splitlines() if line.strip() and not line.startswith("#")]
        except KitError:
            continue
        if lines and (STAMP.fullmatch(lines[0]) or re.fullmatch(r"\d{9,19}(\.\d+)?(\s*,.*)?", lines[0])):
            found.append(shown(file))
    return sorted(found, key=lambda name: ("fail" not in name.lower(), name))
