"""The animation that follows a point on the screen, where the user has one in place of the kind's own."""

from __future__ import annotations

import json
from pathlib import Path

from appspec.errors import KitError

_NEEDED = ("v", "fr", "ip", "op", "w", "h", "layers")
"""Keys without which no player shows anything (lottie.github.io, the specification's animation object)."""


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
