"""All windows of some recordings: which there are, what they are called, and their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pymodel.data.series.recording import ABNORMAL, LEFT_OUT, TRAIN, Event, Floats, Recording, Values
from pymodel.data.splits import SPLITS, SplitName
from pymodel.preprocess.normalize import clip_samples, normalize

BATCH = 2048

LIMITS = 0.1, 99.9
"""Percentiles of the training split that become 0 and 1: a few wild values can't squeeze all others together."""


class Places(NamedTuple):
    """Where windows are: (N,) number of the machine and of the window's last sample in its recording."""

    machines: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ends)


class Windows(NamedTuple):
    """(N, W, C) float32 raw values, (N,) 1.0 abnormal or 0.0 normal, (N,) stamp of the last sample in seconds, (N,) machine."""

    x: Values
    y: Values
    stamps: Floats
    machines: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Facts:
    """What windows follow from, beside the recordings.

    Attributes:
        stride: samples from one window to the next in training.
        notes: what was done to the data, in words.
        problems: what can't be measured or learnt with it, in words.
    """

    channels: tuple[str, ...]
    interval_s: float
    window: int
    stride: int
    horizon_s: float
    margin_s: float
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class WindowSet:
    """Windows of several machines. None lies over a hole, over the border of a split, or ends in a time left out."""

    def __init__(self, facts: Facts, recordings: Sequence[Recording]) -> None:
        self.facts, self.recordings = facts, tuple(recordings)
        self.channels, self.interval_s, self.window, self.stride = facts.channels, facts.interval_s, facts.window, facts.stride
        self.notes, self.problems = facts.notes, facts.problems
        self._ends = [_whole(recording, facts.window) for recording in self.recordings]

    @property
    def failures(self) -> tuple[tuple[str, Event], ...]:
        """(machine, event) of all events."""
        return tuple((recording.name, event) for recording in self.recordings for event in recording.events)

    def places(self, split: SplitName, stride: int = 1) -> Places:
        """Windows of a split, machine by machine in the order of time.

        Args:
            stride: 1: a window at each sample, as the phone looks; otherwise every stride-th sample of a recording.
        """
        number = SPLITS.index(split)
        machines, ends = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for machine, recording in enumerate(self.recordings):
            found = self._ends[machine]
            found = found[(recording.splits[found] == number) & (found % stride == 0)]
            machines.append(np.full(len(found), machine, np.int64))
            ends.append(found)
        return Places(np.concatenate(machines), np.concatenate(ends))

    def values(self, places: Places) -> Values:
        """(N, W, C) float32 raw values."""
        found = np.empty((len(places), self.window, len(self.channels)), np.float32)
        for machine, recording in enumerate(self.recordings):
            of_machine = np.flatnonzero(places.machines == machine)
            if len(of_machine):
                cuts = np.lib.stride_tricks.sliding_window_view(recording.values, self.window, 0)
                found[of_machine] = cuts[places.ends[of_machine] - self.window + 1].transpose(0, 2, 1)
        return found

    def one(self, places: Places, i: int) -> Values:
        """(W, C) float32 raw values of window i."""
        end = int(places.ends[i]) + 1
        return self.recordings[int(places.machines[i])].values[end - self.window : end]

    def batches(self, places: Places) -> Iterator[Values]:
        """The values of many windows, some thousand at a time: all at once may be more than memory holds."""
        for i in range(0, len(places), BATCH):
            yield self.values(Places(places.machines[i : i + BATCH], places.ends[i : i + BATCH]))

    def truth(self, places: Places) -> Values:
        """(N,) 1.0 abnormal, 0.0 normal."""
        found = np.zeros(len(places), np.float32)
        for machine, recording in enumerate(self.recordings):
            of_machine = places.machines == machine
            found[of_machine] = recording.states[places.ends[of_machine]] == ABNORMAL
        return found

    def stamps(self, places: Places) -> Floats:
        """(N,) seconds since 1970 of the last samples."""
        found = np.zeros(len(places))
        for machine, recording in enumerate(self.recordings):
            of_machine = places.machines == machine
            found[of_machine] = recording.stamp(places.ends[of_machine])
        return found

    def windows(self, split: SplitName, stride: int | None = None) -> Windows:
        """All windows of a split at once; `stride` as the training's where it is left out."""
        places = self.places(split, stride or self.stride)
        return Windows(self.values(places), self.truth(places), self.stamps(places), places.machines)

    def counts(self) -> dict[str, dict[str, int]]:
        """Of each split the windows, the abnormal ones and the events."""
        found: dict[str, dict[str, int]] = {}
        for split in SPLITS:
            places = self.places(split, self.stride)
            events = sum(len(events) for events in self.events(split))
            found[split] = {"windows": len(places), "abnormal": int(self.truth(places).sum()), "events": events}
        return found

    def events(self, split: SplitName) -> list[list[Event]]:
        """Of each machine the events that lie in a split and could be seen coming: a window ends in their abnormal time."""
        found = []
        for machine, recording in enumerate(self.recordings):
            places = self._ends[machine]
            stamps = recording.stamp(places[recording.splits[places] == SPLITS.index(split)])
            seen = [
                event
                for event in recording.events
                if recording.split_of(event.at_s) == split
                and np.any((stamps >= event.at_s - self.facts.horizon_s - 1e-3) & (stamps <= event.until_s + 1e-3))
            ]
            found.append(seen)
        return found

    def scale(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and std of each channel as a contract means them: the 0.1st percentile of the training split, and the range from
        there to the 99.9th. A channel that is the same between the two has its smallest and largest value."""
        known = np.concatenate([recording.values[recording.splits == TRAIN] for recording in self.recordings]).astype(np.float64)
        low, high = np.nanpercentile(known, LIMITS, axis=0)
        same = high <= low
        low, high = np.where(same, np.nanmin(known, 0), low), np.where(same, np.nanmax(known, 0), high)
        span = np.where(high > low, high - low, 1.0)
        return tuple(float(np.float32(value)) for value in low), tuple(float(np.float32(value)) for value in span)

    def normalized(self, places: Places) -> Values:
        """(N, W, C) float32 as the network sees them, wild values clipped."""
        return clip_samples(normalize(self.values(places), *self.scale()))


def _whole(recording: Recording, window: int) -> npt.NDArray[np.int64]:
    """Last samples of the windows without a hole, within one split, that are called normal or abnormal."""
    count = len(recording.states)
    if count < window:
        return np.zeros(0, np.int64)
    ends = np.arange(window - 1, count)
    holes = np.concatenate([[0], np.cumsum(~np.isfinite(recording.values).all(1))])
    is_whole = holes[ends + 1] == holes[ends + 1 - window]
    in_one_split = recording.splits[ends] == recording.splits[ends + 1 - window]
    return np.asarray(ends[is_whole & in_one_split & (recording.states[ends] != LEFT_OUT)], np.int64)
