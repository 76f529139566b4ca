"""The reader of the CAT layout: what it takes, and how it names what it leaves out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appspec.data_spec import Data, Split
from appspec.errors import KitError
from appspec.progress import Silent
from pymodel.data.formats.cat import POINTS
from pymodel.data.images import RgbImage, UnreadableImageError, read_image
from pymodel.data.source import Instance, open_source
from pymodel.data.splits import SPLITS, split_of
from pymodel.data.store import MAX_SIDE, ExampleStore, write_store
from pymodel.evaluate.chain import folder_samples

DATA = Data(format="cat", path="somewhere", split=Split(validation=0.2, test=0.3))

FACE = [20, 30, 40, 30, 30, 45, 15, 25, 18, 10, 25, 20, 35, 20, 42, 10, 45, 25]


def gradient(width: int = 64, height: int = 60) -> Image.Image:
    """A picture whose top left is dark red and whose bottom right is bright blue."""
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([np.full_like(x, 60), x, y], -1).astype(np.uint8))


def add(folder: Path, name: str, points: str | None = None, image: Image.Image | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (image or gradient()).save(folder / name)
    annotation = folder / f"{name}.cat"
    annotation.write_text(points if points is not None else f"9 {' '.join(map(str, FACE))} ", encoding="ascii")
    return annotation


def read_pair(folder: Path, annotation: Path) -> tuple[str, Instance, RgbImage]:
    file, (found,), image = open_source(folder, DATA).read(annotation.relative_to(folder).as_posix())
    return file, found, image


def test_points_come_in_order(tmp_path: Path) -> None:
    file, found, image = read_pair(tmp_path, add(tmp_path / "CAT_00", "a.jpg"))
    assert file == "CAT_00/a.jpg"
    assert found.points.tolist() == np.reshape(FACE, (9, 2)).tolist()
    assert image.shape == (60, 64, 3)
    assert len(POINTS) == 9


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ("8 " + " ".join(map(str, FACE[:16])), "8 points"),
        ("9 " + " ".join(map(str, FACE[:17])), "stops after 17 of 18"),
        ("9 " + " ".join(map(str, [*FACE[:16], 300, 25])), "right_ear_3 at (300, 25) is outside the 64×60 image"),
        ("9 " + " ".join(map(str, [-40, *FACE[1:]])), "left_eye at (-40, 30) is outside"),
        ("", "empty"),
        ("nine cats", "not a list of numbers"),
        ("9 " + " ".join(["nan"] * 18), "no finite number"),
        ("9 " + " ".join(["5"] * 18), "within 4 pixels"),
    ],
)
def test_a_bad_annotation_is_told(tmp_path: Path, points: str, says: str) -> None:
    with pytest.raises(UnreadableImageError) as caught:
        read_pair(tmp_path, add(tmp_path, "a.jpg", points))
    assert says in str(caught.value)


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "missing"])
def test_a_bad_image_is_told(tmp_path: Path, damage: str) -> None:
    annotation = add(tmp_path, "a.jpg")
    image = tmp_path / "a.jpg"
    content = image.read_bytes()
    if damage == "missing":
        image.unlink()
    else:
        image.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "text": b"hello"}[damage])
    with pytest.raises(UnreadableImageError) as caught:
        read_pair(tmp_path, annotation)
    assert {"empty": "0 bytes", "cut": "cut short", "text": "no image", "missing": "missing"}[damage] in str(caught.value)


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGBA", "P", "1", "LA", "I;16"])
def test_every_kind_of_pixel_becomes_rgb(tmp_path: Path, mode: str) -> None:
    base = gradient()
    image = Image.fromarray(np.asarray(base.convert("L")).astype(np.uint16) * 257) if mode == "I;16" else base.convert(mode)
    file = tmp_path / ("a.tiff" if mode in ("CMYK", "I;16") else "a.png")
    image.save(file)
    pixels = read_image(file)
    assert pixels.shape == (60, 64, 3)
    assert pixels.dtype == np.uint8
    gray = np.asarray(base.convert("L"), np.float32)
    assert np.abs(np.asarray(Image.fromarray(pixels).convert("L"), np.float32).mean() - gray.mean()) < 20


def test_transparency_lies_over_white(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png").min() == 255


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_obeyed(tmp_path: Path, orientation: int) -> None:
    upright = gradient(40, 24)
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # PIL transposes that the viewer will take back
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(read_image(tmp_path / "a.png"), np.asarray(upright))


def test_up_to_a_twentieth_is_left_out_and_named(tmp_path: Path) -> None:
    for i in range(19):
        add(tmp_path, f"{i:02}.jpg")
    add(tmp_path, "bad.jpg", "8 1 2")
    samples, problems = folder_samples(tmp_path, DATA)
    assert len(samples) == 19
    assert [problem.file for problem in problems] == ["bad.jpg.cat"]
    add(tmp_path, "worse.jpg", "8 1 2")
    with pytest.raises(KitError) as caught:
        folder_samples(tmp_path, DATA)
    assert "2 of 21" in caught.value.what
    assert "bad.jpg.cat: the annotation has 8 points" in caught.value.why


def test_missing_and_empty_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="does not exist"):
        open_source(tmp_path / "nowhere", DATA)
    with pytest.raises(KitError, match=r"no \.cat file"):
        open_source(tmp_path, DATA)


def test_a_file_keeps_its_split_when_others_come() -> None:
    names = [f"CAT_{i % 7:02}/{i:08}.jpg" for i in range(2000)]
    places = [split_of(name, DATA) for name in names]
    shares = [places.count(name) / len(names) for name in SPLITS]
    assert np.allclose(shares, (0.5, 0.2, 0.3), atol=0.04)
    assert [split_of(name, DATA) for name in names[::3]] == places[::3]


def test_the_store_gives_back_what_was_read(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "store"
    folder.mkdir()
    for i in range(30):
        add(data, f"{i:02}.png")
    add(data, "large.png", f"9 {' '.join(str(v * 20) for v in FACE)}", gradient(1280, 1200))
    write_store(data, DATA, folder, Silent())
    store = ExampleStore(folder)
    assert sum(store.counts().values()) == 31
    for i, example in enumerate(store.examples):
        if example.file != "large.png":
            assert np.array_equal(store.image(i), np.asarray(gradient()))
            means = np.asarray(gradient(), np.float32).reshape(30, 2, 32, 2, 3).mean((1, 3))
            assert np.abs(store.half(i) - means).max() <= 1
            assert example.points.tolist() == np.reshape(FACE, (9, 2)).tolist()
        else:
            assert max(example.width, example.height) == MAX_SIDE
            assert np.allclose(example.points / (example.width, example.height), np.reshape(FACE, (9, 2)) / (64, 60), atol=1e-3)


def test_points_may_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    """But another picture's annotation never counts: of b.jpg it is missing."""
    for name in ("a.jpg", "b.jpg"):
        add(tmp_path / "points", name)
    (tmp_path / "images").mkdir()
    (tmp_path / "points" / "a.jpg").rename(tmp_path / "images" / "a.jpg")
    (tmp_path / "points" / "b.jpg").unlink()
    add(tmp_path / "more", "b.jpg")
    source = open_source(tmp_path, DATA)
    assert source.read("points/a.jpg.cat")[0] == "images/a.jpg"
    assert source.read("more/b.jpg.cat")[0] == "more/b.jpg"
    with pytest.raises(UnreadableImageError, match="missing"):
        source.read("points/b.jpg.cat")
