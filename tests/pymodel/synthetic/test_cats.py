"""Pictures of cats: reproducible, readable as a data set, and as varied as intended."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appspec.data_spec import Data
from appspec.progress import Silent
from pymodel.evaluate.chain import folder_samples
from pymodel.preprocess.geometry import box_from_landmarks
from pymodel.synthetic import SyntheticImage, draw_cat, draw_dataset


@pytest.fixture(scope="module")
def drawings() -> list[SyntheticImage]:
    return [draw_cat(np.random.default_rng((5, i))) for i in range(150)]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_files_depend_on_seed_and_number_alone(tmp_path: Path) -> None:
    one, two, longer = tmp_path / "one", tmp_path / "two", tmp_path / "longer"
    for folder, count, workers in ((one, 45, 1), (two, 45, 2), (longer, 50, 2)):
        folder.mkdir()
        draw_dataset(folder, "cats", "cat", count, 3, workers)
    assert len(contents(one)) == 90
    assert contents(one) == contents(two)
    assert contents(one).items() <= contents(longer).items()


def test_another_seed_draws_other_pictures() -> None:
    first, second = (draw_cat(np.random.default_rng((seed, 0))) for seed in (1, 2))
    assert first.image.shape != second.image.shape or np.any(first.image != second.image)


def test_data_set_is_read_without_a_problem(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    class Seen(Silent):
        def progress(self, what: str, done: int, total: int) -> None:
            seen.append((done, total))

    draw_dataset(tmp_path, "cats", "cat", 50, 11, 1, Seen())
    samples, problems = folder_samples(tmp_path, Data(format="cat", path="."))
    assert len(samples) == 50
    assert not problems
    assert seen[-1] == (50, 50)
    assert seen == sorted(seen)
    drawing = draw_cat(np.random.default_rng((11, 7)))
    example = next(sample.example for sample in samples if sample.example.file.startswith("00000007"))
    assert (example.height, example.width) == drawing.image.shape[:2]
    np.testing.assert_allclose(example.points, drawing.points, atol=0.051)


def test_points_are_inside(drawings: list[SyntheticImage]) -> None:
    for drawing in drawings:
        height, width = drawing.image.shape[:2]
        assert drawing.image.dtype == np.uint8
        assert drawing.points.shape == (9, 2)
        assert drawing.points.dtype == np.float32
        assert (drawing.points > 0).all()
        assert (drawing.points < (width, height)).all()


def test_faces_are_small_to_as_wide_as_the_picture(drawings: list[SyntheticImage]) -> None:
    shares = []
    for drawing in drawings:
        height, width = drawing.image.shape[:2]
        box = box_from_landmarks(drawing.points, width, height)
        shares.append(float(box[2] - box[0]) / width)
    assert min(shares) < 0.16
    assert max(shares) > 0.8
    assert 0.25 < np.median(shares) < 0.45


def test_left_points_are_left_of_right_ones(drawings: list[SyntheticImage]) -> None:
    points = np.stack([drawing.points for drawing in drawings])
    for left, right in ((0, 1), (4, 7), (3, 8)):
        assert (points[:, left, 0] < points[:, right, 0]).mean() > 0.95


def test_pictures_are_neither_flat_nor_burnt_out(drawings: list[SyntheticImage]) -> None:
    flat = [drawing.image.std() < 8 or not 10 < drawing.image.mean() < 245 for drawing in drawings]
    assert np.mean(flat) < 0.05
