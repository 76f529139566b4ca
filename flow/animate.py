"""An app's screen over a while, in one animated picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from appspec.whole_file import whole_file

FRAME_MS = {"camera": 120, "sensor": 150}
"""How long each picture stays, by `[app] screen`."""

STEPS = 24
"""Pictures of a camera that goes around once."""

WANDER = 0.07
"""How far it goes from the middle, as a share of the picture's sides."""

QUALITY = 72


def wander(width: int, height: int, zoom: float = 1 - 2 * WANDER) -> list[tuple[int, int, int, int]]:
    """What a hand-held camera sees of a picture: left, top, right, bottom in pixels, of one size, once around the middle."""
    wide, tall = round(width * zoom), round(height * zoom)
    places = []
    for step in range(STEPS):
        angle = 2 * math.pi * step / STEPS
        left = round((width - wide) / 2 * (1 + math.sin(angle)))
        top = round((height - tall) / 2 * (1 + math.sin(2 * angle)))
        places.append((left, top, left + wide, top + tall))
    return places


def animate(pictures: Sequence[Path], target: Path, frame_ms: int) -> None:
    """Joins pictures of one size into an animated WebP that begins anew at its end."""
    images = []
    for path in pictures:
        with Image.open(path) as image:
            images.append(image.convert("RGB"))
    with whole_file(target) as part:
        images[0].save(
            part,
            save_all=True,
            append_images=images[1:],
            duration=frame_ms,
            loop=0,
            quality=QUALITY,
            method=4,
            minimize_size=True,
        )
