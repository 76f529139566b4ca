"""The adb program: runs it with a time limit, and tells a phone's answer from a connection's failure."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from deploy.device.connection import connection_failure

EXIT_MARK = "apkiln-exit="  # ends every shell answer: a connection that was cut can't have printed it


@dataclass(frozen=True)
class Reply:
    """What a program answered: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both outputs, without blank edges."""
        return f"{self.out}\n{self.err}".strip()


@dataclass(frozen=True)
class Adb:
    """One adb program; its server's port comes from ANDROID_ADB_SERVER_PORT (adb's own default: 5037).

    Args:
        program: the executable.
        timeout_s: how long any command may take that doesn't say otherwise.
    """

    program: Path
    timeout_s: float = 30.0

    @classmethod
    def bundled(cls) -> Adb:
        """The adb inside adbutils' wheel, else the one on PATH (that wheel has none for some computers).

        adbutils.adb_path() would take PATH's first, and imports 0.3 s of modules.

        Raises:
            KitError: neither is there.
        """
        spec = importlib.util.find_spec("adbutils")
        folders = list(spec.submodule_search_locations or []) if spec is not None else []
        name = "adb.exe" if os.name == "nt" else "adb"
        for folder in folders:
            program = Path(folder) / "binaries" / name
            if program.is_file() and os.access(program, os.X_OK):
                return cls(program)
        on_path = shutil.which("adb")
        if on_path is None:
            raise KitError(
                "no adb to talk to the phone with",
                "it usually comes inside the Python package adbutils, which lacks it here, and PATH has none",
                "pip install --force-reinstall adbutils, or install Android's platform-tools",
            )
        return cls(Path(on_path))

    def command(self, *arguments: str, serial: str | None = None) -> str:
        """The line a user can paste to run this adb with these arguments."""
        return shlex.join(self._words(arguments, serial))

    def run(self, *arguments: str, serial: str | None = None, timeout_s: float | None = None) -> Reply:
        """Runs adb once. The answer may be a failure; the connection's own failures are raised.

        Args:
            arguments: adb's, as `devices`, `-l`.
            serial: the phone; None for commands to adb's server.
            timeout_s: None: the class's.

        Raises:
            KitError: adb didn't start or didn't end in time, its server or the phone can't be reached.
        """
        limit_s = self.timeout_s if timeout_s is None else timeout_s
        try:
            done = subprocess.run(self._words(arguments, serial), stdin=subprocess.DEVNULL, capture_output=True, timeout=limit_s)
        except subprocess.TimeoutExpired as error:
            raise KitError(
                f"adb {arguments[0]} gave no answer",
                f"it took longer than {limit_s:.0f} s; the phone or adb's server hangs",
                f"look at the phone's screen for a question; else {self.command('kill-server')}, replug the phone",
            ) from error
        except OSError as error:
            raise KitError(
                "adb can't be started", f"{self.program}: {error.strerror}", "pip install --force-reinstall adbutils"
            ) from error
        reply = Reply(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
        failure = connection_failure(reply.err, serial, self.command) if reply.code else None
        if failure is not None:
            raise failure
        return reply

    def shell(self, serial: str, *programs: Sequence[str]) -> Reply:
        """Runs programs on the phone, one after the other; the reply's code is the last one's own.

        Args:
            programs: each a program and its arguments, as ("pm", "path", "org.example.cats"); quoted here.

        Raises:
            KitError: the phone can't be reached, or the connection was lost before the last one had ended.
        """
        line = "; ".join(shlex.join(program) for program in programs)
        reply = self.run("shell", f"{line}; echo {EXIT_MARK}$?", serial=serial)
        out, mark, code = reply.out.rpartition(EXIT_MARK)
        if not mark or not code.strip().isdigit():
            raise connection_lost(f"asking it for {programs[-1][0]}", serial, self)
        return Reply(int(code), out, reply.err)

    def _words(self, arguments: Sequence[str], serial: str | None) -> list[str]:
        return [str(self.program), *(("-s", serial) if serial is not None else ()), *arguments]


def connection_lost(doing: str, serial: str, adb: Adb) -> KitError:
    """The error for a phone that went away in the middle of something.

    Args:
        doing: what was under way, as "sending the app".
    """
    again = "then invoke deploy again"
    wireless = f"{adb.command('disconnect', serial)} and {adb.command('connect', serial)}, {again}"
    return KitError(
        f"lost the phone {serial}",
        f"the connection ended while {doing}; the phone keeps what it had before",
        wireless if ":" in serial else f"check the cable, keep the phone unlocked, {again}",
    )
