"""What was read of the time series, kept as one folder: series.npz and index.json."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from appspec.progress import Reporter
from appspec.spec import AppSpec
from pymodel.data.series.read import read_windows
from pymodel.data.series.recording import Event, Recording, States, Values
from pymodel.data.series.windows import Facts, WindowSet

STAGE_VERSION = 2
"""Raised when a store holds something else for the same data and settings."""


class WindowStore(WindowSet):
    """Windows of a finished store."""

    def __init__(self, folder: Path) -> None:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        tuples = {name: tuple(index["facts"][name]) for name in ("channels", "notes", "problems")}
        facts = Facts(**(index["facts"] | tuples))
        recordings = []
        with np.load(folder / "series.npz") as arrays:
            for i, row in enumerate(index["machines"]):
                events = tuple(Event(**event) for event in row["events"])
                recordings.append(
                    Recording(
                        row["name"],
                        row["start_s"],
                        facts.interval_s,
                        arrays[f"values_{i}"],
                        arrays[f"states_{i}"],
                        arrays[f"splits_{i}"],
                        events,
                    )
                )
        super().__init__(facts, recordings)


def write_windows(data_folder: Path, spec: AppSpec, target: Path, reporter: Reporter) -> None:
    """Reads the CSV files of a folder as [data.series] says, into a store.

    Raises:
        KitError: anything in the data or the settings that the user can mend.
    """
    found = read_windows(data_folder, spec.training_data.series, spec.training_data.split, reporter)
    arrays: dict[str, Values | States] = {}
    for i, recording in enumerate(found.recordings):
        arrays |= {f"values_{i}": recording.values, f"states_{i}": recording.states, f"splits_{i}": recording.splits}
    np.savez(target / "series.npz", **arrays)
    machines = [
        {"name": recording.name, "start_s": recording.start_s, "events": [asdict(event) for event in recording.events]}
        for recording in found.recordings
    ]
    document = {"facts": asdict(found.facts), "machines": machines, "counts": found.counts()}
    (target / "index.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
