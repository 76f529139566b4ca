"""The sensor screen on the JVM: the real activity plays a recording through a real model, calm first, then not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appspec.data_spec import Series
from appspec.errors import KitError
from deploy.jvm.preview import DRAWN, SEQUENCE, draw_screens
from flow.recording import write_recording
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
    plain = tmp_path / "plain.csv"
    assert not write_recording(calm, Series(), window_contract().input.channels, plain)
    drawn = draw_screens(project, "key", tmp_path, tmp_path, screen="sensor", recording=plain)
    portrait = np.asarray(Image.open(next(path for path in drawn if path.stem == "portrait")).convert("RGB"))
    assert (portrait == GREEN).all(-1).mean() > 0.01
    assert (portrait == RED).all(-1).mean() < 0.005


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "Can't read"),
        (b"", "is empty"),
        (b"timestamp,x,y\n\n", "no rows"),
        (b"timestamp,x\n0,1\n", "lacks y"),
        (b"timestamp,x,y\n0,1,2\n1,2\n", "line 3 has 2"),
        (b"timestamp,x,y\n0,1,two\n", "not made of numbers"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "is no UTF-8 text"),
    ],
)
def test_what_is_no_recording_is_said(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "mine.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(KitError, match=says):
        write_recording(file, Series(), ("x", "y"), tmp_path / "plain.csv")


PLAIN = "timestamp,x,y\na,1.5,-0.002\nb,,\n"

RECORDINGS = {
    "a byte order mark, blanks, other columns": "\ufefftimestamp, y , other,x\r\n a ,-2e-3,words,1.5\r\n\r\n b ,nan,,\r\n",
    "quoted headers": '"timestamp","x","y"\na,1.5,-0.002\nb,,\n',
    "semicolons and decimal commas": "timestamp;x;y\na;1,5;-0,002\nb;;\n",
    "a declared separator and units": "sep=|\ntimestamp|x|y\n|mm|°C\na|1.5|-0.002\nb||\n",
    "more columns, in another order": "timestamp,y,n,x\na,-0.002,7,1.5\nb,,8,\n",
    "stamps under another name": "when,x,y\na,1.5,-0.002\nb,,\n",
}


@pytest.mark.parametrize("case", RECORDINGS)
def test_recordings_of_any_shape_become_the_plain_one_that_the_app_plays(tmp_path: Path, case: str) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(RECORDINGS[case], encoding="utf-8")
    write_recording(file, Series(), ("x", "y"), tmp_path / "plain.csv")
    assert (tmp_path / "plain.csv").read_text(encoding="utf-8") == PLAIN
