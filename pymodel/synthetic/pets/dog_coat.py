"""A dog's coat: its markings, in the same colours as a cat's."""

from __future__ import annotations

import numpy as np

from pymodel.synthetic.arrays import Color, Floats
from pymodel.synthetic.cats.coat import Coat
from pymodel.synthetic.cats.fur import add_hair
from pymodel.synthetic.cats.pose import Pose
from pymodel.synthetic.colors import NATURAL, WHITE
from pymodel.synthetic.masks import blend, smoothstep
from pymodel.synthetic.noise import noise

KINDS = ("solid", "spotted", "tan points", "saddle", "merle", "brindle")
TAN = np.array([186, 124, 70], np.float32)
BLACK = np.array([40, 36, 34], np.float32)


def sample_dog_coat(rng: np.random.Generator) -> Coat:
    """A random coat."""
    kind = str(rng.choice(KINDS, p=[0.48, 0.15, 0.11, 0.10, 0.06, 0.10]))
    base, second = (_natural(rng) for _ in range(2))
    white = float(rng.uniform(0.5, 1)) if rng.random() < 0.45 else 0.0
    if kind == "spotted":
        base, second = WHITE * rng.uniform(0.9, 1.0), second * rng.uniform(0.4, 1.0)
        white = float(rng.uniform(0.3, 1))
    elif kind == "tan points":
        base, second = BLACK * rng.uniform(0.7, 2.2), TAN + rng.normal(0, 14, 3)
        white = float(rng.uniform(0.6, 1))
    elif kind == "saddle":
        base, second = TAN * rng.uniform(0.8, 1.2) + rng.normal(0, 12, 3), BLACK * rng.uniform(0.7, 1.8)
        white = float(rng.uniform(0.5, 1))
    elif kind == "merle":
        base, second = np.array([146, 150, 156]) + rng.normal(0, 10, 3), BLACK * rng.uniform(0.8, 1.8)
    elif kind == "brindle":
        second = base * rng.uniform(0.4, 0.7)
    return Coat(
        kind,
        np.clip(base, 12, 250).astype(np.float32),
        np.clip(second, 8, 250).astype(np.float32),
        _natural(rng),
        white,
        float(rng.uniform(0.06, 0.14)),
        float(rng.uniform(0.03, 0.13)),
    )


def pale_color(coat: Coat) -> Color:
    """Colour of muzzle, chest and paws where they are lighter than the rest."""
    if coat.kind == "tan points":
        return coat.second
    if coat.kind == "saddle":
        return np.clip(coat.base * 1.15, 0, 245).astype(np.float32)
    return WHITE


def paint_dog_coat(rng: np.random.Generator, coat: Coat, height: int, width: int, pose: Pose) -> Floats:
    """The coat (H, W, 3) without shading."""
    unit = pose.unit
    image = np.empty((height, width, 3), np.float32)
    image[:] = coat.base
    if coat.kind == "spotted":
        spots = noise(rng, "cloud", height, width, unit / float(np.exp(rng.uniform(np.log(20), np.log(140)))))
        edge = rng.uniform(0.0, 0.9)
        blend(image, coat.second, smoothstep(spots, edge, edge + 0.2))
    elif coat.kind == "saddle":
        y, x = np.mgrid[:height, :width].astype(np.float32)
        away = np.hypot(x - pose.centre[0], y - pose.centre[1]) / unit + 0.25 * noise(rng, "fractal", height, width)
        blend(image, coat.second, smoothstep(np.asarray(away, np.float32), 1.2, 1.9))
    elif coat.kind == "merle":
        patches = noise(rng, "cloud", height, width, unit / 70) + 0.4 * noise(rng, "fractal", height, width)
        blend(image, coat.second, 0.9 * smoothstep(patches, 0.4, 0.7))
    elif coat.kind == "brindle":
        rows = np.mgrid[:height, :width][0].astype(np.float32) / unit + 0.3 * noise(rng, "cloud", height, width, unit / 40)
        wave = np.sin(rows * (np.pi / coat.stripe_width)) + 0.9 * noise(rng, "fractal", height, width)
        blend(image, coat.second, 0.7 * smoothstep(np.asarray(wave, np.float32), -0.2, 0.9))
    return add_hair(rng, image, coat.contrast, unit)


def _natural(rng: np.random.Generator) -> Color:
    return np.asarray(NATURAL[int(rng.integers(len(NATURAL)))] + rng.normal(0, 12, 3), np.float32)
