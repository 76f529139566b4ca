"""Two whole apps, one a kind of screen, compiled once with the tests in Kotlin, and run in a JVM as Android would run them."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from appspec.contract import ModelContract
from deploy.jvm.compile import FRAME_SOURCES, MODEL_SOURCES, compile_for_jvm
from deploy.jvm.junit import run_junit
from deploy.jvm.libraries import android_folder, screen_libraries
from deploy.jvm.preview import SCREEN_SOURCES
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.toolchain import prepare_toolchain
from tests.overlays import add_kind
from tests.phone.formula_models import finger_project, pump_project

KOTLIN = Path(__file__).parent / "kotlin"


@dataclass(frozen=True)
class PhoneApp:
    """An app's classes and resources, and the tests', ready to run."""

    jdk: Jdk
    project: Path
    contract: ModelContract
    classpath: list[Path]

    def failures(self, tests: Sequence[str], folder: Path, properties: Mapping[str, str] | None = None) -> list[str]:
        """What failed of test classes of io.apkiln.app, one line a failure; their files go into `folder`."""
        values = {
            "robolectric.offline": "true",
            "robolectric.dependency.dir": str(android_folder()),
            "apkiln.out": str(folder),
            **(properties or {}),
        }
        names = [f"io.apkiln.app.{name}" for name in tests]
        log = folder / "junit.log"
        failed = run_junit(self.jdk, self.classpath, names, values, self.project / "app", log)
        ran = log.read_text(encoding="utf-8", errors="replace")
        assert failed or "OK (" in ran, ran[-2000:]
        return failed

    def with_asset(self, name: str, content: bytes, folder: Path) -> PhoneApp:
        """The same app with another file in its assets: Robolectric reads them from the package of its resources."""
        copy = folder / "android"
        shutil.copytree(self.project, copy, symlinks=True)
        (package,) = copy.rglob("apk-for-local-test.ap_")
        _replace(package, f"assets/{name}", content)
        classpath = [
            copy / path.relative_to(self.project) if path.is_relative_to(self.project) else path for path in self.classpath
        ]
        return PhoneApp(self.jdk, copy, self.contract, classpath)


def _replace(package: Path, name: str, content: bytes) -> None:
    """Another content for one file of a zip; all else stays as it is."""
    with zipfile.ZipFile(package) as archive:
        files = {info: archive.read(info) for info in archive.infolist()}
    assert name in {info.filename for info in files}
    with zipfile.ZipFile(package, "w") as archive:
        for info, old in files.items():
            archive.writestr(info, content if info.filename == name else old, info.compress_type)


def compiled(project: Path, contract: ModelContract, sources: Sequence[Path], log: Path) -> PhoneApp:
    toolchain = prepare_toolchain()
    everything = [MODEL_SOURCES, SCREEN_SOURCES, KOTLIN / "common", *sources]
    classpath = compile_for_jvm(project, everything, screen_libraries(), toolchain, log, resources=True)
    return PhoneApp(toolchain.jdk, project, contract, [path for path in classpath if path.exists()])


def camera_app(folder: Path) -> PhoneApp:
    """The app of finger_project, compiled in `folder`."""
    project = folder / "android"
    project.mkdir()
    contract = finger_project(project)
    add_kind(project, "classify")  # whose answers the screen shows as well
    return compiled(project, contract, [FRAME_SOURCES, KOTLIN / "camera"], folder / "gradle.log")


def sensor_app(folder: Path) -> PhoneApp:
    """The app of pump_project, compiled in `folder`."""
    project = folder / "android"
    project.mkdir()
    return compiled(project, pump_project(project), [KOTLIN / "sensor"], folder / "gradle.log")


@pytest.fixture(scope="session")
def finger_app(tmp_path_factory: pytest.TempPathFactory) -> PhoneApp:
    return camera_app(tmp_path_factory.mktemp("손가락 app"))


@pytest.fixture(scope="session")
def pump_app(tmp_path_factory: pytest.TempPathFactory) -> PhoneApp:
    return sensor_app(tmp_path_factory.mktemp("펌프 app"))
