"""Children of pymodel.isolated by fork, from a process that has loaded everything before: a hundredth of what a new one costs."""

from __future__ import annotations

import os
import resource
import select
import subprocess
import traceback
from pathlib import Path
from typing import IO
from unittest.mock import patch

from pymodel import isolated

MEMORY = 4 << 30
"""Bytes of address space of a child: less than the product gives, for thousands of damaged models run on a shared machine."""


class ForkedChild:
    """What pymodel.isolated asks of a `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None
        self._ended = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Its exit code, negative a signal; None while it runs."""
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._end(status)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """The exit code."""
        if self._code is None:
            if not select.select([self._ended], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a forked child", timeout or 0)
            self._end(os.waitpid(self.pid, 0)[1])
        assert self._code is not None
        return self._code

    def _end(self, status: int) -> None:
        self._code = os.waitstatus_to_exitcode(status)
        os.close(self._ended)


def start(folder: Path, output: IO[bytes], packages: Path | None) -> ForkedChild:
    """In place of pymodel.isolated._start."""
    assert packages is None
    pid = os.fork()
    if pid:
        return ForkedChild(pid)
    code = 1
    try:
        os.setsid()
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        with patch.object(isolated, "_limit", _limit):
            isolated._main(folder)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
