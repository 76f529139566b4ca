"""A page's picture for docs: `python -m tests.pages.picture PAGE.html PICTURE.png ANCHOR`, wide and light beside narrow and dark."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests.pages.browser import Browser, browser

HEIGHT, GAP = 1500, 24
WIDE, NARROW = 1040, 375


def main(page: Path, picture: Path, anchor: str) -> None:
    """The wide one from the top, the narrow one from the section of that anchor."""
    with tempfile.TemporaryDirectory() as folder, browser() as shown:
        left = _part(shown, page, Path(folder) / "left.png", WIDE, dark=False, anchor="")
        right = _part(shown, page, Path(folder) / "right.png", NARROW, dark=True, anchor=anchor)
    both = Image.new("RGB", (left.width + GAP + right.width, HEIGHT), (128, 134, 140))
    both.paste(left, (0, 0))
    both.paste(right, (left.width + GAP, 0))
    both.quantize(256, dither=Image.Dither.NONE).save(picture, optimize=True)


def _part(shown: Browser, page: Path, file: Path, width: int, dark: bool, anchor: str) -> Image.Image:
    shown.open(page, width, dark=dark)
    top = shown.value(f"document.getElementById({anchor!r}).offsetTop") if anchor else 0
    shown.screenshot(file)
    with Image.open(file) as image:
        scale = image.width / width
        part = image.convert("RGB").crop((0, round(top * scale), image.width, round((top + HEIGHT) * scale)))
        return part.resize((width, HEIGHT), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
