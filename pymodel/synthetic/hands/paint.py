"""A hand's colours and light: from a surface to a picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pymodel.synthetic.arrays import Color, Field, Floats
from pymodel.synthetic.colors import any_color
from pymodel.synthetic.hands.surface import BAND, FAR, NOTHING, OBJECT, SKIN, SLEEVE, Surface
from pymodel.synthetic.masks import blend, blur, window
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
"""Skin from the palest to the darkest (RGB), as cameras show it in white light."""


@dataclass(frozen=True)
class Skin:
    """One person's.

    Attributes:
        back, palm: their colours.
        nail: a factor on the colour below it, or polish.
        is_polished: whether nail is a colour of its own.
        grain: contrast of its texture.
    """

    back: Color
    palm: Color
    nail: Color
    is_polished: bool
    grain: float


@dataclass(frozen=True)
class Light:
    """A lamp and the light of the room.

    Attributes:
        way: (3,) unit vector towards the lamp, pixel space.
        room: share that comes from everywhere, 0–1.
        gloss: strength of the highlights, 0–1.
    """

    way: Floats
    room: float
    gloss: float


def draw_skin(rng: np.random.Generator) -> Skin:
    """A random one."""
    place = float(np.clip(rng.beta(1.1, 1.6) * (len(TONES) - 1), 0, len(TONES) - 1.001))
    low = int(place)
    back = TONES[low] + (place - low) * (TONES[low + 1] - TONES[low])
    back = back.mean() + rng.uniform(0.72, 1.06) * (back - back.mean())
    back = np.clip(back * np.exp(rng.normal(0, (0.04, 0.03, 0.045))), 20, 250)
    pale = np.array([214, 160, 134]) * (0.5 + 0.5 * back.mean() / 150)
    palm = back + rng.uniform(0.15, 0.5) * (np.clip(pale, 0, 245) - back) + (4, -3, -2)
    is_polished = bool(rng.random() < 0.15)
    nail = any_color(rng) if is_polished else np.array([1.06, 1.02, 1.05]) * rng.uniform(0.94, 1.14)
    back, palm, nail = (np.asarray(part, np.float32) for part in (back, palm, nail))
    return Skin(back, palm, nail, is_polished, float(rng.uniform(0.015, 0.06)))


def draw_light(rng: np.random.Generator) -> Light:
    """Mostly from above."""
    way = np.array([rng.normal(0, 0.8), rng.normal(-0.6, 0.6), rng.uniform(0.35, 1.3)])
    return Light((way / np.linalg.norm(way)).astype(np.float32), float(rng.uniform(0.3, 0.8)), float(rng.uniform(0, 0.1)))


def paint_surface(rng: np.random.Generator, image: Floats, surface: Surface, skin: Skin, light: Light, unit: float) -> None:
    """Lays arm, hand and what belongs to them over an image (H, W, 3), in place; unit: the hand's length, pixels."""
    if rng.random() < 0.5:
        _cast_on_scene(rng, image, surface, light, unit)
    place = window(surface.coverage)
    surface = surface.part(place)
    if not surface.kind.size:
        return
    color = _skin_color(rng, surface, skin, unit)
    for kind in (SLEEVE, BAND, OBJECT):
        if (surface.kind == kind).any():
            cloth = _cloth_color(rng, color.shape[0], color.shape[1], unit)
            np.copyto(color, cloth * (1 - 0.4 * surface.crease)[..., None], where=(surface.kind == kind)[..., None])
    shade, highlight = _shade(surface, light, unit)
    color *= _reddened(shade, surface.kind == SKIN)
    color += (255 * light.gloss * highlight)[..., None]
    blend(image[place], np.clip(color, 0, 255), surface.coverage)


