"""The sensor screen on the JVM: the real activity plays a recording through a real model, calm first, then not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appspec.errors import KitError
from deploy.jvm.preview import DRAWN, SEQUENCE, draw_screens
from flow.recording import check_recording
from tests.golden.rewrite import window_contract
from tests.phone.formula_models import pump_project

GREEN, RED = (0x2E, 0x7D, 0x32), (0xC6, 0x28, 0x28)
"""What is behind the words Normal and Abnormal: src/sensor/res/values/colors.xml."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("펌프 app")
    pump_project(folder)
    return folder


def test_the_sensor_screen_tells_calm_from_alarm(project: Path, tmp_path: Path) -> None:
    screens = {path.stem: path for path in draw_screens(project, "key", tmp_path, tmp_path, screen="sensor")}
    assert tuple(screens) == DRAWN["sensor"].screens
    shares = {}
    for name, path in screens.items():
        pixels = np.asarray(Image.open(path).convert("RGB"))
        assert pixels.shape[:2] == ((1080, 2340) if name == "landscape" else (2340, 1080)), name
        shares[name] = {color: float((pixels == color).all(-1).mean()) for color in (GREEN, RED)}
    # The threshold's line is red too, but thin.
    for name in ("portrait", "landscape", "dark", "large-korean"):
        assert shares[name][RED] > 0.01, name
        assert shares[name][GREEN] == 0, name
    assert shares["normal"][GREEN] > 0.01
    assert shares["normal"][RED] < 0.005
    moving = sorted((tmp_path / f"{SEQUENCE}-drawn").glob("*.png"))
    assert len(moving) > 10
    first, last = (np.asarray(Image.open(path).convert("RGB")) for path in (moving[0], moving[-1]))
    assert not (first == RED).all(-1).mean() > 0.01
    assert (last == RED).all(-1).mean() > 0.01


def test_a_recording_of_ones_own_is_played(project: Path, tmp_path: Path) -> None:
    """The calm part of the app's own recording."""
    (asset,) = project.rglob("src/main/assets/replay.csv")
    calm = tmp_path / "조용한 하루.csv"
    calm.write_text("".join(asset.read_text(encoding="utf-8").splitlines(keepends=True)[:250]), encoding="utf-8")
    check_recording(calm, window_contract().input.channels)
    drawn = draw_screens(project, "key", tmp_path, tmp_path, screen="sensor", recording=calm)
    portrait = np.asarray(Image.open(next(path for path in drawn if path.stem == "portrait")).convert("RGB"))
    assert (portrait == GREEN).all(-1).mean() > 0.01
    assert (portrait == RED).all(-1).mean() < 0.005


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "Can't read"),
        (b"", "is empty"),
        (b"timestamp,x,y\n\n", "is empty"),
        (b"timestamp,x\n0,1\n", "lacks y"),
        (b"x,y\n1,2\n", "lacks x"),
        (b"timestamp,x,y\n0,1,2\n1,2\n", "is no whole CSV"),
        (b"timestamp,x,y\n0,1,two\n", "no number"),
        (b"timestamp,x,y\n0,1,inf\n", "no number"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "is no CSV"),
    ],
)
def test_what_is_no_recording_is_said(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "mine.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(KitError, match=says):
        check_recording(file, ("x", "y"))


def test_what_the_app_can_play_is_let_through(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("\ufefftimestamp, y , other,x\r\n a ,-2e-3,words,1.5\r\n\r\n b ,nan,,\r\n", encoding="utf-8")
    check_recording(file, ("x", "y"))
