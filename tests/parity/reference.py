"""A second, slow way to a model's input, from the formulas alone: what FrameToTensor.kt and WindowBuffer.kt must give.

Everything over whole pictures, as products of matrices or in float64, where the app goes row by row with several pixels in
a word; no code is shared with either side.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appspec.contract import ModelContract, TensorContract

Doubles = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Whole = npt.NDArray[np.int64]
Region = tuple[float, float, float, float]
Size = tuple[int, ...]
"""Width and height."""


@dataclass(frozen=True)
class Frame:
    """A YUV 4:2:0 picture as a camera's sensor sees it, and how its planes lie in memory.

    Attributes:
        y: (H, W) uint8.
        u, v: (ceil(H / 2), ceil(W / 2)) uint8.
        rotation: degrees clockwise that make it upright; then mirrored left to right if `mirror`.
        y_strides, uv_strides: bytes from row to row, from pixel to pixel.
        interleaved: U and V lie in one piece of memory, V one byte after U (NV12), or before it (NV21, "vu").
    """

    y: Bytes
    u: Bytes
    v: Bytes
    rotation: int = 0
    mirror: bool = False
    y_strides: tuple[int, int] = (0, 1)
    uv_strides: tuple[int, int] = (0, 1)
    interleaved: str = ""

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height of the upright picture."""
        height, width = self.y.shape
        return (width, height) if self.rotation % 180 == 0 else (height, width)


def upright_rgb(frame: Frame) -> Doubles:
    """(H, W, 3) RGB, neither rounded nor cut to [0, 255]: BT.601 with full range, from its two weights of luma."""
    red_weight, blue_weight = 0.299, 0.114
    height, width = frame.y.shape
    rows, columns = np.arange(height) // 2, np.arange(width) // 2
    y = frame.y.astype(np.float64)
    u = frame.u.astype(np.float64)[rows][:, columns] - 128
    v = frame.v.astype(np.float64)[rows][:, columns] - 128
    red = y + 2 * (1 - red_weight) * v
    blue = y + 2 * (1 - blue_weight) * u
    green = (y - red_weight * red - blue_weight * blue) / (1 - red_weight - blue_weight)
    rgb = np.stack([red, green, blue], -1)
    turned = np.rot90(rgb, -frame.rotation // 90)
    return np.ascontiguousarray(turned[:, ::-1] if frame.mirror else turned)


def crop(image: npt.NDArray[np.generic], region: Region, size: Size, fill: Doubles) -> Doubles:
    """(H, W, 3): the crop that pymodel.preprocess.geometry.crop_region describes, computed in float64 without rounding.

    The result is cut to [0, 255]: a camera's YUV can name colours that there are not.
    """
    x0, y0, wide, high = region
    columns, rows = size
    taps = min(max(math.floor(wide / columns + 0.5), 1), 3)
    right = (np.arange(columns * taps) + 0.5) * wide / (columns * taps)
    down = (np.arange(rows * taps) + 0.5) * high / (rows * taps)

    def scaled(picture: Doubles) -> Doubles:
        samples = bilinear(picture, x0 + right, y0 + down, np.zeros(3))
        return np.asarray(samples.reshape(rows, taps, columns, taps, 3).mean((1, 3)))

    inside = scaled(np.ones(image.shape))
    return np.clip(scaled(image.astype(np.float64)) + (1 - inside) * fill, 0, 255)


def bilinear(image: Doubles, x: Doubles, y: Doubles, fill: Doubles) -> Doubles:
    """(len(y), len(x), 3): the picture between its pixel centres, `fill` for every pixel beyond its edge."""
    left, top = np.floor(x - 0.5).astype(int), np.floor(y - 0.5).astype(int)
    right, down = (x - 0.5 - left)[None, :, None], (y - 0.5 - top)[:, None, None]

    def pixels(rows: npt.NDArray[np.int_], columns: npt.NDArray[np.int_]) -> Doubles:
        height, width = image.shape[:2]
        found = image[np.clip(rows, 0, height - 1)][:, np.clip(columns, 0, width - 1)]
        inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))
        return np.where(inside[..., None], found, fill)

    above = pixels(top, left) * (1 - right) + pixels(top, left + 1) * right
    below = pixels(top + 1, left) * (1 - right) + pixels(top + 1, left + 1) * right
    return np.asarray(above * (1 - down) + below * down)


def fill_of(contract: ModelContract) -> Doubles:
    """The colour of what lies outside the picture: mean, as whole numbers of a byte."""
    return np.clip(np.round(contract.normalization[0]), 0, 255).astype(np.float64)


def tensor(frame: Frame, region: Region, contract: ModelContract, turn: int = 0) -> npt.NDArray[np.generic]:
    """(H, W, 3) in the input's own type."""
    pixels = frame_crop(frame, region, contract.input.shape[2:0:-1], fill_of(contract), turn)
    return quantize((pixels - np.asarray(contract.input.mean)) / np.asarray(contract.input.std), contract.input)


