"""Time series as pictures: each channel over time, and p(Abnormal) with its alarms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pymodel.data.examples import SPLITS
from pymodel.data.series.recording import Event, Recording
from pymodel.data.series.windows import WindowSet
from pymodel.tasks.window.alarms import Policy, Track, Verdict, announces, raise_alarms

SHADES = ("#ffffff", "#fff3d6", "#dceeff")
"""Of the training, validation and test split."""

BINS = 1600
"""Columns that a long series is drawn in, each from its smallest to its largest value."""

MAX_CHANNELS, MAX_MACHINES = 12, 6


def draw_series(windows: WindowSet, path: Path) -> None:
    """As PNG: the channels of each machine (the first ones), splits shaded, failures as lines, holes as marks below."""
    from matplotlib.figure import Figure

    shown = [(r, c) for r in windows.recordings[:3] for c in range(min(len(windows.channels), MAX_CHANNELS))]
    figure = Figure(figsize=(13, 1.2 + 1.35 * len(shown)), layout="constrained")
    rows = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
    for axes, (recording, channel) in zip(rows, shown, strict=True):
        _envelope(axes, recording, channel)
        _shade(axes, recording)
        for event in recording.events:
            axes.axvspan(_day(event.at_s), _day(max(event.until_s, event.at_s + 1)), color="tab:red", alpha=0.9, linewidth=1)
        name = windows.channels[channel]
        axes.set_ylabel(name if len(windows.recordings) == 1 else f"{recording.name}\n{name}", fontsize=8)
        axes.tick_params(labelsize=7)
        _dates(axes)
    left = len(windows.channels) - MAX_CHANNELS
    more = f" · {left} more channels" if left > 0 else ""
    more += f" · {len(windows.recordings) - 3} more machines" if len(windows.recordings) > 3 else ""
    counts = windows.counts()
    words = ", ".join(f"{split}: {counts[split]['windows']} windows, {counts[split]['abnormal']} abnormal" for split in SPLITS)
    figure.suptitle(f"{words}{more}\nred: failures · yellow: validation · blue: test · black marks: holes", fontsize=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)


def draw_track(
    windows: WindowSet, track: Track, verdict: Verdict, policy: Policy, known: Sequence[Sequence[Event]], title: str, path: Path
) -> None:
    """As PNG: p(Abnormal) of each machine over the split, what should be foretold shaded, alarms right and false."""
    from matplotlib.figure import Figure

    machines = [m for m in range(len(windows.recordings)) if np.any(track.machines == m)]
    machines = sorted(machines, key=lambda m: -sum(1 for alarm in verdict.false_alarms if alarm.machine == m))[:MAX_MACHINES]
    figure = Figure(figsize=(13, 1.4 + 2.6 * len(machines)), layout="constrained")
    alarms = raise_alarms(track, policy)
    for axes, machine in zip(figure.subplots(len(machines), 1, squeeze=False)[:, 0], machines, strict=True):
        own = track.machines == machine
        stamps, p = track.stamps[own], track.p[own].astype(float)
        breaks = np.flatnonzero(np.diff(stamps) > 1.5 * track.interval_s) + 1
        axes.plot(
            _day(np.insert(stamps, breaks, stamps[breaks - 1])), np.insert(p, breaks, np.nan), linewidth=0.9, color="#33527a"
        )
        axes.axhline(policy.threshold, color="gray", linestyle=":", linewidth=1)
        first, last = float(stamps[0]), float(stamps[-1])
        for event in known[machine]:
            if first - track.horizon_s <= event.at_s <= last + track.horizon_s:
                axes.axvspan(_day(event.at_s - track.horizon_s), _day(event.until_s), color="tab:orange", alpha=0.2, linewidth=0)
                axes.axvline(_day(event.at_s), color="tab:red", linewidth=1.2)
        for alarm in alarms:
            if alarm.machine == machine:
                right = any(announces(alarm, event, track.horizon_s) for event in known[machine])
                axes.plot(_day(alarm.raised_s), 1.07, "v", color="tab:green" if right else "tab:red", markersize=8, clip_on=False)
        axes.set(ylim=(-0.03, 1.12), ylabel="p(Abnormal)", title=windows.recordings[machine].name)
        axes.margins(x=0.01)
        _dates(axes)
    legend = "red line: failure · orange: should be foretold · green mark: alarm about a failure · red mark: false alarm · dotted: threshold"
    figure.suptitle(f"{title}\n{legend}", fontsize=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)


def _envelope(axes: Any, recording: Recording, channel: int) -> None:
    values = recording.values[:, channel].astype(float)
    step = max(1, len(values) // BINS)
    stamps = _day(recording.stamp(np.arange(0, len(values), step)))
    padded = np.append(values, np.full(-len(values) % step, np.nan)).reshape(-1, step)
    has = np.isfinite(padded).any(1)
    low = np.where(has, np.nanmin(np.where(np.isfinite(padded), padded, np.inf), 1), np.nan)
    high = np.where(has, np.nanmax(np.where(np.isfinite(padded), padded, -np.inf), 1), np.nan)
    axes.fill_between(stamps, low, high, linewidth=0.5, color="#33527a", step="post")
    holes = ~np.isfinite(padded).all(1)
    floor = np.nanmin(low) - 0.06 * (np.nanmax(high) - np.nanmin(low) or 1) if has.any() else 0.0
    axes.plot(stamps[holes], np.full(int(holes.sum()), floor), "|", color="black", markersize=4)


def _shade(axes: Any, recording: Recording) -> None:
    for number, shade in enumerate(SHADES):
        inside = np.flatnonzero(recording.splits == number)
        if len(inside):
            axes.axvspan(_day(recording.stamp(inside[0])), _day(recording.stamp(inside[-1] + 1)), color=shade, zorder=0)
    axes.set_xlim(_day(recording.start_s), _day(recording.stamp(len(recording.splits))))


def _day(stamp: Any) -> Any:
    """Matplotlib's dates: days since 1970."""
    return stamp / 86400


def _dates(axes: Any) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator: Any = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
