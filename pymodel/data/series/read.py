"""From a data folder to windows: read, put on a grid, split by time, filled, called normal or abnormal, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from appspec.data_spec import Series, Split
from appspec.errors import KitError
from appspec.progress import Reporter, Silent
from appspec.words import counted
from pymodel.data.series.clock import Clock
from pymodel.data.series.grid import choose_interval, fill, fill_limit, to_grid
from pymodel.data.series.read_csv import read_tables
from pymodel.data.series.recording import (
    ABNORMAL,
    LEFT_OUT,
    TEST,
    TRAIN,
    VALIDATION,
    Event,
    Recording,
    Table,
    format_duration,
    format_stamp,
)
from pymodel.data.series.splits import borders, sample_splits
from pymodel.data.series.states import merge_events, runs, sample_states
from pymodel.data.series.windows import Facts, WindowSet
from pymodel.data.splits import SPLITS

FEW = 5
"""Failures in training below which a word is said."""


def read_windows(folder: Path, series: Series, split: Split, reporter: Reporter) -> WindowSet:
    """All windows of a data folder.

    Raises:
        KitError: anything in the data or the settings that the user can mend.
    """
    found = _read(folder, series, split, reporter)
    return WindowSet(replace(found.facts, problems=tuple(_check_splits(found, series.label))), found.recordings)


def read_unsplit(folder: Path, series: Series) -> WindowSet:
    """All windows of a data folder that nothing is learnt from, in the test split.

    Raises:
        KitError: as read_windows; or there is no abnormal or no normal window.
    """
    found = _read(folder, series, Split(), Silent())
    whole = [replace(recording, splits=np.full_like(recording.splits, TEST)) for recording in found.recordings]
    windows = WindowSet(found.facts, whole)
    count = windows.counts()["test"]
    if not 0 < count["abnormal"] < count["windows"]:
        raise KitError(
            f"Nothing can be measured on {folder}",
            f"{count['abnormal']} of its {count['windows']} windows are abnormal",
            "give recordings with a failure and with time that is free of one",
        )
    return windows


def _read(folder: Path, series: Series, split: Split, reporter: Reporter) -> WindowSet:
    found = read_tables(folder, series)
    channels, tables, notes = found.channels, found.tables, found.notes
    interval = choose_interval(tables, series)
    recordings = []
    for i, table in enumerate(tables):
        recording = _recording(table, interval, series, split, found.clock, notes)
        if len(recording.states) < series.window:
            notes.append(f"{table.name}: {len(recording.states)} samples are fewer than a window; left out")
        else:
            recordings.append(recording)
        reporter.progress("machines read", i + 1, len(tables))
    if not recordings:
        longest = max(len(table.stamps) for table in tables)
        raise KitError(
            "There are fewer samples than a window",
            "; ".join(
                [f"the longest recording has {longest} rows, a window is {series.window} samples of {format_duration(interval)}"]
                + [note for note in notes if "more than once" in note]
            ),
            "give more data, or make window in [data.series] smaller",
        )
    _check_span(tables, recordings, series)
    facts = Facts(channels, interval, series.window, series.stride, series.horizon_s, series.margin_s, tuple(notes))
    return WindowSet(facts, recordings)


def _recording(table: Table, interval: float, series: Series, split: Split, clock: Clock, notes: list[str]) -> Recording:
    grid = to_grid(table, interval, notes)
    count = len(grid.values)
    end = grid.start_s + (count - 1) * interval
    validation, test = borders(grid.start_s, end, split, series, clock)
    splits = sample_splits(count, grid.start_s, interval, validation, test)
    starts = [int(np.searchsorted(splits, part)) for part in (VALIDATION, TEST)]
    values, holes = fill(grid.values, starts, fill_limit(series, interval), grid.start_s, interval)
    notes += holes.words(table.name)
    stamps = grid.start_s + np.arange(count) * interval
    labels = grid.labels if table.labels is not None else None
    if labels is not None:
        events = runs(labels, stamps)
        unknown = int(np.isnan(table.labels).sum()) if table.labels is not None else 0
        if unknown:
            notes.append(f"{table.name}: {unknown} rows have no label; windows that end there are left out")
    else:
        inside = [at for at in table.failures if grid.start_s <= at <= end + series.horizon_s]
        for at in sorted(set(table.failures) - set(inside)):
            notes.append(f"{table.name}: the failure of {format_stamp(at)} lies outside the recording; not used")
        events = [Event(at, at) for at in inside]
    together = merge_events(events, series.margin_s)
    if len(together) < len(events):
        notes.append(
            f"{table.name}: {len(events) - len(together)} of {len(events)} events begin within the margin "
            f"({format_duration(series.margin_s)}) after another; counted as part of it"
        )
    states = sample_states(stamps, labels, events, series.horizon_s, series.margin_s)
    return Recording(table.name, grid.start_s, interval, values.astype(np.float32), states, splits, tuple(together))


def _check_span(tables: Sequence[Table], recordings: Sequence[Recording], series: Series) -> None:
    if any(recording.events for recording in recordings):
        return
    if series.label is not None:
        raise KitError(
            f"Column {series.label} calls no row abnormal",
            "without one there is nothing to learn",
            "check label in [data.series]",
        )
    first, last = min(table.stamps[0] for table in tables), max(table.stamps[-1] for table in tables)
    named = sorted(at for table in tables for at in table.failures)
    raise KitError(
        "No failure lies within the recording",
        f"the data spans {format_stamp(first)} to {format_stamp(last)} (UTC), the failures {format_stamp(named[0])} to {format_stamp(named[-1])}",
        "write failures as the stamps of the data are written, in the same time zone"
        + (f"; begin in [data.series] says when their count began: it is {series.begin} now" if series.begin else ""),
    )


def _check_splits(found: WindowSet, label: str | None) -> list[str]:
    """What the splits lack and learning can do without, in words.

    Raises:
        KitError: a split has no window, or training or test lacks abnormal or normal ones.
    """
    problems = _doubts(found, label)
    few = found.counts()["train"]["events"]
    if few < FEW:
        problems.append(f"training holds only {counted(few, 'failure')}: one of another kind will not be recognized")
    for split, count in found.counts().items():
        lacking = [] if count["abnormal"] else ["abnormal"]
        lacking += [] if count["windows"] > count["abnormal"] else ["normal"]
        if count["windows"] and split == "validation" and lacking:
            problems.append(
                f"validation holds no {lacking[0]} window: training is not judged by it, and threshold and hold are those that "
                "suit the failures of the training split"
            )
        elif lacking:
            share = "validation_from and test_from in [data.series], or split in [data]"
            what = "window" if not count["windows"] else f"{lacking[0]} window"
            if label is not None and lacking == ["normal"] and _mostly_abnormal(found):
                raise KitError(
                    f"The {split} split holds no normal window",
                    f"column {label} calls most rows abnormal",
                    'where another of its words means that, name it in [data.series], as abnormal = ["0"]; else record more of normal time',
                )
            if not count["windows"]:
                _check_holes(found, split)
            fix = f"move its borders: {share}"
            if "abnormal" in lacking and sum(one["events"] for one in found.counts().values()) < 2:
                fix = "give data with at least two failures: training and test need one each, and no border parts a single one"
            raise KitError(f"The {split} split holds no {what}", _why(found), fix)
    for i, name in enumerate(found.channels):
        if not any(np.isfinite(r.values[r.splits == TRAIN, i]).any() for r in found.recordings):
            raise KitError(f"Column {name} is empty in the training split", "nothing tells its scale", "leave it out of values")
    return problems


def _doubts(found: WindowSet, label: str | None) -> list[str]:
    """A label that may be turned round, in words.

    Raises:
        KitError: no channel tells anything.
    """
    values = np.concatenate([recording.values for recording in found.recordings])
    low, high = np.nanmin(values, 0), np.nanmax(values, 0)
    still = [name for name, same in zip(found.channels, low == high, strict=True) if same]
    if len(still) == len(found.channels):
        raise KitError(
            "No channel ever changes",
            f"{', '.join(still[:6])} {'is' if len(still) == 1 else 'are'} the same from the first sample to the last",
            "give columns that measure the machine: values in [data.series]",
        )
    if label is not None and _mostly_abnormal(found):
        return [f"column {label} calls most of the time abnormal: where another of its words means that, name it as abnormal"]
    return []


def _mostly_abnormal(found: WindowSet) -> bool:
    states = np.concatenate([recording.states for recording in found.recordings])
    return float(np.mean(states[states != LEFT_OUT] == ABNORMAL)) > 0.5


def _check_holes(found: WindowSet, split: str) -> None:
    """Stops where a split is long enough for windows, and cells that miss leave none whole.

    Raises:
        KitError: so it is; the channel that misses most is named, or the step that the rows have.
    """
    number = SPLITS.index(split)
    parts = [recording.values[recording.splits == number] for recording in found.recordings]
    values = np.concatenate(parts)
    if max(map(len, parts)) < found.window or np.isfinite(values).all():
        return
    missing = dict(sorted(zip(found.channels, (~np.isfinite(values)).mean(0).tolist(), strict=True), key=lambda one: -one[1]))
    full = [name for name, share in missing.items() if share < min(0.05, max(missing.values()) / 2)]
    worst = ", ".join(f"{name} {share:.0%}" for name, share in list(missing.items())[:3] if share > 0)
    interval = format_duration(found.interval_s)
    raise KitError(
        f"The {split} split holds no window without a hole",
        f"of its samples, one every {interval}, miss: {worst}; a window needs {found.window} whole ones in a row",
        (
            "leave such columns out: values = ["
            + ", ".join(f'"{name}"' for name in found.channels if name in full)
            + "] in [data.series]"
        )
        if full
        else f"set interval in [data.series] to the step in which rows come, if that is not {interval}; or a longer max_gap, or a smaller window",
    )


def _why(found: WindowSet) -> str:
    """Where the splits and the events lie."""
    recording = found.recordings[0]
    starts = [float(recording.stamp(int(np.searchsorted(recording.splits, i)))) for i in (VALIDATION, TEST)]
    spans = f"validation begins {format_stamp(starts[0])}, test {format_stamp(starts[1])}"
    events = ", ".join(format_stamp(event.at_s) for _, event in found.failures[:6])
    more = f" and {len(found.failures) - 6} more" if len(found.failures) > 6 else ""
    return f"{spans} ({recording.name}); events: {events}{more}; splits: {', '.join(SPLITS)}, windows of {found.window} samples"
