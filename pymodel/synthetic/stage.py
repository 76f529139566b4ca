"""Synthetic data as a stage: drawn pictures, or a simulated machine."""

from __future__ import annotations

from pathlib import Path

from appspec.data_spec import Data
from appspec.progress import Reporter
from appspec.stages import Stage, StageResult
from pymodel.synthetic import draw_dataset
from pymodel.synthetic.machine.simulate import simulate_machine

STAGE_VERSIONS = {"cats": 1, "pointing_hands": 1, "pets": 1, "machine": 1}
"""By subject; raised when the same seed gives other data."""


def draw(data: Data, folder: Path, reporter: Reporter) -> StageResult:
    """Runs the stage: the data of `[data] subject`, in the layout of a real data set."""
    is_machine = data.subject == "machine"
    amount = {"days": data.days} if is_machine else {"pictures": data.pictures}
    inputs = {"subject": data.subject, "layout": data.read_as, "seed": data.seed, **amount}
    name = "simulate a machine" if is_machine else "draw pictures"
    stage = Stage(name, folder, inputs, STAGE_VERSIONS[data.subject])

    def make(target: Path) -> None:
        if is_machine:
            reporter.heading(f"Simulating a machine for {data.days} days")
            simulate_machine(target, data.days, data.seed, reporter)
            return
        reporter.heading(f"Drawing {data.pictures} {data.subject.replace('_', ' ')}")
        draw_dataset(
            target,
            data.subject,
            data.read_as,
            data.pictures,
            data.seed,
            reporter=reporter,
        )

    return stage.run(make, reporter.say)
