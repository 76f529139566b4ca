"""Pictures of cats and dogs: reproducible, and distinguishable by nothing but the animal."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from pymodel.synthetic import PETS, SyntheticImage, draw_cat, draw_pet

EACH = 240
CATS = [
    (170.0, 128.1, 97.0, 79.2, 104.3),
    (89.2, 95.5, 94.8, 61.5, 110.9),
    (89.0, 127.7, 85.1, 94.4, 119.0),
    (126.6, 100.2, 100.2, 143.6, 94.7),
    (160.8, 188.7, 167.3, 81.8, 51.8),
    (92.7, 102.9, 72.6, 151.0, 31.4),
]
"""Mean red, green and blue, and mean x and y of the landmarks, of the first six cats. They must not change."""


@pytest.fixture(scope="module")
def drawings() -> list[SyntheticImage]:
    """As many cats as dogs, alternating."""
    return [draw_pet(np.random.default_rng((5, i)), PETS[i % 2]) for i in range(2 * EACH)]


def measures(drawing: SyntheticImage) -> list[float]:
    """What must be no clue to the animal: colour, contrast, sharpness; position and size of the head."""
    height, width = drawing.image.shape[:2]
    image = drawing.image.astype(np.float32)
    sharpness = float(cv2.Laplacian(image.mean(-1), cv2.CV_32F).std())
    x0, y0, x1, y1 = (drawing.box / (width, height, width, height)).tolist()
    return [*image.mean((0, 1)), *image.std((0, 1)), sharpness, x1 - x0, y1 - y0, x0 + x1, y0 + y1]


@pytest.fixture(scope="module")
def table(drawings: list[SyntheticImage]) -> npt.NDArray[np.float64]:
    """(2 * EACH, 11) measures, each standardized to mean 0 and standard deviation 1."""
    values = np.array([measures(drawing) for drawing in drawings], np.float64)
    return np.asarray((values - values.mean(0)) / values.std(0))


def accuracy_of_logistic_regression(values: npt.NDArray[np.float64]) -> float:
    """Fitted to one half of the pictures, measured on the other."""
    inputs = np.concatenate([values, np.ones((len(values), 1))], 1)
    labels = np.arange(len(values)) % 2
    half, weights = len(values) // 2, np.zeros(inputs.shape[1])
    for _ in range(400):
        chance = 1 / (1 + np.exp(-inputs[:half] @ weights))
        weights -= 0.5 * inputs[:half].T @ (chance - labels[:half]) / half
    return float(((inputs[half:] @ weights > 0) == labels[half:]).mean())


@pytest.mark.parametrize("label", PETS)
def test_same_seed_draws_the_same(label: str) -> None:
    first, second, other = (draw_pet(np.random.default_rng((seed, 0)), label, (256, 192)) for seed in (1, 1, 2))
    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.box, second.box)
    assert first.label == label
    assert np.any(first.image != other.image)


def test_other_animals_are_refused() -> None:
    with pytest.raises(ValueError, match="'cow' is not one of: cat, dog"):
        draw_pet(np.random.default_rng(0), "cow")


def test_boxes_are_inside(drawings: list[SyntheticImage]) -> None:
    for drawing in drawings:
        height, width = drawing.image.shape[:2]
        assert drawing.image.dtype == np.uint8
        assert drawing.box.shape == (4,)
        assert drawing.box.dtype == np.float32
        assert (drawing.box >= 0).all()
        assert (drawing.box <= (width, height, width, height)).all()
        assert (drawing.box[2:] - drawing.box[:2] > 8).all()


@pytest.mark.parametrize("label", PETS)
def test_heads_are_a_third_to_all_of_the_picture(drawings: list[SyntheticImage], label: str) -> None:
    shares = [float(d.box[2] - d.box[0]) / d.image.shape[1] for d in drawings if d.label == label]
    assert 0.25 < min(shares) < 0.38
    assert max(shares) > 0.85
    assert 0.4 < np.median(shares) < 0.65


def test_classes_are_distributed_alike(table: npt.NDArray[np.float64]) -> None:
    """No measure's mean or spread differs by more than a third of its deviation."""
    cats, dogs = table[::2], table[1::2]
    assert np.abs(cats.mean(0) - dogs.mean(0)).max() < 1 / 3
    assert np.abs(cats.std(0) - dogs.std(0)).max() < 1 / 3


def test_mean_colour_does_not_tell_them_apart(table: npt.NDArray[np.float64]) -> None:
    assert accuracy_of_logistic_regression(table[:, :3]) < 0.62


def test_all_simple_measures_together_hardly_tell_them_apart(table: npt.NDArray[np.float64]) -> None:
    assert accuracy_of_logistic_regression(table) < 0.68


def test_no_threshold_on_one_measure_tells_them_apart(table: npt.NDArray[np.float64]) -> None:
    labels = np.arange(len(table)) % 2
    for column in table.T:
        right = [float(((column > limit) == labels).mean()) for limit in np.quantile(column, np.linspace(0.05, 0.95, 19))]
        assert max(max(right), 1 - min(right)) < 0.65


def test_cats_stay_as_they_are() -> None:
    for i, known in enumerate(CATS):
        drawing = draw_cat(np.random.default_rng((9, i)))
        now = [*drawing.image.mean((0, 1)), *drawing.points.mean(0)]
        np.testing.assert_allclose(now, known, atol=0.15)
