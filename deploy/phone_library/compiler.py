"""A C compiler for the shim: this machine's own, a cross compiler, or zig from PyPI."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from appspec.errors import KitError

Processor = Literal["x86_64", "aarch64"]

_ZIG = importlib.util.find_spec("ziglang") is not None
_OLD_GLIBC = "2.17"
"""What zig links against, so that any system of today runs the result."""


@dataclass(frozen=True)
class Compiler:
    """A command that compiles C for Linux and glibc on one kind of processor."""

    processor: Processor
    command: tuple[str, ...]

    def program(self, source: Path, target: Path) -> None:
        """Compiles a program.

        Raises:
            KitError: the compiler fails.
        """
        self._run(["-O2", "-o", str(target), str(source), "-ldl"])

    def library(
        self, source: Path, target: Path, libraries: Sequence[str | Path] = (), defined: Mapping[str, int] | None = None
    ) -> None:
        """Compiles a shared library whose soname is its file name.

        Args:
            libraries: that it needs, by name or file.
            defined: values of the preprocessor.

        Raises:
            KitError: the compiler fails.
        """
        needed = (
            ["-Wl,--no-as-needed", *(f"-l{one}" if isinstance(one, str) else str(one) for one in libraries)] if libraries else []
        )
        values = [f"-D{name}={value}" for name, value in (defined or {}).items()]
        self._run(["-O2", "-shared", "-fPIC", *values, f"-Wl,-soname,{target.name}", "-o", str(target), str(source), *needed])

    def _run(self, arguments: Sequence[str]) -> None:
        done = subprocess.run([*self.command, "-w", *arguments], capture_output=True, text=True, errors="replace", check=False)
        if done.returncode:
            raise KitError(
                "could not compile the shim for Android's libraries",
                (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0],
                f"check that {self.command[0]} can compile a C file, or: pip install ziglang",
            )


def find_compiler(processor: Processor) -> Compiler | None:
    """A compiler for Linux on that processor; None where there is none. Other systems than Linux have none."""
    if sys.platform != "linux":
        return None
    native = platform.machine() == processor
    names = ("cc", "gcc", "clang") if native else (f"{processor}-linux-gnu-gcc",)
    for name in names:
        found = shutil.which(name)
        if found:
            return Compiler(processor, (found,))
    if _ZIG:
        target = f"{processor}-linux-gnu.{_OLD_GLIBC}"
        return Compiler(processor, (sys.executable, "-m", "ziglang", "cc", "-target", target))
    return None
