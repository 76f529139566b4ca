"""From a surface to a picture: the colours of skin and cloth, and light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pymodel.synthetic.arrays import Color, Field, Floats
from pymodel.synthetic.colors import sample_color
from pymodel.synthetic.hands.surface import FAR, NOTHING, OBJECT, SKIN, SLEEVE, WATCH, Surface
from pymodel.synthetic.masks import blend, blur, bounding_slices
from pymodel.synthetic.noise import noise

TONES = np.array(
    [
        [228, 198, 180],
        [226, 188, 164],
        [222, 180, 154],
        [218, 172, 142],
        [216, 168, 134],
        [205, 152, 118],
        [190, 136, 102],
        [168, 114, 82],
        [140, 92, 66],
        [112, 72, 52],
        [84, 54, 40],
        [62, 42, 34],
    ],
    np.float32,
)
"""Skin tones from the lightest to the darkest (RGB), as cameras show them in white light."""


@dataclass(frozen=True)
class Skin:
    """The skin of one person.

    Attributes:
        back, palm: colour of the back of the hand and of the palm.
        nail: a factor on the skin's colour, or the colour of nail polish.
        is_polished: whether `nail` is a colour, not a factor.
        grain: contrast of the skin's texture.
    """

    back: Color
    palm: Color
    nail: Color
    is_polished: bool
    grain: float


@dataclass(frozen=True)
class Light:
    """A lamp and ambient light.

    Attributes:
        direction: (3,) unit vector towards the lamp, pixel space.
        ambient: share of the light that comes from everywhere, 0–1.
        specular: strength of the highlights, 0–1.
    """

    direction: Floats
    ambient: float
    specular: float


def sample_skin(rng: np.random.Generator) -> Skin:
    """A random skin."""
    place = float(np.clip(rng.beta(1.1, 1.6) * (len(TONES) - 1), 0, len(TONES) - 1.001))
    low = int(place)
    back = TONES[low] + (place - low) * (TONES[low + 1] - TONES[low])
    back = back.mean() + rng.uniform(0.72, 1.06) * (back - back.mean())
    back = np.clip(back * np.exp(rng.normal(0, (0.04, 0.03, 0.045))), 20, 250)
    pale = np.array([214, 160, 134]) * (0.5 + 0.5 * back.mean() / 150)
    palm = back + rng.uniform(0.15, 0.5) * (np.clip(pale, 0, 245) - back) + (4, -3, -2)
    is_polished = bool(rng.random() < 0.15)
    nail = sample_color(rng) if is_polished else np.array([1.06, 1.02, 1.05]) * rng.uniform(0.94, 1.14)
    back, palm, nail = (np.asarray(part, np.float32) for part in (back, palm, nail))
    return Skin(back, palm, nail, is_polished, float(rng.uniform(0.015, 0.06)))


def sample_light(rng: np.random.Generator) -> Light:
    """A random light, mostly from above."""
    direction = np.array([rng.normal(0, 0.8), rng.normal(-0.6, 0.6), rng.uniform(0.35, 1.3)])
    return Light(
        (direction / np.linalg.norm(direction)).astype(np.float32), float(rng.uniform(0.3, 0.8)), float(rng.uniform(0, 0.1))
    )


def paint_surface(rng: np.random.Generator, image: Floats, surface: Surface, skin: Skin, light: Light, unit: float) -> None:
    """Paints a surface into an image (H, W, 3), in place; unit: the hand's length, pixels."""
    if rng.random() < 0.5:
        _cast_shadow(rng, image, surface, light, unit)
    region = bounding_slices(surface.coverage)
    surface = surface.part(region)
    if not surface.kind.size:
        return
    color = _skin_color(rng, surface, skin, unit)
    for kind in (SLEEVE, WATCH, OBJECT):
        if (surface.kind == kind).any():
            cloth = _cloth_color(rng, color.shape[0], color.shape[1], unit)
            np.copyto(color, cloth * (1 - 0.4 * surface.crease)[..., None], where=(surface.kind == kind)[..., None])
    shade, highlight = _shade(surface, light, unit)
    color *= _warm_shading(shade, surface.kind == SKIN)
    color += (255 * light.specular * highlight)[..., None]
    blend(image[region], np.clip(color, 0, 255), surface.coverage)


def _warm_shading(shade: Field, is_skin: npt.NDArray[np.bool_]) -> Floats:
    """Factors (H, W, 3). Light that is scattered under the skin comes back red, so shadows on skin are warm."""
    dark = np.clip(1 - shade, 0, 0.9) * shade * is_skin
    return np.stack([shade + 0.16 * dark, shade - 0.02 * dark, shade - 0.12 * dark], -1)


