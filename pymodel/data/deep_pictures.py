"""Pictures of more than 8 bits: their samples as they are stored, and the rule that makes 0 to 255 of them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pymodel.data.remarks import Remarks

Samples = npt.NDArray[np.generic]

BITS = (8, 10, 12, 14, 16)
MODES = ("I", "F", "I;16", "I;16B", "I;16L")
"""Pillow's modes that hold samples of more than 8 bits whole."""

RUINED = 8
"""How many times wider than nearly all of its samples a picture's range may be; where it is wider, single pixels are broken."""

NEARLY_ALL = (0.001, 0.999)
LOOKED_AT = 1 << 20
"""Samples from which these quantiles are taken."""


def deep_samples(content: bytes, image: Image.Image) -> Samples | None:
    """(H, W) or (H, W, 3) samples of a PNG, TIFF or PGM with more than 8 bits, which Pillow cuts; None for others."""
    if image.format == "PNG":
        deep = len(content) > 24 and content[24] > 8
    elif image.format == "PPM":
        deep = image.mode in MODES
    else:
        bits = image.tag_v2.get(258, (8,)) if image.format == "TIFF" and hasattr(image, "tag_v2") else (8,)
        deep = max(bits if isinstance(bits, tuple) else (bits,)) > 8
    if not deep:
        return None
    samples = by_opencv(content)
    if samples is None and image.mode in MODES:
        return np.asarray(image)
    return samples


def by_opencv(content: bytes) -> Samples | None:
    """(H, W) or (H, W, 3) samples as they are stored, red first; None where OpenCV can't read them. A TIFF comes upright."""
    try:
        samples = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if samples is None or samples.ndim == 2:
        return None if samples is None else np.asarray(samples)
    if samples.shape[2] == 4 and np.issubdtype(samples.dtype, np.integer) and samples[:, :, 3].any():  # transparency over white
        white = float(np.iinfo(np.dtype(samples.dtype.name)).max)
        share = samples[:, :, 3:] / white
        samples = (samples[:, :, :3] * share + white * (1 - share)).round().astype(samples.dtype)
    return np.asarray(samples[:, :, 2::-1] if samples.shape[2] >= 3 else samples[:, :, 0])


def eight_bits(samples: Samples, name: str, remarks: Remarks) -> npt.NDArray[np.uint8]:
    """Deep samples in 0 to 255. Integers: white is the largest value of 8, 10, 12, 14 or 16 bits, the fewest that hold the
    picture's own largest; floats: 0 to 1, else 0 to 255, else from the smallest to the largest. Where single pixels lie far
    beyond all others, they don't count.
    """
    values = np.asarray(samples, np.float64)
    finite = np.isfinite(values)
    low, high, ruined = _range(values[finite])
    values = np.where(finite, values, low)
    but = ", single pixels far beyond are cut" if ruined else ""
    if np.issubdtype(samples.dtype, np.integer) and low >= 0 and high < 2**16:
        bits = next(bits for bits in BITS if high < 2**bits)
        remarks.add(f"pictures of 16 bits, white is {2**bits - 1} ({bits} bits hold their values){but}", name)
        return np.asarray((values * (255 / (2**bits - 1))).round().clip(0, 255), np.uint8)
    if low >= 0 and high <= 1:
        rule, scaled = "0 to 1", values * 255
    elif low >= 0 and high <= 255:
        rule, scaled = "0 to 255", values
    else:
        rule, scaled = "their own smallest to largest value", (values - low) * (255 / max(high - low, 1e-300))
    remarks.add(f"pictures of floats or wide integers, black to white is {rule}{but}", name)
    return np.asarray(scaled.round().clip(0, 255), np.uint8)


def _range(values: npt.NDArray[np.float64]) -> tuple[float, float, bool]:
    """The smallest and largest value, without those of single broken pixels; whether there are such."""
    if not values.size:
        return 0.0, 0.0, False
    low, high = float(values.min()), float(values.max())
    most = np.quantile(values[:: max(1, values.size // LOOKED_AT)], NEARLY_ALL)
    inner = max(float(most[1] - most[0]), 1e-300)
    if high - low <= RUINED * inner or most[0] == most[1]:
        return low, high, False
    return (low if most[0] - low <= inner else float(most[0])), (high if high - most[1] <= inner else float(most[1])), True
