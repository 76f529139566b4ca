"""The Android SDK: the user's own, else Google's where the user asked for it, else the open platform."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.toolchain.aapt2 import runnable_aapt2
from deploy.toolchain.cache import OnProgress, silent
from deploy.toolchain.google_sdk import Ask, google_sdk_folder, offer_google_sdk
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.open_platform import API, BUILD_TOOLS, assemble_open_platform

OLDEST_BUILD_TOOLS = (35, 0, 0)  # AGP 8.13 ignores older ones


@dataclass(frozen=True)
class Sdk:
    """An SDK folder that can build for `API`: its build-tools version, its aapt2, where it comes from."""

    root: Path
    build_tools: str
    aapt2: Path
    origin: Literal["found", "assembled"]


def find_sdk() -> Sdk | None:
    """The first installed SDK that has the platform and build-tools wanted; None if there is none."""
    for _, root in installed_roots():
        if lacking(root):
            continue
        build_tools = _newest_build_tools(root)
        aapt2 = root / "build-tools" / build_tools / ("aapt2.exe" if sys.platform == "win32" else "aapt2")
        return Sdk(root, build_tools, aapt2, "found")
    return None


def prepare_sdk(jdk: Jdk, on_progress: OnProgress = silent, ask: Ask | None = None) -> Sdk:
    """An SDK: found, or installed by Google's own tools if the user says so, or assembled.

    Args:
        ask: puts a yes/no question to the user; None where nobody can answer, and then nothing under Google's
            licence is installed.

    Raises:
        KitError: the open platform can't be assembled.
    """
    found = find_sdk()
    if found:
        return found
    for origin, root in installed_roots():
        on_progress(f"{origin} ({root}) lacks {' and '.join(lacking(root))}: not used")
    if offer_google_sdk(jdk, ask, on_progress):
        found = find_sdk()
        if found:
            return found
    return Sdk(assemble_open_platform(jdk, on_progress), BUILD_TOOLS, runnable_aapt2(on_progress), "assembled")


def installed_roots() -> Iterator[tuple[str, Path]]:
    """Where an SDK may be installed: the user's variables, then what the kit had Google's tools install."""
    for variable in ("ANDROID_HOME", "ANDROID_SDK_ROOT"):
        value = os.environ.get(variable)
        if value:
            yield variable, Path(value).expanduser()
    if google_sdk_folder().is_dir():
        yield "the kit's Google SDK", google_sdk_folder()


def lacking(root: Path) -> list[str]:
    """The sdkmanager packages that `root` lacks to build an app; empty when it has all."""
    packages = []
    if not (root / "platforms" / f"android-{API}" / "android.jar").is_file():
        packages.append(f"platforms;android-{API}")
    if not _newest_build_tools(root):
        packages.append(f"build-tools;{API}.0.0")
    return packages


def _newest_build_tools(root: Path) -> str:
    """The newest final build-tools in `root` that AGP accepts; their aapt2 knows every platform installed with them."""
    versions = [
        (tuple(int(part) for part in folder.name.split(".")), folder)
        for folder in (root / "build-tools").glob("*")
        if re.fullmatch(r"\d+\.\d+\.\d+", folder.name)
    ]
    usable = [(version, folder) for version, folder in versions if version >= OLDEST_BUILD_TOOLS and any(folder.glob("aapt2*"))]
    return max(usable)[1].name if usable else ""
