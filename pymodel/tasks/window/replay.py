"""A recording for the app's sensor screen to play: the hours around a failure that no training saw."""

from __future__ import annotations

import csv
import io

import numpy as np

from pymodel.data.series.recording import TEST, Recording, format_stamp
from pymodel.data.series.windows import WindowSet

BEFORE, AFTER = 6, 0.5
"""How many windows' lengths are shown before the first failure of the test split, and after it."""


def replayed(windows: WindowSet) -> str:
    """CSV: timestamp and one column a channel, plain numbers, empty where there is none.

    The first machine with a failure in its test split; without any, the beginning of a test split.
    """
    machine, start, end = _span(windows)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("timestamp", *windows.channels))
    for i in range(start, end):
        values = (f"{value:.6g}" if np.isfinite(value) else "" for value in machine.values[i])
        writer.writerow((format_stamp(machine.start_s + i * machine.interval_s), *values))
    return text.getvalue()


def _span(windows: WindowSet) -> tuple[Recording, int, int]:
    before, after = round(BEFORE * windows.window), round(AFTER * windows.window)
    for machine in windows.recordings:
        tested = np.flatnonzero(machine.splits == TEST)
        for event in machine.events:
            at = round((event.at_s - machine.start_s) / machine.interval_s)
            if len(tested) and tested[0] + windows.window < at <= tested[-1]:
                return machine, max(int(tested[0]), at - before), min(len(machine.values), at + after)
    machine = next(one for one in windows.recordings if (one.splits == TEST).any())
    first = int(np.flatnonzero(machine.splits == TEST)[0])
    return machine, first, min(len(machine.values), first + before + after)
