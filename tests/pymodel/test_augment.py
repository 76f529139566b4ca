"""Training examples seen otherwise still have their points in place."""

from __future__ import annotations

import numpy as np
import pytest

from pymodel.data.augmentation import REGION_JITTER, Jitter, jittered_crop
from pymodel.data.formats.cat import MIRRORED
from pymodel.preprocess.geometry import Region

STILL = Jitter(shift=0.0, scale=0.0, roll_deg=0.0)


def marked(points: np.ndarray) -> np.ndarray:
    """A black picture with a bright square at each point."""
    image = np.zeros((200, 240, 3), np.uint8)
    for x, y in points.astype(int):
        image[y - 2 : y + 3, x - 2 : x + 3] = 255
    return image


def halved(image: np.ndarray) -> np.ndarray:
    """By means of 2 × 2 pixels, of a picture with even sides."""
    height, width = image.shape[:2]
    return image.reshape(height // 2, 2, width // 2, 2, 3).mean((1, 3)).astype(np.uint8)


def crop_of(image: np.ndarray, points: np.ndarray, region: Region, jitter: Jitter, seed: int) -> tuple:
    rng = np.random.default_rng(seed)
    return jittered_crop(image, halved(image), points, MIRRORED, region, 96, (0, 0, 0), jitter, rng)


@pytest.mark.parametrize("seed", range(12))
def test_points_stay_where_the_picture_shows_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = np.stack([rng.uniform(60, 180, 9), rng.uniform(50, 150, 9)], -1).astype(np.float32)
    for jitter, side in ((STILL, 200.0), (REGION_JITTER, 200.0), (REGION_JITTER, 100.0)):
        crop, placed = crop_of(marked(points), points, (20.0, 0.0, side, side), jitter, seed)
        for x, y in placed * 96:
            if 4 < x < 92 and 4 < y < 92:
                assert crop[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3].max() > 60


def test_a_mirrored_example_has_its_left_points_on_the_left() -> None:
    points = np.array([[40 + 15 * k, 60 + 5 * k] for k in range(9)], np.float32)
    turned = 0
    for seed in range(8):
        _, placed = crop_of(marked(points), points, (0.0, 0.0, 240.0, 240.0), STILL, seed)
        plain = points / 240
        if not np.allclose(placed, plain, atol=0.02):
            turned += 1
            mirrored = np.stack([1 - plain[:, 0], plain[:, 1]], -1)[list(MIRRORED)]
            np.testing.assert_allclose(placed, mirrored, atol=0.02)
    assert 0 < turned < 8
