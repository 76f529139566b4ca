"""What a virtual phone is, how it may misbehave, and what it has seen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from tests.virtual_phone.manifest import ApkInfo

Auth = Literal["none", "refuse", "ask"]
Crash = Literal["no", "java", "native", "exit"]


@dataclass
class Knobs:
    """How a phone may misbehave. May be turned at any time; each takes effect at the next thing that happens.

    Attributes:
        auth: "none" trusts every computer; "refuse" never accepts a key (adb shows `unauthorized`); "ask" waits
            until `VirtualPhone.accept_key()`.
        answers: False: takes the connection and says nothing (adb shows `offline`).
        refuse_install: a package manager's code, as INSTALL_FAILED_UPDATE_INCOMPATIBLE; its text may follow after a colon.
        drop_after_bytes: the connection is cut when this many bytes of an APK have come.
        drop_before_install_answer: the APK is installed, and the connection cut before the phone says so.
        drop_at_command: the connection is cut when a shell command that begins so comes.
        receive_bytes_per_s: how fast it takes what is sent; None: at once.
        command_delay_s: how long each shell command takes.
        missing_commands: programs that this phone's shell doesn't have, as {"sha256sum"}.
        grant_refused: `pm grant` says what Xiaomi's phones say.
        crash: how the app ends after it is started; "exit" without a word in the log.
        crash_after_s: when.
        crash_dialog: the process stays while Android shows "App keeps stopping".
        crash_buffer: False: `logcat -b crash` is refused, as on some makers' phones.
        corrupt_install: stores other bytes than those that came, and says Success.
    """

    auth: Auth = "none"
    answers: bool = True
    refuse_install: str | None = None
    drop_after_bytes: int | None = None
    drop_before_install_answer: bool = False
    drop_at_command: str | None = None
    receive_bytes_per_s: float | None = None
    command_delay_s: float = 0.0
    missing_commands: frozenset[str] = frozenset()
    grant_refused: bool = False
    crash: Crash = "no"
    crash_after_s: float = 0.0
    crash_dialog: bool = False
    corrupt_install: bool = False
    crash_buffer: bool = True


@dataclass(frozen=True)
class InstalledApk:
    """One installed package: the APK's bytes and where the phone keeps them."""

    info: ApkInfo
    data: bytes
    path: str


@dataclass(frozen=True)
class InstallSeen:
    """One install command that reached the phone: bytes promised, bytes that came, and its outcome."""

    promised: int
    received: int
    outcome: str


@dataclass(frozen=True)
class LogLine:
    """One line of the phone's log, printed as `logcat -v threadtime` does. `time_s` since the epoch, UTC."""

    time_s: float
    buffer: Literal["main", "crash"]
    pid: int
    priority: str
    tag: str
    text: str

    def __str__(self) -> str:
        stamp = time.strftime("%m-%d %H:%M:%S", time.gmtime(self.time_s)) + f".{int(self.time_s % 1 * 1000):03d}"
        return f"{stamp} {self.pid:5d} {self.pid:5d} {self.priority} {self.tag}: {self.text}"


@dataclass
class PhoneState:
    """All that a phone holds. `commands`, `installs` and `received_bytes` record what it was asked, oldest first."""

    model: str = "Virtual"
    sdk: int = 36
    release: str = "16"
    abis: tuple[str, ...] = ("arm64-v8a", "armeabi-v7a")
    knobs: Knobs = field(default_factory=Knobs)
    packages: dict[str, InstalledApk] = field(default_factory=dict)
    granted: dict[str, set[str]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    processes: dict[str, int] = field(default_factory=dict)
    log: list[LogLine] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    installs: list[InstallSeen] = field(default_factory=list)
    received_bytes: int = 0
    last_pid: int = 4000

    @property
    def properties(self) -> dict[str, str]:
        """What `getprop` knows."""
        return {
            "ro.product.model": self.model,
            "ro.product.cpu.abi": self.abis[0],
            "ro.product.cpu.abilist": ",".join(self.abis),
            "ro.build.version.sdk": str(self.sdk),
            "ro.build.version.release": self.release,
            "sys.boot_completed": "1",
        }

    def start_process(self, package: str) -> int:
        """The pid of the package's process, started when it doesn't run."""
        if package not in self.processes:
            self.last_pid += 1
            self.processes[package] = self.last_pid
        return self.processes[package]
