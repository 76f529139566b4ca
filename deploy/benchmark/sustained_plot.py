"""A picture of how the speed falls while the phone heats."""

from __future__ import annotations

from pathlib import Path

from appspec.benchmark_run import BenchmarkRun, Sustained
from appspec.whole_file import whole_file


def plot_sustained(run: BenchmarkRun, path: Path) -> Path | None:
    """Writes a PNG: above, the time of an inference by minutes; below, the battery's temperature and the thermal status.

    Returns: the path; None where the run has no sustained part.
    """
    lines = [line for line in run.sustained if line.moments]
    if not lines:
        return None
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), layout="constrained")
    times, heat = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    for line in lines:
        minutes = [moment.at_s / 60 for moment in line.moments]
        (drawn,) = times.plot(minutes, [moment.ms for moment in line.moments], label=_label(line), linewidth=1)
        known = [(moment.at_s / 60, moment.temperature_c) for moment in line.moments if moment.temperature_c is not None]
        heat.plot([at for at, _ in known], [celsius for _, celsius in known], color=drawn.get_color(), linewidth=1)
        before = None
        for moment in line.moments:
            if moment.thermal != before and moment.thermal not in (None, "none"):
                times.annotate(
                    moment.thermal, (moment.at_s / 60, moment.ms), xytext=(0, 8), textcoords="offset points", fontsize=8,
                    color=drawn.get_color(), ha="center",
                )  # fmt: skip
            before = moment.thermal
    mark = "" if run.phone.kind == "phone" else f" ({run.phone.kind}: no phone's times)"
    times.set_title(f"{run.phone.model}{mark}: inferences without a pause")
    times.set_ylabel("ms, median of each second")
    times.set_ylim(bottom=0)
    times.legend(loc="best", fontsize=8)
    heat.set_ylabel("battery °C")
    heat.set_xlabel("minutes")
    for axes in (times, heat):
        axes.grid(alpha=0.3)
    with whole_file(path, "see that you can write there") as part:
        figure.savefig(part, dpi=110, format="png")
    return path


def fall(line: Sustained, share: float = 0.1) -> tuple[float, float] | None:
    """The median of the first tenth of a sustained run and of its last; None where it is too short to tell."""
    count = int(len(line.moments) * share)
    if count < 1:
        return None
    times = [moment.ms for moment in line.moments]
    first, last = sorted(times[:count]), sorted(times[-count:])
    return first[count // 2], last[count // 2]


def _label(line: Sustained) -> str:
    processor = f"{line.delegate}, {line.threads} thread{'s' * (line.threads > 1)}" if line.threads else line.delegate
    change = fall(line)
    percent = f": {change[1] / change[0] - 1:+.0%} at the end" if change is not None else ""
    return f"{line.model} {line.variant} on {processor}{percent}"
