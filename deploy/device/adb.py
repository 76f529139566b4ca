"""The adb program: runs it with a time limit, and tells a phone's answer from a connection's failure."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from appspec.errors import KitError
from deploy.device.connection import WIRELESS_AGAIN, connect_again, connection_failure, is_announced, is_emulator, is_wireless
from deploy.device.program import called, first_program, not_startable, program_version, programs
from deploy.device.server import AdbServer, usual_server
from deploy.device.stop import Stop

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
    """One adb program and the server it uses.

    Args:
        program: the executable.
        timeout_s: how long any command may take that doesn't say otherwise.
        server: None: the one that adb programs use unasked.
        stop: ends its commands from another thread.
    """

    program: Path
    timeout_s: float = 30.0
    server: AdbServer | None = None
    stop: Stop = field(default_factory=Stop, compare=False, repr=False)

    @classmethod
    def bundled(cls) -> Adb:
        """The adb inside adbutils' wheel, else the one on PATH (that wheel has none for some computers).

        Raises:
            KitError: neither is there.
        """
        return cls(first_program())

    @classmethod
    def fitting(cls, server: AdbServer | None = None) -> Adb:
        """An adb of the server's own version: the bundled one, else one of the user's.

        Args:
            server: one that the user named; None: the usual one, which need not run yet.

        Raises:
            KitError: no adb is there, or none of this version; the server can't be used, or doesn't run where the user named it.
        """
        spoken = (server or usual_server()).version()
        if spoken is None:
            if server is not None:
                raise server.unreachable()
            return cls.bundled()
        bundled = replace(cls.bundled(), server=server)
        if program_version(bundled.program) == spoken:
            return bundled
        for program in programs():
            with suppress(KitError):  # one that doesn't run here is none of the user's choice
                if program_version(program) == spoken:
                    return replace(bundled, program=program)
        raise bundled._other_version(server or usual_server(), spoken)

    def command(self, *arguments: str, serial: str | None = None) -> str:
        """The line a user can paste to run this adb with these arguments."""
        return shlex.join([called(self.program), *self._words(arguments, serial)[1:]])

    def run(self, *arguments: str, serial: str | None = None, timeout_s: float | None = None) -> Reply:
        """Runs adb once. The answer may be a failure; the connection's own failures are raised.

        Args:
            arguments: adb's, as `devices`, `-l`.
            serial: the phone; None for commands to adb's server.
            timeout_s: None: the class's.

        Raises:
            KitError: adb didn't start or didn't end in time, its server or the phone can't be reached.
            KeyboardInterrupt: `stop` was set.
        """
        done = self._run(arguments, serial, timeout_s)
        return Reply(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    def fetch(self, serial: str, *program: str, timeout_s: float | None = None) -> bytes:
        """What a program on the phone writes, byte by byte; errors are in it too, and there is no exit code: check what it holds.

        Raises:
            KitError: the phone can't be reached.
            KeyboardInterrupt: `stop` was set.
        """
        return self._run(("exec-out", shlex.join(program)), serial, timeout_s).stdout

    @contextmanager
    def lines(self, serial: str, *program: str) -> Iterator[Iterator[str]]:
        """The lines that a program on the phone writes, as they come, until it ends or the block does.

        Raises:
            KitError: adb can't be started, or would end another server.
            KeyboardInterrupt: `stop` was set.
        """
        self._spare_others()
        try:
            with self.stop.open(self._words(("shell", shlex.join(program)), serial)) as lines:
                yield (line.decode("utf-8", "replace").rstrip("\r\n") for line in lines)
        except OSError as error:
            raise not_startable(self.program, error) from error

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

    def _run(self, arguments: Sequence[str], serial: str | None, timeout_s: float | None) -> subprocess.CompletedProcess[bytes]:
        limit_s = self.timeout_s if timeout_s is None else timeout_s
        self._spare_others()
        try:
            done = self.stop.run(self._words(arguments, serial), limit_s)
        except subprocess.TimeoutExpired as error:
            server = f"{self.command('kill-server')}, then again"
            raise KitError(
                f"{serial or 'adb'} does not answer",
                f"adb {arguments[0]} took longer than {limit_s:.0f} s; {'the phone' if serial else 'its server'} hangs",
                "look at its screen for a question; else restart it" if serial else server,
            ) from error
        except OSError as error:
            raise not_startable(self.program, error) from error
        complaint = done.stderr.decode("utf-8", "replace")
        failure = connection_failure(complaint, serial, self.command) if done.returncode else None
        if failure is not None:
            raise failure
        return done

    def _spare_others(self) -> None:
        """Refuses to start an adb that would end a server of another version.

        Raises:
            KitError: the server is of another version, can't be used, or doesn't run where the user named it.
        """
        server = self.server or usual_server()
        spoken = server.version()
        if spoken is None and server.remote:
            raise server.unreachable()
        if spoken is not None and spoken != program_version(self.program):
            raise self._other_version(server, spoken)

    def _other_version(self, server: AdbServer, spoken: int) -> KitError:
        free = "set ANDROID_ADB_SERVER_PORT to a free port, as 5038, where the kit starts its own"
        others = "end that server by the program that started it (Android Studio: close it; adb: kill-server), or "
        return KitError(
            f"adb's server at {server.name} is of another version",
            f"it speaks version {spoken}, {self.program} speaks {program_version(self.program)} and would end it, with all that use it",
            f"put the adb of that version first on PATH, or {'' if server.remote else others}{'use the same platform-tools there' if server.remote else free}",
        )

    def _words(self, arguments: Sequence[str], serial: str | None) -> list[str]:
        server = self.server.arguments if self.server is not None else ()
        return [str(self.program), *server, *(("-s", serial) if serial is not None else ()), *arguments]


def connection_lost(doing: str, serial: str, adb: Adb) -> KitError:
    """The error for a phone that went away in the middle of something.

    Args:
        doing: what was under way, as "sending the app".
    """
    again = "then the same command again"
    how = "check the cable, keep the phone unlocked"
    if is_emulator(serial):
        how = "see that the emulator runs"
    elif is_announced(serial):
        how = f"{WIRELESS_AGAIN}; keep it unlocked"
    elif is_wireless(serial):
        how = connect_again(serial, adb.command)
    return KitError(
        f"lost the phone {serial}",
        f"the connection ended while {doing}; the phone keeps what it had before",
        f"{how}, {again}",
    )
