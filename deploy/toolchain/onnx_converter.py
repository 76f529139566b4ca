"""The ONNX converter: a folder of Python packages of its own, made when it is needed, beside the kit's environment.

It runs on the kit's TensorFlow and numpy, but wants an older protobuf and other packages: in the environment it would move eight.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from appspec.errors import KitError
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent

REQUIREMENTS = Path(__file__).with_name("onnx_requirements.txt")
MEGABYTES = 166
TIMEOUT_S = 1800


def converter_folder() -> Path:
    """Where it lies in the cache; it may not exist yet."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return cache_dir() / "onnx" / content_key(REQUIREMENTS, python)


def prepare_converter(on_progress: OnProgress = silent) -> Path:
    """The folder, made by pip if it isn't there: pinned versions, each file with its sha256, nothing else.

    Raises:
        KitError: pip can't have a package, or a hash is wrong.
    """

    def make(folder: Path) -> None:
        on_progress(f"fetching the ONNX converter ({MEGABYTES} MB, once)")
        _install(folder)

    return assembled(converter_folder(), make, on_progress)


def _install(folder: Path) -> None:
    what = "could not fetch the ONNX converter"
    if importlib.util.find_spec("pip") is None:
        raise KitError(what, "this Python has no pip", f"{sys.executable} -m ensurepip")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    command += ["--no-deps", "--only-binary=:all:", "--target", str(folder), "-r", str(REQUIREMENTS)]
    environment = {name: value for name, value in os.environ.items() if name not in ("PIP_USER", "PYTHONPATH", "PIP_TARGET")}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", timeout=TIMEOUT_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise KitError(what, f"pip took longer than {TIMEOUT_S} s", "check the network, then run again") from None
    if done.returncode:
        said = [line.strip() for line in done.stdout.splitlines() if line.startswith("ERROR")]
        words = (said or done.stdout.strip().splitlines()[-1:] or ["no word"])[-1][:300]
        fix = (
            "check the network, then run again; the pinned packages are for Python 3.11 on Linux x86_64, macOS arm64 and Windows"
        )
        raise KitError(what, f"pip: {words}", fix)
