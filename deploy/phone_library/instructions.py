"""How many ARM64 instructions a program takes, counted by a plugin of QEMU.

A count is no time, but it ranks: milliseconds of a desktop put integer models last, which phones with dot products put first.
"""

from __future__ import annotations

import platform
import re
import subprocess
from pathlib import Path

from deploy.phone_library.compiler import find_compiler
from deploy.toolchain.cache import assembled, cache_dir, content_key

_SOURCE = Path(__file__).with_name("count_instructions.c")
_API_VERSIONS = (1, 2, 3, 4, 5)
"""Of QEMU's plugin interface; each QEMU takes a few of them."""

_COUNT = re.compile(r"^instructions (\d+)$", re.MULTILINE)


def counting_plugin(emulator: tuple[str, ...], program: Path) -> Path | None:
    """The plugin, compiled for the QEMU of this machine; None where there is no QEMU, no compiler, or no support for plugins.

    Args:
        emulator: the command that QEMU runs programs with; empty where the machine runs them itself.
        program: a short one to try it with.

    Raises:
        KitError: the compiler fails.
    """
    compiler = find_compiler("aarch64" if platform.machine() == "aarch64" else "x86_64")
    if not emulator or compiler is None:
        return None
    key = content_key(_SOURCE, " ".join((*compiler.command, *_version(emulator[0]))))

    def make(folder: Path) -> None:
        for version in _API_VERSIONS:
            plugin = folder / f"count_instructions_{version}.so"
            compiler.library(_SOURCE, plugin, defined={"API_VERSION": version})
            if count_in(_output([*emulator, "-plugin", str(plugin), str(program)])) is not None:
                plugin.rename(folder / "count_instructions.so")
                return

    plugin = assembled(cache_dir() / "phone_library" / f"instructions-{key}", make) / "count_instructions.so"
    return plugin if plugin.is_file() else None


def count_in(output: str) -> int | None:
    """The count in what a program and the plugin said; None where there is none."""
    found = _COUNT.search(output)
    return int(found[1]) if found else None


def _version(emulator: str) -> tuple[str, ...]:
    return (_output([emulator, "--version"]).partition("\n")[0],)


def _output(command: list[str]) -> str:
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False
    ).stdout
