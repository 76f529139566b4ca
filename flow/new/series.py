"""An app for a folder of time series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from appspec.data_spec import Series, Split
from appspec.errors import KitError
from appspec.file_tree import shown
from appspec.progress import Silent
from appspec.text import read_text
from appspec.words import counted
from flow.new.names import application_id, shown_name, subject_name
from flow.new.questions import Questions
from flow.new.wishes import Proposal, Wishes, data_path, section_of

if TYPE_CHECKING:
    from pymodel.data.series.recording import Event
    from pymodel.data.series.survey import SeriesSurvey
    from pymodel.data.series.windows import WindowSet

VALIDATION, TEST = 0.15, 0.2
"""Shares of the time, unless that leaves a split without a failure."""

BEGIN = "2000-01-01T00:00:00"
"""What second 0 is taken for: only differences count."""

MOST_VALUES = 40
"""Columns that are written out; of more, every column of numbers is taken."""

MOST_FAILURES = 2000
"""Lines of a file outside the data folder that are copied into app.toml."""

Table = dict[str, object]


def propose_time_series(name: str, folder: Path, data_format: str, wishes: Wishes, questions: Questions) -> Proposal:
    """The model, [data] and [data.series] that suit the recordings.

    Raises:
        KitError: they can't be read, or something must be said by a flag.
    """
    from pymodel.data.series.survey import survey_series
    from pymodel.tasks.propose import propose_series, propose_window

    wishes.refuse(("category", "points", "annotations"), "it is for pictures, and these are time series")
    said = wishes.set_values(is_series=True)
    settings = section_of(Series, {"group": wishes.group} | said if wishes.group is not None else said)
    questions.choose("--task", "What is the app to do?", ["window"], "window", wishes.task)
    questions.screen.status("reading the first file")
    survey = survey_series(folder, wishes.timestamp, settings)
    remarks = []
    if survey.counting is not None:
        said = {"begin": BEGIN} | said
        survey = survey_series(folder, survey.counting, section_of(Series, said))
        remarks.append(
            f"column {survey.stamps[0]} counts seconds from {said['begin']} on: begin in [data.series] says another moment"
        )
    if survey.channel is not None:
        said = {"channel": survey.channel} | said
        survey = survey_series(folder, survey.stamps[0], section_of(Series, {"timestamp": survey.stamps[0]} | said))
        remarks.append(f"a row is one value of what column {said['channel']} names: channel in [data.series]")
    if not survey.stamps:
        columns = ", ".join([*survey.values, *survey.left_out][:12])
        raise KitError(
            "No column holds stamps",
            f"{survey.files[0]} has {columns}",
            "name it: --timestamp COLUMN; rows without times can't be read",
        )
    timestamp = questions.choose("--timestamp", "Which column is the timestamp?", survey.stamps, survey.stamps[0])
    if timestamp != survey.stamps[0]:  # somebody typed another
        survey = survey_series(folder, timestamp, settings)
    table: Table = {"timestamp": timestamp, "values": []}
    if wishes.group is not None or survey.groups:
        others = [*survey.labels, *survey.values, *survey.left_out] if wishes.group is not None else []
        choices = [*survey.groups, *others]
        table["group"] = questions.choose("--group", "Which column names the machine?", choices, choices[0], wishes.group)
    table |= _states(folder, survey, wishes, questions)
    values = [column for column in survey.values if column not in table.values()]
    if not values:
        raise KitError(f"{survey.files[0]} has no column of numbers", "the model has nothing to look at", "give a file that has")
    aside = [column for column in survey.labels if column != table.get("label")]
    if len(values) <= MOST_VALUES or aside:
        table["values"] = values
    else:
        del table["values"]
    table |= propose_series(survey.step_s, survey.span_s, survey.rows)
    table |= said
    questions.screen.status("reading all files")
    windows, table, split = _read(folder, survey, table, said)
    samples = sum(len(recording.states) for recording in windows.recordings)
    stride = table["stride"]
    assert isinstance(stride, int)
    return Proposal(
        shown_name(name),
        application_id(name),
        "sensor",
        _seen(survey, windows, table, aside, samples),
        [propose_window(f"{subject_name(name, 'machine')}_window", samples, stride)],
        {"format": data_format, "path": data_path(folder), "split.validation": split.validation, "split.test": split.test},
        table,
        remarks=[*remarks, *windows.problems],
    )


def _states(folder: Path, survey: SeriesSurvey, wishes: Wishes, questions: Questions) -> Table:
    """failures, or label with the words that mean abnormal."""
    if wishes.failures is not None and wishes.label is not None:
        raise KitError("--failures and --label can't be used together", "which of them counts is not clear", "leave one out")
    if wishes.failures is not None:
        wishes.refuse(("abnormal",), "it names words of a label column, and failures are listed")
        return {"failures": _failures(folder, Path(wishes.failures).expanduser())}
    columns = list(survey.labels)
    if wishes.label is None and survey.failures:
        choices = [*survey.failures, *columns]
        said = "Failures are listed in" if len(choices) == 1 else "What says when it failed: a list, or a column?"
        chosen = questions.choose("--label", said, choices, choices[0])
        if chosen in survey.failures:
            return {"failures": chosen}
    elif wishes.label is None and not columns:
        others = [*survey.values, *survey.left_out]
        if not questions.asks:
            raise KitError(
                f"Nothing says when the machine of {survey.files[0]} failed",
                f"no column looks like a label ({', '.join(others[:12])}), and no text file lists stamps",
                "give --failures FILE with one stamp a line, or --label COLUMN",
            )
        chosen = questions.choose("--label", "Which column says what is abnormal?", others, None)
    else:
        every = [*columns, *survey.values, *survey.left_out] if wishes.label is not None else columns
        chosen = questions.choose("--label", "Which column says what is abnormal?", every, every[0], wishes.label)
    return {"label": chosen, **_abnormal(survey.labels.get(chosen, {}), wishes, questions)}


def _abnormal(words: Mapping[str, int], wishes: Wishes, questions: Questions) -> Table:
    from pymodel.data.series.survey import abnormal_words

    proposed = abnormal_words(dict(words)) if words else []
    if wishes.abnormal is None and not proposed:
        return {}
    listed = ", ".join(f"{word} ({count})" for word, count in words.items())
    what = f"Which of its words mean abnormal? {listed}:"
    return {"abnormal": questions.words("--abnormal", what, list(words), proposed, wishes.abnormal)}


def _failures(folder: Path, file: Path) -> str | list[str]:
    """The name of a file in the data folder, or the lines of another."""
    place = file if file.is_file() else folder / file
    if not place.is_file():
        raise KitError(f"--failures {file} can't be used", "there is no such file", "give a text file with one stamp a line")
    if place.resolve().parent == folder.resolve():
        return place.name
    lines = [line.strip() for line in read_text(place).splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) > MOST_FAILURES:
        raise KitError(f"--failures {file} can't be used", f"it has {len(lines)} lines", f"lay it into {folder}")
    return lines


def _read(folder: Path, survey: SeriesSurvey, table: Table, said: Table) -> tuple[WindowSet, Table, Split]:
    """Reads all as training will; times follow from the failures where there are several, and so do splits that shares can't make.

    Raises:
        KitError: as training would.
    """
    from pymodel.data.series.read import read_unsplit, read_windows
    from pymodel.tasks.propose import duration, propose_series

    split = Split(validation=VALIDATION, test=TEST)
    short = {"horizon": duration(2 * survey.step_s), "margin": duration(survey.step_s)}  # a longer one could leave nothing normal
    events = [event for _, event in read_unsplit(folder, section_of(Series, table | short | said)).failures]
    gaps = [later.at_s - earlier.until_s for earlier, later in pairwise(events) if later.at_s > earlier.until_s]
    if gaps:
        table = table | propose_series(survey.step_s, survey.span_s, survey.rows, gaps) | said
    refused: KitError | None = None
    found: WindowSet | None = None
    try:
        found = read_windows(folder, section_of(Series, table), split, Silent())
    except KitError as error:
        refused = error
    if found is None or not found.counts()["validation"]["events"]:
        borders = _borders(events) if len(survey.files) == 1 and "group" not in table else {}
        better = _read_with(folder, table | borders, split) if borders else None
        if better is not None:
            return better, table | borders, split
    if found is None:
        assert refused is not None
        raise refused
    return found, table, split


def _read_with(folder: Path, table: Table, split: Split) -> WindowSet | None:
    """None where it can't be read so, or validation still has no failure."""
    from pymodel.data.series.read import read_windows

    try:
        found = read_windows(folder, section_of(Series, table), split, Silent())
    except KitError:
        return None
    return found if found.counts()["validation"]["events"] else None


