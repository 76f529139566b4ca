"""Image files as upright RGB arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from appspec.errors import KitError

RgbImage = npt.NDArray[np.uint8]
"""(H, W, 3) uint8 RGB."""

MAX_PIXELS = 100_000_000


class UnreadableImageError(Exception):
    """Why an image file can't be used, in one line."""


class NothingShownError(UnreadableImageError):
    """The picture can be read, but contains no instance to learn."""


def read_image(path: Path) -> RgbImage:
    """Reads an image upright: EXIF orientation obeyed; gray, CMYK, palette and 16-bit turned into RGB, transparency
    laid over white.

    Raises:
        UnreadableImageError: missing, empty, cut, too large, or no image.
    """
    try:
        if path.stat().st_size == 0:
            raise UnreadableImageError("the file is empty (0 bytes)")
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnreadableImageError(f"{image.width}×{image.height} pixels are more than {MAX_PIXELS // 10**6} megapixels")
            image.load()
            return np.asarray(_rgb(ImageOps.exif_transpose(image)))
    except UnidentifiedImageError as error:
        raise UnreadableImageError("it is no image that can be read") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        cut = "truncated" in str(error).lower()
        raise UnreadableImageError("the file is cut short" if cut else str(error) or type(error).__name__) from error


def open_image(path: Path) -> RgbImage:
    """As read_image, for a file that the user named.

    Raises:
        KitError: in place of UnreadableImageError.
    """
    if not path.is_file():
        why = "it is a folder" if path.is_dir() else "no such file"
        raise KitError(f"There is no image {path}", why, "give the path of a JPEG or PNG file")
    try:
        return read_image(path)
    except UnreadableImageError as error:
        raise KitError(f"Can't read the image {path}", str(error), "give a whole JPEG or PNG file") from error


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        return Image.fromarray((np.asarray(image, np.float32) / 257).clip(0, 255).astype(np.uint8)).convert("RGB")
    if "A" in image.getbands() or "transparency" in image.info:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return image.convert("RGB")
