"""The app's screens as pictures: its own activity, layout and models, drawn by Robolectric in a JVM."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from deploy.jvm.compile import FRAME_SOURCES, MODEL_SOURCES, compile_for_jvm
from deploy.jvm.junit import run_junit
from deploy.jvm.libraries import android_folder, screen_libraries
from deploy.phone_library.jvm import DESKTOP, JvmLibrary
from deploy.toolchain.cache import OnProgress, content_key, silent
from deploy.toolchain.toolchain import Toolchain, prepare_toolchain

_KOTLIN = Path(__file__).parent / "kotlin"

SCREEN_SOURCES = _KOTLIN / "screen"
"""`Screen` draws an activity, `MachineApp` gives it models on this machine."""


@dataclass(frozen=True)
class Drawn:
    """What is drawn of an app with one kind of screen.

    Attributes:
        sources: folders of Kotlin that draw it.
        test: the class that does.
        screens: names of the pictures.
    """

    sources: tuple[Path, ...]
    test: str
    screens: tuple[str, ...]


CAMERA_SCREENS = ("portrait", "landscape", "dark")
"""These show a camera's frame: `NAME/` with a frame of `write_frame` and `picture.png`."""

SEQUENCE = "sequence"
"""A camera's frames one after another, `sequence/NNN/` as CAMERA_SCREENS; the screen over a while is in `sequence-drawn/`."""

DRAWN = {
    "camera": Drawn(
        (MODEL_SOURCES, FRAME_SOURCES, SCREEN_SOURCES, _KOTLIN / "camera_screen"),
        "io.apkiln.app.preview.CameraPreview",
        (*CAMERA_SCREENS, "large-korean", "info", "info-large-korean", "permission", "permission-dark"),
    ),
    "sensor": Drawn(
        (MODEL_SOURCES, SCREEN_SOURCES, _KOTLIN / "sensor_screen"),
        "io.apkiln.app.preview.SensorPreview",
        ("portrait", "landscape", "dark", "normal", "large-korean", "info"),
    ),
}
"""By `[app] screen`."""


def draw_screens(
    project: Path,
    key: str,
    folder: Path,
    logs: Path,
    on_progress: OnProgress = silent,
    screen: str = "camera",
    recording: Path | None = None,
    library: JvmLibrary = DESKTOP,
) -> list[Path]:
    """Draws each of an app's screens into `folder/NAME.png`, 1080 × 2340 pixels, and over a while in a third of that size.

    Args:
        project: the generated Android project with its models, and for a sensor screen the recording.
        key: changes when anything in the project does; while it stands, nothing is compiled again.
        folder: holds what the camera sees, a folder for each of CAMERA_SCREENS; for a sensor screen just what is drawn.
        logs: gets what Gradle and the app say.
        screen: `[app] screen`.
        recording: what a sensor screen plays; None: the one in the project.
        library: what computes the models; the project's debug build must use it.

    Raises:
        KitError: the toolchain or a library can't be had, the build fails, the app throws.
    """
    drawn = DRAWN[screen]
    toolchain = prepare_toolchain(on_progress)
    libraries, android = screen_libraries(on_progress), android_folder(on_progress)
    log = logs / "preview.log"
    whole_key = content_key(key, *_sources())
    classpath = _classpath(project, whole_key, drawn.sources, toolchain, libraries, logs / "preview-gradle.log", on_progress)
    on_progress("drawing the screens")
    properties = {
        "apkiln.preview": str(folder.resolve()),
        "robolectric.offline": "true",
        "robolectric.dependency.dir": str(android),
    }
    if recording is not None:
        properties["apkiln.recording"] = str(recording.resolve())
    failed = run_junit(toolchain.jdk, classpath, [drawn.test], properties, project / "app", log, library=library)
    if failed:
        raise KitError("the app's screens could not be drawn", failed[0], f"the app's log: {log}")
    return [folder / f"{name}.png" for name in drawn.screens]


def _classpath(
    project: Path,
    key: str,
    sources: tuple[Path, ...],
    toolchain: Toolchain,
    libraries: list[Path],
    log: Path,
    on_progress: OnProgress,
) -> list[Path]:
    """As compile_for_jvm; remembered in Gradle's own build folder, so that cleaning the project forgets it."""
    memory = project / "app" / "build" / "apkiln" / "preview.txt"
    if memory.is_file():
        remembered, *lines = memory.read_text(encoding="utf-8").splitlines()
        if remembered == key and all(Path(line).exists() for line in lines):
            return [Path(line) for line in lines]
    classpath = compile_for_jvm(project, sources, libraries, toolchain, log, on_progress, resources=True)
    present = [path for path in classpath if path.exists()]
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text("\n".join([key, *map(str, present)]), encoding="utf-8")
    return present


def _sources() -> list[Path]:
    return sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix in (".kt", ".gradle", ".toml"))
