"""What a virtual phone is and holds, and what happened to it."""

from __future__ import annotations

import asyncio
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from deploy.virtual_phone.faults import Faults
from deploy.virtual_phone.files import Files
from deploy.virtual_phone.heat import Heat
from deploy.virtual_phone.host_model import HostModel
from deploy.virtual_phone.log import Log
from deploy.virtual_phone.manifest import ApkInfo
from deploy.virtual_phone.tool_text import Generation

FIRST_APP_UID = 10150
Mode = Literal["device", "recovery", "sideload", "rescue"]


class DiskFullError(Exception):
    """There is no room for what is to be written."""


@dataclass(frozen=True)
class InstalledApk:
    """One installed package: the APK's bytes, where the phone keeps them, and the app's user id."""

    info: ApkInfo
    data: bytes
    path: str
    uid: int = FIRST_APP_UID


@dataclass(frozen=True)
class InstallAttempt:
    """One install command that reached the phone: bytes announced, bytes received, and the outcome."""

    announced: int
    received: int
    outcome: str


@dataclass(frozen=True)
class Screen:
    """The screen: its size in pixels, its density in dots per inch."""

    width: int = 1080
    height: int = 2400
    density: int = 420


@dataclass(frozen=True)
class Speed:
    """How much longer each processor takes than this computer's; None: the phone hasn't got it."""

    cpu: float = 1.0
    gpu: float | None = 0.5
    nnapi: float | None = 0.8


@dataclass
class Battery:
    """Per cent, and whether it is charged by the cable."""

    percent: int = 87
    charging: bool = True


@dataclass
class PhoneState:
    """Everything that a phone is and holds.

    Attributes:
        sdk: Android's API level.
        release: Android's version, as the user knows it.
        abis: what its processor runs, the preferred one first.
        serialno: what joins the several addresses of one phone.
        gpu: as SurfaceFlinger tells it: maker, name, version of OpenGL ES; empty: it doesn't.
        more_properties: system properties beside those that follow from the other attributes.
        speed: how its processors compare with this computer, on which it really computes.
        mode: what adb is told it is.
        packages: installed apps by their package names.
        granted: the permissions of each package that were granted.
        disk: files and folders.
        processes: the process id of each package or program that is running.
        front, front_activity: the package and activity in front; empty: the home screen is.
        resident: bytes of memory that a package last held, where it has computed.
        settings: values of `settings`, by "NAMESPACE KEY".
        kernels: what GPUs have compiled, by package and model.
        commands: shell and install commands that reached it, oldest first.
        programs: every program that its shell ran, as words, oldest first: what was really executed of those commands.
        installs: install commands that reached it, oldest first.
        received_bytes: payload of all streams so far.
        steps: messages of streams so far, see Faults.
        last_pid: the process id given last.
        ready_at: the monotonic time from which its services are there.
        awake: whether its screen is on.
        tool: which generation of benchmark tool an executable file is; None: its name or content tells.
        host_model: runs models for it.
        tasks: what a package's or program's process is doing.
        say: gets a readable line for everything that is asked of it.
    """

    model: str = "Virtual"
    manufacturer: str = "APKiln"
    device: str = "virtual"
    sdk: int = 36
    release: str = "16"
    abis: tuple[str, ...] = ("arm64-v8a", "armeabi-v7a")
    serialno: str = field(default_factory=lambda: f"VIRTUAL{secrets.token_hex(4).upper()}")
    soc: str = "Virtual"
    soc_maker: str = "APKiln"
    hardware: str = "virtual"
    fingerprint: str = "apkiln/virtual/virtual:16/VIRTUAL/1:user/release-keys"
    gpu: str = "Virtual, Virtual GPU, OpenGL ES 3.2"
    cores: int = 8
    memory_kb: int = 8 * 2**20
    storage_bytes: int = 128 * 10**9
    screen: Screen = field(default_factory=Screen)
    speed: Speed = field(default_factory=Speed)
    more_properties: dict[str, str] = field(default_factory=dict)
    mode: Mode = "device"
    faults: Faults = field(default_factory=Faults)
    battery: Battery = field(default_factory=Battery)
    heat: Heat = field(default_factory=Heat)
    packages: dict[str, InstalledApk] = field(default_factory=dict)
    granted: dict[str, set[str]] = field(default_factory=dict)
    disk: Files = field(default_factory=Files)
    processes: dict[str, int] = field(default_factory=dict)
    front: str = ""
    front_activity: str = ""
    resident: dict[str, int] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    kernels: set[str] = field(default_factory=set)
    log: Log = field(default_factory=Log)
    commands: list[str] = field(default_factory=list)
    programs: list[list[str]] = field(default_factory=list)
    installs: list[InstallAttempt] = field(default_factory=list)
    received_bytes: int = 0
    steps: int = 0
    last_pid: int = 4000
    booted_at: float = field(default_factory=time.monotonic)
    ready_at: float = 0.0
    awake: bool = True
    tool: Generation | None = None
    host_model: HostModel = field(default_factory=HostModel)
    say: Callable[[str], None] = lambda line: None
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.disk.now = self.now
        self.log.now = self.now
        self._new_boot()

    @property
    def files(self) -> dict[str, bytes]:
        """The bytes of its files by path."""
        return self.disk.content

    def now(self) -> float:
        """Seconds since the epoch, as its clock has them."""
        return time.time() + self.faults.clock_offset_s

    @property
    def uptime_s(self) -> float:
        """Seconds since it was switched on."""
        return time.monotonic() - self.booted_at

    @property
    def ready(self) -> bool:
        """Whether Android is up, not only its shell."""
        return time.monotonic() >= self.ready_at

    @property
    def free_bytes(self) -> int:
        """Room on its disk."""
        room = self.faults.free_bytes
        return max(0, self.storage_bytes - self.disk.used) if room is None else room

    def write_file(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Keeps a file.

        Raises:
            DiskFullError: there is no room.
        """
        self.take_room(len(data))
        self.disk.write(path, data, mode)

    def take_room(self, size: int) -> None:
        """Sets bytes of the disk aside.

        Raises:
            DiskFullError: there are not so many.
        """
        if size > self.free_bytes:
            raise DiskFullError
        if self.faults.free_bytes is not None:
            self.faults.free_bytes -= size

    def start_process(self, name: str) -> int:
        """The process id of a package's or program's process, which is started if it isn't running."""
        if name not in self.processes:
            self.processes[name] = self.next_pid()
        return self.processes[name]

    def next_pid(self) -> int:
        """A process id that was not given before."""
        self.last_pid += 1
        return self.last_pid

    def end_process(self, name: str) -> None:
        """Ends a package's or program's process, if it is running."""
        self.processes.pop(name, None)
        task = self.tasks.pop(name, None)
        if task is not None:
            task.cancel()
        if self.front == name:
            self.front = self.front_activity = ""

    def restart(self) -> None:
        """What a reboot does to it: nothing runs any more, the log is empty, its services come up after a while."""
        for task in self.tasks.values():
            task.cancel()
        self.processes.clear()
        self.log.clear()
        self.front = self.front_activity = ""
        self.booted_at = time.monotonic() + self.faults.reboot_s
        self.ready_at = self.booted_at + self.faults.boot_s
        self._new_boot()

    def _new_boot(self) -> None:
        self.disk.write("/proc/sys/kernel/random/boot_id", f"{uuid.uuid4()}\n".encode(), 0o444)
