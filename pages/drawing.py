"""Boxes, points and words drawn on pictures; contact sheets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

RgbImage = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

TRUTH, FOUND = (64, 220, 120), (255, 196, 0)
DARK = (24, 26, 31)


class Drawing:
    """A picture under construction, scaled so that lines stay sharp."""

    def __init__(self, image: RgbImage, side: int = 960) -> None:
        """side: length of the longer side of the result, pixels."""
        height, width = image.shape[:2]
        self.scale = side / max(width, height)
        size = (max(1, round(width * self.scale)), max(1, round(height * self.scale)))
        self.image = Image.fromarray(image).resize(size, Image.Resampling.LANCZOS)
        self._draw = ImageDraw.Draw(self.image)
        self._line = max(2, round(side / 240))

    def box(self, box: Floats, color: tuple[int, int, int]) -> None:
        """(4,) xyxy in pixels of the original picture; may be as small as a point."""
        x0, y0, x1, y1 = (float(value) * self.scale for value in box)
        self._draw.rectangle((x0 - 1, y0 - 1, x1 + 1, y1 + 1), outline=DARK, width=self._line + 2)
        self._draw.rectangle((x0, y0, x1, y1), outline=color, width=self._line)

    def points(self, points: Floats, color: tuple[int, int, int], names: Sequence[str] = ()) -> None:
        """(K, 2) in pixels of the original picture, NaN where one is not there; those of a group are joined by a line.

        Args:
            names: of the points, see point_groups.
        """
        placed = [(float(x) * self.scale, float(y) * self.scale) for x, y in points]
        is_there = [math.isfinite(x) for x, _ in placed]
        radius = self._line * (1.3 if sum(is_there) > 4 else 2.5)
        for group in point_groups(names):
            ring = [placed[i] for i in group if is_there[i]]
            if len(ring) > 1:
                self._draw.line([*ring, ring[0]], fill=color, width=max(1, self._line // 2))
        for (x, y), there in zip(placed, is_there, strict=True):
            if not there:
                continue
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color, outline=DARK, width=1)

    def caption(self, text: str) -> None:
        """A line of words on a dark bar below the picture, which grows by it; the last thing to be drawn."""
        font = _font(max(14, self.image.width // 40))
        width, height = self.image.size
        captioned = Image.new("RGB", (width, height + int(font.getbbox("Ag")[3]) + 12), DARK)
        captioned.paste(self.image, (0, 0))
        ImageDraw.Draw(captioned).text((10, height + 5), text, font=font, fill=(240, 240, 240))
        self.image = captioned

    def save(self, path: Path) -> None:
        """As PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.image.save(path)


def point_groups(names: Sequence[str]) -> list[list[int]]:
    """Indices of points named alike but for a number at the end, as left_ear_1, left_ear_2: the twin of PointGroups.kt."""
    groups: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        stem, _, number = name.rpartition("_")
        if stem and number.isdecimal():
            groups.setdefault(stem, []).append(i)
    return [group for group in groups.values() if len(group) > 1]


def contact_sheet(cells: Sequence[tuple[Image.Image, str]], title: str, path: Path, columns: int = 6, cell: int = 240) -> None:
    """Pictures in rows with a line of words under each, as one PNG.

    Args:
        cells: picture and words.
        columns: pictures a row.
        cell: side of each, pixels.
    """
    gap, label, head = 10, 22, 44
    columns = max(1, min(columns, len(cells)))
    rows = math.ceil(len(cells) / columns)
    width, height = columns * (cell + gap) + gap, head + rows * (cell + label + gap) + gap
    sheet = Image.new("RGB", (width, height), (246, 246, 244))
    draw = ImageDraw.Draw(sheet)
    draw.text((gap, 12), title, font=_font(20), fill=DARK)
    for i, (picture, words) in enumerate(cells):
        x, y = gap + (i % columns) * (cell + gap), head + (i // columns) * (cell + label + gap)
        small = picture.copy()
        small.thumbnail((cell, cell), Image.Resampling.LANCZOS)
        sheet.paste((225, 225, 222), (x, y, x + cell, y + cell))
        sheet.paste(small, (x + (cell - small.width) // 2, y + (cell - small.height) // 2))
        draw.text((x + 2, y + cell + 3), words, font=_font(13), fill=DARK)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
