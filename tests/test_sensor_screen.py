"""The sensor screen on the JVM: the real activity plays a recording through a real model, calm first, then not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appspec.contract import ModelContract
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
    """The calm part of the app's own recording, whose stamps are no moments."""
    (asset,) = project.rglob("src/main/assets/replay.csv")
    calm = tmp_path / "조용한 하루.csv"
    calm.write_text("".join(asset.read_text(encoding="utf-8").splitlines(keepends=True)[:250]), encoding="utf-8")
    plain = tmp_path / "plain.csv"
    (said,) = write_recording(calm, Series(), window_contract(), plain)
    assert "rows are played as they stand" in said
    drawn = draw_screens(project, "key", tmp_path, tmp_path, screen="sensor", recording=plain)
    portrait = np.asarray(Image.open(next(path for path in drawn if path.stem == "portrait")).convert("RGB"))
    assert (portrait == GREEN).all(-1).mean() > 0.01
    assert (portrait == RED).all(-1).mean() < 0.005


def model_of(*channels: str) -> ModelContract:
    """One that takes a sample of these an hour."""
    contract = window_contract()
    return replace(contract, inputs=(replace(contract.input, channels=channels),))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "Can't read"),
        (b"", "is empty"),
        (b"timestamp,x,y\n\n", "no rows"),
        (b"timestamp,x\n0,1\n", "lacks y"),
        (b"timestamp,x,y\n0,1,2\n1,2\n", "line 3 has 2"),
        (b"timestamp,x,y\n0,1,two\n", "not made of numbers"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "it is a PNG picture"),
        (b"timestamp,x,y\n0,1,\x81\xfe\n", "is no UTF-8 text"),
    ],
)
def test_what_is_no_recording_is_said(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "mine.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(KitError, match=says):
        write_recording(file, Series(), model_of("x", "y"), tmp_path / "plain.csv")


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
    write_recording(file, Series(), model_of("x", "y"), tmp_path / "plain.csv")
    assert (tmp_path / "plain.csv").read_text(encoding="utf-8") == PLAIN


def long_table(machine: str = "", begin: int = 0) -> str:
    """A row a value, of y three minutes later than of x."""
    rows = [
        f"{machine}2024-03-01 {hour:02}:{minute:02},{name},{value}"
        for hour in range(begin, begin + 4)
        for minute, name, value in ((0, "x", hour), (3, "y", hour / 8), (7, "z", 5))
    ]
    return "\n".join(rows) + "\n"


TABLES: dict[str, tuple[str, Series]] = {
    "a row a value": ("time,tag,value\n" + long_table(), Series(timestamp="time", channel="tag")),
    "a row a value, of two machines": (
        "machine,time,tag,value\n" + long_table("left,") + long_table("right,", 9),
        Series(timestamp="time", channel="tag", group="machine"),
    ),
    "a row a value, of an app whose data has a column a channel": ("time,tag,value\n" + long_table(), Series()),
    "a column a channel, of an app whose data has a row a value": (
        "time,x,y\n" + "".join(f"2024-03-01 {hour:02}:00,{hour},{hour / 8}\n" for hour in range(4)),
        Series(timestamp="time", channel="tag", group="machine"),
    ),
    "unsorted, a row each half hour": (
        "timestamp,x,y\n"
        + "".join(
            f"2024-03-01 {hour:02}:{minute:02},{hour + (minute / 30 - 0.5) / 5},{hour / 8}\n"
            for hour in (2, 0, 1, 3)
            for minute in (15, 0)
        ),
        Series(),
    ),
    "summer time ends": (
        "timestamp,x,y\n" + "".join(f"2024-10-27 0{hour}:00 Europe/Berlin,{i},{i / 8}\n" for i, hour in enumerate((1, 2, 2, 3))),
        Series(label="state"),
    ),
}


@pytest.mark.parametrize("case", TABLES)
def test_recordings_are_read_as_the_data_of_a_training(tmp_path: Path, case: str) -> None:
    content, series = TABLES[case]
    file = tmp_path / "mine.csv"
    file.write_text(content, encoding="utf-8")
    notes = write_recording(file, series, model_of("x", "y"), tmp_path / "plain.csv")
    header, *rows = (line.split(",") for line in (tmp_path / "plain.csv").read_text(encoding="utf-8").splitlines())
    assert header == ["timestamp", "x", "y"]
    np.testing.assert_allclose([[float(cell) for cell in row[1:]] for row in rows], [(i, i / 8) for i in range(4)], atol=0.11)
    assert any("holds 2 machines, left, right: left is played" in note for note in notes) == ("two machines" in case)
