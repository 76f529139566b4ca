"""A look at time series before any training."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from appspec.spec import AppSpec
from pymodel.tasks.window.read import read_windows
from pymodel.tasks.window.recording import lasting, written
from pymodel.tasks.window.timeline import draw_series


@dataclass(frozen=True)
class Inspection:
    """What a data folder holds.

    Attributes:
        counts: of each split the windows, the abnormal ones and the events that can be foretold.
        failures: (machine, stamp) of every event.
        notes: what was done to the data, in words.
        problems: what can't be measured or learnt with it, in words.
    """

    folder: Path
    machines: tuple[str, ...]
    channels: tuple[str, ...]
    samples: int
    interval_s: float
    window: int
    counts: dict[str, dict[str, int]]
    failures: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    problems: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return asdict(self) | {"folder": str(self.folder)}

    def lines(self) -> list[str]:
        """The same in words."""
        abnormal = sum(count["abnormal"] for count in self.counts.values())
        windows = sum(count["windows"] for count in self.counts.values())
        found = [
            f"{len(self.machines)} machines, {self.samples} samples, one every {lasting(self.interval_s)}; "
            f"{len(self.channels)} channels: {', '.join(self.channels)}",
            f"A window is {self.window} samples: {lasting(self.window * self.interval_s)}",
            f"{len(self.failures)} failures; {abnormal} of {windows} windows are abnormal ({abnormal / max(1, windows):.1%})",
        ]
        return [*found, *(f"Note: {note}" for note in self.notes), *(f"Problem: {problem}" for problem in self.problems)]


def inspect(folder: Path, spec: AppSpec, picture: Path) -> Inspection:
    """Reads a folder as training will, and draws it.

    Args:
        picture: PNG to write.

    Raises:
        KitError: as reading for training.
    """
    windows = read_windows(folder, spec.data.series, spec.data.split, lambda what, done, total: None)
    draw_series(windows, picture)
    return Inspection(
        folder,
        tuple(recording.name for recording in windows.recordings),
        windows.channels,
        sum(len(recording.states) for recording in windows.recordings),
        windows.interval_s,
        windows.window,
        windows.counts(),
        tuple((name, written(event.at_s)) for name, event in windows.failures),
        windows.notes,
        windows.problems,
    )
