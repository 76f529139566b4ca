"""Decoder, crops, metrics and choice against second, plain implementations."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appspec.contract import Quantization
from appspec.errors import KitError
from appspec.spec import Convert
from pymodel.evaluate.metrics import nme
from pymodel.inference.heatmaps import decode_peak, decode_points
from pymodel.preprocess.geometry import (
    Region,
    box_from_landmarks,
    box_region,
    centre_region,
    crop_region,
    frame_region,
    iou,
    taps,
    tile_regions,
)
from pymodel.quantize.choice import Judgement, Variant, choose, metric_loss

FILL = (10, 120, 250)


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.floats(0.1, 30))
@settings(max_examples=60, deadline=None)
def test_decoder(seed: int, rows: int, columns: int, count: int, strength: float) -> None:
    logits = (np.random.default_rng(seed).standard_normal((rows, columns, count)) * strength).astype(np.float32)
    points, confidence = decode_points(logits)
    for k in range(count):
        cells = [(r, c) for r in range(rows) for c in range(columns)]
        top = max(float(logits[r, c, k]) for r, c in cells)
        power = {(r, c): math.exp(float(logits[r, c, k]) - top) for r, c in cells}
        total = sum(power.values())
        x = sum(power[r, c] * (c + 0.5) / columns for r, c in cells) / total
        y = sum(power[r, c] * (r + 0.5) / rows for r, c in cells) / total
        row, column = max(cells, key=lambda cell: logits[cell[0], cell[1], k])
        near = sum(power[r, c] for r, c in cells if abs(r - row) <= 1 and abs(c - column) <= 1) / total
        assert points[k] == pytest.approx((x, y), abs=2e-5)
        assert confidence[k] == pytest.approx(near, abs=2e-5)


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.floats(0.1, 30))
@settings(max_examples=60, deadline=None)
def test_peak_decoder(seed: int, rows: int, columns: int, count: int, strength: float) -> None:
    logits = (np.random.default_rng(seed).standard_normal((rows, columns, count)) * strength).astype(np.float32)
    points, confidence = decode_peak(logits)
    for k in range(count):
        cells = [(r, c) for r in range(rows) for c in range(columns)]
        row, column = max(cells, key=lambda cell: logits[cell[0], cell[1], k])
        power = {(r, c): math.exp(float(logits[r, c, k]) - float(logits[row, column, k])) for r, c in cells}
        near = {(r, c): p for (r, c), p in power.items() if abs(r - row) <= 1 and abs(c - column) <= 1}
        x = sum(p * (c + 0.5) / columns for (_, c), p in near.items()) / sum(near.values())
        y = sum(p * (r + 0.5) / rows for (r, _), p in near.items()) / sum(near.values())
        assert points[k] == pytest.approx((x, y), abs=2e-5)
        assert confidence[k] == pytest.approx(sum(near.values()) / sum(power.values()), abs=2e-5)


def test_equal_peaks_and_a_second_one() -> None:
    """The first of equals counts, and only its neighbourhood."""
    logits = np.zeros((6, 6, 1), np.float32)
    logits[1, 2] = logits[4, 5] = 20
    points, confidence = decode_peak(logits)
    assert points[0] == pytest.approx((2.5 / 6, 1.5 / 6), abs=1e-5)
    assert confidence[0] == pytest.approx(0.5, abs=1e-5)
    flat, share = decode_peak(np.zeros((6, 6, 1), np.float32))
    assert flat[0] == pytest.approx((1 / 6, 1 / 6))
    assert share[0] == pytest.approx(4 / 36)


def plain_crop(image: np.ndarray, region: Region, size: tuple[int, int]) -> np.ndarray:
    """The formula of crop_region, sample by sample."""
    height, width = image.shape[:2]
    x0, y0, wide, high = region
    columns, rows = size
    n = taps(wide, columns)
    out = np.zeros((rows, columns, 3))
    for i in range(rows):
        for j in range(columns):
            for a in range(n):
                for b in range(n):
                    x = x0 + (j + (b + 0.5) / n) * wide / columns - 0.5
                    y = y0 + (i + (a + 0.5) / n) * high / rows - 0.5
                    left, top = math.floor(x), math.floor(y)
                    for yy, wy in ((top, 1 - (y - top)), (top + 1, y - top)):
                        for xx, wx in ((left, 1 - (x - left)), (left + 1, x - left)):
                            inside = 0 <= xx < width and 0 <= yy < height
                            out[i, j] += wy * wx * (image[yy, xx] if inside else np.array(FILL)) / n**2
    return out


@given(
    st.integers(0, 1000),
    st.integers(3, 40),
    st.integers(3, 40),
    st.floats(-20, 30),
    st.floats(-20, 30),
    st.floats(4, 90),
    st.sampled_from([(8, 8), (12, 5), (4, 9)]),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_crop(
    seed: int, height: int, width: int, x0: float, y0: float, wide: float, size: tuple[int, int], of_whole_pixels: bool
) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    region = (x0, y0, wide, wide * size[1] / size[0])
    if of_whole_pixels:
        scale = round(wide / 4)
        region = (float(round(x0)), float(round(y0)), float(scale * size[0]), float(scale * size[1]))
    found = crop_region(image, region, size, FILL).astype(float)
    wanted = plain_crop(image, region, size)
    assert found.shape == (size[1], size[0], 3)
    assert np.abs(found - wanted).max() <= 2 * 255 / 32 + 1
    assert np.abs(found - wanted).mean() <= 3


@given(st.integers(0, 1000), st.integers(-40, 50), st.integers(-40, 50), st.integers(13, 71), st.sampled_from([24, 25, 16]))
@settings(max_examples=60, deadline=None)
def test_a_crop_of_whole_pixels_is_right_to_a_level(seed: int, x0: int, y0: int, side: int, size: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (37, 45, 3), np.uint8)
    region = (float(x0), float(y0), float(side), float(side))
    found = crop_region(image, region, (size, size), FILL).astype(float)
    assert np.abs(found - plain_crop(image, region, (size, size))).max() <= 1.5


BOX = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20)).map(
    lambda v: np.array([min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3])], np.float32)
)


@given(BOX, BOX)
@settings(deadline=None)
def test_iou_counts_pixels(a: np.ndarray, b: np.ndarray) -> None:
    masks = []
    for box in (a, b):
        x0, y0, x1, y1 = box.astype(int)
        mask = np.zeros((20, 20), bool)
        mask[y0:y1, x0:x1] = True
        masks.append(mask)
    union = (masks[0] | masks[1]).sum()
    assert float(iou(a, b)) == pytest.approx((masks[0] & masks[1]).sum() / union if union else 0.0, abs=1e-6)
    assert float(iou(a, b)) == float(iou(b, a))


def test_nme_is_a_share_of_the_diagonal() -> None:
    truth = np.array([[10, 10], [40, 50]], np.float32)
    box = np.array([0, 0, 30, 40], np.float32)
    assert float(nme(truth + np.array([3, 4], np.float32), truth, box)) == pytest.approx(5 / 50)
    assert float(nme(truth, truth, box)) == 0.0


def test_box_and_regions() -> None:
    points = np.array([[10, 20], [30, 60]], np.float32)
    assert box_from_landmarks(points, 100, 62).tolist() == [8, 16, 32, 62]
    assert frame_region(200, 100) == (0.0, -50.0, 200.0, 200.0)
    assert box_region(np.array([10, 10, 30, 20], np.float32), 0.25) == (5.0, 0.0, 30.0, 30.0)
    assert box_region(np.array([5, 5, 5, 5], np.float32))[2] == 8.0


@given(st.integers(1, 900), st.integers(1, 900), st.sampled_from([(1, 1), (256, 144), (96, 128), (40, 300)]))
def test_regions_are_as_wide_to_high_as_the_input(width: int, height: int, size: tuple[int, int]) -> None:
    frame, centre = frame_region(width, height, size), centre_region(width, height, size)
    for x0, y0, wide, high in (frame, centre):
        assert wide * size[1] == pytest.approx(high * size[0])
        assert (x0 + wide / 2, y0 + high / 2) == (pytest.approx(width / 2), pytest.approx(height / 2))
    assert frame[2] >= width
    assert frame[3] >= height
    assert centre[2] <= width
    assert centre[3] <= height
    for region in (frame, centre):
        assert region[2] == width or region[3] == height, "not the smallest, or not the largest"
    box = np.array([0, 0, width, height], np.float32)
    x0, y0, wide, high = box_region(box, 0.25, size)
    assert wide * size[1] == pytest.approx(high * size[0])
    assert min(wide, high) == max(8, math.floor(1.5 * max(width, height) + 0.5))
    assert abs(x0 + wide / 2 - width / 2) <= 0.5
    assert abs(y0 + high / 2 - height / 2) <= 0.5


def test_a_rectangular_tile_is_a_share_of_what_holds_the_picture() -> None:
    assert tile_regions(640, 480, 0.5, (256, 144)) == [
        (0.0, 0.0, 427.0, 427 * 144 / 256),
        (213.0, 0.0, 427.0, 427 * 144 / 256),
        (0.0, 480 - 427 * 144 / 256, 427.0, 427 * 144 / 256),
        (213.0, 480 - 427 * 144 / 256, 427.0, 427 * 144 / 256),
    ]


def test_loss_is_positive_where_a_variant_is_worse() -> None:
    assert metric_loss(0.72, 0.8, lower_is_better=False) == pytest.approx(0.1)
    assert metric_loss(0.044, 0.04, lower_is_better=True) == pytest.approx(0.1)


def variant(kind: Quantization, size: int, loss: float) -> Variant:
    """On the test split, which must not be what is chosen by, each loses nothing."""
    return Variant(kind, size, "iou", 0.8 * (1 - loss), 0.8, 1.0, validation_loss=loss, test_loss=0.0)


VARIANTS = (
    variant("float32", 1000, 0.0),
    variant("float16", 520, 0.001),
    variant("dynamic", 300, 0.009),
    variant("int8", 280, 0.03),
)


def judged(refused: str = "", words: str = "crashes", counts: dict[str, int] | None = None) -> Judgement:
    """Phones refuse variants of one kind, of all kinds for "all"."""
    return Judgement(lambda kind: words if refused in (kind, "all") else "", lambda kind: (counts or {}).get(kind))


A76 = {"float32": 10_732, "float16": 10_731, "dynamic": 10_902, "int8": 6_561}
"""M instructions of a MobileNetV2 of 0.1 M parameters, as counted: dynamic range is 1.6 % slower than float."""


@pytest.mark.parametrize(
    ("prefer", "allowed", "counts", "wanted"),
    [
        ("speed", 0.05, A76, "int8"),
        ("speed", 0.01, A76, "float16"),
        ("speed", 0.01, {**A76, "dynamic": 10_800}, "dynamic"),
        ("speed", 0.05, {**A76, "int8": 12_000}, "float16"),
        ("size", 0.01, A76, "dynamic"),
        ("speed", 0.05, None, "int8"),
        ("speed", 0.01, None, "dynamic"),
    ],
)
def test_what_is_preferred_decides_among_the_allowed(
    prefer: str, allowed: float, counts: dict[str, int] | None, wanted: str
) -> None:
    convert = Convert(prefer=prefer, max_metric_loss=allowed)  # type: ignore[arg-type]
    choice = choose("model", VARIANTS, convert, judged(counts=counts))
    assert choice.variant.quantization == wanted
    if counts is not None:
        assert "M ARM64 instructions" in choice.reason
        assert choice.instructions[choice.variant.quantization] == counts[wanted]
        if prefer == "speed":
            assert counts[wanted] <= counts["float32"] * 1.01


@pytest.mark.parametrize(
    ("quantize", "allowed", "wanted"),
    [
        ("auto", 0.01, "dynamic"),
        ("auto", 0.05, "int8"),
        ("auto", 0.0, "float32"),
        ("int8", 0.0, "int8"),
        ("none", 0.5, "float32"),
    ],
)
def test_choice(quantize: str, allowed: float, wanted: str) -> None:
    convert = Convert(quantize=quantize, max_metric_loss=allowed)  # type: ignore[arg-type]
    choice = choose("model", VARIANTS, convert, judged())
    assert choice.variant.quantization == wanted
    if (quantize, wanted) == ("auto", "dynamic"):
        assert "int8 loses 3.0%" in choice.reason


def test_float16_goes_beside_an_integer_variant() -> None:
    def chosen(**convert: object) -> list[str | None]:
        choice = choose("model", VARIANTS, Convert.model_validate(convert), judged(refused or "none"))
        assert (choice.beside is None) == ("for GPUs" not in choice.reason)
        return [choice.variant.quantization, choice.beside and choice.beside.quantization]

    refused = ""
    assert chosen(max_metric_loss=0.05) == ["int8", "float16"]
    assert chosen(max_metric_loss=0.05, ship="one") == ["int8", None]
    assert chosen(max_metric_loss=0.0) == ["float32", None]
    assert chosen(quantize="int8") == ["int8", None]
    refused = "float16"
    assert chosen(max_metric_loss=0.05) == ["int8", None]
    large = [replace(one, size_bytes=4_000_000) if one.quantization == "float16" else one for one in VARIANTS]
    assert choose("model", large, Convert(max_metric_loss=0.05), judged()).beside is None


def test_a_variant_that_phones_refuse_is_left_out_with_the_reason() -> None:
    refusing = judged("dynamic", "needs FULLY_CONNECTED version 12")
    choice = choose("model", VARIANTS, Convert(quantize="auto", max_metric_loss=0.01), refusing)
    assert choice.variant.quantization == "float16"
    assert "dynamic needs FULLY_CONNECTED version 12" in choice.reason
    with pytest.raises(KitError, match="can't ship as dynamic") as refused:
        choose("model", VARIANTS, Convert(quantize="dynamic"), refusing)
    assert "FULLY_CONNECTED" in refused.value.why
    with pytest.raises(KitError, match="No variant of model"):
        choose("model", VARIANTS, Convert(quantize="auto"), judged("all"))
