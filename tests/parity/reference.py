"""A second, slow way to a model's input, from the formulas alone: what FrameToTensor.kt must give.

Everything in float64 over whole pictures, where the app goes pixel by pixel in float32; no code is shared with either side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appspec.contract import ModelContract, TensorContract

Doubles = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]


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
    """(H, W, 3) RGB in [0, 255], not rounded: BT.601 with full range, from its two weights of luma."""
    red_weight, blue_weight = 0.299, 0.114
    height, width = frame.y.shape
    rows, columns = np.arange(height) // 2, np.arange(width) // 2
    y = frame.y.astype(np.float64)
    u = frame.u.astype(np.float64)[rows][:, columns] - 128
    v = frame.v.astype(np.float64)[rows][:, columns] - 128
    red = y + 2 * (1 - red_weight) * v
    blue = y + 2 * (1 - blue_weight) * u
    green = (y - red_weight * red - blue_weight * blue) / (1 - red_weight - blue_weight)
    rgb = np.clip(np.stack([red, green, blue], -1), 0, 255)
    turned = np.rot90(rgb, -frame.rotation // 90)
    return np.ascontiguousarray(turned[:, ::-1] if frame.mirror else turned)


def crop(image: npt.NDArray[np.generic], region: tuple[float, float, float], size: int, fill: Doubles) -> Doubles:
    """(S, S, 3): the crop that pymodel.geometry.crop_region describes, computed in float64 without rounding."""
    x0, y0, side = region
    taps = min(max(math.floor(side / size + 0.5), 1), 3)
    steps = (np.arange(size * taps) + 0.5) * side / (size * taps)
    samples = bilinear(image.astype(np.float64), x0 + steps, y0 + steps, fill)
    return np.asarray(samples.reshape(size, taps, size, taps, 3).mean((1, 3)))


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
    return np.clip(np.round(contract.mean), 0, 255).astype(np.float64)


def tensor(frame: Frame, region: tuple[float, float, float], contract: ModelContract) -> npt.NDArray[np.generic]:
    """(S, S, 3) in the input's own type."""
    pixels = crop(upright_rgb(frame), region, contract.input.shape[1], fill_of(contract))
    return quantize((pixels - np.asarray(contract.mean)) / np.asarray(contract.std), contract.input)


def quantize(values: npt.NDArray[np.floating], to: TensorContract) -> npt.NDArray[np.generic]:
    """Real numbers as a tensor stores them."""
    if to.dtype == "float32":
        return values.astype(np.float32)
    limits = np.iinfo(to.dtype)
    return np.clip(np.round(values / to.scale) + to.zero_point, limits.min, limits.max).astype(to.dtype)


def dequantize(stored: npt.NDArray[np.generic], of: TensorContract) -> npt.NDArray[np.float32]:
    """The real numbers that a tensor stands for."""
    if of.dtype == "float32":
        return stored.astype(np.float32)
    return ((stored.astype(np.float64) - of.zero_point) * of.scale).astype(np.float32)
