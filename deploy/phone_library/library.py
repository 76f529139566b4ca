"""The libraries that phones run models with, made ready to run on this machine."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from appspec.errors import KitError
from appspec.phone_runtime import RefusedByPhoneError
from appspec.runtimes import Runtime
from deploy.jvm.libraries import TABLE as DESKTOP
from deploy.phone_library.android_elf import make_loadable
from deploy.phone_library.compiler import Compiler, Processor, find_compiler
from deploy.phone_library.instructions import count_in, counting_plugin
from deploy.toolchain.artifacts import Artifact, gradle_dependencies, kit_artifacts
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent
from deploy.toolchain.downloads import fetch
from deploy.toolchain.prefetch import TEMPLATE_VERIFICATION

PACKAGES = "qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross libstdc++6-arm64-cross"
"""Debian's and Ubuntu's packages that ARM64 libraries need on another processor."""

INSTALL = f"on Debian or Ubuntu: sudo apt-get install --no-install-recommends {PACKAGES}"
QEMU = "qemu-aarch64"

Core = Literal["cortex-a76", "cortex-a53"]
"""What QEMU stands for: a core with dot products, as most phones since 2018 have, or one without."""

CPU: Core = "cortex-a76"
COUNTED_RUNS = 3

LONGEST_S = 600.0
_HERE = Path(__file__).parent
_SYSROOTS = (Path("/usr/aarch64-linux-gnu"), Path("/usr/aarch64-linux-gnu/sys-root"))
_LOADER = "lib/ld-linux-aarch64.so.1"
_ABIS: dict[Processor, str] = {"x86_64": "x86_64", "aarch64": "arm64-v8a"}


@dataclass(frozen=True)
class PhoneLibrary:
    """One runtime's library on one kind of processor; a `PhoneRuntime`.

    `tensorflow-lite` is the very library that goes into the APK; `javacpp` is the same release, built for Linux. Whatever is
    missing is fetched (4 to 12 MB) and prepared at the first call, once per user.
    """

    runtime: Runtime
    processor: Processor = "aarch64"
    core: Core = CPU

    @property
    def name(self) -> str:
        """As `PhoneRuntime.name`."""
        version = runtime_artifact(self.runtime, self.processor).version.partition("-")[0]
        return f"{self.runtime} {version} ({'ARM64' if self.processor == 'aarch64' else 'x86_64'})"

    def loading_errors(self, models: Sequence[Path]) -> list[str]:
        """What the library says of each model while it loads it; empty where it loads.

        Raises:
            RefusedByPhoneError: the library itself can't be loaded, or crashes.
        """
        done = self._call(["load", *map(str, models)])
        if done.returncode:
            raise RefusedByPhoneError(_words(done))
        found: list[str] = []
        heard: list[str] = []
        for line in done.stdout.splitlines():
            if line in ("yes", "no"):
                found.append("" if line == "yes" else " ".join(heard) or "no word")
                heard = []
            else:
                heard.append(line.strip())
        return found

    def run(self, model: Path, inputs: bytes, runs: int) -> bytes:
        """As `PhoneRuntime.run`, on one thread, with XNNPACK as on Android."""
        with tempfile.TemporaryDirectory() as folder:
            given, got = Path(folder, "inputs"), Path(folder, "outputs")
            given.write_bytes(inputs)
            self._run(model, runs, given, got)
            return got.read_bytes()

    def instructions(self, model: Path, inputs: bytes) -> int | None:
        """As `PhoneRuntime.instructions`: a plugin of QEMU counts one run, and COUNTED_RUNS more."""
        folder = self.folder()
        plugin = counting_plugin(emulator_command(self.processor, self.core, folder), folder / "run_model")
        if plugin is None:
            return None
        with tempfile.TemporaryDirectory() as place:
            given, got = Path(place, "inputs"), Path(place, "outputs")
            given.write_bytes(inputs * (COUNTED_RUNS + 1))
            few, many = (
                count_in(self._run(model, runs, given, got, ("-plugin", str(plugin))).stdout) for runs in (1, COUNTED_RUNS + 1)
            )
        return None if few is None or many is None else round((many - few) / COUNTED_RUNS)

    def _run(
        self, model: Path, runs: int, given: Path, got: Path, emulator: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        done = self._call(["run", str(model), str(runs), str(given), str(got)], emulator)
        if done.returncode:
            raise RefusedByPhoneError(_words(done))
        return done

    def folder(self, on_progress: OnProgress = silent) -> Path:
        """The folder of the prepared library, of what it needs beside it, and of the program that calls it.

        Raises:
            KitError: this machine lacks something, see `missing_parts`, or a download fails.
        """
        missing, compiler = missing_parts(self.processor), find_compiler(self.processor)
        if missing or compiler is None:
            raise KitError(f"can't run {self.name} here", f"this machine lacks {missing}", INSTALL)
        (package,) = fetch([runtime_artifact(self.runtime, self.processor)], on_progress)
        sources = [_HERE / name for name in ("shim.c", "run_model.c", "android_elf.py")]
        key = content_key(package, *sources, " ".join(compiler.command))
        target = cache_dir() / "phone_library" / f"{self.runtime}-{self.processor}-{key}"
        return assembled(target, lambda place: _prepare(package, self.processor, compiler, place), on_progress)

    def _call(self, arguments: Sequence[str], emulator: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Runs `run_model`.

        Args:
            emulator: further arguments of QEMU.
        """
        folder = self.folder()
        (library,) = (path for path in folder.iterdir() if path.name in _MEMBERS.values())
        program = (str(folder / "run_model"), str(library))
        command = [*emulator_command(self.processor, self.core, folder), *emulator, *program, *arguments]
        try:
            return subprocess.run(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                env=os.environ if command[0] == QEMU else {**os.environ, "LD_LIBRARY_PATH": str(folder)},
                timeout=LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise RefusedByPhoneError(f"it did not end within {LONGEST_S:.0f} s") from error


def phone_libraries(runtimes: Iterable[Runtime]) -> tuple[PhoneLibrary, ...]:
    """The ARM64 libraries of these runtimes that this machine can run; `litert` is in Google's repository alone."""
    return () if missing_parts() else tuple(PhoneLibrary(runtime) for runtime in runtimes if runtime != "litert")


def missing_parts(processor: Processor = "aarch64") -> str:
    """What this machine lacks to run libraries of a processor, in words; empty where it can."""
    if sys.platform != "linux":
        return "Linux: Android's libraries load there alone"
    parts = []
    if platform.machine() != processor:
        if processor != "aarch64":
            return f"a machine with {processor}"
        if shutil.which(QEMU) is None:
            parts.append(QEMU)
        if _sysroot() is None:
            parts.append("glibc for ARM64")
    if find_compiler(processor) is None:
        parts.append(f"a C compiler for {processor}")
    return ", ".join(parts)


_MEMBERS = {"aar": "libtensorflowlite_jni.so", "jar": "libjnitensorflowlite.so"}


def runtime_artifact(runtime: Runtime, processor: Processor) -> Artifact:
    """The package with a runtime's library.

    Raises:
        KitError: no registry has it.
    """
    if runtime == "tensorflow-lite":
        found = gradle_dependencies(TEMPLATE_VERIFICATION)
        return next(one for one in found if one.name == "tensorflow-lite" and one.file.endswith(".aar"))
    if runtime == "javacpp":
        section = {"x86_64": "linux-x86_64", "aarch64": "linux-arm64"}[processor]
        return next(one for one in kit_artifacts(section, DESKTOP) if one.name == "tensorflow-lite")
    raise KitError(f"can't run {runtime} here", "only Google's repository has its library", "use another [android] runtime")


def packaged_library(package: Path, member: str, processor: Processor) -> bytes:
    """A library out of an AAR with all ABIs, or out of a jar with one."""
    with zipfile.ZipFile(package) as archive:
        names = [name for name in archive.namelist() if name.endswith(f"/{member}")]
        return archive.read(next(name for name in names if package.suffix == ".jar" or f"/{_ABIS[processor]}/" in name))


def _prepare(package: Path, processor: Processor, compiler: Compiler, folder: Path) -> None:
    member = _MEMBERS[package.suffix.removeprefix(".")]
    content = packaged_library(package, member, processor)
    if package.suffix == ".aar":
        content = make_loadable(content)
        compiler.library(_HERE / "shim.c", folder / "libc.so", ("m", "dl", "pthread"))
        empty = folder / "empty.c"
        empty.write_text("int apkiln_empty;\n", encoding="utf-8")
        for stub in ("libm.so", "libdl.so", "liblog.so"):  # glibc's own, or shim.c, have what they hold
            compiler.library(empty, folder / stub)
    (folder / member).write_bytes(content)
    compiler.program(_HERE / "run_model.c", folder / "run_model")


def emulator_command(processor: Processor, core: Core, folder: Path) -> tuple[str, ...]:
    """What a command of that processor begins with on this machine.

    Args:
        folder: of the libraries that it loads.
    """
    root = _sysroot()
    if platform.machine() == processor or root is None:
        return ()
    return (QEMU, "-L", str(root), "-cpu", core, "-E", f"LD_LIBRARY_PATH={folder}")


def _sysroot() -> Path | None:
    return next((root for root in _SYSROOTS if (root / _LOADER).exists()), None)


def _words(done: subprocess.CompletedProcess[str]) -> str:
    """The line of a failed run that says why."""
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    telling = [line for line in lines if "find op" in line or "rror" in line or "abort" in line]
    if done.returncode < 0 or "uncaught target signal" in done.stdout:
        return f"it crashed: {(telling or lines or ['no word'])[-1]}"
    return (telling or lines[-1:] or [f"exit code {done.returncode}"])[0]
