"""Boxes, points and words drawn on pictures; contact sheets."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from appspec.whole_file import whole_file

RgbImage = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

TRUTH, FOUND = (64, 220, 120), (255, 196, 0)
DARK = (24, 26, 31)
CLASS_COLORS = (FOUND, (80, 170, 255), (240, 110, 150), (120, 220, 130), (190, 130, 250), (250, 150, 70), (90, 220, 220))
"""Of classes that are drawn beside each other, used again from the start where there are more."""


ROOT_JOINT = "wrist"

_JOINT = re.compile(r"[^\W\d]+[^\W\d_][1-9]\d?")
"""thumb1, pinky_finger4; not left_ear_1, whose group is an outline."""


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
            names: of the points, see point_groups and bones.
        """
        placed = [(float(x) * self.scale, float(y) * self.scale) for x, y in points]
        is_there = [math.isfinite(x) for x, _ in placed]
        radius = self._line * (1.3 if sum(is_there) > 4 else 2.5)
        for group in point_groups(names):
            ring = [placed[i] for i in group if is_there[i]]
            if len(ring) > 1:
                self._draw.line([*ring, ring[0]], fill=color, width=max(1, self._line // 2))
        for start, end in bones(names):
            if is_there[start] and is_there[end]:
                self._draw.line([placed[start], placed[end]], fill=color, width=max(1, self._line // 2))
        for (x, y), there in zip(placed, is_there, strict=True):
            if not there:
                continue
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color, outline=DARK, width=1)

    def tag(self, box: Floats, text: str, color: tuple[int, int, int]) -> None:
        """Words on the upper edge of a box (4,) xyxy in pixels of the original picture, within the picture."""
        font = _font(max(13, self.image.width // 48))
        left, top, right, bottom = font.getbbox(text)
        width, height = int(right - left) + 8, int(bottom - top) + 8
        x = min(max(0, float(box[0]) * self.scale), max(0, self.image.width - width))
        y = float(box[1]) * self.scale - height
        y = y if y >= 0 else min(float(box[1]) * self.scale, self.image.height - height)
        self._draw.rectangle((x, y, x + width, y + height), fill=color)
        self._draw.text((x + 4 - left, y + 4 - top), text, font=font, fill=DARK)

    def shade(self, classes: npt.NDArray[np.uint8], region: tuple[float, float, float, float]) -> None:
        """Cells of a class above 0 in its colour of CLASS_COLORS, half through.

        Args:
            classes: (H, W) of the region.
            region: x0, y0, width, height in pixels of the original picture.
        """
        x0, y0, width, height = (value * self.scale for value in region)
        size = max(1, round(width)), max(1, round(height))
        colors = np.array([(0, 0, 0), *CLASS_COLORS], np.uint8)[np.where(classes == 0, 0, (classes - 1) % len(CLASS_COLORS) + 1)]
        layer = Image.fromarray(colors).resize(size, Image.Resampling.NEAREST)
        cover = Image.fromarray(np.where(classes > 0, 140, 0).astype(np.uint8)).resize(size, Image.Resampling.BILINEAR)
        self.image.paste(layer, (round(x0), round(y0)), cover)
        self._draw = ImageDraw.Draw(self.image)

    def bars(self, counts: Sequence[float], title: str, place: int, places: int) -> None:
        """A histogram on a dark field along the lower edge: number `place` of `places` beside each other."""
        count = max(1, min(places, 4))
        wide, high = self.image.width // count, max(60, self.image.height // 5)
        left, top = place % count * wide, self.image.height - high * (place // count + 1)
        field = Image.new("RGB", (wide - 4, high - 4), DARK)
        self.image.paste(Image.blend(self.image.crop((left, top, left + wide - 4, top + high - 4)), field, 0.8), (left, top))
        draw = self._draw = ImageDraw.Draw(self.image)
        draw.text((left + 6, top + 3), title, font=_font(max(12, self.image.width // 60)), fill=(240, 240, 240))
        tallest, foot, step = max(1.0, *counts), top + high - 10, (wide - 16) / max(1, len(counts))
        for i, value in enumerate(counts):
            x = left + 6 + i * step
            draw.rectangle((x, foot - value / tallest * (high - 40), x + max(1, step - 2), foot), fill=FOUND)

    def caption(self, text: str) -> None:
        """A line of words on a dark bar below the picture, which grows by it; the last thing to be drawn."""
        font = _font(max(14, self.image.width // 40))
        width, height = self.image.size
        captioned = Image.new("RGB", (width, height + int(font.getbbox("Ag")[3]) + 12), DARK)
        captioned.paste(self.image, (0, 0))
        ImageDraw.Draw(captioned).text((10, height + 5), text, font=font, fill=(240, 240, 240))
        self.image = captioned

    def save(self, path: Path) -> None:
        """As a picture of the kind that the file's ending names, whole or not at all.

        Raises:
            KitError: it can't be written.
        """
        with whole_file(path) as part:
            self.image.save(part)


def point_groups(names: Sequence[str]) -> list[list[int]]:
    """Indices of points named alike but for a number at the end, as left_ear_1, left_ear_2: the twin of PointGroups.kt."""
    groups: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        stem, _, number = name.rpartition("_")
        if stem and number.isdecimal():
            groups.setdefault(stem, []).append(i)
    return [group for group in groups.values() if len(group) > 1]


def bones(names: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of points to join: thumb1 with thumb2, thumb2 with thumb3 …; the wrist, where there is one, with the first of each."""
    joints = {name: i for i, name in enumerate(names) if _JOINT.fullmatch(name)}
    pairs = []
    for name, i in joints.items():
        stem, number = name.rstrip("0123456789"), int(name[len(name.rstrip("0123456789")) :])
        before = joints.get(f"{stem}{number - 1}", names.index(ROOT_JOINT) if number == 1 and ROOT_JOINT in names else None)
        if before is not None:
            pairs.append((before, i))
    return pairs


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
    with whole_file(path) as part:
        sheet.save(part)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
