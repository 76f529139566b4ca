"""From p(Abnormal) at each sample to alarms, and how well these announce failures.

The policy: an alarm is raised when p >= threshold for `hold` windows in a row, and stands until p falls below; only then
can another be raised. A hole in the windows ends both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pymodel.data.series.recording import Event, Floats
from pymodel.tasks.window.metrics import Numbers

DAY_S, WEEK_S = 86400.0, 7 * 86400.0

THRESHOLDS = tuple(round(0.05 * i, 2) for i in range(1, 20)) + (0.97, 0.99)
HOLDS = (1, 2, 3, 4, 6, 9, 12)
"""What a policy is chosen from."""


@dataclass(frozen=True)
class Policy:
    """See the module; part of a window model's contract."""

    threshold: float
    hold: int


@dataclass(frozen=True)
class Track:
    """p(Abnormal) of one split, a window at each sample.

    Attributes:
        p: (N,) machine by machine, in the order of time.
        stamps: (N,) of the windows' last samples, seconds.
        machines: (N,) numbers.
        events: of each machine.
    """

    p: Numbers
    stamps: Floats
    machines: npt.NDArray[np.int64]
    interval_s: float
    horizon_s: float
    events: Sequence[Sequence[Event]]

    @property
    def observed_s(self) -> float:
        """Time in which an alarm could be raised, of all machines."""
        return len(self.stamps) * self.interval_s


@dataclass(frozen=True)
class Alarm:
    """One alarm: raised at and last standing at these stamps, seconds."""

    machine: int
    raised_s: float
    last_s: float


@dataclass(frozen=True)
class Announcement:
    """One event and the alarm that announced it first, if one did."""

    machine: int
    event: Event
    alarm: Alarm | None

    @property
    def lead_s(self) -> float | None:
        """From the alarm to the event; negative where it had begun."""
        return None if self.alarm is None else self.event.at_s - self.alarm.raised_s


@dataclass(frozen=True)
class Verdict:
    """How a policy did on a track."""

    announcements: tuple[Announcement, ...]
    false_alarms: tuple[Alarm, ...]
    observed_s: float

    @property
    def missed(self) -> int:
        """Events that nothing announced."""
        return sum(1 for one in self.announcements if one.alarm is None)

    def false_alarms_per(self, time_s: float) -> float:
        """False alarms in this much time: DAY_S, WEEK_S."""
        return len(self.false_alarms) / self.observed_s * time_s if self.observed_s else 0.0


def raise_alarms(track: Track, policy: Policy) -> list[Alarm]:
    """All alarms, in the order of the track."""
    if not len(track.p):
        return []
    high = np.asarray(track.p >= policy.threshold)
    is_break = (np.diff(track.machines) != 0) | (np.diff(track.stamps) > 1.5 * track.interval_s)
    starts = high & np.append(True, is_break | ~high[:-1])
    ends = high & np.append(is_break | ~high[1:], True)
    found = []
    for begin, end in zip(np.flatnonzero(starts), np.flatnonzero(ends), strict=True):
        raised = begin + policy.hold - 1
        if raised <= end:
            found.append(Alarm(int(track.machines[begin]), float(track.stamps[raised]), float(track.stamps[end])))
    return found


def announces(alarm: Alarm, event: Event, horizon_s: float) -> bool:
    """Whether an alarm is about an event.

    It is if it was raised between the horizon and the event's end; or up to one horizon earlier still, if it went on to stand
    when the horizon began. (Without that last bound an alarm that always stands would announce everything.)
    """
    begin = event.at_s - horizon_s
    return begin - horizon_s - 1e-3 <= alarm.raised_s <= event.until_s + 1e-3 and alarm.last_s >= begin - 1e-3


def judge(track: Track, policy: Policy, known: Sequence[Sequence[Event]] | None = None) -> Verdict:
    """Announced events and false alarms.

    Args:
        known: of each machine all events, of other splits too: an alarm about one of them is not false.
    """
    alarms = raise_alarms(track, policy)
    announcements = []
    for machine, events in enumerate(track.events):
        own = [alarm for alarm in alarms if alarm.machine == machine]
        for event in events:
            about = [alarm for alarm in own if announces(alarm, event, track.horizon_s)]
            announcements.append(Announcement(machine, event, about[0] if about else None))
    everything = track.events if known is None else known
    wrong = [
        alarm for alarm in alarms if not any(announces(alarm, event, track.horizon_s) for event in everything[alarm.machine])
    ]
    return Verdict(tuple(announcements), tuple(wrong), track.observed_s)


def choose_policy(tracks: Sequence[Track], known: Sequence[Sequence[Event]]) -> tuple[Policy, list[Verdict]]:
    """The policy with the fewest false alarms among those that announce every event (or the most), and how it does.

    Where several are as good, the one furthest from any that does worse: a number on the edge of failing is luck. Where
    these are several still, the one that announces earliest.

    Args:
        tracks: of the training and validation split; false alarms a week count alike in both.
    """
    costs: dict[tuple[int, int], tuple[int, float]] = {}
    leads: dict[tuple[int, int], float] = {}
    for j, hold in enumerate(HOLDS):
        for i, threshold in enumerate(THRESHOLDS):
            verdicts = [judge(track, Policy(threshold, hold), known) for track in tracks]
            found = [one.lead_s for verdict in verdicts for one in verdict.announcements if one.lead_s is not None]
            false = sum(verdict.false_alarms_per(WEEK_S) for verdict in verdicts)
            costs[i, j] = sum(verdict.missed for verdict in verdicts), round(false, 9)
            leads[i, j] = float(np.median(found)) if found else 0.0
    least = min(costs.values())
    best = [place for place, cost in costs.items() if cost == least]
    i, j = max(best, key=lambda place: (_to_worse(place, best), leads[place]))
    policy = Policy(THRESHOLDS[i], HOLDS[j])
    return policy, [judge(track, policy, known) for track in tracks]


def _to_worse(place: tuple[int, int], best: Sequence[tuple[int, int]]) -> int:
    """Steps to the nearest policy that is not among the best; those beyond what was tried count as worse."""
    (i, j), known, steps = place, set(best), 1
    while all((i + di, j + dj) in known for di in range(-steps, steps + 1) for dj in range(-steps, steps + 1)):
        steps += 1
    return steps


def days_of(stamps: Numbers, machines: Numbers) -> Numbers:
    """(N,) the block that each sample is of: its machine's day.

    Args:
        stamps: seconds.
    """
    return np.asarray(np.floor(stamps / DAY_S) + machines * 1e6)
