"""Draws the stored screens anew: `python -m tests.screens.rewrite`, then look at each one that git shows as changed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PIL import Image

from tests.phone.app import PhoneRun, camera_app, sensor_app
from tests.phone.runs import SCREENSHOTS, run_in, screenshots
from tests.screens.compare import MOST, seen_difference

STORED = Path(__file__).parent / "stored"


PALETTES = (Image.Quantize.MAXCOVERAGE, Image.Quantize.MEDIANCUT)
"""The most distant colours first, which suits most screens, at a third of the size; or the most frequent ones."""


def pictures(run: PhoneRun, name: str) -> dict[str, Path]:
    """The screens that the run of that name drew, by name."""
    failed = run.failures(name)
    assert failed == [], failed
    return {path.stem: path for path in sorted(run.folder(name).glob("*.png"))}


def store(drawn: Path, target: Path) -> None:
    """As a small PNG that looks the same; what looks like the stored one leaves it as it is."""
    if target.is_file() and seen_difference(target, drawn) <= MOST:
        return
    with Image.open(drawn) as image:
        picture = image.convert("RGB")
    for method in PALETTES:
        picture.quantize(256, method=method, dither=Image.Dither.NONE).save(target, optimize=True)
        if seen_difference(target, drawn) <= MOST:
            return
    picture.save(target, optimize=True)


def main() -> None:
    """Rewrites what differs, and takes away what is no longer drawn."""
    with tempfile.TemporaryDirectory() as name:
        for kind, make in (("camera", camera_app), ("sensor", sensor_app)):
            folder, stored = Path(name) / kind, STORED / kind
            folder.mkdir()
            stored.mkdir(parents=True, exist_ok=True)
            drawn = pictures(run_in(make(folder), screenshots(kind), folder / "run"), SCREENSHOTS[kind])
            for path in stored.glob("*.png"):
                if path.stem not in drawn:
                    path.unlink()
            for screen, path in drawn.items():
                store(path, stored / f"{screen}.png")


if __name__ == "__main__":
    main()
