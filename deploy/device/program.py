"""The adb programs there are, and which version of adb's server each wants."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from appspec.errors import KitError

REINSTALL = "pip install --force-reinstall adbutils"


@lru_cache
def program_version(program: Path) -> int:
    """The version that an adb program wants of its server: 41 for `Android Debug Bridge version 1.0.41`.

    Raises:
        KitError: it can't be started, or doesn't say.
    """
    try:
        done = subprocess.run([str(program), "version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
    except OSError as error:
        raise not_startable(program, error) from error
    except subprocess.TimeoutExpired as error:
        raise KitError("adb can't be started", f"{program} hangs", REINSTALL) from error
    found = re.search(rb"version \d+\.\d+\.(\d+)", done.stdout)
    if found is None:
        raise KitError("adb can't be started", f"{program} doesn't tell its version", REINSTALL)
    return int(found.group(1))


def programs() -> Iterator[Path]:
    """Every adb there is, the bundled one first, then PATH's, then those where Android Studio puts them.

    adbutils.adb_path() would take PATH's first, and imports 0.3 s of modules.
    """
    name = "adb.exe" if os.name == "nt" else "adb"
    spec = importlib.util.find_spec("adbutils")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        yield from _executable(Path(folder) / "binaries" / name)
    for folder in os.get_exec_path():
        yield from _executable(Path(folder) / name)
    sdks = [os.environ.get("ANDROID_HOME"), os.environ.get("ANDROID_SDK_ROOT"), "~/Android/Sdk", "~/Library/Android/sdk"]
    for sdk in [*sdks, Path(os.environ.get("LOCALAPPDATA", "~")) / "Android" / "Sdk"]:
        if sdk:
            yield from _executable(Path(sdk).expanduser() / "platform-tools" / name)


def called(program: Path) -> str:
    """How a user may call it: `adb` where PATH has one that wants the same server, else its place."""
    usual = shutil.which("adb")
    with suppress(KitError):
        if usual is not None and program_version(Path(usual)) == program_version(program):
            return "adb"
    return str(program)


def first_program() -> Path:
    """The best of them.

    Raises:
        KitError: there is none.
    """
    for program in programs():
        return program
    raise KitError(
        "no adb to talk to the phone with",
        "it usually comes inside the Python package adbutils, which lacks it here, and PATH has none",
        "pip install --force-reinstall adbutils, or install Android's platform-tools",
    )


def not_startable(program: Path, error: OSError) -> KitError:
    """The error for a program that the system refuses."""
    return KitError("adb can't be started", f"{program}: {error.strerror}", REINSTALL)


def _executable(program: Path) -> Iterator[Path]:
    if program.is_file() and os.access(program, os.X_OK):
        yield program
