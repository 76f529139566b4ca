"""What the app's classes need to run on this machine: JUnit, TFLite for the desktop, and for its screens Robolectric.

Rewrite the table with `python -m deploy.jvm.libraries` after changing COORDINATES.
"""

from __future__ import annotations

import platform
import zipfile
from pathlib import Path

from appspec.errors import KitError
from deploy.toolchain.artifact_table import write_table
from deploy.toolchain.artifacts import kit_artifacts
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent
from deploy.toolchain.downloads import fetch

TABLE = Path(__file__).with_name("libraries.toml")

_TFLITE = "org.bytedeco:tensorflow-lite:2.20.0-1.5.13"
_JAVACPP = "org.bytedeco:javacpp:1.5.13"
_MACHINES = ("linux-x86_64", "linux-arm64", "macosx-arm64", "macosx-x86_64", "windows-x86_64")
_ROBOLECTRIC = "4.14.1"

COORDINATES = {
    "junit": ("junit:junit:4.13.2", "org.hamcrest:hamcrest-core:1.3"),
    "tflite": (_TFLITE, _JAVACPP),
    **{machine: (f"{_TFLITE}:{machine}", f"{_JAVACPP}:{machine}") for machine in _MACHINES},
    "robolectric": (
        f"org.robolectric:robolectric:{_ROBOLECTRIC}",
        *(
            f"org.robolectric:{name}:{_ROBOLECTRIC}"
            for name in (
                "annotations",
                "junit",
                "nativeruntime",
                "pluginapi",
                "plugins-maven-dependency-resolver",
                "resources",
                "sandbox",
                "shadowapi",
                "shadows-framework",
                "utils",
                "utils-reflector",
            )
        ),
        "org.robolectric:nativeruntime-dist-compat:1.0.16",
        *(f"org.ow2.asm:{name}:9.7.1" for name in ("asm", "asm-analysis", "asm-commons", "asm-tree", "asm-util")),
        "androidx.test:monitor:1.7.2@aar",
        "androidx.test.espresso:espresso-idling-resource:3.6.1@aar",
        "com.almworks.sqlite4java:sqlite4java:1.0.392",
        "com.google.auto.value:auto-value-annotations:1.11.0",
        "com.google.code.findbugs:jsr305:3.0.2",
        "com.google.errorprone:error_prone_annotations:2.28.0",
        "com.google.guava:failureaccess:1.0.2",
        "com.google.guava:guava:33.3.1-jre",
        "com.ibm.icu:icu4j:75.1",
        "javax.annotation:javax.annotation-api:1.3.2",
        "javax.inject:javax.inject:1",
        "org.bouncycastle:bcprov-jdk18on:1.78.1",
        "org.conscrypt:conscrypt-openjdk-uber:2.5.2",
        "org.yaml:snakeyaml:2.3",
    ),
    # Android itself, as Robolectric runs it: no library, it loads the jar by its name.
    "android": ("org.robolectric:android-all-instrumented:15-robolectric-12650502-i7",),
}


def model_libraries(on_progress: OnProgress = silent) -> list[Path]:
    """Jars to run tests and models with (8 MB to download).

    Raises:
        KitError: a download fails, or this machine is of a kind that TFLite's desktop build does not serve.
    """
    artifacts = [artifact for section in ("junit", "tflite", machine()) for artifact in kit_artifacts(section, TABLE)]
    return fetch(artifacts, on_progress)


def screen_libraries(on_progress: OnProgress = silent) -> list[Path]:
    """As model_libraries, and Robolectric, which draws the app's screens (200 MB to download).

    Raises:
        KitError: as model_libraries.
    """
    files = fetch(kit_artifacts("robolectric", TABLE), on_progress)
    return [*model_libraries(on_progress), *(_jar(file) for file in files)]


def android_folder(on_progress: OnProgress = silent) -> Path:
    """The folder in which Robolectric finds Android (200 MB to download).

    Raises:
        KitError: a download fails.
    """
    (jar,) = fetch(kit_artifacts("android", TABLE), on_progress)
    return jar.parent


def machine() -> str:
    """This machine's kind, in the words of TFLite's desktop build.

    Raises:
        KitError: there is no build for it.
    """
    system = {"Darwin": "macosx"}.get(platform.system(), platform.system().lower())
    processor = {"amd64": "x86_64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    kind = f"{system}-{processor}"
    if kind not in _MACHINES:
        raise KitError(
            "the app can't run on this machine", f"there is no desktop TFLite for {kind}", f"use one of {', '.join(_MACHINES)}"
        )
    return kind


def _jar(file: Path) -> Path:
    """The classes inside an AAR; any other file as it is."""
    if file.suffix != ".aar":
        return file

    def make(folder: Path) -> None:
        with zipfile.ZipFile(file) as aar:
            aar.extract("classes.jar", folder)

    return assembled(cache_dir() / "tools" / f"{file.stem}-{content_key(file)}", make) / "classes.jar"


if __name__ == "__main__":
    write_table(TABLE, COORDINATES)
