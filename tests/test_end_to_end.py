"""The whole road on a tiny budget: drawn data to a checked APK, then what a second run does."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from appspec.contract import Coordinates, CropPolicy, Points
from appspec.errors import KitError
from appspec.read_contract import read_contract
from deploy.apk.facts import inspect_apk
from deploy.toolchain.cache import OnProgress
from flow.build import BuildReport, build
from flow.screen import Screen
from tests.conftest import TINY, open_tiny


@pytest.fixture(scope="module")
def root(tiny_root: Path) -> Path:
    return tiny_root


@pytest.fixture(scope="module")
def report(tiny_report: BuildReport) -> BuildReport:
    return tiny_report


def made(report: BuildReport) -> set[str]:
    return {stage.name for stage in report.stages if stage.made}


def test_the_apk_holds_what_was_asked(report: BuildReport) -> None:
    facts = inspect_apk(report.apk)
    assert (facts.application_id, facts.version_name, facts.version_code) == ("org.example.tiny", "1.2.3", 1_002_003)
    assert (facts.min_sdk, facts.target_sdk) == (24, 36)
    assert facts.label == '고양이 & "Cats"'
    assert set(facts.abis) == {"arm64-v8a", "x86_64"}
    assert facts.signature_schemes == ("v2",)
    with zipfile.ZipFile(report.apk) as archive:
        for pick in report.models.models:
            entry = archive.getinfo(f"assets/{pick.path.name}")
            assert entry.compress_type == zipfile.ZIP_STORED
            assert archive.read(entry) == pick.path.read_bytes()


def test_the_models_say_what_the_phone_must_know(report: BuildReport) -> None:
    box, landmarks = (read_contract(pick.path) for pick in report.models.models)
    assert (box.task, type(box.decoder), box.crop, box.input.dtype) == ("box", Points, CropPolicy(), "int8")
    assert (landmarks.task, type(landmarks.decoder), landmarks.crop_policy.follows) == ("landmarks", Coordinates, "box")
    assert box.input.shape == (1, 32, 32, 3)
    assert box.output.shape == (1, 4, 4, 2)
    assert landmarks.output.shape == (1, 9, 2)
    assert landmarks.input.mean == pytest.approx((123.675, 116.28, 103.53))


class RecordedGradle:
    """Stands for Gradle where a test asks whether it is called, and on which project: it gives an APK that is there already."""

    def __init__(self, apk: Path) -> None:
        self.projects: list[dict[str, str]] = []
        self._apk = apk

    def __call__(self, project: Path, log: Path, on_progress: OnProgress) -> Path:
        files = (project / "app/build.gradle", *(project / "app/src/main/res/values").glob("strings*.xml"))
        self.projects.append({file.name: file.read_text(encoding="utf-8") for file in files})
        return self._apk


@pytest.fixture
def gradle(root: Path, report: BuildReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RecordedGradle:
    """That what Gradle builds is what the project says is proved by test_an_android_value_retrains_nothing."""
    stub = RecordedGradle(shutil.copyfile(report.apk, tmp_path / "built.apk"))
    monkeypatch.setattr("flow.build.run_gradle", stub)
    monkeypatch.setattr("flow.build.check_apk", lambda apk, wanted: inspect_apk(apk))
    return stub


def test_a_second_run_makes_nothing(root: Path, report: BuildReport) -> None:
    assert made(build(open_tiny(root), Screen())) == set()


def test_a_build_folder_that_was_moved_tells_where_its_apk_is(root: Path, report: BuildReport) -> None:
    stored = json.loads((report.apk.parent / "facts.json").read_text(encoding="utf-8"))
    assert (stored["file"], report.facts["file"]) == (report.apk.name, str(report.apk))


def test_an_android_value_retrains_nothing(root: Path, report: BuildReport) -> None:
    changed = build(open_tiny(root, TINY.replace("[android]", "[android]\nmin_sdk = 26")), Screen())
    assert made(changed) == {"generate project", "build apk"}
    assert inspect_apk(changed.apk).min_sdk == 26


def test_mean_reaches_the_kotlin_through_the_metadata(root: Path, report: BuildReport) -> None:
    project = report.apk.parents[1] / "android"
    kotlin = "\n".join(path.read_text(encoding="utf-8") for path in project.rglob("ModelContracts.kt"))
    assert "123.675f" in kotlin
    assert "120.0f" in kotlin or "120f" in kotlin


def test_an_edit_of_the_generated_project_is_built_and_kept(root: Path, gradle: RecordedGradle) -> None:
    app = open_tiny(root)
    strings = next((app.artifacts.android / "app/src/main/res/values").glob("strings*.xml"))
    build(app, Screen())
    gradle.projects.clear()
    strings.write_text(strings.read_text(encoding="utf-8") + "<!-- mine -->\n", encoding="utf-8")
    assert made(build(app, Screen())) == {"build apk"}
    assert made(build(app, Screen())) == set()
    changed = build(open_tiny(root, TINY.replace("[android]", "[android]\nmin_sdk = 27")), Screen())
    assert made(changed) == {"generate project", "build apk"}
    edited, regenerated = gradle.projects
    assert "<!-- mine -->" in edited[strings.name]
    assert "<!-- mine -->" in regenerated[strings.name]
    assert "minSdk 24" in edited["build.gradle"]
    assert "minSdk 27" in regenerated["build.gradle"]


def test_nothing_is_built_over_a_conflict(root: Path, gradle: RecordedGradle) -> None:
    app = open_tiny(root)
    script = app.artifacts.android / "app" / "build.gradle"
    build(app, Screen())
    gradle.projects.clear()
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("minSdk 24", "minSdk 25"), encoding="utf-8")
    again = open_tiny(root, TINY.replace("[android]", "[android]\nmin_sdk = 28"))
    for _ in range(2):
        with pytest.raises(KitError, match="wait for you") as caught:
            build(again, Screen())
        assert "app/build.gradle" in caught.value.why
    assert gradle.projects == []
    marked = script.read_text(encoding="utf-8")
    assert "minSdk 25" in marked
    assert "minSdk 28" in marked
    script.write_text(text.replace("minSdk 24", "minSdk 28"), encoding="utf-8")
    assert made(build(again, Screen())) == {"build apk"}
    (built,) = gradle.projects
    assert "minSdk 28" in built["build.gradle"]


def test_a_kind_that_is_never_trained_is_refused_before_any_work(tmp_path: Path) -> None:
    app = open_tiny(tmp_path, TINY.replace('task = "box"', 'task = "detect"', 1))
    with pytest.raises(KitError, match="model cat_box: task") as refused:
        build(app, Screen())
    assert "give a ready one" in refused.value.fix
    assert not (app.artifacts.root / "data").exists()


def test_a_ready_model_has_no_keys_of_training(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="train is the file's own"):
        open_tiny(tmp_path, TINY.replace('task = "box"', 'task = "box"\nfile = "net.tflite"', 1))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('task = "box"', 'task = "heatmap"', "heatmap, landmarks is no chain"),
        ('format = "drawn"', 'format = "drawn"\nsubject = "pets"', "can't be learnt from folder"),
        ('version = "1.2.3"', 'version = "1.2.3"\nscreen = "sensor"', "needs the screen 'camera'"),
        ("[android]", '[android]\nanimation = "finger.json"', "no model has such a point"),
    ],
)
def test_words_that_do_not_fit_together_are_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    app = open_tiny(tmp_path, TINY.replace(old, new, 1))
    with pytest.raises(KitError) as caught:
        build(app, Screen())
    assert says in f"{caught.value.what} {caught.value.why}"
