"""Gradle: the distribution that the project's own wrapper uses, where it can be had; else assembled from Maven.

Either way `Gradle.command` is one line that runs tasks, with Gradle's own option names.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from appspec.errors import KitError
from deploy.toolchain.artifacts import named_download
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent, writing
from deploy.toolchain.google_sdk import reachable
from deploy.toolchain.gradle_home import VERSION as ASSEMBLED
from deploy.toolchain.gradle_home import assemble_gradle
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.process import child_environment
from deploy.toolchain.transfer import download

VERSION = "8.14.3"
"""Of the distribution; the assembled one has a version of its own, the last that Maven Central has."""

LAUNCHER = tuple(Path(__file__).with_name(name) for name in ("Launch.java", "EndWithParent.java"))
# C1 alone halves a build this short, but shrinks the code cache to 48 MB: the Kotlin compiler needs more.
JVM_FLAGS = (
    "-XX:TieredStopAtLevel=1",
    "-XX:ReservedCodeCacheSize=256m",
    "-XX:+UseParallelGC",
    "-Xmx2g",
    "-Dfile.encoding=UTF-8",
    "-Duser.language=en",
    "-Duser.country=US",
)
_OPENS = (
    "java.base/java.util",
    "java.base/java.lang",
    "java.base/java.lang.invoke",
    "java.base/java.nio.charset",
    "java.base/java.net",
    "java.base/java.util.concurrent.atomic",
    "java.prefs/java.util.prefs",
)


@dataclass(frozen=True)
class Gradle:
    """A Gradle that can run: its home and user home, and the folder of the compiled launcher if it was assembled."""

    home: Path
    user_home: Path
    launcher: Path | None
    version: str = VERSION

    @property
    def origin(self) -> Literal["found", "assembled"]:
        return "assembled" if self.launcher else "found"

    def command(self, jdk: Jdk, project: Path, arguments: Sequence[str]) -> list[str]:
        """The command line that runs `arguments` (options and tasks) on `project`."""
        common = ["--gradle-user-home", str(self.user_home), "--project-dir", str(project), *arguments]
        if self.launcher is None:
            script = self.home / "bin" / ("gradle.bat" if sys.platform == "win32" else "gradle")
            return [str(script), "--no-daemon", "--console=plain", *common]
        opens = [f"--add-opens={package}=ALL-UNNAMED" for package in _OPENS]
        return [
            str(jdk.java),
            *JVM_FLAGS,
            *opens,
            f"-Dorg.gradle.home={self.home}",
            "-cp",
            os.pathsep.join([str(self.launcher), str(self.home / "lib" / "*")]),
            "Launch",
            *common,
        ]


def prepare_gradle(jdk: Jdk, on_progress: OnProgress = silent) -> Gradle:
    """Gradle, found, downloaded or assembled.

    Raises:
        KitError: a download or a write fails.
    """
    found = find_gradle()
    if found:
        return found
    distribution = named_download("gradle-distribution")
    if distribution and reachable(distribution.url):
        return _install_distribution(on_progress)
    home = assemble_gradle(on_progress)
    return Gradle(home, user_home(), compile_launcher(jdk, home, on_progress), ASSEMBLED)


def find_gradle() -> Gradle | None:
    """The distribution the project's wrapper would use, if some earlier build has put it where wrappers look."""
    for folder in dict.fromkeys((user_home(), Path.home() / ".gradle")):
        home = _distribution_folder(folder) / f"gradle-{VERSION}"
        if _complete(home):
            return Gradle(home, folder, None)
    return None


def user_home() -> Path:
    """Gradle's user home: the user's own where `GRADLE_USER_HOME` says so, else a folder of the cache."""
    asked = os.environ.get("GRADLE_USER_HOME")
    return Path(asked).expanduser().absolute() if asked else cache_dir() / "gradle-user-home"


def compile_launcher(jdk: Jdk, home: Path, on_progress: OnProgress = silent) -> Path:
    """The folder with the compiled Launch.java, compiled against `home` once.

    Raises:
        KitError: javac refuses it.
    """
    target = cache_dir() / "gradle" / f"launcher-{content_key(*LAUNCHER, home.name)}"

    def make(folder: Path) -> None:
        run = subprocess.run(
            [jdk.javac, "--release", "17", "-encoding", "UTF-8", "-cp", home / "lib" / "*", "-d", folder, *LAUNCHER],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env=child_environment(jdk),
        )
        if run.returncode:
            raise KitError(
                "could not compile Gradle's launcher",
                (run.stderr.splitlines() or ["no message"])[0],
                f"remove {home} and run again",
            )

    return assembled(target, make, on_progress)


def _distribution_folder(user: Path) -> Path:
    """Where Gradle's wrapper unpacks the distribution (org.gradle.wrapper.PathAssembler)."""
    distribution = named_download("gradle-distribution")
    assert distribution is not None
    number = int.from_bytes(hashlib.md5(distribution.url.encode(), usedforsecurity=False).digest(), "big")
    return user / "wrapper" / "dists" / f"gradle-{VERSION}-bin" / _base36(number)


def _complete(home: Path) -> bool:
    """Whether the wrapper finished unpacking: it leaves a mark beside the folder."""
    return home.is_dir() and (home.parent / f"gradle-{VERSION}-bin.zip.ok").is_file()


def _install_distribution(on_progress: OnProgress) -> Gradle:
    """Downloads the official distribution and unpacks it where the project's own wrapper finds it, too."""
    distribution = named_download("gradle-distribution")
    assert distribution is not None
    user = user_home()
    folder = _distribution_folder(user)
    archive = cache_dir() / "downloads" / f"gradle-{VERSION}-bin.zip"

    def make(unfinished: Path) -> None:
        on_progress(f"downloading Gradle {VERSION}")
        download(distribution.url, archive, distribution.sha256)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(unfinished)
        (unfinished / f"gradle-{VERSION}" / "bin" / "gradle").chmod(0o755)
        (unfinished / f"{archive.name}.ok").touch()

    with writing(f"Gradle {VERSION}"):
        assembled(folder, make, on_progress)
    return Gradle(folder / f"gradle-{VERSION}", user, None)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"
