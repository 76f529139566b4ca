"""The JDK: `JAVA_HOME`, then PATH. Gradle 8.11 runs on Java 17 to 23."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError

OLDEST, NEWEST = 17, 23


@dataclass(frozen=True)
class Jdk:
    """A JDK that can run the build: its home folder and its version, such as `17.0.15`."""

    home: Path
    version: str

    @property
    def java(self) -> Path:
        return self.home / "bin" / _exe("java")

    @property
    def javac(self) -> Path:
        return self.home / "bin" / _exe("javac")


def find_jdk() -> Jdk:
    """The first usable JDK.

    Raises:
        KitError: there is none; it names what was seen and the command that installs one.
    """
    rejected = []
    for origin, home in _candidates():
        if not (home / "bin" / _exe("java")).is_file():
            rejected.append(f"{origin} has no bin/java ({home})")
            continue
        version = java_version(home)
        number = major(version)
        if not OLDEST <= number <= NEWEST:
            rejected.append(f"{origin} is Java {version or 'of unknown version'} ({home}), and {OLDEST} to {NEWEST} is needed")
        elif not (home / "bin" / _exe("javac")).is_file() or not (home / "lib" / "ct.sym").is_file():
            rejected.append(f"{origin} is a Java runtime without the compiler javac ({home})")
        else:
            return Jdk(home, version)
    why = "; ".join(rejected) or "JAVA_HOME is not set and there is no java on PATH"
    raise KitError(f"no usable JDK {OLDEST}", why, install_command())


def install_command() -> str:
    """The command that installs JDK 17 on this system."""
    if sys.platform == "darwin":
        return "brew install openjdk@17 && export JAVA_HOME=$(brew --prefix openjdk@17)/libexec/openjdk.jdk/Contents/Home"
    if sys.platform == "win32":
        return "winget install EclipseAdoptium.Temurin.17.JDK"
    if shutil.which("dnf"):
        return "sudo dnf install java-17-openjdk-devel"
    if shutil.which("pacman"):
        return "sudo pacman -S jdk17-openjdk"
    return "sudo apt-get install openjdk-17-jdk-headless"


def java_version(home: Path) -> str:
    """The version of the Java in `home`, from its `release` file or else from itself; empty when neither tells."""
    release = home / "release"
    text = release.read_text(encoding="utf-8", errors="replace") if release.is_file() else ""
    found = re.search(r'^JAVA_VERSION="([^"]+)"', text, re.MULTILINE)
    if not found:
        try:
            answer = subprocess.run(
                [home / "bin" / _exe("java"), "-version"],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=20,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        found = re.search(r'version "([^"]+)"', answer.stderr)
    return found[1] if found else ""


def major(version: str) -> int:
    """17 for `17.0.15`, 8 for `1.8.0_402`, 0 for anything else."""
    found = re.match(r"(?:1\.)?(\d+)", version)
    return int(found[1]) if found else 0


def _candidates() -> Iterator[tuple[str, Path]]:
    home = os.environ.get("JAVA_HOME")
    if home:
        yield "JAVA_HOME", Path(home)
    on_path = shutil.which("java")
    if on_path:
        yield "the java on PATH", Path(on_path).resolve().parent.parent


def _exe(name: str) -> str:
    return name + ".exe" if sys.platform == "win32" else name
