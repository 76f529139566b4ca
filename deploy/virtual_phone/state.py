"""What a virtual phone is, how it misbehaves, and what happened to it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from deploy.virtual_phone.manifest import ApkInfo

Auth = Literal["none", "refuse", "ask"]
Crash = Literal["no", "java", "native", "exit"]


@dataclass
class Faults:
    """How a phone misbehaves. May be changed at any time; each fault takes effect at the next event that it concerns.

    Attributes:
        auth: "none" trusts every computer; "refuse" never accepts a key (adb shows `unauthorized`); "ask" waits
            until `VirtualPhone.accept_key()`.
        answers: False: accepts the connection and sends nothing (adb shows `offline`).
        refuse_install: an error code of the package manager, such as INSTALL_FAILED_UPDATE_INCOMPATIBLE; a colon and
            its message may follow.
        drop_after_bytes: the connection is cut once this many bytes of an APK have arrived.
        drop_before_install_answer: the APK is installed, and the connection cut before the phone reports it.
        drop_at_command: the connection is cut at a shell command that starts with this text.
        receive_bytes_per_s: how fast the phone takes what is sent; None: at once.
        command_delay_s: how long each shell command takes, in seconds.
        missing_commands: programs that this phone's shell doesn't have, such as {"sha256sum"}.
        grant_refused: `pm grant` fails as it does on Xiaomi's phones.
        crash: how the app ends after it was started; "exit" leaves nothing in the log.
        crash_after_s: seconds from the start of the app to its crash.
        crash_dialog: the process stays alive while Android shows "App keeps stopping".
        crash_buffer: False: `logcat -b crash` fails, as it does on some makers' phones.
        corrupt_install: stores other bytes than those that arrived, and reports Success.
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
class InstallAttempt:
    """One install command that reached the phone: bytes announced, bytes received, and the outcome."""

    announced: int
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
    """Everything that a phone holds.

    Attributes:
        sdk: Android's API level.
        release: Android's version, as the user knows it.
        abis: what its processor runs, the preferred one first.
        packages: installed apps by their package names.
        granted: the permissions of each package that were granted.
        files: their content by path.
        processes: the process id of each package that is running.
        log: oldest line first.
        commands: shell and install commands that reached it, oldest first.
        installs: install commands that reached it, oldest first.
        received_bytes: payload of all streams so far.
        last_pid: the process id given last.
    """

    model: str = "Virtual"
    sdk: int = 36
    release: str = "16"
    abis: tuple[str, ...] = ("arm64-v8a", "armeabi-v7a")
    faults: Faults = field(default_factory=Faults)
    packages: dict[str, InstalledApk] = field(default_factory=dict)
    granted: dict[str, set[str]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    processes: dict[str, int] = field(default_factory=dict)
    log: list[LogLine] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    installs: list[InstallAttempt] = field(default_factory=list)
    received_bytes: int = 0
    last_pid: int = 4000

    @property
    def properties(self) -> dict[str, str]:
        """The system properties that `getprop` prints."""
        return {
            "ro.product.model": self.model,
            "ro.product.cpu.abi": self.abis[0],
            "ro.product.cpu.abilist": ",".join(self.abis),
            "ro.build.version.sdk": str(self.sdk),
            "ro.build.version.release": self.release,
            "sys.boot_completed": "1",
        }

    def start_process(self, package: str) -> int:
        """The process id of the package's process, which is started if it isn't running."""
        if package not in self.processes:
            self.last_pid += 1
            self.processes[package] = self.last_pid
        return self.processes[package]
