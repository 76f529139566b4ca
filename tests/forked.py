"""Children of pymodel.isolated by fork, from a small process that has loaded what they need: a twentieth of what a new one costs."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import struct
import subprocess
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn
from unittest.mock import patch

from pymodel import isolated

MEMORY = 4 << 30
"""Bytes of address space of a child: less than the product gives, for thousands of damaged models run on a shared machine."""


ANSWER = struct.Struct("<qd")
"""A child's number, then its exit code with its seconds of processor time."""


@dataclass
class Used:
    """What all children together have taken.

    Attributes:
        seconds: of processor time.
    """

    seconds: float = 0.0


class ForkedChild:
    """What pymodel.isolated asks of a `subprocess.Popen`."""

    def __init__(self, answers: int, used: Used) -> None:
        self._answers, self._used = answers, used
        self._code: int | None = None
        self.pid, _ = ANSWER.unpack(os.read(answers, ANSWER.size))

    def poll(self) -> int | None:
        """Its exit code, negative a signal; None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """The exit code."""
        if self._code is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a forked child", timeout or 0)
            self._code, seconds = ANSWER.unpack(os.read(self._answers, ANSWER.size))
            self._used.seconds += seconds
        return self._code


@contextlib.contextmanager
def forking() -> Iterator[Used]:
    """Within it, pymodel.isolated forks its children; to be entered while this process is small. One child at a time."""
    (job, jobs), (answer, answers) = os.pipe(), os.pipe()
    server = os.fork()
    if not server:
        os.close(jobs)
        os.close(answer)
        _serve(os.fdopen(job), answers)
    os.close(job)
    os.close(answers)
    used = Used()
    with os.fdopen(jobs, "w", buffering=1) as sent:

        def start(folder: Path, output: IO[bytes], packages: Path | None) -> ForkedChild:
            assert packages is None
            sent.write(json.dumps([str(folder), output.name]) + "\n")
            return ForkedChild(answer, used)

        with patch.object(isolated, "_start", start):
            yield used
    os.close(answer)
    os.waitpid(server, 0)


def _serve(jobs: IO[str], answers: int) -> NoReturn:
    for line in jobs:
        folder, log = json.loads(line)
        pid = os.fork()
        if not pid:
            _child(Path(folder), Path(log))
        os.write(answers, ANSWER.pack(pid, 0))
        _, status, took = os.wait4(pid, 0)
        os.write(answers, ANSWER.pack(os.waitstatus_to_exitcode(status), took.ru_utime + took.ru_stime))
    os._exit(0)


def _child(folder: Path, log: Path) -> NoReturn:
    code = 1
    try:
        os.setsid()
        with log.open("ab") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        with patch.object(isolated, "_limit", _limit):
            isolated._main(folder)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
