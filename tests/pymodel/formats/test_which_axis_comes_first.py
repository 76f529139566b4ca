"""Points with y before x: taken where all fits only so, asked for where both fit; a turned picture is no such case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest

from appspec.data_spec import Data
from appspec.errors import KitError
from pymodel.data.inspection import inspect
from pymodel.data.source import AmbiguousDataError, open_source
from tests.pymodel.formats.kit import coco, coco_folder, encoded, look, picture, write

FACE = np.array([(20, 30), (40, 30), (30, 45), (15, 25), (18, 10), (25, 20), (35, 20), (42, 10), (45, 25)], np.float64)
"""In a picture of 64×64."""

SAID = "points are y before x"


def text(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    return "9 " + " ".join(f"{value:g}" for value in points.ravel())


def cats(
    folder: Path, faces: Sequence[np.ndarray[tuple[int, ...], np.dtype[np.float64]]], size: tuple[int, int] = (64, 64)
) -> Path:
    files: dict[str, bytes | str] = {}
    for i, face in enumerate(faces):
        files[f"{i}.png"] = encoded(picture(i, size), "PNG")
        files[f"{i}.png.cat"] = text(face)
    return write(folder / "data", files)


def faces(count: int = 6) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    return [FACE + (i % 3, -(i % 2)) for i in range(count)]


def swapped(
    some: Iterable[np.ndarray[tuple[int, ...], np.dtype[np.float64]]],
) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    return [one[:, ::-1] for one in some]


@pytest.mark.parametrize(("size", "shift"), [((64, 64), (0, 0)), ((200, 64), (150, 0)), ((64, 200), (0, 140))])
def test_faces_that_lie_on_their_side_and_are_mirrored_are_y_first(
    tmp_path: Path, size: tuple[int, int], shift: tuple[int, int]
) -> None:
    """Also where swapped points lie in the picture, too."""
    moved = [face + shift for face in faces()]
    found = look(cats(tmp_path, swapped(moved), size), "cat")
    assert found.says(f"{SAID} (only so the mouths lie below the eyes); taken so")
    assert [found.points[f"{i}.png"][0] for i in range(6)] == [face.tolist() for face in moved]


def test_shares_too(tmp_path: Path) -> None:
    found = look(cats(tmp_path, [face / 64 for face in swapped(faces())]), "cat")
    np.testing.assert_allclose([found.points[f"{i}.png"][0] for i in range(6)], faces(), atol=0.01)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_turned_faces_stay(tmp_path: Path, turns: int) -> None:
    some = faces()
    for _ in range(turns):
        some = [np.stack([63 - face[:, 1], face[:, 0]], -1) for face in some]
    found = look(cats(tmp_path, some), "cat")
    assert not found.says(SAID)
    assert [found.points[f"{i}.png"][0] for i in range(6)] == [face.tolist() for face in some]


def test_left_and_right_exchanged_stay(tmp_path: Path) -> None:
    exchanged = [face[[1, 0, 2, 6, 7, 8, 3, 4, 5]] for face in faces()]
    found = look(cats(tmp_path, exchanged), "cat")
    assert not found.says(SAID)
    assert found.says("left and right are as seen in the picture")


def test_faces_that_tell_nothing_are_taken_as_they_fit_the_pictures(tmp_path: Path) -> None:
    """Mouth and eyes in one place: from the sides of the pictures alone."""
    flat = [np.where(np.arange(9)[:, None] == 2, (face[0] + face[1]) / 2, face) + (120, 0) for face in faces()]
    found = look(cats(tmp_path, swapped(flat), (200, 64)), "cat")
    assert found.says(f"{SAID} (only so they fit into the pictures); taken so")
    assert found.points["1.png"][0] == flat[1].tolist()


def test_both_fit_and_half_of_the_faces_look_wrong(tmp_path: Path) -> None:
    """Asked for; both settings are drawn, and help."""
    folder = cats(tmp_path, [*swapped(faces(4)), *faces(2)])
    with pytest.raises(AmbiguousDataError) as caught:
        open_source(folder, Data(format="cat", path="."))
    assert "67% of the faces" in caught.value.why
    assert 'axes = "x first" or axes = "y first" in [data]' in caught.value.fix
    assert [one.axes for one in caught.value.readings.values()] == ["x first", "y first"]
    with pytest.raises(KitError, match="x or y"):
        inspect(folder, Data(format="cat", path="."), tmp_path / "sheet.png", 4)
    assert (tmp_path / "sheet.png").is_file()
    assert look(folder, "cat", axes="y first").points["0.png"][0] == faces()[0].tolist()
    assert look(folder, "cat", axes="x first").points["4.png"][0] == faces()[0].tolist()


def hands(swap: bool) -> dict[str, object]:
    document = coco(4)
    document["categories"][0]["keypoints"] = ["tip", "wrist"]
    for row in document["annotations"]:
        row["bbox"] = [40, 5, 20, 15]
        numbers = [45, 8, 2, 55, 18, 1]
        row["keypoints"] = [numbers[i] for i in (1, 0, 2, 4, 3, 5)] if swap else numbers
    return document


@pytest.mark.parametrize("swap", [False, True])
def test_keypoints_of_coco_lie_in_their_boxes(tmp_path: Path, swap: bool) -> None:
    found = look(coco_folder(tmp_path / "data", hands(swap)), "coco")
    assert found.says(f"{SAID} (only so they lie in their objects' boxes); taken so") == swap
    assert found.points["0001.jpg"] == [[[45, 8], [55, 18]]]


def test_some_keypoints_outside_of_their_boxes_ask_and_the_setting_helps(tmp_path: Path) -> None:
    document = coco(12)
    document["categories"][0]["keypoints"] = ["tip", "wrist"]
    for row in document["annotations"]:
        row |= {"bbox": [10, 8, 30, 20], "keypoints": [12, 15, 2, 14, 32, 2]}
    folder = coco_folder(tmp_path / "data", document)
    with pytest.raises(AmbiguousDataError, match="x or y") as caught:
        open_source(folder, Data(format="coco", path="."))
    assert "50% of the points lie outside" in caught.value.why
    assert look(folder, "coco", axes="y first").points["0001.jpg"] == [[[15, 12], [32, 14]]]
    assert look(folder, "coco", axes="x first").points["0001.jpg"] == [[[12, 15], [14, 32]]]


def test_what_axes_says_counts(tmp_path: Path) -> None:
    folder = coco_folder(tmp_path / "data", hands(False), {f"{i:04}.jpg": encoded(picture(i)) for i in range(1, 5)})
    with pytest.raises(KitError) as caught:
        look(folder, "coco", axes="y first")
    assert "wrist at (18, 55) is outside" in caught.value.why
    assert "axes in [data] says so" in caught.value.why


@pytest.mark.parametrize("swap", [False, True])
def test_keypoints_of_yolo(tmp_path: Path, swap: bool) -> None:
    points = "0.2 0.7 2 0.3 0.8 2" if swap else "0.7 0.2 2 0.8 0.3 2"
    files: dict[str, bytes | str] = {"data.yaml": "names: [hand]\nkpt_shape: [2, 3]\n"}
    for i in range(4):
        files[f"images/{i}.png"] = encoded(picture(i, (100, 100)), "PNG")
        files[f"labels/{i}.txt"] = f"0 0.75 0.25 0.2 0.3 {points}\n"
    found = look(write(tmp_path / "data", files), "yolo")
    assert found.says(SAID) == swap
    np.testing.assert_allclose(found.points["images/0.png"][0], [[70, 20], [80, 30]], atol=0.01)
