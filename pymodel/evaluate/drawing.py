"""Boxes, points and words drawn on pictures; contact sheets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from pymodel.data.images import RgbImage
from pymodel.inference.interpreter import Floats

GROUPS = ((0, 1, 2), (3, 4, 5), (6, 7, 8))
"""Which of the nine points are joined: eyes and mouth, each ear."""

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

    def points(self, points: Floats, color: tuple[int, int, int]) -> None:
        """(K, 2) in pixels of the original picture, a cat's nine joined by group; NaN where one is not there."""
        placed = [(float(x) * self.scale, float(y) * self.scale) for x, y in points if math.isfinite(x)]
        radius = self._line * (1.3 if len(placed) > 4 else 2.5)
        for group in GROUPS if len(placed) == 9 else ():
            ring = [placed[i] for i in group]
            self._draw.line([*ring, ring[0]], fill=color, width=max(1, self._line // 2))
        for x, y in placed:
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
