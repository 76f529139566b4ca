"""Each screen looks as the stored picture of it does; what a person would see to have changed fails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.phone.app import PhoneRun
from tests.phone.runs import SCREENSHOTS, SHIFTED
from tests.screens.compare import MOST, seen_difference
from tests.screens.rewrite import STORED, pictures

AGAIN = "if that is meant: python -m tests.screens.rewrite, and look at what changed"
SMALL, ALL_SMALL = 40_000, 600_000
"""Bytes of one stored picture and of all."""


@pytest.fixture(scope="module", params=["camera", "sensor"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def run(request: pytest.FixtureRequest, kind: str) -> PhoneRun:
    found: PhoneRun = request.getfixturevalue(f"{kind}_run")
    return found


@pytest.fixture
def drawn(run: PhoneRun, kind: str) -> dict[str, Path]:
    return pictures(run, SCREENSHOTS[kind])


def test_the_screens_look_as_stored(kind: str, drawn: dict[str, Path]) -> None:
    assert sorted(drawn) == sorted(path.stem for path in (STORED / kind).glob("*.png")), AGAIN
    seen = {name: seen_difference(STORED / kind / f"{name}.png", path) for name, path in drawn.items()}
    print(f"most: {max(seen.values()):.6f} of {MOST}")
    assert {name: share for name, share in seen.items() if share > MOST} == {}, AGAIN


MOVED = {
    "camera": ("box", "landmarks", "landmarks-landscape", "landmarks-large-korean", "fingertip"),
    "sensor": ("calm", "alarm", "alarm-dark", "alarm-landscape", "alarm-large-korean"),
}
"""Screens that show something at a place."""


def test_what_is_a_little_off_is_seen(run: PhoneRun, kind: str) -> None:
    """A box three pixels of 480 to the right of where it was; p(Abnormal) higher by 0.03."""
    moved = pictures(run, SHIFTED)
    changed = {name for name, path in moved.items() if seen_difference(STORED / kind / f"{name}.png", path) > MOST}
    assert changed >= set(MOVED[kind])
    assert not changed & {"permission", "benchmark", "filling", "nothing", "guess"}


def test_another_colour_is_seen_and_noise_is_not(kind: str, drawn: dict[str, Path], tmp_path: Path) -> None:
    """The most frequent vivid colour turned a little; a level of noise on each pixel."""
    name = {"camera": "box", "sensor": "alarm"}[kind]
    pixels = np.asarray(Image.open(drawn[name]).convert("RGB")).astype(int)
    vivid = pixels[np.ptp(pixels, axis=-1) > 150]
    colours, counts = np.unique(vivid, axis=0, return_counts=True)
    other = np.where((pixels == colours[counts.argmax()]).all(-1, keepdims=True), pixels + (-30, 30, 0), pixels)
    noisy = pixels + np.random.default_rng(1).integers(-2, 3, pixels.shape)
    for label, changed in (("other", other), ("noisy", noisy)):
        Image.fromarray(np.clip(changed, 0, 255).astype(np.uint8)).save(tmp_path / f"{label}.png")
    assert seen_difference(drawn[name], tmp_path / "other.png") > MOST
    assert seen_difference(STORED / kind / f"{name}.png", tmp_path / "noisy.png") <= MOST


def test_another_size_is_another_picture(tmp_path: Path) -> None:
    for name, size in (("a", (4, 4)), ("b", (4, 5))):
        Image.new("RGB", size).save(tmp_path / f"{name}.png")
    assert seen_difference(tmp_path / "a.png", tmp_path / "b.png") == 1


def test_the_stored_pictures_are_small() -> None:
    sizes = [path.stat().st_size for path in STORED.rglob("*.png")]
    assert max(sizes) < SMALL
    assert sum(sizes) < ALL_SMALL
