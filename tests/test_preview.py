"""The app's screens on the JVM: the real activity with real models shows what the camera sees, and the question for the camera."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appspec.data_spec import Data
from appspec.errors import KitError
from deploy.jvm.junit import failures
from deploy.jvm.preview import DRAWN, SEQUENCE
from deploy.phone_library.jvm import jvm_library
from flow.animate import STEPS, animate, wander
from flow.build import BuildReport
from flow.generate import generate_project
from flow.preview import cut, draw_preview, drawn_subject, preview, side_by_side
from flow.screen import Screen
from tests.conftest import open_tiny

RED = (230, 30, 40)


def test_the_screens_show_what_the_camera_sees(
    tiny_root: Path, tiny_report: BuildReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_tiny(tiny_root)
    generate_project(app, lambda _line: None)
    photo = tmp_path / "빨강.png"
    Image.new("RGB", (900, 700), RED).save(photo)
    library = jvm_library("tensorflow-lite")
    screens = {path.stem: Image.open(path).convert("RGB") for path in draw_preview(app, photo, Screen(), library=library)}
    assert tuple(screens) == DRAWN["camera"].screens
    for name, size in {"portrait": (1080, 2340), "landscape": (2340, 1080), "dark": (1080, 2340)}.items():
        assert screens[name].size == size
        pixels = np.asarray(screens[name])
        red = (np.abs(pixels.astype(int) - RED) < 12).all(-1)
        assert 0.5 < red.mean() < 0.65, name  # 3 : 4 on 1080 : 2340, less what is drawn over it
        assert (pixels[red.any(1)][:, red.any(0)] != RED).any()
    moving = sorted((app.artifacts.root / "preview" / f"{SEQUENCE}-drawn").glob("*.png"))
    assert len(moving) == STEPS
    animate(moving, tmp_path / "new" / "moving.webp", 100)
    with Image.open(tmp_path / "new" / "moving.webp") as animation:
        assert (animation.size, animation.info["loop"]) == ((360, 780), 0)
        assert 1 < animation.n_frames <= STEPS  # type: ignore[attr-defined]
    light, dark = (np.asarray(screens[name]).mean() for name in ("permission", "permission-dark"))
    assert light > dark

    said = (app.artifacts.logs / "preview.log").read_text(encoding="utf-8")
    assert ("delegate (TfLiteXNNPackDelegate)" in said) == bool(library.folders)
    assert ("delegate (TfLiteGpuDelegateV2)" in said) == library.with_gpu

    log = app.artifacts.logs / "preview-gradle.log"
    log.unlink()
    monkeypatch.setattr("deploy.jvm.preview.run_junit", lambda *_, **__: [])  # it drew all of them just now
    draw_preview(app, photo, Screen())
    assert not log.exists(), "nothing changed, so Gradle had nothing to do"


def test_what_is_found_stays_in_the_cut() -> None:
    image = np.arange(100 * 400 * 3).reshape(100, 400, 3).astype(np.uint8)
    part = cut(image, (480, 640), (390.0, 50.0))
    assert part.shape[:2] == (100, 75)
    assert (part == image[:, 325:]).all()
    assert cut(image, (640, 480), (0.0, 0.0)).shape[:2] == (100, 133)


def test_the_sheet_stands_on_nothing(tmp_path: Path) -> None:
    for name, size in (("a", (108, 234)), ("b", (234, 108))):
        Image.new("RGB", size, RED).save(tmp_path / f"{name}.png")
    side_by_side([tmp_path / "a.png", tmp_path / "b.png"], tmp_path / "new" / "sheet.png")
    sheet = Image.open(tmp_path / "new" / "sheet.png")
    assert sheet.getpixel((0, 0)) == (0, 0, 0, 0)
    assert sheet.getpixel((200, 450)) == (*RED, 255)


def test_errors_are_told_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="sheet"):
        preview("cat_landmarks", None, None, tmp_path / "sheet.jpg", Screen())
    with pytest.raises(KitError, match="plays no recording"):
        preview("cat_landmarks", None, tmp_path / "any.csv", None, Screen())
    with pytest.raises(KitError, match="looks at no picture"):
        preview("machine_anomaly", tmp_path / "any.png", None, None, Screen())


def test_a_camera_that_wanders_stays_in_the_picture_and_comes_back() -> None:
    places = wander(480, 640)
    assert len(set(places)) > STEPS / 2
    for left, top, right, bottom in places:
        assert 0 <= left < right <= 480
        assert 0 <= top < bottom <= 640
        assert (right - left, bottom - top) == (413, 550)
    steps = np.abs(np.diff(np.array([*places, places[0]])[:, :2], axis=0)).max()
    assert steps < 25, "it jumps"


def test_failures_are_read_from_junit() -> None:
    output = "JUnit version 4.13.2\n.E\nTime: 1\nThere was 1 failure:\n1) a(b.C)\njava.lang.E: why\n\tat x\n\nFAILURES!!!\n"
    assert failures(output) == ["a(b.C): java.lang.E: why"]
    assert failures("JUnit version 4.13.2\n...\nOK (3 tests)\n") == []


def test_what_is_drawn_for_the_camera_is_what_the_app_looks_for() -> None:
    hand, person = ("wrist", "thumb1", "forefinger4"), ("nose", "left_eye", "right_eye", "left_ankle")
    assert drawn_subject(Data(format="drawn", subject="cats"), hand) == "cats"
    assert drawn_subject(None, hand) == drawn_subject(Data(format="coco", path="hands"), hand) == "pointing_hands"
    assert drawn_subject(Data(format="cat", path="photographs"), ("left_eye", "right_eye", "mouth")) == "cats"
    assert drawn_subject(None, person) == drawn_subject(Data(format="folder", path="pets"), ()) == "pets"
