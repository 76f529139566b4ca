"""A release as near as a JVM gets to what is shipped: R8's result with the app's own rules, as class files, with the
resources of the finished APK.

R8 writes them from the same inputs, rules and names as the dex of the release. The dex itself can't run here: it calls
superclasses' constructors in a way that class files don't allow.
"""

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
from deploy.toolchain.artifacts import gradle_dependencies
from deploy.toolchain.build import run_gradle
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent
from deploy.toolchain.downloads import fetch
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.open_platform import API, assemble_open_platform
from deploy.toolchain.prefetch import TEMPLATE_VERIFICATION
from deploy.toolchain.process import child_environment, run_logged
from deploy.toolchain.toolchain import Toolchain

INIT_SCRIPT = Path(__file__).with_name("release.gradle")
HARNESS = Path(__file__).parent / "java"
TEST = "io.apkiln.shipped.ShippedApp"
ONE = ("rules", "mapping", "resources", "assets", "manifest")
NATIVE = ("linux", "macosx", "windows")


@dataclass(frozen=True)
class ReleaseInputs:
    """What R8 makes a release of.

    Attributes:
        program: the app's classes and its libraries'; jars and folders.
        library: what the phone has.
        rules: all of R8's rules, as it printed them.
        mapping: the names that it gave.
        resources: the app's resources before they are shrunk, a ZIP file.
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


@dataclass(frozen=True)
class Shown:
    """What an app showed: texts and pictures by name, its activities, and the classes that the JVM loaded for it."""

    texts: dict[str, str]
    pictures: dict[str, Path]
    activities: tuple[str, ...]
    loaded: frozenset[str]


def release_inputs(project: Path, toolchain: Toolchain, log: Path, on_progress: OnProgress = silent) -> ReleaseInputs:
    """Builds the release's classes and resources, and says where they lie.

    Raises:
        KitError: the build fails.
    """
    target = log.with_suffix(".json")
    options = ["--init-script", str(INIT_SCRIPT), f"-Papkiln.jvm.release={target}"]
    run_gradle(project.resolve(), toolchain, log, [*options, "apkilnReleaseInputs"], on_progress)
    told = json.loads(target.read_text(encoding="utf-8"))
    program, library = (tuple(Path(path) for path in told[key] if Path(path).exists()) for key in ("program", "library"))
    one = {key: Path(told[key] if isinstance(told[key], str) else told[key][0]) for key in ONE}
    return ReleaseInputs(program, library, **one)


def shrink_to_classes(inputs: ReleaseInputs, jdk: Jdk, folder: Path) -> Path:
    """R8's result as class files, with the names that the release's dex has; a jar.

    Raises:
        KitError: R8 refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [one for one in gradle_dependencies(TEMPLATE_VERIFICATION) if one.name == "builder" and one.file.endswith(".jar")]
    (builder,) = fetch(wanted)
    rules, jar = folder / "names.pro", folder / "classes.jar"
    # Dex has no use for what joins strings at run time; android.jar, whose java.* is that of Java 8, lacks it.
    rules.write_text(f'-applymapping "{inputs.mapping}"\n-dontwarn java.lang.invoke.StringConcatFactory\n', encoding="utf-8")
    command: list[str | Path] = [jdk.java, "-Xmx2g", "-cp", builder, "com.android.tools.r8.R8", "--release", "--classfile"]
    command += [part for path in inputs.library for part in ("--lib", path)]
    command += ["--pg-conf", inputs.rules, "--pg-conf", rules, "--pg-map-output", folder / "mapping.txt", "--output", jar]
    log = folder / "r8.log"
    code = run_logged(
        [str(part) for part in (*command, *_jars(inputs.program, folder))], child_environment(jdk), folder, log, silent
    )
    if code:
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise KitError("R8 wrote no class files", said[0] if said else f"it ended with exit code {code}", f"the whole log: {log}")
    return jar


def run_app(
    jdk: Jdk,
    classes: tuple[Path, ...],
    resources: Path,
    assets: Path | None,
    manifest: Path,
    frames: Path,
    folder: Path,
    on_progress: OnProgress = silent,
) -> Shown:
    """Starts an app's activities and shows it what its camera sees.

    Args:
        classes: jars and folders with all classes of the app and its libraries.
        resources: its APK, or a file of the resources alone.
        assets: a folder; None: those in the APK.
        manifest: the merged one, as text.
        frames: a folder a frame, as write_frame makes them; where there is none, the app plays its recording.
        folder: empty; gets what was seen.

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
        _android_jar(jdk, on_progress),  # last: Robolectric brings the one that does something
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
        raise KitError("the release does not run", "; ".join(failed), f"what the app said: {log}")
    return Shown(
        {path.stem: path.read_text(encoding="utf-8") for path in sorted(shown.glob("*.txt")) if path.stem != "activities"},
        {path.stem: path for path in sorted(shown.glob("*.png"))},
        tuple((shown / "activities.txt").read_text(encoding="utf-8").split("\n")),
        frozenset(re.findall(r"\] (\S+) source:", loaded.read_text(encoding="utf-8"))),
    )


def _harness(jdk: Jdk, libraries: list[Path], on_progress: OnProgress) -> Path:
    """Our classes that look at an app from outside, compiled once."""
    sources = sorted(HARNESS.rglob("*.java"))
    target = cache_dir() / "tools" / f"shipped-{content_key(*sources)}"

    def make(folder: Path) -> None:
        classpath = os.pathsep.join(map(str, [*libraries, _android_jar(jdk, on_progress)]))
        command: list[str | Path] = [jdk.javac, "-nowarn", "-proc:none", "-encoding", "UTF-8", "-cp", classpath, "-d", folder]
        run = subprocess.run([*command, *sources], capture_output=True, text=True, check=False, env=child_environment(jdk))
        if run.returncode:
            raise KitError("could not compile what looks at the release", run.stderr.splitlines()[0], "report it")

    return assembled(target, make)


def _with_assets(resources: Path, assets: Path, target: Path) -> Path:
    """The resources with the assets beside them, as they lie in an APK."""
    shutil.copyfile(resources, target)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_STORED) as apk:
        for file in sorted(path for path in assets.rglob("*") if path.is_file()):
            apk.write(file, f"assets/{file.relative_to(assets).as_posix()}")
    return target


def _android_jar(jdk: Jdk, on_progress: OnProgress) -> Path:
    """Android's classes without their bodies; not Google's: in that, a camera's picture can be made by nobody else."""
    return assemble_open_platform(jdk, on_progress) / "platforms" / f"android-{API}" / "android.jar"


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
