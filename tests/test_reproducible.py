"""Two builds of one app in two folders: the same bytes, entry by entry, in the same order, and all but the signature between.

The second one takes nothing from Gradle's build cache, so it is never the first one again.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from codegen import RECORDING, generate, template_folder
from deploy.toolchain.build import build_apk, build_release
from tests.deploy.apk_factory import without_signing_block
from tests.golden.rewrite import PROJECTS

MODEL = b"\x1c\0\0\0TFL3" + bytes(range(256)) * 20
ABIS = ("arm64-v8a",)


def project(folder: Path) -> Path:
    """The sensor app of the golden projects, with a model that nobody runs."""
    golden = PROJECTS["pump"]
    target = folder / "android"
    target.mkdir(parents=True)
    generate(
        golden.spec, golden.contracts, template_folder(), target, {"pump.tflite": MODEL, RECORDING: b"timestamp,temperature\n"}
    )
    return target


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("two")
    return project(folder / "a"), project(folder / "다른 곳" / "and deeper" / "b")


def entries(file: Path) -> list[tuple[object, ...]]:
    with zipfile.ZipFile(file) as archive:
        return [
            (info.filename, info.date_time, info.compress_type, info.extra, archive.read(info)) for info in archive.infolist()
        ]


def same(files: list[Path]) -> list[str]:
    """Names of what differs, after the order was compared."""
    first, second = map(entries, files)
    assert [entry[0] for entry in first] == [entry[0] for entry in second]
    assert len(first) > 50
    return [str(one[0]) for one, other in zip(first, second, strict=True) if one != other]


def test_debug_apks_are_the_same(projects: tuple[Path, Path], tmp_path: Path) -> None:
    log = tmp_path / "gradle.log"
    apks = [build_apk(projects[0], log), build_apk(projects[1], log, from_cache=False)]
    assert same(apks) == []
    assert without_signing_block(apks[0].read_bytes()) == without_signing_block(apks[1].read_bytes())
    source = projects[0] / "app/src/main/kotlin/io/apkiln/app/MainActivity.kt"
    text = source.read_text(encoding="utf-8")
    source.write_text(text + "\nprivate const val MORE = 1\n", encoding="utf-8")
    build_apk(projects[0], log, from_cache=False)
    source.write_text(text, encoding="utf-8")
    assert build_apk(projects[0], log, from_cache=False).read_bytes() == apks[1].read_bytes(), "as if it was never edited"


def test_releases_are_the_same(projects: tuple[Path, Path], tmp_path: Path) -> None:
    releases = []
    for number, folder in enumerate(projects):
        target = tmp_path / str(number)
        target.mkdir()
        releases.append(build_release(folder, ABIS, target, tmp_path / "release.log", from_cache=number == 0))
        shutil.rmtree(folder / "app" / "build")
    first, second = releases
    assert same([first.bundle, second.bundle]) == []
    assert same([first.apks["arm64-v8a"], second.apks["arm64-v8a"]]) == []
    for one, other in (
        (first.bundle, second.bundle),
        (first.mapping, second.mapping),
        (first.apks[ABIS[0]], second.apks[ABIS[0]]),
    ):
        assert one.read_bytes() == other.read_bytes()
