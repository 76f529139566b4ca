"""p(Abnormal) over time, with its alarms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pymodel.data.series.drawing import as_days, date_axis
from pymodel.data.series.recording import Event
from pymodel.data.series.windows import WindowSet
from pymodel.tasks.window.alarms import Policy, Track, Verdict, announces, raise_alarms

MAX_MACHINES = 6


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
            as_days(np.insert(stamps, breaks, stamps[breaks - 1])), np.insert(p, breaks, np.nan), linewidth=0.9, color="#33527a"
        )
        axes.axhline(policy.threshold, color="gray", linestyle=":", linewidth=1)
        first, last = float(stamps[0]), float(stamps[-1])
        for event in known[machine]:
            if first - track.horizon_s <= event.at_s <= last + track.horizon_s:
                axes.axvspan(
                    as_days(event.at_s - track.horizon_s), as_days(event.until_s), color="tab:orange", alpha=0.2, linewidth=0
                )
                axes.axvline(as_days(event.at_s), color="tab:red", linewidth=1.2)
        for alarm in alarms:
            if alarm.machine == machine:
                right = any(announces(alarm, event, track.horizon_s) for event in known[machine])
                axes.plot(
                    as_days(alarm.raised_s), 1.07, "v", color="tab:green" if right else "tab:red", markersize=8, clip_on=False
                )
        axes.set(ylim=(-0.03, 1.12), ylabel="p(Abnormal)", title=windows.recordings[machine].name)
        axes.margins(x=0.01)
        date_axis(axes)
    legend = "red line: failure · orange: should be foretold · green mark: alarm about a failure · red mark: false alarm · dotted: threshold"
    figure.suptitle(f"{title}\n{legend}", fontsize=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
