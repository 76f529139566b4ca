"""Compiles Kotlin of ours against a generated project's own classes, as its unit tests would be."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from deploy.toolchain.build import run_gradle
from deploy.toolchain.cache import OnProgress, content_key, locked, silent
from deploy.toolchain.toolchain import Toolchain

INIT_SCRIPT = Path(__file__).with_name("jvm.gradle")
MODEL_SOURCES = Path(__file__).parent / "kotlin" / "model"
"""`machineRuntime`: the app's own runner on the phone's library, or `DesktopRunner` on the desktop's."""

FRAME_SOURCES = Path(__file__).parent / "kotlin" / "frames"
"""`PlaneFrame`: a camera's frame out of files, for an app with a camera."""


def compile_for_jvm(
    project: Path,
    sources: Sequence[Path],
    libraries: Sequence[Path],
    toolchain: Toolchain,
    log: Path,
    on_progress: OnProgress = silent,
    resources: bool = False,
) -> list[Path]:
    """The class path that runs the app's classes and ours in a JVM.

    Args:
        project: the generated Android project; nothing is written into it but Gradle's own build folders.
        sources: folders of Kotlin that may use all the app's classes, the internal ones too.
        libraries: jars that `sources` need.
        resources: Robolectric is to find the app's manifest, resources and assets.

    Raises:
        KitError: the build fails.
    """
    project = project.resolve()
    with tempfile.TemporaryDirectory() as folder, locked(f"project-{content_key(str(project))}", on_progress):
        jars, classpath = Path(folder) / "libraries.txt", Path(folder) / "classpath.txt"
        jars.write_text("\n".join(map(str, libraries)), encoding="utf-8")
        properties = {
            "sources": os.pathsep.join(str(source.resolve()) for source in sources),
            "libraries": str(jars),
            "resources": str(resources).lower(),
            "classpath": str(classpath),
        }
        options = [f"-Papkiln.jvm.{key}={value}" for key, value in properties.items()]
        run_gradle(project, toolchain, log, ["--init-script", str(INIT_SCRIPT), *options, "apkilnJvmClasses"], on_progress)
        return [Path(line) for line in classpath.read_text(encoding="utf-8").splitlines()]
