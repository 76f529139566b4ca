"""Starts an app's activities in a JVM, from outside, whatever R8 made of their names, and records what they show."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from deploy.jvm.junit import run_junit
from deploy.jvm.libraries import android_folder, model_libraries, screen_libraries
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.open_platform import API, assemble_open_platform
from deploy.toolchain.process import child_environment

HARNESS = Path(__file__).parent / "java"
TEST = "io.apkiln.shrunken.AppScreenshots"
NATIVE = ("linux", "macosx", "windows")


@dataclass(frozen=True)
class AppRun:
    """What one run of an app showed.

    Attributes:
        texts: all texts on its screen, by the name of the picture.
        pictures: screenshots by name.
        activities: each activity's class, and whether it finished by itself.
        loaded: names of the classes that the JVM loaded.
    """

    texts: dict[str, str]
    pictures: dict[str, Path]
    activities: tuple[str, ...]
    loaded: frozenset[str]


def run_app(
    jdk: Jdk,
    classes: tuple[Path, ...],
    resources: Path,
    assets: Path | None,
    manifest: Path,
    frames: Path,
    folder: Path,
    on_progress: OnProgress = silent,
) -> AppRun:
    """Starts all activities of an app and feeds its camera.

    Args:
        classes: jars and folders with all classes of the app and its libraries.
        resources: its APK, or a ZIP file with nothing but the resources.
        assets: a folder; None: those in the APK.
        manifest: the merged one, as text.
        frames: one folder for each frame, as write_frame makes them; if it does not exist, the app plays its recording.
        folder: empty; gets the screenshots and logs.

    Raises:
        KitError: an activity doesn't start, or the app throws.
    """
    shown, configuration = folder / "shown", folder / "configuration"
    shown.mkdir(parents=True)
    if assets is not None:
        resources = _with_assets(resources, assets, folder / "app.apk")
    with zipfile.ZipFile(resources) as apk:
        apk.extractall(folder, [name for name in apk.namelist() if name.startswith("assets/")])
    properties = {
        "android_resource_apk": resources,
        "android_merged_assets": folder / "assets",
        "android_merged_manifest": manifest,
        "android_custom_package": "io.apkiln.app",
    }
    config = configuration / "com" / "android" / "tools" / "test_config.properties"
    config.parent.mkdir(parents=True)
    # Java reads it as Latin-1 with JSON's escapes.
    config.write_text("".join(f"{key}={json.dumps(str(value))[1:-1]}\n" for key, value in properties.items()), encoding="utf-8")
    libraries, android = screen_libraries(on_progress), android_folder(on_progress)
    native = [path for path in model_libraries() if any(f"-{system}-" in path.name for system in NATIVE)]
    own = {path for path in model_libraries() if "bytedeco" in path.parts and path not in native}
    classpath = [
        configuration,
        *classes,
        _harness(jdk, libraries, on_progress),
        *native,
        *(path for path in libraries if path not in own and path not in native),
        _android_jar(jdk, on_progress),  # last: Robolectric brings working classes of the same names
    ]
    log = folder / "app.log"
    system = {
        "apkiln.shown": str(shown.resolve()),
        "apkiln.frames": str(frames.resolve()),
        "robolectric.offline": "true",
        "robolectric.dependency.dir": str(android),
    }
    loaded = folder / "loaded.txt"
    failed = run_junit(jdk, classpath, [TEST], system, folder, log, [f"-Xlog:class+load:file={loaded}"])
    if failed:
        raise KitError("the release does not run", "; ".join(failed), f"the app's log: {log}")
    return AppRun(
        {path.stem: path.read_text(encoding="utf-8") for path in sorted(shown.glob("*.txt")) if path.stem != "activities"},
        {path.stem: path for path in sorted(shown.glob("*.png"))},
        tuple((shown / "activities.txt").read_text(encoding="utf-8").split("\n")),
        frozenset(re.findall(r"\] (\S+) source:", loaded.read_text(encoding="utf-8"))),
    )


def _harness(jdk: Jdk, libraries: list[Path], on_progress: OnProgress) -> Path:
    """The compiled Java classes of `HARNESS`."""
    sources = sorted(HARNESS.rglob("*.java"))
    target = cache_dir() / "tools" / f"shrunken-{content_key(*sources)}"

    def make(folder: Path) -> None:
        classpath = os.pathsep.join(map(str, [*libraries, _android_jar(jdk, on_progress)]))
        command: list[str | Path] = [jdk.javac, "-nowarn", "-proc:none", "-encoding", "UTF-8", "-cp", classpath, "-d", folder]
        run = subprocess.run([*command, *sources], capture_output=True, text=True, check=False, env=child_environment(jdk))
        if run.returncode:
            raise KitError("could not compile the test harness", run.stderr.splitlines()[0], "report it")

    return assembled(target, make)


def _with_assets(resources: Path, assets: Path, target: Path) -> Path:
    """A copy of the resources with the assets in it, as in an APK."""
    shutil.copyfile(resources, target)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_STORED) as apk:
        for file in sorted(path for path in assets.rglob("*") if path.is_file()):
            apk.write(file, f"assets/{file.relative_to(assets).as_posix()}")
    return target


def _android_jar(jdk: Jdk, on_progress: OnProgress) -> Path:
    """Android's classes without method bodies; not Google's android.jar, in which Image has no constructor for FakeImage."""
    return assemble_open_platform(jdk, on_progress) / "platforms" / f"android-{API}" / "android.jar"
