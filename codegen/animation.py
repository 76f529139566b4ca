"""The animation that follows a point on the screen: the user's Lottie file, or a small one of our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from appspec.errors import KitError

ASSET = "follow.json"
"""Its name in the app's assets."""

_FRAMES, _RATE, _SIDE = 48, 30, 200
_CYAN, _DARK = (0.302, 0.816, 0.882), (0.0, 0.0, 0.0)
_NEEDED = ("v", "fr", "ip", "op", "w", "h", "layers")
"""Keys without which no player shows anything (lottie.github.io, the specification's animation object)."""


def default_animation() -> bytes:
    """A ring that breathes, and a wave that leaves it: 200 × 200 units, 1.6 s, in the colours of the overlay's points."""
    breathing = _animated([(0, [92, 92, 100]), (_FRAMES // 2, [100, 100, 100]), (_FRAMES, [92, 92, 100])])
    spreading = _animated([(0, [55, 55, 100]), (_FRAMES, [150, 150, 100])])
    fading = _animated([(0, [80]), (_FRAMES, [0])])
    document = {
        "v": "5.7.0",
        "nm": "follow",
        "fr": _RATE,
        "ip": 0,
        "op": _FRAMES,
        "w": _SIDE,
        "h": _SIDE,
        "ddd": 0,
        "assets": [],
        "layers": [  # the first one lies on top
            _ring(1, "ring", _CYAN, 9, breathing, _fixed(100)),
            _ring(2, "halo", _DARK, 19, breathing, _fixed(60)),
            _ring(3, "wave", _CYAN, 6, spreading, fading),
        ],
    }
    return (json.dumps(document, indent=1) + "\n").encode()


def read_animation(file: Path) -> bytes:
    """The content of a user's Lottie file.

    Raises:
        KitError: it can't be read, or is no Lottie animation.
    """
    remedy = "export the animation as Lottie JSON (not dotLottie, not a picture), or leave the key out"
    try:
        content = file.read_bytes()
        document = json.loads(content)
    except OSError as error:
        raise KitError(f"android.animation: can't read {file}", error.strerror or str(error), "check the path") from error
    except ValueError as error:
        raise KitError(f"android.animation: {file.name} is not JSON", str(error), remedy) from error
    missing = [key for key in _NEEDED if not isinstance(document, dict) or key not in document]
    if missing:
        raise KitError(f"android.animation: {file.name} is no Lottie animation", f"it lacks {', '.join(missing)}", remedy)
    return content


def _ring(
    index: int, name: str, color: tuple[float, float, float], width: float, scale: dict[str, Any], opacity: dict[str, Any]
) -> dict[str, Any]:
    """A shape layer with a circle of half the animation's width around its middle."""
    centre = {"p": _fixed([0, 0]), "a": _fixed([0, 0]), "s": _fixed([100, 100]), "r": _fixed(0), "o": _fixed(100)}
    circle = {"ty": "el", "d": 1, "p": _fixed([0, 0]), "s": _fixed([_SIDE / 2, _SIDE / 2])}
    stroke = {"ty": "st", "c": _fixed([*color, 1]), "o": _fixed(100), "w": _fixed(width), "lc": 2, "lj": 2}
    middle = _fixed([_SIDE / 2, _SIDE / 2, 0])
    return {
        "ty": 4,
        "ind": index,
        "nm": name,
        "ddd": 0,
        "sr": 1,
        "st": 0,
        "ip": 0,
        "op": _FRAMES,
        "bm": 0,
        "ao": 0,
        "ks": {"o": opacity, "r": _fixed(0), "p": middle, "a": _fixed([0, 0, 0]), "s": scale},
        "shapes": [{"ty": "gr", "nm": name, "it": [circle, stroke, {"ty": "tr", **centre}]}],
    }


def _fixed(value: object) -> dict[str, Any]:
    return {"a": 0, "k": value}


def _animated(moments: list[tuple[int, list[float]]]) -> dict[str, Any]:
    """Values at frames, eased in between."""
    axes = len(moments[0][1])
    ease = {"i": {"x": [0.6] * axes, "y": [1.0] * axes}, "o": {"x": [0.4] * axes, "y": [0.0] * axes}}
    last = len(moments) - 1
    return {"a": 1, "k": [{"t": frame, "s": value, **(ease if n < last else {})} for n, (frame, value) in enumerate(moments)]}
