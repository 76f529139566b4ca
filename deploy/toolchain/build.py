"""Runs Gradle in a generated project: the log goes to a file, the screen gets one line a step."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from deploy.toolchain.artifacts import gradle_dependencies
from deploy.toolchain.build_failure import explain
from deploy.toolchain.cache import OnProgress, content_key, locked, silent, writing
from deploy.toolchain.downloads import fetch_available, maven_folder
from deploy.toolchain.process import child_environment, run_logged
from deploy.toolchain.toolchain import Toolchain, prepare_toolchain
from deploy.toolchain.transfer import OfflineError

INIT_SCRIPT = Path(__file__).with_name("init.gradle")
VERIFICATION = "gradle/verification-metadata.xml"


def build_apk(
    project: Path, log: Path, on_progress: OnProgress = silent, toolchain: Toolchain | None = None, from_cache: bool = True
) -> Path:
    """Builds the debug APK of `project`.

    Args:
        project: the generated Android project; nothing of ours is written into it but Gradle's own build folders.
        log: gets all that Gradle prints.
        toolchain: what to build with; found or assembled here if it is not given.
        from_cache: what an earlier build of any project made of equal inputs is taken from Gradle's build cache.

    Returns:
        The APK, inside the project's build folder.

    Raises:
        KitError: the build fails; the first real error lines are in it, and where the log lies.
    """
    project = project.resolve()
    toolchain = toolchain or prepare_toolchain(on_progress)
    with locked(f"project-{content_key(str(project))}", on_progress):
        _pack_anew(project)
        run_gradle(project, toolchain, log, ["assembleDebug"], on_progress, from_cache)
    return built_apk(project, "debug")


@dataclass(frozen=True)
class UnsignedRelease:
    """What a release build leaves: the app bundle of all ABIs, an APK of each, and what R8 renamed."""

    bundle: Path
    apks: dict[str, Path]
    mapping: Path


def build_release(
    project: Path,
    abis: Sequence[str],
    target: Path,
    log: Path,
    on_progress: OnProgress = silent,
    from_cache: bool = True,
) -> UnsignedRelease:
    """Builds the release of `project` with R8 and shrunk resources; nothing is signed.

    Args:
        abis: those of the app.
        target: an existing, empty folder, which gets the files.
        from_cache: as `build_apk`.

    Raises:
        KitError: as `build_apk`.
    """
    project = project.resolve()
    toolchain = prepare_toolchain(on_progress)
    outputs = project / "app" / "build" / "outputs"
    apks = {}
    with locked(f"project-{content_key(str(project))}", on_progress):
        for number, abi in enumerate(abis):
            _pack_anew(project)
            tasks = ["assembleRelease"] if number or len(abis) > 1 else ["assembleRelease", "bundleRelease"]
            run_gradle(project, toolchain, log, [f"-Papkiln.abi={abi}", *tasks], on_progress, from_cache)
            apks[abi] = target / f"{abi}.apk"
            shutil.copyfile(built_apk(project, "release"), apks[abi])
        if len(abis) > 1:
            run_gradle(project, toolchain, log, ["bundleRelease"], on_progress, from_cache)
        bundle, mapping = target / "app.aab", target / "mapping.txt"
        shutil.copyfile(outputs / "bundle" / "release" / "app-release.aab", bundle)
        shutil.copyfile(outputs / "mapping" / "release" / "mapping.txt", mapping)
    return UnsignedRelease(bundle, apks, mapping)


def _pack_anew(project: Path) -> None:
    """An APK that is changed in place has its entries in another order than one that is made anew."""
    shutil.rmtree(project / "app" / "build" / "outputs" / "apk", ignore_errors=True)


def run_gradle(
    project: Path,
    toolchain: Toolchain,
    log: Path,
    arguments: list[str],
    on_progress: OnProgress = silent,
    from_cache: bool = True,
) -> None:
    """Runs Gradle on `project` with `arguments` (options and tasks), and all that our route adds from outside.

    Args:
        from_cache: as `build_apk`.

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
    command = toolchain.gradle.command(toolchain.jdk, project, [*_options(toolchain, from_cache), *arguments])
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


def built_apk(project: Path, build_type: str) -> Path:
    """The APK that the last build of `project` wrote; of a release, the unsigned one.

    Raises:
        KitError: there is none.
    """
    folder = project / "app" / "build" / "outputs" / "apk" / build_type
    try:
        listing = json.loads((folder / "output-metadata.json").read_text(encoding="utf-8"))
        apk = folder / str(listing["elements"][0]["outputFile"])
    except (OSError, ValueError, KeyError, IndexError):
        apk = folder / f"app-{build_type}.apk"
    if not apk.is_file():
        raise KitError("the build wrote no APK", f"{folder} has none", "remove the project's folder and build again")
    return apk


def _options(toolchain: Toolchain, from_cache: bool) -> list[str]:
    """What the generated project does not say, and this machine's route needs."""
    properties = {
        "apkiln.repository": str(maven_folder()),
        "apkiln.buildTools": toolchain.sdk.build_tools,
        "android.aapt2FromMavenOverride": str(toolchain.sdk.aapt2),
        "android.builder.sdkDownload": "false",
        "kotlin.compiler.execution.strategy": "in-process",
    }
    if toolchain.gradle.origin == "assembled":  # an older one than the plugin asks for, and works with
        properties["android.overrideVersionCheck"] = "true"
    return [
        "--init-script",
        str(INIT_SCRIPT),
        "--dependency-verification",
        "strict",
        "--build-cache" if from_cache else "--no-build-cache",
        *(f"-P{key}={value}" for key, value in properties.items()),
    ]
