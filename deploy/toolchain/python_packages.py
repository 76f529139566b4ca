"""Python packages in a folder of their own: pinned, each file with its sha256, nothing beside them."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from appspec.errors import KitError
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent

TIMEOUT_S = 1800


def packages_folder(name: str, requirements: Path) -> Path:
    """Where they lie in the cache; it may not exist yet."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return cache_dir() / name / content_key(requirements, python)


def prepare_packages(name: str, requirements: Path, what: str, on_progress: OnProgress = silent) -> Path:
    """The folder, made by pip if it isn't there.

    Args:
        requirements: a file of NAME==VERSION with --hash; dependencies are not followed.
        what: of messages, as "the ONNX converter (166 MB)".

    Raises:
        KitError: pip can't have a package, or a hash is wrong.
    """

    def make(folder: Path) -> None:
        on_progress(f"fetching {what}, once")
        _install(requirements, folder, what)

    return assembled(packages_folder(name, requirements), make, on_progress)


def _install(requirements: Path, folder: Path, what: str) -> None:
    failed = f"could not fetch {what}"
    if importlib.util.find_spec("pip") is None:
        raise KitError(failed, "this Python has no pip", f"{sys.executable} -m ensurepip")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    command += ["--no-deps", "--only-binary=:all:", "--target", str(folder), "-r", str(requirements)]
    environment = {name: value for name, value in os.environ.items() if name not in ("PIP_USER", "PYTHONPATH", "PIP_TARGET")}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", timeout=TIMEOUT_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise KitError(failed, f"pip took longer than {TIMEOUT_S} s", "check the network, then run again") from None
    if done.returncode:
        said = [line.strip() for line in done.stdout.splitlines() if line.startswith("ERROR")]
        words = (said or done.stdout.strip().splitlines()[-1:] or ["no word"])[-1][:300]
        fix = (
            "check the network, then run again; the pinned packages are for Python 3.11 on Linux x86_64, macOS arm64 and Windows"
        )
        raise KitError(failed, f"pip: {words}", fix)
