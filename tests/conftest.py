"""What several tests look at: finished models, and one whole run to an APK, each made once on a tiny budget; and who runs what."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from xdist.workermanage import Producer

from flow.app import OpenApp, open_app
from flow.build import BuildReport, build
from flow.screen import Screen
from tests.kinds import Built, build_kind
from tests.kit import Kit, copy_kit
from tests.phone.app import PhoneRun
from tests.phone.runs import run_camera, run_sensor
from tests.sharing import SharedFixtures, in_order, made_once


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    in_order(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SharedFixtures:
    return SharedFixtures(config, log)


@pytest.fixture(scope="session", autouse=True)
def _temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests and their processes leave among the machine's temporary files is pytest's to remove."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("tmp")))
        patch.setattr(tempfile, "tempdir", None)
        yield


TRAINED = """
[app]
name = "Tiny"
id = "org.example.tiny"
[[model]]
name = "cat_box"
task = "box"
input = { size = [32, 32] }
train = { epochs = 2, batch_size = 16 }
[[model]]
name = "cat_landmarks"
task = "landmarks"
input = { size = [32, 32] }
head = "regress"
pooling = "avg"
train = { epochs = 2, batch_size = 16 }
[data]
format = "drawn"
pictures = 60
split = { validation = 0.2, test = 0.2 }
[convert]
quantize = "none"
"""


def train_kit(folder: Path) -> Kit:
    kit = copy_kit(folder / "학습된 kit")
    kit.write_app(TRAINED)
    end = kit.run("train", "--app", "tiny")
    assert end.code == 0, end
    return kit


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """A kit in which `invoke train --app tiny` was run."""
    made = made_once(tmp_path_factory, "trained", train_kit)
    return Kit(shutil.copytree(made.folder, tmp_path_factory.mktemp("trained") / made.folder.name))


TINY = """
[app]
name = "고양이 & \\"Cats\\""
id = "org.example.tiny"
version = "1.2.3"
[[model]]
name = "cat_box"
task = "box"
input = { size = [32, 32], mean = 120.0, std = 60.0 }
train = { epochs = 20, batch_size = 8, learning_rate = 8e-3 }
[[model]]
name = "cat_landmarks"
task = "landmarks"
input = { size = [32, 32], mean = [123.675, 116.28, 103.53], std = 58.4 }
head = "regress"
train = { epochs = 20, batch_size = 8, learning_rate = 8e-3 }
[data]
format = "drawn"
pictures = 80
split = { validation = 0.2, test = 0.2 }
[convert]
quantize = "int8"
[android]
abis = ["arm64-v8a", "x86_64"]
"""


def open_tiny(root: Path, text: str = TINY) -> OpenApp:
    file = root / "apps" / "tiny" / "app.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return open_app("tiny", root=root)


def build_tiny(root: Path) -> Path:
    build(open_tiny(root), Screen())
    return root


@pytest.fixture(scope="session")
def tiny_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the app of TINY, built; without what Gradle remembers of the folder where it was."""
    made = made_once(tmp_path_factory, "한글 and spaces", build_tiny)
    gradle = {str(made / "build/tiny/android" / name) for name in (".gradle", "build", "app/build")}
    return shutil.copytree(
        made,
        tmp_path_factory.mktemp("한글 and spaces"),
        ignore=lambda folder, names: [name for name in names if str(Path(folder, name)) in gradle],
        dirs_exist_ok=True,
    )


@pytest.fixture(scope="session")
def tiny_report(tiny_root: Path) -> BuildReport:
    return build(open_tiny(tiny_root), Screen())


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Built]:
    """Gives the app of a kind, built once."""
    return cache(lambda kind: made_once(tmp_path_factory, f"kind {kind}", lambda root: build_kind(root, kind)))


@pytest.fixture(scope="session")
def camera_run(tmp_path_factory: pytest.TempPathFactory) -> PhoneRun:
    """The tests in Kotlin of an app with a camera."""
    return made_once(tmp_path_factory, "손가락 app", run_camera)


@pytest.fixture(scope="session")
def sensor_run(tmp_path_factory: pytest.TempPathFactory) -> PhoneRun:
    """The tests in Kotlin of an app with sensors."""
    return made_once(tmp_path_factory, "펌프 app", run_sensor)