def _reddened(shade: Field, is_skin: npt.NDArray[np.bool_]) -> Floats:
    """(H, W, 3) factors: light that has been under the skin comes back red, so that its shadows are warm."""
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
    """(H, W, 3), plain or striped, with folds."""
    folds = 0.16 * noise(rng, "cloud", height, width, max(0.3, unit / 260)) + 0.05 * noise(rng, "hair", height, width)
    color = any_color(rng) * (1 + rng.uniform(0.2, 1.2) * folds)[..., None]
    if rng.random() < 0.2:
        y, x = np.mgrid[:height, :width].astype(np.float32)
        angle, period = rng.uniform(0, np.pi), unit * rng.uniform(0.06, 0.3)
        wave = ((x * np.cos(angle) + y * np.sin(angle)) / period) % 1 < rng.uniform(0.2, 0.6)
        color += 0.7 * wave[..., None] * (any_color(rng) - color)
    return np.asarray(np.clip(color, 0, 255), np.float32)


def _shade(surface: Surface, light: Light, unit: float) -> tuple[Field, Field]:
    """Light that falls on each pixel, about 0–1.2, and the lamp's reflection in it."""
    lamp = np.clip(0.15 + 0.85 * (surface.normal @ light.way), 0, 1) * (1 - 0.75 * _shadow(surface, light, unit))
    level = np.maximum(surface.height, -1.5 * unit)
    hollow = np.clip((blur(level, 0.05 * unit) - level) / (0.10 * unit), 0, 1)
    grazing = 0.82 + 0.18 * surface.normal[..., 2]
    room = light.room * grazing * (1 - 0.55 * hollow)
    half = light.way + (0, 0, 1)
    shine = np.clip(surface.normal @ (half / np.linalg.norm(half)), 0, 1) ** (18 + 30 * surface.nail)
    shine = shine * np.where(surface.kind == SLEEVE, 0.0, 1 + 1.5 * surface.nail)
    edge = 1 - 0.35 * _steps(surface, unit)
    return np.asarray((room + 1.05 * (1 - light.room) * lamp + 0.07) * edge, np.float32), np.asarray(shine, np.float32)


def _shadow(surface: Surface, light: Light, unit: float) -> Field:
    """What other parts of the hand keep the lamp from, soft at its edge."""
    height, width = surface.height.shape
    dark = np.zeros((height, width), np.float32)
    way = light.way / max(float(np.hypot(light.way[0], light.way[1])), 0.2)
    for reach in (0.03, 0.07, 0.13):
        moved = _moved(surface.height, -reach * unit * way[:2], float(FAR))
        dark = np.maximum(dark, np.clip((moved - surface.height - reach * unit * way[2]) / (0.03 * unit), 0, 1))
    return blur(dark, 0.012 * unit)


def _steps(surface: Surface, unit: float) -> Field:
    """Where one part of the hand ends in front of another, 0–1: a thin dark line there."""
    size = max(3, 2 * round(0.006 * unit) + 1)
    higher = cv2.dilate(surface.height, np.ones((size, size), np.uint8))
    step = np.clip((higher - surface.height - 0.045 * unit) / (0.05 * unit), 0, 1) * (surface.kind != NOTHING)
    return blur(np.asarray(step, np.float32), 0.004 * unit)


def _cast_on_scene(rng: np.random.Generator, image: Floats, surface: Surface, light: Light, unit: float) -> None:
    """The shadow on whatever is behind the hand, if that is near."""
    behind = rng.uniform(0.05, 0.5) * unit
    shadow = blur(_moved(surface.coverage, -behind * light.way[:2], 0.0), 0.3 * behind + 0.5)
    image *= (1 - rng.uniform(0.1, 0.55) * shadow)[..., None]


def _moved(field: Field, by: Floats, empty: float) -> Field:
    """Shifted by (x, y) pixels."""
    height, width = field.shape
    way = np.array([[1, 0, by[0]], [0, 1, by[1]]], np.float32)
    return np.asarray(cv2.warpAffine(field, way, (width, height), flags=cv2.INTER_NEAREST, borderValue=empty), np.float32)