def _skin_color(rng: np.random.Generator, surface: Surface, skin: Skin, unit: float) -> Floats:
    height, width = surface.kind.shape
    side = np.clip(0.5 + 0.8 * surface.back, 0, 1)
    mottle = 1 + 0.03 * noise(rng, "cloud", height, width, max(0.5, unit / 90))
    mottle += np.float32(skin.grain) * noise(rng, "fractal", height, width)
    flush = np.float32(rng.uniform(0.02, 0.12)) * surface.flush
    rim = 1 - 0.22 * np.clip(4 * surface.nail * (1 - surface.nail), 0, 1)
    channels = []
    for i, redness in enumerate((0.32, 0.45, 0.48)):
        channel = (skin.palm[i] + side * (skin.back[i] - skin.palm[i])) * mottle * (1 - np.float32(redness) * surface.crease)
        if i > 0:
            channel = channel * (1 - flush)
        nail = skin.nail[i] if skin.is_polished else channel * skin.nail[i]
        channels.append((channel + surface.nail * (nail - channel)) * rim)
    return np.asarray(np.stack(channels, -1), np.float32)


def _cloth_color(rng: np.random.Generator, height: int, width: int, unit: float) -> Floats:
    """Cloth (H, W, 3), plain or striped, with folds."""
    folds = 0.16 * noise(rng, "cloud", height, width, max(0.3, unit / 260)) + 0.05 * noise(rng, "hair", height, width)
    color = sample_color(rng) * (1 + rng.uniform(0.2, 1.2) * folds)[..., None]
    if rng.random() < 0.2:
        y, x = np.mgrid[:height, :width].astype(np.float32)
        angle, period = rng.uniform(0, np.pi), unit * rng.uniform(0.06, 0.3)
        wave = ((x * np.cos(angle) + y * np.sin(angle)) / period) % 1 < rng.uniform(0.2, 0.6)
        color += 0.7 * wave[..., None] * (sample_color(rng) - color)
    return np.asarray(np.clip(color, 0, 255), np.float32)


def _shade(surface: Surface, light: Light, unit: float) -> tuple[Field, Field]:
    """Diffuse light on each pixel, about 0–1.2, and the specular reflection of the lamp."""
    lamp = np.clip(0.15 + 0.85 * (surface.normal @ light.direction), 0, 1) * (1 - 0.75 * _self_shadow(surface, light, unit))
    level = np.maximum(surface.height, -1.5 * unit)
    hollow = np.clip((blur(level, 0.05 * unit) - level) / (0.10 * unit), 0, 1)
    grazing = 0.82 + 0.18 * surface.normal[..., 2]
    ambient = light.ambient * grazing * (1 - 0.55 * hollow)
    half = light.direction + (0, 0, 1)
    shine = np.clip(surface.normal @ (half / np.linalg.norm(half)), 0, 1) ** (18 + 30 * surface.nail)
    shine = shine * np.where(surface.kind == SLEEVE, 0.0, 1 + 1.5 * surface.nail)
    edge = 1 - 0.35 * _occlusion_edges(surface, unit)
    return np.asarray((ambient + 1.05 * (1 - light.ambient) * lamp + 0.07) * edge, np.float32), np.asarray(shine, np.float32)


def _self_shadow(surface: Surface, light: Light, unit: float) -> Field:
    """Soft shadow of the hand's parts on each other, 0–1."""
    height, width = surface.height.shape
    dark = np.zeros((height, width), np.float32)
    direction = light.direction / max(float(np.hypot(light.direction[0], light.direction[1])), 0.2)
    for reach in (0.03, 0.07, 0.13):
        moved = _shift(surface.height, -reach * unit * direction[:2], float(FAR))
        dark = np.maximum(dark, np.clip((moved - surface.height - reach * unit * direction[2]) / (0.03 * unit), 0, 1))
    return blur(dark, 0.012 * unit)


def _occlusion_edges(surface: Surface, unit: float) -> Field:
    """Thin lines where one part of the hand ends in front of another, 0–1."""
    size = max(3, 2 * round(0.006 * unit) + 1)
    higher = cv2.dilate(surface.height, np.ones((size, size), np.uint8))
    step = np.clip((higher - surface.height - 0.045 * unit) / (0.05 * unit), 0, 1) * (surface.kind != NOTHING)
    return blur(np.asarray(step, np.float32), 0.004 * unit)


def _cast_shadow(rng: np.random.Generator, image: Floats, surface: Surface, light: Light, unit: float) -> None:
    """Darkens the background where the hand casts a shadow on it, in place."""
    behind = rng.uniform(0.05, 0.5) * unit
    shadow = blur(_shift(surface.coverage, -behind * light.direction[:2], 0.0), 0.3 * behind + 0.5)
    image *= (1 - rng.uniform(0.1, 0.55) * shadow)[..., None]


def _shift(field: Field, by: Floats, empty: float) -> Field:
    """The field shifted by (x, y) pixels."""
    height, width = field.shape
    translation = np.array([[1, 0, by[0]], [0, 1, by[1]]], np.float32)
    return np.asarray(cv2.warpAffine(field, translation, (width, height), flags=cv2.INTER_NEAREST, borderValue=empty), np.float32)
