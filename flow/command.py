"""What every task does around its work: errors in words, exit codes, Ctrl-C."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from invoke.context import Context
from invoke.exceptions import Exit

from appspec.errors import KitError
from flow.screen import Screen

PROCESSES = 2
"""For the tests; each of them runs a JVM or a training at a time."""

CHECKS = ("ruff check .", "ruff format --check .", "mypy", "lint-imports --no-cache")


@contextmanager
def command(as_json: bool = False) -> Iterator[Screen]:
    """A screen to work with; a KitError or Ctrl-C ends the task with exit code 1 and no traceback (but with `--debug`)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # file names may hold what the terminal can't show
    screen = Screen(as_json)
    logging.captureWarnings(True)  # libraries' warnings are for developers: --debug shows them
    logging.getLogger("py.warnings").addHandler(logging.NullHandler())
    try:
        yield screen
    except KitError as error:
        if logging.getLogger("invoke").isEnabledFor(logging.DEBUG):
            raise
        screen.error(error)
        raise Exit(code=1) from None
    except KeyboardInterrupt:
        screen.error(KitError("Stopped", "Ctrl-C", "run the same command again: it goes on where it can, nothing is lost"))
        raise Exit(code=1) from None


def run_checks(context: Context, fast: bool) -> None:
    """Style, types and imports, then the tests; the tests' own summary is the last thing printed."""
    for line in CHECKS:
        sys.stdout.write(f"$ {line}\n")
        sys.stdout.flush()
        context.run(f"{sys.executable} -m {line}" if not line.startswith("lint") else line, echo=False)
    if not fast:
        context.run(f'"{sys.executable}" -m pytest -n {PROCESSES}')
