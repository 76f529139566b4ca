"""A picture as a phone's camera would hand it over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class CameraPicture:
    """YUV 4:2:0 as the sensor sees it, turned against the phone.

    Attributes:
        y: (H, W) uint8.
        u, v: (ceil(H / 2), ceil(W / 2)) uint8.
        rotation: degrees clockwise that make it upright; then it is mirrored left to right if `mirror`.
    """

    y: Plane
    u: Plane
    v: Plane
    rotation: int
    mirror: bool


def camera_picture(image: npt.NDArray[np.uint8], rotation: int = 0, mirror: bool = False) -> CameraPicture:
    """What a sensor sees where the upright picture is `image`.

    BT.601 with full range (JPEG, Android's camera); chroma is the mean of 2 × 2 pixels.

    Args:
        image: (H, W, 3) uint8 RGB.
    """
    seen = image[:, ::-1] if mirror else image
    seen = np.rot90(seen, rotation // 90)
    red, green, blue = np.moveaxis(seen.astype(np.float32), -1, 0)
    y = 0.299 * red + 0.587 * green + 0.114 * blue
    return CameraPicture(
        _bytes(y), _bytes(_halved((blue - y) / 1.772) + 128), _bytes(_halved((red - y) / 1.402) + 128), rotation, mirror
    )


def write_frame(picture: CameraPicture, folder: Path) -> None:
    """Writes the picture as the app's tests read a frame: `frame.properties` and the planes, without gaps."""
    height, width = picture.y.shape
    values = {
        "width": width,
        "height": height,
        "yRowStride": width,
        "yPixelStride": 1,
        "uvRowStride": picture.u.shape[1],
        "uvPixelStride": 1,
        "rotation": picture.rotation,
        "mirror": str(picture.mirror).lower(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "frame.properties").write_text("".join(f"{key}={value}\n" for key, value in values.items()), encoding="utf-8")
    for name, plane in (("y", picture.y), ("u", picture.u), ("v", picture.v)):
        (folder / f"{name}.bin").write_bytes(plane.tobytes())


def _halved(field: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Means of 2 × 2; an odd edge is doubled."""
    even = np.pad(field, [(0, size % 2) for size in field.shape], mode="edge")
    return np.asarray((even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4, np.float32)


def _bytes(field: npt.NDArray[np.float32]) -> Plane:
    return np.clip(np.round(field), 0, 255).astype(np.uint8)
