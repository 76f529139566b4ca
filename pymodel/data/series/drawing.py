"""Time series as a picture: each channel over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from appspec.whole_file import whole_file
from pymodel.data.series.recording import Floats, Recording
from pymodel.data.series.windows import WindowSet
from pymodel.data.splits import SPLITS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Stamps = TypeVar("Stamps", float, Floats)

SHADES = ("#ffffff", "#fff3d6", "#dceeff")
"""Of the training, validation and test split."""

BINS = 1600
"""Columns that a long series is drawn in, each from its smallest to its largest value."""

MAX_CHANNELS = 12


def draw_series(windows: WindowSet, path: Path) -> None:
    """As PNG: the channels of each machine (the first ones), splits shaded, failures as lines, holes as marks below."""
    from matplotlib.figure import Figure

    plots = [(r, c) for r in windows.recordings[:3] for c in range(min(len(windows.channels), MAX_CHANNELS))]
    figure = Figure(figsize=(13, 1.2 + 1.35 * len(plots)), layout="constrained")
    rows = figure.subplots(len(plots), 1, squeeze=False)[:, 0]
    for axes, (recording, channel) in zip(rows, plots, strict=True):
        _envelope(axes, recording, channel)
        _shade(axes, recording)
        for event in recording.events:
            axes.axvspan(
                as_days(event.at_s), as_days(max(event.until_s, event.at_s + 1)), color="tab:red", alpha=0.9, linewidth=1
            )
        name = windows.channels[channel]
        axes.set_ylabel(name if len(windows.recordings) == 1 else f"{recording.name}\n{name}", fontsize=8)
        axes.tick_params(labelsize=7)
        date_axis(axes)
    left = len(windows.channels) - MAX_CHANNELS
    more = f" · {left} more channels" if left > 0 else ""
    more += f" · {len(windows.recordings) - 3} more machines" if len(windows.recordings) > 3 else ""
    counts = windows.counts()
    words = ", ".join(f"{split}: {counts[split]['windows']} windows, {counts[split]['abnormal']} abnormal" for split in SPLITS)
    figure.suptitle(f"{words}{more}\nred: failures · yellow: validation · blue: test · black marks: holes", fontsize=10)
    with whole_file(path, "see that you can write there") as part:
        figure.savefig(part, dpi=100)


def _envelope(axes: Axes, recording: Recording, channel: int) -> None:
    values = recording.values[:, channel].astype(float)
    step = max(1, len(values) // BINS)
    stamps = as_days(recording.stamp(np.arange(0, len(values), step)))
    padded = np.append(values, np.full(-len(values) % step, np.nan)).reshape(-1, step)
    has = np.isfinite(padded).any(1)
    low = np.where(has, np.nanmin(np.where(np.isfinite(padded), padded, np.inf), 1), np.nan)
    high = np.where(has, np.nanmax(np.where(np.isfinite(padded), padded, -np.inf), 1), np.nan)
    axes.fill_between(stamps, low, high, linewidth=0.5, color="#33527a", step="post")
    holes = ~np.isfinite(padded).all(1)
    floor = np.nanmin(low) - 0.06 * (np.nanmax(high) - np.nanmin(low) or 1) if has.any() else 0.0
    axes.plot(stamps[holes], np.full(int(holes.sum()), floor), "|", color="black", markersize=4)


def _shade(axes: Axes, recording: Recording) -> None:
    for number, shade in enumerate(SHADES):
        inside = np.flatnonzero(recording.splits == number)
        if len(inside):
            axes.axvspan(
                as_days(recording.stamp(int(inside[0]))), as_days(recording.stamp(int(inside[-1]) + 1)), color=shade, zorder=0
            )
    axes.set_xlim(as_days(recording.start_s), as_days(recording.stamp(len(recording.splits))))


def as_days(stamp: Stamps) -> Stamps:
    """Matplotlib's dates: days since 1970."""
    return stamp / 86400


def date_axis(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
