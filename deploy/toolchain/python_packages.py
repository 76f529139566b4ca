"""Python packages in a folder of their own: pinned, each file with its sha256, nothing beside them."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from appspec.errors import KitError
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent

TIMEOUT_S = 1800

UNREACHABLE = ("NewConnectionError", "ConnectTimeout", "Failed to establish", "ProxyError", "(from versions: none)")
"""What pip prints where no index answers; the last where it didn't even try again."""


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


def download_wheel(name: str, sha256: str, folder: Path) -> Path:
    """The wheel of a package for CPython 3.11 on Linux x86_64, whatever this machine is: its files are wanted, not its code.

    Args:
        name: NAME==VERSION.

    Raises:
        KitError: pip can't have it, or its hash is wrong.
    """
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{name} --hash=sha256:{sha256}\n", encoding="utf-8")
    failed = f"could not fetch {name}"
    arguments = ["download", "--python-version", "3.11", "--platform", "manylinux_2_28_x86_64", "--dest", str(folder)]
    _pip(wanted, arguments, failed, "check the network, then run again: what was fetched once is kept")
    return next(folder.glob("*.whl"))


def _install(requirements: Path, folder: Path, what: str) -> None:
    fix = "check the network, then run again; the pinned packages are for Python 3.11 on Linux x86_64, macOS arm64 and Windows"
    _pip(requirements, ["install", "--target", str(folder)], f"could not fetch {what}", fix)


def _pip(requirements: Path, arguments: Sequence[str], failed: str, fix: str) -> None:
    if importlib.util.find_spec("pip") is None:
        raise KitError(failed, "this Python has no pip", f"{sys.executable} -m ensurepip")
    command = [sys.executable, "-m", "pip", *arguments, "--disable-pip-version-check", "--no-input", "--retries", "2"]
    command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(requirements)]
    environment = {name: value for name, value in os.environ.items() if name not in ("PIP_USER", "PYTHONPATH", "PIP_TARGET")}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", timeout=TIMEOUT_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise KitError(failed, f"pip took longer than {TIMEOUT_S} s", "check the network, then run again") from None
    if done.returncode:
        raise KitError(failed, *_cause(done.stdout, fix))


def _cause(said: str, fix: str) -> tuple[str, str]:
    """Why, and what to do, from what pip prints."""
    expected, got = (re.search(rf"{word}\s+(?:sha256\s+)?([0-9a-f]{{64}})", said) for word in ("Expected", "Got"))
    if expected and got:
        why = f"its sha256 is {got[1][:16]}…, expected {expected[1][:16]}…"
        return why, "something between you and the server changes files: try another network, then run again"
    if any(word in said for word in UNREACHABLE):
        return "the network or the package index can't be reached", fix
    errors = [line.strip() for line in said.splitlines() if line.startswith("ERROR")]
    words = (errors or said.strip().splitlines()[-1:] or ["no word"])[-1][:300]
    return f"pip: {words}", fix
