"""The kit's command line as Invoke reads it: short flags, and what its parser refuses told as every other error of the kit."""

from __future__ import annotations

import inspect
import sys
from functools import partial
from typing import Any, NoReturn

from invoke.exceptions import Exit
from invoke.parser import parser
from invoke.parser.parser import ParseMachine
from invoke.tasks import Task
from invoke.tasks import task as invoke_task

from appspec.errors import KitError
from flow.screen import Screen

SHORT = {"app": "a", "data": "d", "json": "j", "out": "o", "set": "s"}
"""The arguments that have a short flag, the same in every task. Invoke would take the first letter that is free in each."""


class KitTask(Task[Any]):
    """A task with short flags for these arguments alone, whose positional arguments may be left out where they have a default."""

    def arg_opts(self, name: str, default: Any, taken_names: set[str]) -> dict[str, Any]:
        """How Invoke's parser takes an argument."""
        options = super().arg_opts(name, default, taken_names)
        options["names"] = [options["names"][0], *SHORT.get(name, "")]
        options["optional"] = bool(options.get("positional")) and default is not inspect.Signature.empty
        return options


task = partial(invoke_task, klass=KitTask)


def tell_errors_as_the_kit_does() -> None:
    """Puts our parser in the place of Invoke's, which names no other one to use."""
    parser.ParseMachine = KitParser  # type: ignore[misc]


class KitParser(ParseMachine):
    """Invoke's parser, which passes over a flag of several values that got none, and takes an empty value for a value."""

    def see_value(self, value: Any) -> None:
        """Refuses values that would be taken for none, and those that Invoke's own conversion would end in a traceback for."""
        assert self.flag is not None
        flag = f"--{self.flag.name.replace('_', '-')}"
        if not value.strip():
            why = "a shell variable in it may not be set"
            self._refuse(KitError(f"{flag} is empty", why, f"give {flag} a value, or leave it out"))
        try:
            super().see_value(value)
        except ValueError:
            self._refuse(KitError(f"{flag} {value} can't be used", "it is no whole number", f"give {flag} a number, as {flag} 3"))

    def switch_to_flag(self, flag: str, inverse: bool = False) -> None:
        """Refuses a second value for a flag that takes one."""
        super().switch_to_flag(flag, inverse)
        if self.flag and self.flag.takes_value and self.flag.kind is not list and self.flag.raw_value is not None:
            why = f"it has {self.flag.raw_value!r} already, and takes one value"
            self._refuse(KitError(f"{flag} is given twice", why, "leave one of them out"))

    def complete_flag(self) -> None:
        """Refuses a flag without its value: of those that may be given several times too."""
        if self.waiting_for_flag_value:
            self.error("")
        super().complete_flag()

    def complete_context(self) -> None:
        """Asks for the positional arguments that have no default."""
        if self.context and any(not argument.optional for argument in self.context.missing_positional_args):
            self.error("")
        if self.context and self.context not in self.result:
            self.result.append(self.context)

    def check_ambiguity(self, value: Any) -> bool:
        """No flag of ours may stand with and without a value."""
        return False

    def error(self, msg: str) -> NoReturn:
        """Invoke's own refusals."""
        self._refuse(_error(self, msg))

    def _refuse(self, error: KitError) -> NoReturn:
        Screen(as_json=bool({"--json", "-j"} & set(sys.argv))).error(error)
        raise Exit(code=1)


# Invoke's kind of state machine passes none of its states on to a subclass.
KitParser._class_states = ParseMachine._class_states
KitParser._class_transitions = ParseMachine._class_transitions


def _error(machine: ParseMachine, message: str) -> KitError:
    task = machine.context.name if machine.context else None
    fix = f"invoke --help {task} tells what it takes" if task else "invoke --list names the tasks"
    if machine.waiting_for_flag_value and machine.flag is not None:
        return KitError(f"--{machine.flag.name} needs a value", "none follows it on the command line", fix)
    lacking = machine.context.missing_positional_args if machine.context else []
    missing = [str(argument.name).upper() for argument in lacking if not argument.optional]
    if missing:
        return KitError(f"{task} needs {', '.join(missing)}", "it was not given", f"invoke {task} {' '.join(missing)}; {fix}")
    return KitError("Can't read the command line", message, f"{fix}; invoke --list names the tasks" if task else fix)
