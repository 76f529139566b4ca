"""A copy of the kit in a folder of its own, and its real command line run there in child processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from appspec.artifacts import Artifacts
from appspec.stages import ROOT

PARTS = ("android_template", "appspec", "codegen", "deploy", "flow", "pages", "pymodel", "tasks.py")

MARK = "APKILN_TEST_RUN"
"""Variable that every descendant of a run inherits, whatever session it moves to."""

INVOKE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores Ctrl-C, and so would this
from invoke.main import program
sys.argv[0] = "invoke"
program.run()
"""

DYING = """
import os, re, signal, sys
left = [re.compile(pattern) for pattern in os.environ["DIE_AT"].split("\\n")]

def watch(event, arguments):
    if event in ("open", "os.rename"):
        name = os.fsdecode(arguments[event == "os.rename"]) if not isinstance(arguments[0], int) else ""
        if left and left[0].search(f"{event} {name}"):
            del left[0]
            if not left:
                os.killpg(0, signal.SIGKILL)

sys.addaudithook(watch)
"""


@dataclass(frozen=True)
class Finished:
    """A run that ended."""

    code: int
    out: str
    err: str

    def error(self) -> list[str]:
        """The lines of standard error but TFLite's own: an error of the kit has what, why and fix."""
        return [line for line in self.err.strip().splitlines() if not line.startswith("INFO: Created TensorFlow Lite")]


class Run:
    """A command in a session of its own."""

    def __init__(self, kit: Path, command: list[str], environment: dict[str, str]) -> None:
        self._mark = uuid.uuid4().hex
        self._texts = [kit / f"{self._mark}.{kind}" for kind in ("out", "err")]
        with self._texts[0].open("wb") as out, self._texts[1].open("wb") as err:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=kit,
                env={**os.environ, **environment, MARK: self._mark, "COLUMNS": "200"},
                start_new_session=True,
            )

    def wait_until(self, condition: Callable[[], bool], within_s: float = 900.0) -> None:
        """Waits for something that the running command does; its end comes too early."""
        until = time.monotonic() + within_s
        while not condition():
            assert self.process.poll() is None, f"ended before: {self.finish()}"
            assert time.monotonic() < until, "it never happened"
            time.sleep(0.005)

    def signal(self, number: signal.Signals) -> None:
        """As a terminal sends it: to the command's whole process group."""
        os.killpg(self.process.pid, number)

    def finish(self, within_s: float = 1500.0) -> Finished:
        """Waits for the end."""
        try:
            code = self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()
            raise
        return Finished(code, *(text.read_text(encoding="utf-8") for text in self._texts))

    def survivors(self, within_s: float = 10.0) -> list[str]:
        """Command lines of the run's processes, of every session, that are still there after a grace."""
        until = time.monotonic() + within_s
        while (alive := self._alive()) and time.monotonic() < until:
            time.sleep(0.05)
        return alive

    def _alive(self) -> list[str]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={self._mark}".encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:  # it ended while we looked
                continue
        return found


@dataclass(frozen=True)
class Kit:
    """A copy of the kit with apps of a test's own; builds of two copies follow from the same code."""

    folder: Path

    def write_app(self, text: str, name: str = "tiny") -> None:
        """Writes apps/NAME/app.toml."""
        file = self.folder / "apps" / name / "app.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def artifacts(self, name: str = "tiny") -> Artifacts:
        """Where the results of an app lie."""
        return Artifacts(self.folder / "build" / name)

    def start(self, *arguments: str, environment: dict[str, str] | None = None) -> Run:
        """`invoke ARGUMENTS`."""
        return Run(self.folder, [sys.executable, "-c", INVOKE, *arguments], environment or {})

    def start_to_die(self, moments: Sequence[str], *arguments: str) -> Run:
        """`invoke ARGUMENTS`, whose whole process group gets SIGKILL at one exact moment.

        Args:
            moments: regular expressions for "open PATH" (about to be opened) or "os.rename PATH" (about to get that name):
                the first moment that matches the last one, after one that matches each of those before it, in their order.
        """
        environment = {"DIE_AT": "\n".join(moments)}
        return Run(self.folder, [sys.executable, "-c", DYING + INVOKE, *arguments], environment)

    def run(self, *arguments: str, environment: dict[str, str] | None = None) -> Finished:
        """`invoke ARGUMENTS`, to its end."""
        return self.start(*arguments, environment=environment).finish()


def copy_kit(folder: Path) -> Kit:
    """The kit's code, without its apps and builds, in a new folder."""
    folder.mkdir(parents=True)
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".gradle", "build"))
        else:
            shutil.copyfile(ROOT / part, folder / part)
    return Kit(folder)
