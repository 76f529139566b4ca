"""What a ready model does: as the user says, or where one task kind alone can be it."""

from __future__ import annotations

from appspec.kinds import task_kinds
from pymodel.foreign.evidence import ForeignModel, listed
from pymodel.foreign.reading import Reading
from pymodel.foreign.wishes import AskedError
from pymodel.tasks.task import find_task


def recognize(found: ForeignModel) -> tuple[str, Reading]:
    """The task kind, and how the outputs are read.

    Raises:
        KitError: what it does isn't certain, or the outputs are none of the kind that the user says.
    """
    if found.wishes.task is not None:
        return found.wishes.task, find_task(found.wishes.task).interpret(found)
    readings = {kind: reading for kind in task_kinds() if (reading := find_task(kind).recognize(found)) is not None}
    if len(readings) == 1:
        return next(iter(readings.items()))
    could = f"could be of {' or '.join(readings)}" if readings else "don't tell"
    raise AskedError(
        "task",
        f"What does {found.name} do?",
        f"its outputs {could}: {listed(found.outputs)}",
        f"say it: {task_choices()}",
    )


def task_choices() -> str:
    """The kinds that a ready model can be of, with what its outputs are then."""
    kinds = {kind: find_task(kind).ready_outputs for kind in task_kinds()}
    return ", ".join(f"--task {kind} ({words})" for kind, words in kinds.items() if words)
