"""Fur: the texture of hair, and rounded body parts with rough edges."""

from __future__ import annotations

import numpy as np

from pymodel.synthetic.arrays import Field, Floats
from pymodel.synthetic.masks import blend, blur, bounding_slices
from pymodel.synthetic.noise import noise


def add_hair(rng: np.random.Generator, image: Floats, contrast: float, unit: float) -> Floats:
    """Adds the texture of hair to flat colours (H, W, 3). Changes the image."""
    height, width = image.shape[:2]
    hair = noise(rng, "hair", height, width, max(0.4, unit / 60))
    image *= (1 + contrast * hair + 0.08 * noise(rng, "fractal", height, width))[..., None]
    return np.clip(image, 0, 255)


def paint_fur(rng: np.random.Generator, image: Floats, fur: Floats, mask: Field, unit: float, seam: float) -> None:
    """Paints fur into an image, in place, with rounded shading and a rough edge.

    Args:
        seam: how much darker the edge is, 0–1.
    """
    place = bounding_slices(mask)
    mask = mask[place]
    height, width = mask.shape
    if not height:
        return
    rough = np.clip((mask + 0.12 * noise(rng, "hair", height, width, max(0.4, unit / 40)) * (mask > 0.02) - 0.5) * 3 + 0.5, 0, 1)
    rows = np.arange(height, dtype=np.float32)[:, None]
    shape = 1.06 - 0.22 * np.clip((rows - rows.mean()) / max(8.0, 3 * unit), -0.5, 1)
    roundness = 0.62 + 0.45 * np.clip(blur(mask, unit * 0.5) * 2 - 1, 0, 1)
    edge = 1 - seam * np.clip(mask - blur(mask, unit * 0.12), 0, 1)
    blend(image[place], np.asarray(fur[place] * (shape * roundness * edge)[..., None], np.float32), rough.astype(np.float32))
