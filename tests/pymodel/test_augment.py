"""Training examples seen otherwise still have their points in place."""

from __future__ import annotations

import numpy as np
import pytest

from pymodel.augment import REGION_JITTER, Jitter, jittered_crop
from pymodel.data.formats.cat import MIRRORED

STILL = Jitter(shift=0.0, scale=0.0, roll_deg=0.0)


def marked(points: np.ndarray) -> np.ndarray:
    """A black picture with a bright square at each point."""
    image = np.zeros((200, 240, 3), np.uint8)
    for x, y in points.astype(int):
        image[y - 2 : y + 3, x - 2 : x + 3] = 255
    return image


@pytest.mark.parametrize("seed", range(12))
def test_points_stay_where_the_picture_shows_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = np.stack([rng.uniform(60, 180, 9), rng.uniform(50, 150, 9)], -1).astype(np.float32)
    region = (20.0, 0.0, 200.0)
    for jitter in (STILL, REGION_JITTER):
        crop, placed = jittered_crop(marked(points), points, MIRRORED, region, 96, (0, 0, 0), jitter, rng)
        for x, y in placed * 96:
            if 4 < x < 92 and 4 < y < 92:
                assert crop[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3].max() > 60


def test_a_mirrored_example_has_its_left_points_on_the_left() -> None:
    points = np.array([[40 + 15 * k, 60 + 5 * k] for k in range(9)], np.float32)
    turned = 0
    for seed in range(8):
        _, placed = jittered_crop(
            marked(points), points, MIRRORED, (0.0, 0.0, 240.0), 96, (0, 0, 0), STILL, np.random.default_rng(seed)
        )
        plain = points / 240
        if not np.allclose(placed, plain, atol=0.02):
            turned += 1
            mirrored = np.stack([1 - plain[:, 0], plain[:, 1]], -1)[list(MIRRORED)]
            np.testing.assert_allclose(placed, mirrored, atol=0.02)
    assert 0 < turned < 8
