"""R8's result as class files: the classes of a release in a form that a JVM runs.

R8 writes them from the same inputs, rules and names as the release's dex. The dex itself can't run in a JVM: it calls
superclasses' constructors in a way that class files don't allow.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from deploy.toolchain.artifacts import gradle_dependencies
from deploy.toolchain.build import run_gradle
from deploy.toolchain.cache import OnProgress, silent
from deploy.toolchain.downloads import fetch
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.prefetch import TEMPLATE_VERIFICATION
from deploy.toolchain.process import child_environment, run_logged
from deploy.toolchain.toolchain import Toolchain

INIT_SCRIPT = Path(__file__).with_name("release.gradle")
SINGLE = ("rules", "mapping", "resources", "assets", "manifest")
"""Inputs that are one file or folder."""


@dataclass(frozen=True)
class ReleaseInputs:
    """What R8 makes a release from.

    Attributes:
        program: the app's classes and its libraries'; jars and folders.
        library: the classes that the phone has.
        rules: all rules that R8 applied, as it printed them.
        mapping: from the old names to the new ones.
        resources: the app's resources, shrunk, a ZIP file.
        assets: a folder.
        manifest: the merged one, as text.
    """

    program: tuple[Path, ...]
    library: tuple[Path, ...]
    rules: Path
    mapping: Path
    resources: Path
    assets: Path
    manifest: Path


def release_inputs(project: Path, toolchain: Toolchain, log: Path, on_progress: OnProgress = silent) -> ReleaseInputs:
    """Builds the release's classes and resources; returns where they are.

    Raises:
        KitError: the build fails.
    """
    target = log.with_suffix(".json")
    options = ["--init-script", str(INIT_SCRIPT), f"-Papkiln.jvm.release={target}"]
    run_gradle(project.resolve(), toolchain, log, [*options, "apkilnReleaseInputs"], on_progress)
    paths = json.loads(target.read_text(encoding="utf-8"))
    program, library = (tuple(Path(path) for path in paths[key] if Path(path).exists()) for key in ("program", "library"))
    single = {key: Path(paths[key] if isinstance(paths[key], str) else paths[key][0]) for key in SINGLE}
    return ReleaseInputs(program, library, **single)


def shrink_to_classes(inputs: ReleaseInputs, jdk: Jdk, folder: Path) -> Path:
    """R8's result as class files, with the names that the release's dex has; a jar.

    Raises:
        KitError: R8 refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    dependencies = gradle_dependencies(TEMPLATE_VERIFICATION)
    jars = [artifact for artifact in dependencies if artifact.name == "builder" and artifact.file.endswith(".jar")]
    (builder,) = fetch(jars)
    rules, jar = folder / "names.pro", folder / "classes.jar"
    # Classes concatenate strings by StringConcatFactory, which android.jar (java.* of Java 8) lacks; dex never calls it.
    rules.write_text(f'-applymapping "{inputs.mapping}"\n-dontwarn java.lang.invoke.StringConcatFactory\n', encoding="utf-8")
    flags = ("-XX:TieredStopAtLevel=1", "-XX:+UseParallelGC", "-Xmx2g")
    command: list[str | Path] = [jdk.java, *flags, "-cp", builder, "com.android.tools.r8.R8", "--release", "--classfile"]
    command += [part for path in inputs.library for part in ("--lib", path)]
    command += ["--pg-conf", inputs.rules, "--pg-conf", rules, "--pg-map-output", folder / "mapping.txt", "--output", jar]
    log = folder / "r8.log"
    code = run_logged(
        [str(part) for part in (*command, *_jars(inputs.program, folder))], child_environment(jdk), folder, log, silent
    )
    if code:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise KitError(
            "R8 wrote no class files", lines[0] if lines else f"it ended with exit code {code}", f"the whole log: {log}"
        )
    return jar


def _jars(program: tuple[Path, ...], folder: Path) -> list[Path]:
    """The same classes in jars: R8's command line takes no folders."""
    jars = []
    for number, path in enumerate(program):
        if path.is_dir():
            jar = folder / f"program-{number}.jar"
            with zipfile.ZipFile(jar, "w") as archive:
                for file in sorted(path.rglob("*.class")):
                    archive.write(file, file.relative_to(path).as_posix())
            path = jar
        jars.append(path)
    return jars
