"""Squares turned by quarters: by complex numbers, and by what the model sees of a marked picture."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

from appspec.contract import Square
from pymodel.preprocess.geometry import crop_region
from pymodel.preprocess.squares import place, place_boxes, square_region, turned_size

STEADY = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)
AGAIN = Square(((0,), (5, 9, 9, 13)), STEADY, -0.1, 2.0)
THEN = Square(((0,), (2,)), (), -0.5, 2.6)


def by_complex(square: Square, points: np.ndarray, box: np.ndarray | None) -> tuple[complex, float, float]:
    """Centre, side and angle of a square, free of quarters and whole pixels."""
    plane = [complex(x, y) for x, y in points]
    start, end = (sum(plane[i] for i in indices) / len(indices) for indices in square.up or ((0,), (0,)))
    up = (end - start) * 1j  # as the picture's y points down, up is -1j: this is 1 where nothing is turned
    own = up / abs(up) if square.up else 1 + 0j
    if box is None:
        turned = [plane[i] / own for i in (square.points or range(len(plane)))]
        low = complex(min(z.real for z in turned), min(z.imag for z in turned))
        high = complex(max(z.real for z in turned), max(z.imag for z in turned))
        centre = (low + high) / 2 * own
    else:
        low, high = complex(*box[:2]), complex(*box[2:])
        centre = (low + high) / 2
    size = high - low
    return centre + 1j * own * square.shift * size.imag, max(size.real, size.imag) * square.scale, cmath.phase(own)


@pytest.mark.parametrize("seed", range(40))
def test_squares_of_points_and_boxes_are_those_of_complex_numbers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(50, 400, (21, 2)).astype(np.float32)
    box = np.array([80, 90, 80 + rng.uniform(40, 200), 90 + rng.uniform(40, 200)], np.float32)
    for square, outline in ((AGAIN, None), (THEN, box), (Square(scale=1.5), None), (Square(scale=1.5), box)):
        (x0, y0, wide, high), turn = square_region(square, points, outline, (224, 224))
        centre, side, angle = by_complex(square, points, outline)
        assert abs(wide - side) <= 0.5
        assert wide == high
        assert abs(x0 + wide / 2 - centre.real) <= 0.5001
        assert abs(y0 + high / 2 - centre.imag) <= 0.5001
        off = math.remainder(math.degrees(angle) - 90 * turn, 360)
        assert abs(off) <= 45.0001


@pytest.mark.parametrize(
    ("to", "turn"),
    [((0, -1), 0), ((1, 0), 1), ((0, 1), 2), ((-1, 0), 3), ((1, -1), 1), ((-1, -1), 0), ((1, 1), 2), ((-1, 1), 3)],
)
def test_the_nearest_quarter_and_of_two_the_next_clockwise(to: tuple[int, int], turn: int) -> None:
    points = np.array([(100, 100), (100 + 20 * to[0], 100 + 20 * to[1])], np.float32)
    assert square_region(Square(((0,), (1,))), points, None, (64, 64))[1] == turn


@pytest.mark.parametrize("size", [(64, 64), (96, 64), (64, 96)])
@pytest.mark.parametrize("turn", range(4))
def test_what_the_model_sees_lies_where_it_is_placed(turn: int, size: tuple[int, int]) -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    image[60:66, 150:156] = 255
    region = (100.0, 20.0, float(turned_size(size, turn)[0] * 1.5), float(turned_size(size, turn)[1] * 1.5))
    seen = np.rot90(crop_region(image, region, turned_size(size, turn), (0, 0, 0)), turn)[..., 0]
    assert seen.shape == (size[1], size[0])
    rows, columns = np.nonzero(seen > 127)
    spot = np.array([[(columns.mean() + 0.5) / size[0], (rows.mean() + 0.5) / size[1]]], np.float32)
    assert place(spot, region, turn)[0] == pytest.approx((153, 63), abs=1)
    corners = np.array(
        [[columns.min() / size[0], rows.min() / size[1], (columns.max() + 1) / size[0], (rows.max() + 1) / size[1]]]
    )
    assert place_boxes(corners.astype(np.float32), region, turn)[0] == pytest.approx((150, 60, 156, 66), abs=1.5)


@pytest.mark.parametrize("angle", range(0, 360, 15))
def test_up_is_up_in_what_the_model_sees(angle: int) -> None:
    towards = np.array([math.sin(math.radians(angle)), -math.cos(math.radians(angle))])
    points = np.array([(200, 200), (200, 200) + 60 * towards], np.float32)
    image = np.zeros((400, 400, 3), np.uint8)
    x, y = points[1].round().astype(int)
    image[y - 3 : y + 4, x - 3 : x + 4] = 255
    region, turn = square_region(Square(((0,), (1,)), scale=3.0), points, None, (90, 90))
    rows, columns = np.nonzero(np.rot90(crop_region(image, region, (90, 90), (0, 0, 0)), turn)[..., 0] > 127)
    up, aside = 45 - rows.mean(), abs(columns.mean() - 45)
    assert up > 0
    assert up >= aside - 3
