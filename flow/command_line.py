"""The kit's command line as Invoke reads it: short flags, and what its parser refuses told as every other error of the kit."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any, NoReturn

from invoke.exceptions import Exit
from invoke.parser.parser import ParseMachine
from invoke.tasks import Task
from invoke.tasks import task as invoke_task

from appspec.errors import KitError
from flow.screen import Screen

SHORT = {"app": "a", "data": "d", "json": "j", "out": "o", "set": "s"}
"""The arguments that have a short flag, the same in every task. Invoke would take the first letter that is free in each."""


class KitTask(Task[Any]):
    """A task with short flags for these arguments alone."""

    def arg_opts(self, name: str, default: str, taken_names: set[str]) -> dict[str, Any]:
        """How Invoke's parser takes an argument."""
        options = super().arg_opts(name, default, taken_names)
        options["names"] = [options["names"][0], *SHORT.get(name, "")]
        return options


task = partial(invoke_task, klass=KitTask)


def tell_errors_as_the_kit_does() -> None:
    """Replaces the one method that all refusals of Invoke's parser go through: it has no other place to say them otherwise."""
    ParseMachine.error = _refuse  # type: ignore[method-assign,assignment]


def _refuse(machine: ParseMachine, msg: str) -> NoReturn:
    Screen(as_json=bool({"--json", "-j"} & set(sys.argv))).error(_error(machine, msg))
    raise Exit(code=1)


def _error(machine: ParseMachine, message: str) -> KitError:
    task = machine.context.name if machine.context else None
    fix = f"invoke --help {task} tells what it takes" if task else "invoke --list names the tasks"
    if machine.waiting_for_flag_value and machine.flag is not None:
        return KitError(f"--{machine.flag.name} needs a value", "none follows it on the command line", fix)
    missing = [str(argument.name).upper() for argument in machine.context.missing_positional_args] if machine.context else []
    if missing:
        return KitError(f"{task} needs {', '.join(missing)}", "it was not given", f"invoke {task} {' '.join(missing)}; {fix}")
    return KitError("Can't read the command line", message, f"{fix}; invoke --list names the tasks" if task else fix)