def frame_crop(frame: Frame, region: Region, size: Size, fill: Doubles, turn: int = 0) -> Doubles:
    """(H, W, 3) whole numbers, 0 to 255: `crop` of a frame as the app rounds it.

    Weights are whole 256ths. Y, U and V are scaled along the sensor's columns, rounded, then along its rows; RGB is made
    of that with coefficients of 14 bits, and rounded.

    Args:
        turn: quarters clockwise from the picture's up to that of the result: the whole picture is turned back by them first.
    """
    x0, y0, wide, high = _turned_back(region, frame.upright_size, turn)
    width, height = frame.upright_size[:: -1 if turn % 2 else 1]
    taps = min(max(math.floor(wide / size[0] + 0.5), 1), 3)
    across, down = axis_weights(x0, wide, size[0], width, taps), axis_weights(y0, high, size[1], height, taps)
    turned = (frame.rotation + 90 * turn) % 180 == 90

    def scaled(plane: Whole) -> Whole:
        if turned:
            return np.asarray(down @ ((plane @ across.T + 128) >> 8))
        return np.asarray(((down @ plane + 128) >> 8) @ across.T)

    y, u, v = (scaled(np.rot90(plane, turn)) for plane in _upright_planes(frame))
    grey = scaled(np.full((height, width), 128))
    inside = np.outer(down.sum(1), across.sum(1))
    red, blue, green_u, green_v = (round(2**14 * share) for share in (1.402, 1.772, 0.344136, 0.714136))
    chroma = np.stack([red * (v - grey), -green_u * (u - grey) - green_v * (v - grey), blue * (u - grey)], -1)
    rest = ((2**16 - inside)[..., None] * fill.astype(np.int64)) << 6
    return np.clip((((y << 14)[..., None] + chroma + rest + (1 << 21)) >> 22), 0, 255).astype(np.float64)


def _turned_back(region: Region, size: Size, turn: int) -> Region:
    """A region in the picture that is turned anticlockwise, quarter by quarter: (x, y) → (y, width - x)."""
    (x0, y0, wide, high), (width, height) = region, size
    for _ in range(turn):
        x0, y0, wide, high = y0, width - x0 - wide, high, wide
        width, height = height, width
    return x0, y0, wide, high


def axis_weights(start: float, side: float, size: int, length: int, taps: int) -> Whole:
    """(S, length) weights of an axis' pixels in 256ths: their running sum is rounded."""
    exact = np.zeros((size, length))
    for i, a in itertools.product(range(size), range(taps)):
        position = start + (i + (a + 0.5) / taps) * side / size - 0.5
        pixel = math.floor(position)
        for at, share in ((pixel, 1 - (position - pixel)), (pixel + 1, position - pixel)):
            if 0 <= at < length:
                exact[i, at] += share / taps
    return np.diff(np.floor(256 * np.cumsum(exact, 1) + 0.5).astype(np.int64), axis=1, prepend=0)


def _upright_planes(frame: Frame) -> list[Whole]:
    """Y, U, V: (H, W) each, as the upright picture has them."""
    height, width = frame.y.shape
    rows, columns = np.arange(height) // 2, np.arange(width) // 2
    planes = (frame.y, frame.u[rows][:, columns], frame.v[rows][:, columns])
    turned = [np.rot90(plane.astype(np.int64), -frame.rotation // 90) for plane in planes]
    return [plane[:, ::-1] if frame.mirror else plane for plane in turned]


def quantize(values: npt.NDArray[np.floating], to: TensorContract) -> npt.NDArray[np.generic]:
    """Real numbers as a tensor stores them."""
    if to.dtype in ("float32", "float16"):
        return values.astype(to.dtype)
    limits = np.iinfo(to.dtype)
    return np.clip(np.round(values / (to.scale or 1.0)) + to.zero_point, limits.min, limits.max).astype(to.dtype)


def dequantize(stored: npt.NDArray[np.generic], of: TensorContract) -> npt.NDArray[np.float32]:
    """The real numbers that a tensor stands for."""
    if not of.scale:
        return stored.astype(np.float32)
    return ((stored.astype(np.float64) - of.zero_point) * of.scale).astype(np.float32)


def windows(samples: npt.NDArray[np.float32], contract: ModelContract) -> list[npt.NDArray[np.generic] | None]:
    """For each sample the model's input that ends with it, None where there are too few before.

    A value that is missing is the one before it; samples before every channel has had a value count nothing.

    Args:
        samples: (N, C), NaN or infinite where a value is missing.
    """
    length = contract.input.shape[1]
    filled = np.full(samples.shape, np.nan)
    for n, c in np.ndindex(samples.shape):
        there = [value for value in samples[: n + 1, c] if np.isfinite(value)]
        filled[n, c] = there[-1] if there else np.nan
    normalized = (filled - np.asarray(contract.input.mean)) / np.asarray(contract.input.std)
    ending = [normalized[max(n + 1 - length, 0) : n + 1] for n in range(len(samples))]
    whole = [len(window) == length and not np.isnan(window).any() for window in ending]
    return [quantize(window, contract.input) if there else None for window, there in zip(ending, whole, strict=True)]


def alarms(probabilities: npt.NDArray[np.float32], threshold: np.float32, hold: int) -> list[bool]:
    """Whether the last `hold` answers are all at or above the threshold, for each answer."""
    return [n + 1 >= hold and bool((probabilities[n + 1 - hold : n + 1] >= threshold).all()) for n in range(len(probabilities))]


def peak(logits: npt.NDArray[np.floating]) -> tuple[Doubles, Doubles]:
    """Points (K, 2) and confidence (K,) of (G, G, K) logits: the centre of mass of the 3 × 3 cells around the highest one."""
    rows, columns, count = logits.shape
    padded = np.full((rows + 2, columns + 2, count), -np.inf)
    padded[1:-1, 1:-1] = logits
    points, confidence = np.empty((count, 2)), np.empty(count)
    for k in range(count):
        share = np.exp(padded[..., k] - padded[..., k].max())
        share /= share.sum()
        row, column = np.argwhere(padded[..., k] == padded[..., k].max())[0]
        near = share[row - 1 : row + 2, column - 1 : column + 2]
        confidence[k] = near.sum()
        # Cell (1, 1) of the padded map has its centre at half a cell.
        points[k, 0] = np.average(column + np.arange(-1, 2) - 0.5, weights=near.sum(0)) / columns
        points[k, 1] = np.average(row + np.arange(-1, 2) - 0.5, weights=near.sum(1)) / rows
    return points, confidence
