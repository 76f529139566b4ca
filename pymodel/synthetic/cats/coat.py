"""A cat's coat: its colours and markings, as a picture from which head and body are cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pymodel.synthetic.arrays import Color, Field, Floats
from pymodel.synthetic.cats.fur import add_hair
from pymodel.synthetic.colors import NATURAL
from pymodel.synthetic.masks import blend, smoothstep
from pymodel.synthetic.noise import noise


@dataclass(frozen=True)
class Coat:
    """Colours and markings of one animal.

    Attributes:
        kind: a cat's is solid, tabby, patches or point; a dog's is one of pymodel.synthetic.pets.dog_coat.KINDS.
        white_face: how white (or tan) muzzle and chest are, 0–1.
        contrast: of the texture of the hair.
    """

    kind: str
    base: Color
    second: Color
    third: Color
    white_face: float
    stripe_width: float
    contrast: float

    @property
    def is_dark(self) -> bool:
        """Whether the coat is so dark that dark lines would not show on it."""
        return float(self.base.mean()) < 70


def sample_coat(rng: np.random.Generator) -> Coat:
    """A random coat."""
    kind = str(rng.choice(["solid", "tabby", "patches", "point"], p=[0.28, 0.42, 0.2, 0.1]))
    base = NATURAL[int(rng.integers(len(NATURAL)))] + rng.normal(0, 12, 3).astype(np.float32)
    second = base * rng.uniform(0.4, 0.78) if kind == "tabby" else NATURAL[int(rng.integers(len(NATURAL)))]
    if kind == "point":
        base, second = np.array([224, 208, 186], np.float32), np.array([82, 62, 52], np.float32)
    white = float(rng.uniform(0.5, 1)) if rng.random() < 0.45 else 0.0
    return Coat(
        kind,
        np.clip(base, 12, 250).astype(np.float32),
        np.clip(second, 8, 250).astype(np.float32),
        NATURAL[int(rng.integers(len(NATURAL)))],
        white,
        float(rng.uniform(0.10, 0.24)),
        float(rng.uniform(0.03, 0.13)),
    )


def paint_coat(rng: np.random.Generator, coat: Coat, height: int, width: int, unit: float, along: Field) -> Floats:
    """The coat (H, W, 3) without shading.

    Args:
        unit: half the face's width, pixels.
        along: (H, W) field, in units; stripes follow its contour lines.
    """
    image = np.empty((height, width, 3), np.float32)
    image[:] = coat.base
    if coat.kind == "tabby":
        wave = np.sin((along + 0.16 * noise(rng, "cloud", height, width, unit / 30)) * (2 * np.pi / coat.stripe_width / 2))
        blend(image, coat.second, 0.8 * smoothstep(np.asarray(wave, np.float32), -0.1, 0.9))
    if coat.kind == "patches":
        where = noise(rng, "cloud", height, width, unit / 25)
        blend(image, coat.second, smoothstep(where, 0.1, 0.3))
        blend(image, coat.third, smoothstep(-where, 0.5, 0.7))
    return add_hair(rng, image, coat.contrast, unit)
