"""One child process whose output is read line by line, and which never outlives the run that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.toolchain.jdk import Jdk

GRACE_S = 10.0


def child_environment(jdk: Jdk, **more: str) -> dict[str, str]:
    """The environment for a JVM: that JDK, and file names in UTF-8 whatever the user's locale says."""
    environment = {**os.environ, "JAVA_HOME": str(jdk.home), **more}
    if sys.platform == "linux":
        environment["LC_ALL"] = "C.UTF-8"
    return environment


def run_logged(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path, on_line: Callable[[str], None]
) -> int:
    """Runs `command` in `folder`; every line it prints goes to `log` and to `on_line`. Returns its exit code.

    The child has a process group of its own. Whatever interrupts us (Ctrl-C, an exception) ends that group, and the
    pipe that is its standard input closes when we die without a word: the launcher takes that as the end, too.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as out:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        assert child.stdout is not None
        assert child.stdin is not None
        try:
            for line in child.stdout:
                out.write(line)
                out.flush()
                on_line(line.rstrip("\n"))
            return child.wait()
        except BaseException:
            _end(child)
            raise
        finally:
            child.stdin.close()
            child.stdout.close()


def _end(child: subprocess.Popen[str]) -> None:
    """Ends the child's process group, gently first."""
    _signal(child, signal.SIGTERM)
    try:
        child.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        _signal(child, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        child.wait()


def _signal(child: subprocess.Popen[str], number: signal.Signals) -> None:
    try:
        if sys.platform == "win32":
            child.terminate()
        else:
            os.killpg(child.pid, number)
    except ProcessLookupError:
        pass
