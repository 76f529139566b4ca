"""Runs `assembleDebug` in a generated project: the log goes to a file, the screen gets one line a step."""

from __future__ import annotations

import json
import re
from pathlib import Path

from appspec.errors import KitError
from deploy.toolchain.artifacts import gradle_dependencies
from deploy.toolchain.build_failure import explain
from deploy.toolchain.cache import OnProgress, content_key, locked, silent, writing
from deploy.toolchain.downloads import fetch_available, maven_folder
from deploy.toolchain.open_platform import API
from deploy.toolchain.process import child_environment, run_logged
from deploy.toolchain.toolchain import Toolchain, prepare_toolchain
from deploy.toolchain.transfer import OfflineError

INIT_SCRIPT = Path(__file__).with_name("init.gradle")
VERIFICATION = "gradle/verification-metadata.xml"


def build_apk(project: Path, log: Path, on_progress: OnProgress = silent, toolchain: Toolchain | None = None) -> Path:
    """Builds the debug APK of `project`.

    Args:
        project: the generated Android project; nothing of ours is written into it but Gradle's own build folders.
        log: gets all that Gradle prints.
        toolchain: what to build with; found or assembled here if it is not given.

    Returns:
        The APK, inside the project's build folder.

    Raises:
        KitError: the build fails; the first real error lines are in it, and where the log lies.
    """
    project = project.resolve()
    toolchain = toolchain or prepare_toolchain(on_progress)
    with locked(f"project-{content_key(str(project))}", on_progress):
        run_gradle(project, toolchain, log, ["assembleDebug"], on_progress)
    return debug_apk(project)


def run_gradle(project: Path, toolchain: Toolchain, log: Path, arguments: list[str], on_progress: OnProgress = silent) -> None:
    """Runs Gradle on `project` with `arguments` (options and tasks), and all that our route adds from outside.

    Raises:
        KitError: as `build_apk`.
    """
    metadata = project / VERIFICATION
    if metadata.is_file():
        try:
            fetch_available(gradle_dependencies(metadata), on_progress)
        except OfflineError as error:  # Gradle may have what is missing in its own cache
            on_progress(f"{error}; going on with what is there")
    maven_folder().mkdir(parents=True, exist_ok=True)
    command = toolchain.gradle.command(toolchain.jdk, project, [*_options(toolchain), *arguments])
    environment = child_environment(toolchain.jdk, ANDROID_HOME=str(toolchain.sdk.root), ANDROID_SDK_ROOT=str(toolchain.sdk.root))

    def on_line(line: str) -> None:
        task = re.match(r"> (?:Task|Configure project) (\S+)$", line)
        if task:
            on_progress(f"gradle: {task[1]}")

    on_progress("gradle: starting")
    with writing("Gradle's log"):
        code = run_logged(command, environment, project, log, on_line)
    if code:
        raise explain(log, code)


def debug_apk(project: Path) -> Path:
    """The APK that the last build of `project` wrote.

    Raises:
        KitError: there is none.
    """
    folder = project / "app" / "build" / "outputs" / "apk" / "debug"
    try:
        listing = json.loads((folder / "output-metadata.json").read_text(encoding="utf-8"))
        apk = folder / str(listing["elements"][0]["outputFile"])
    except (OSError, ValueError, KeyError, IndexError):
        apk = folder / "app-debug.apk"
    if not apk.is_file():
        raise KitError("the build wrote no APK", f"{folder} has none", "remove the project's folder and build again")
    return apk


def _options(toolchain: Toolchain) -> list[str]:
    """What the generated project does not say, and this machine's route needs."""
    properties = {
        "apkiln.repository": str(maven_folder()),
        "apkiln.buildTools": toolchain.sdk.build_tools,
        "android.aapt2FromMavenOverride": str(toolchain.sdk.aapt2),
        "android.builder.sdkDownload": "false",
        "android.suppressUnsupportedCompileSdk": str(API),
        "kotlin.compiler.execution.strategy": "in-process",
    }
    return [
        "--init-script",
        str(INIT_SCRIPT),
        "--dependency-verification",
        "strict",
        *(f"-P{key}={value}" for key, value in properties.items()),
    ]
