"""A look at time series before any training."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import numpy as np

from appspec.progress import Silent
from appspec.spec import AppSpec
from appspec.words import counted
from pymodel.data.document import InspectionDocument
from pymodel.data.series.drawing import draw_series
from pymodel.data.series.read import read_windows
from pymodel.data.series.recording import format_duration, format_stamp


@dataclass(frozen=True)
class Inspection:
    """What a data folder holds.

    Attributes:
        machines: the samples of each.
        channels: of each channel the samples that are there, filled ones among them.
        counts, abnormal, events: of each split the windows, the abnormal ones, and the events that can be foretold.
        failures: (machine, stamp) of every event.
        notes: what was done to the data, in words.
        findings: what can't be measured or learnt with it, in words.
    """

    folder: Path
    machines: dict[str, int]
    channels: dict[str, int]
    interval_s: float
    window: int
    counts: dict[str, int]
    abnormal: dict[str, int]
    events: dict[str, int]
    failures: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    findings: tuple[str, ...]

    def as_document(self) -> InspectionDocument:
        """JSON-able values, `lines` among them; no file is left out, so `problems` is empty."""
        document = asdict(self) | {"folder": str(self.folder), "lines": self.lines(), "problems": []}
        return cast(InspectionDocument, document)

    def lines(self) -> list[str]:
        """The same in words."""
        abnormal, windows = sum(self.abnormal.values()), sum(self.counts.values())
        of_splits = ", ".join(f"{split} {self.abnormal[split]} of {count}" for split, count in self.counts.items())
        return [
            f"{counted(len(self.machines), 'machine')}, {sum(self.machines.values())} samples, one every {format_duration(self.interval_s)}",
            f"A window is {self.window} samples: {format_duration(self.window * self.interval_s)}",
            f"{len(self.failures)} failures; {abnormal / max(1, windows):.1%} of the windows are abnormal: {of_splits}",
            *(f"Note: {note}" for note in self.notes),
        ]


def inspect(folder: Path, spec: AppSpec, picture: Path) -> Inspection:
    """Reads a folder as training will, and draws it.

    Args:
        picture: PNG to write.

    Raises:
        KitError: as reading for training.
    """
    windows = read_windows(folder, spec.training_data.series, spec.training_data.split, Silent())
    draw_series(windows, picture)
    counts = windows.counts()
    known = sum(np.isfinite(recording.values).sum(0) for recording in windows.recordings)
    return Inspection(
        folder=folder,
        machines={recording.name: len(recording.states) for recording in windows.recordings},
        channels={name: int(count) for name, count in zip(windows.channels, known, strict=True)},
        interval_s=windows.interval_s,
        window=windows.window,
        counts={split: count["windows"] for split, count in counts.items()},
        abnormal={split: count["abnormal"] for split, count in counts.items()},
        events={split: count["events"] for split, count in counts.items()},
        failures=tuple((name, format_stamp(event.at_s)) for name, event in windows.failures),
        notes=windows.notes,
        findings=windows.problems,
    )
