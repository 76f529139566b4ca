"""What a phone's screen shows, as a PNG."""

from __future__ import annotations

import io

from appspec.errors import KitError
from deploy.device.adb import Adb

BEGIN, END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


def screenshot(adb: Adb, serial: str) -> bytes:
    """A whole PNG.

    Raises:
        KitError: the phone gives none, or can't be reached.
    """
    answer = adb.fetch(serial, "screencap", "-p")
    begin, end = answer.find(BEGIN), answer.rfind(END)  # phones with several displays warn before it
    if begin < 0 or end < begin:
        words = answer[: begin if begin >= 0 else 300].decode("utf-8", "replace").strip()
        why = f"it says: {words}" if words and begin < 0 else "its picture is cut short" if begin >= 0 else "it gives none"
        raise KitError(f"no picture of {serial}'s screen", why, "unlock it and look at its screen; then the same command again")
    return answer[begin : end + len(END)]


def is_black(png: bytes) -> bool:
    """Whether nothing is seen on it: the screen is off, or what is in front forbids pictures."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        low_high: tuple[int, int] = image.convert("L").getextrema()
    return low_high[1] == 0
