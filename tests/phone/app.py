"""Two whole apps, one a kind of screen, compiled once with the tests in Kotlin, and run in a JVM as Android would run them."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appspec.contract import ModelContract
from deploy.jvm.compile import FRAME_SOURCES, MODEL_SOURCES, compile_for_jvm
from deploy.jvm.junit import run_main
from deploy.jvm.libraries import android_folder, screen_libraries
from deploy.jvm.preview import SCREEN_SOURCES
from deploy.phone_library.jvm import jvm_library
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.toolchain import prepare_toolchain
from tests.overlays import add_kind
from tests.phone.formula_models import finger_project, pump_project

KOTLIN = Path(__file__).parent / "kotlin"
LOGCAT = Path(__file__).parent / "bin"
"""Android's program, for the log of the phone's own library."""


@dataclass(frozen=True)
class JvmTest:
    """A test class of io.apkiln.app and what it runs with.

    Attributes:
        name: of the run: the class's own, where it runs once.
        properties: system properties.
        asset: a file of the app's assets that it has with another content.
    """

    name: str
    test: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    asset: tuple[str, bytes] | None = None


@dataclass(frozen=True)
class PhoneApp:
    """An app's classes and resources, and the tests', ready to run."""

    jdk: Jdk
    project: Path
    contract: ModelContract
    classpath: list[Path]

    def run(self, tests: Sequence[JvmTest], folder: Path) -> PhoneRun:
        """Runs tests in one JVM: most of what one takes is to load Android. The phone's own library is in it where it can be."""
        lines = [_line(test, self._properties(test, folder)) for test in tests]
        plan = folder / "plan.tsv"
        plan.write_text("\n".join(lines), encoding="utf-8")
        values = {
            "robolectric.offline": "true",
            "robolectric.dependency.dir": str(android_folder()),
            "apkiln.out": str(folder),
        }
        main = ["io.apkiln.app.Runs", str(plan)]
        phone_log = folder / "phone.log"
        phone_log.touch()
        run_main(
            self.jdk,
            self.classpath,
            main,
            values,
            self.project / "app",
            folder / "junit.log",
            library=jvm_library("tensorflow-lite"),
            environment={
                "APKILN_PHONE_LOG": str(phone_log),
                "PATH": os.pathsep.join((str(LOGCAT), os.environ.get("PATH", ""))),
            },
        )
        return PhoneRun(folder)

    def _properties(self, test: JvmTest, folder: Path) -> Mapping[str, str]:
        if test.asset is None:
            return test.properties
        (package,) = self.project.rglob("apk-for-local-test.ap_")
        name, content = test.asset
        other = folder / f"{test.name}.ap_"
        _replace(package, other, f"assets/{name}", content)
        return {**test.properties, "apkiln.package": str(other)}


@dataclass(frozen=True)
class PhoneRun:
    """What the tests that ran in one JVM left."""

    root: Path

    def folder(self, name: str) -> Path:
        """The files that the run of that name wrote."""
        return self.root / name

    def failures(self, name: str) -> list[str]:
        """What failed in the run of that name, one line a failure."""
        result = self.root / f"{name}.txt"
        log = self.root / "junit.log"
        assert result.is_file(), f"{name} came to no end: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}"
        *failed, ran = result.read_text(encoding="utf-8").splitlines()
        assert int(ran.removesuffix(" ran")) > 0
        return failed


def _line(test: JvmTest, properties: Mapping[str, str]) -> str:
    own = [f"{key}={value}" for key, value in properties.items()]
    return "\t".join([test.name, f"io.apkiln.app.{test.test or test.name}", *own])


def _replace(package: Path, target: Path, name: str, content: bytes) -> None:
    """A copy of a zip with another content for one of its files."""
    with zipfile.ZipFile(package) as archive:
        files = {info: archive.read(info) for info in archive.infolist()}
    assert name in {info.filename for info in files}
    with zipfile.ZipFile(target, "w") as archive:
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
    for kind in ("classify", "detect", "mask", "raw"):  # whose answers the screen shows as well
        add_kind(project, kind)
    return compiled(project, contract, [FRAME_SOURCES, KOTLIN / "camera"], folder / "gradle.log")


def sensor_app(folder: Path) -> PhoneApp:
    """The app of pump_project, compiled in `folder`."""
    project = folder / "android"
    project.mkdir()
    return compiled(project, pump_project(project), [KOTLIN / "sensor"], folder / "gradle.log")