def _borders(events: Sequence[Event]) -> Table:
    """Splits between failures, so that each has some; empty where there are fewer than three."""
    if len(events) < 3:
        return {}
    kept = max(1, round(TEST * len(events)))
    middles = [(one.until_s + other.at_s) / 2 for one, other in pairwise(events)]
    keys = {"validation_from": middles[-2 * kept], "test_from": middles[-kept]}
    return {key: datetime.fromtimestamp(round(at), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") for key, at in keys.items()}


def _seen(survey: SeriesSurvey, windows: WindowSet, table: Table, aside: Sequence[str], samples: int) -> list[tuple[str, str]]:
    from pymodel.data.series.recording import format_duration

    counts = windows.counts()
    first, last = survey.files[0], survey.files[-1]
    rows = [
        ("files", shown(first) if first == last else f"{len(survey.files)}, {shown(first)} to {shown(last)}"),
        ("machines", f"{len(windows.recordings)}, {samples} samples, one every {format_duration(windows.interval_s)}"),
        ("timestamp", str(table["timestamp"])),
        ("channels", _listed(windows.channels)),
    ]
    if "label" in table:
        words = survey.labels.get(str(table["label"]), {})
        said = ", ".join(f"{word} ({count})" for word, count in list(words.items())[:20])
        rows.append(("label", f"{table['label']}: {said}"))
    elif isinstance(table["failures"], str):
        rows.append(("failures listed in", str(table["failures"])))
    if "abnormal" in table:
        rows.append(("abnormal means", _listed([str(word) for word in _list(table["abnormal"])])))
    rows.append(
        ("failures", f"{len(windows.failures)}: " + ", ".join(f"{one['events']} in {key}" for key, one in counts.items()))
    )
    rows.append(("windows", ", ".join(f"{key} {one['windows']} ({one['abnormal']} abnormal)" for key, one in counts.items())))
    if aside:
        rows.append(("not looked at", f"{_listed(aside)}: it may tell the answer (values in [data.series] takes it back)"))
    rows += [
        ("not looked at", f"{column}: {why}") for column, why in list(survey.left_out.items())[:5] if column not in table.values()
    ]
    return rows + [("remark", note) for note in windows.notes[:8]]


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else [value]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:20]) + (f" and {counted(len(names) - 20, 'more column')}" if len(names) > 20 else "")
