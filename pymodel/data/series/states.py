"""Which samples are called abnormal: near a failure, or as a label column says.

A window is called what its last sample is called. With [a, b] the first and last moment of an event (a = b for a failure),
a sample at t is

    abnormal   if a <= t <= b,
    left out   if b < t <= b + margin: the machine is being mended,
    abnormal   if a - horizon <= t < a: what is to be foretold,
    normal     otherwise,

and the first line that holds counts. A label column says of each row whether it is abnormal; a sample without a label is
left out unless an event lies within its horizon.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pymodel.data.series.recording import ABNORMAL, LEFT_OUT, NORMAL, Event, Floats, States


def runs(labels: Floats, stamps: Floats) -> list[Event]:
    """The runs of samples labelled abnormal; an unlabelled sample ends none."""
    known = np.flatnonzero(np.isfinite(labels))
    abnormal = np.concatenate([[False], labels[known] > 0, [False]])
    begins, ends = np.flatnonzero(~abnormal[:-1] & abnormal[1:]), np.flatnonzero(abnormal[:-1] & ~abnormal[1:]) - 1
    return [Event(float(stamps[known[i]]), float(stamps[known[j]])) for i, j in zip(begins, ends, strict=True)]


def sample_states(stamps: Floats, labels: Floats | None, events: Sequence[Event], horizon_s: float, margin_s: float) -> States:
    """(T,) int8 NORMAL, ABNORMAL or LEFT_OUT."""
    states = np.full(len(stamps), NORMAL, np.int8)
    if labels is not None:
        states[np.isnan(labels)] = LEFT_OUT
    for event in events:
        states[_between(stamps, event.at_s - horizon_s, event.at_s)] = ABNORMAL
    for event in events:
        states[_between(stamps, event.until_s, event.until_s + margin_s)] = LEFT_OUT
    for event in events:
        states[_between(stamps, event.at_s, event.until_s)] = ABNORMAL
    return states


def merge_events(events: Sequence[Event], margin_s: float) -> list[Event]:
    """Events that begin within the margin of the one before are part of it: the machine was not yet mended."""
    found: list[Event] = []
    for event in events:
        if found and event.at_s <= found[-1].until_s + margin_s:
            found[-1] = Event(found[-1].at_s, max(found[-1].until_s, event.until_s))
        else:
            found.append(event)
    return found


def _between(stamps: Floats, first: float, last: float) -> slice:
    """Samples from first to last, both included, to a thousandth of a second."""
    return slice(int(np.searchsorted(stamps, first - 1e-3)), int(np.searchsorted(stamps, last + 1e-3, "right")))
