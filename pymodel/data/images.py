"""Image files as upright RGB arrays, whatever program wrote them."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError
from pillow_heif import register_heif_opener

from appspec.errors import KitError
from pymodel.data.deep_pictures import by_opencv, deep_samples, eight_bits
from pymodel.data.remarks import Remarks

register_heif_opener()
warnings.filterwarnings("ignore", module="PIL")  # what matters of a picture is told as a remark or an error

RgbImage = npt.NDArray[np.uint8]
"""(H, W, 3) uint8 RGB."""

MAX_PIXELS = 100_000_000
ORIENTATION = 0x0112  # EXIF

TIFF_MARKS = (b"II*\0", b"MM\0*")

MARKS = ((b"%pdf", "a PDF"), (b"<!doctype", "a web page"), (b"<html", "a web page"), (b"<svg", "an SVG drawing"),
         (b"<?xml", "XML, as a server's error"), (b"{", "JSON, as a server's error"), (b"8bps", "a Photoshop file"),
         (b"\0\0\0\x0cjp", "JPEG 2000, which is not read: save it as PNG or JPEG"), (b"\xff\n", "JPEG XL, which is not read"),
         (b"\0\0\0\x0cjxl", "JPEG XL, which is not read: save it as PNG or JPEG"), (b"riff", "no picture, but a sound or video"),
         (b"version https://git-lfs", "a pointer of Git LFS: git lfs pull gets the file"))  # fmt: skip
"""How files begin that are found in place of pictures."""

FORMATS: dict[str, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg", ".jfif", ".jpe"),
    "MPO": (".jpg", ".jpeg", ".jfif", ".jpe", ".mpo"),  # a JPEG with a second picture behind it, as phones write
    "PNG": (".png",),
    "WEBP": (".webp",),
    "BMP": (".bmp",),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif",),
    "HEIF": (".heic", ".heif", ".hif"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
}
"""Pillow's names of the formats that are read, and their suffixes."""

OPENED = tuple(name for name in FORMATS if name != "MPO")
"""What Pillow is asked to open; it opens MPO as JPEG. Other formats run programs or are no photographs."""

SUFFIXES = frozenset(suffix for suffixes in FORMATS.values() for suffix in suffixes)


def is_picture(file: str) -> bool:
    """Whether a file's name ends as that of a picture."""
    return f".{file.rpartition('.')[2].lower()}" in SUFFIXES


TURNS: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation → what makes the stored picture upright (CIPA DC-008, tag 274)."""


class UnreadableImageError(Exception):
    """Why an image file can't be used, in one line; `fix` says what helps, where that is known."""

    def __init__(self, why: str, fix: str = "") -> None:
        super().__init__(why)
        self.fix = fix


class NothingShownError(UnreadableImageError):
    """The picture can be read, but contains no instance to learn."""


@dataclass(frozen=True)
class StoredSize:
    """What a picture's header says: its stored size in pixels, and the EXIF orientation, 1 to 8."""

    width: int
    height: int
    orientation: int

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height of the upright picture."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


@dataclass(frozen=True)
class Picture:
    """An image file as it was read: its upright pixels, and what its header says."""

    pixels: RgbImage
    stored: StoredSize


def read_image(path: Path, remarks: Remarks | None = None, name: str = "") -> RgbImage:
    """The pixels of read_picture."""
    return read_picture(path, remarks, name).pixels


def read_picture(path: Path, remarks: Remarks | None = None, name: str = "") -> Picture:
    """Reads an image upright: EXIF orientation obeyed; gray, CMYK, palette and deep pictures turned into RGB, transparency
    laid over white.

    Args:
        remarks: gets what was unusual: a suffix of another format, several frames, more than 8 bits.
        name: of the file in remarks.

    Raises:
        UnreadableImageError: missing, empty, cut, too large, or no image.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableImageError(error.strerror or str(error)) from error
    if not content:
        raise UnreadableImageError("the file is empty (0 bytes)")
    try:
        return _decoded(content, path.suffix.lower(), remarks or Remarks(), name or path.name)
    except UnreadableImageError:
        raise
    except UnidentifiedImageError as error:
        raise UnreadableImageError(f"it is no image that can be read{_looks_like(content)}") from error
    except Image.DecompressionBombError as error:
        raise UnreadableImageError(f"it has more than {MAX_PIXELS // 10**6} megapixels") from error
    except Exception as error:  # damaged files make Pillow's readers fail in many ways
        cut = any(word in str(error).lower() for word in ("truncated", "not processed", "end of file"))
        raise UnreadableImageError(
            "the file is cut short" if cut else f"it is damaged ({str(error) or type(error).__name__})"
        ) from error


def _decoded(content: bytes, suffix: str, remarks: Remarks, name: str) -> Picture:
    try:
        image = Image.open(io.BytesIO(content), formats=OPENED)
    except UnidentifiedImageError:  # a TIFF of a kind that only OpenCV reads
        deep = by_opencv(content) if content[:4] in TIFF_MARKS else None
        if deep is None:
            raise
        pixels = np.asarray(Image.fromarray(eight_bits(deep, name, remarks)).convert("RGB"))
        return Picture(pixels, StoredSize(pixels.shape[1], pixels.shape[0], 1))
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise UnreadableImageError(f"{image.width}×{image.height} pixels are more than {MAX_PIXELS // 10**6} megapixels")
        _remark(suffix, image, remarks, name)
        deep = deep_samples(content, image)
        stored = _stored(image)
        if deep is None:
            image.load()
            upright = _rgb(image, remarks, name)
        else:
            upright = Image.fromarray(eight_bits(deep, name, remarks)).convert("RGB")
        turned = deep is not None and image.format == "TIFF"  # OpenCV and Pillow turn a TIFF as they load it
        turn = TURNS.get(1 if turned else stored.orientation if deep is not None else _orientation(image))
        return Picture(np.asarray(upright if turn is None else upright.transpose(turn)), stored)


def _looks_like(content: bytes) -> str:
    """What a file that is no picture seems to be, for a message."""
    if content[4:8] == b"ftyp":
        return " (it begins as HEIC or AVIF does, and is damaged)"
    if not any(content):
        return " (all its bytes are 0)"
    head = content[:64].lstrip().lower()
    kind = next((kind for mark, kind in MARKS if head.startswith(mark)), None)
    return f" (it is {kind})" if kind else ""


def read_size(path: Path) -> StoredSize | None:
    """Size and orientation from the header; None where it can't be read."""
    try:
        with Image.open(path, formats=OPENED) as image:
            return _stored(image)
    except Exception:  # see read_picture, which tells it
        return None


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


def _stored(image: Image.Image) -> StoredSize:
    orientation, (width, height) = _orientation(image), image.size
    if image.format == "TIFF" and orientation >= 5:  # Pillow names the upright size of these
        width, height = height, width
    return StoredSize(width, height, orientation)


def _orientation(image: Image.Image) -> int:
    """1 where EXIF doesn't say, or is damaged: nothing else in it matters."""
    try:
        found = image.getexif().get(ORIENTATION, 1)
    except Exception:  # Pillow's reader of EXIF fails on damaged blocks in many ways
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _remark(suffix: str, image: Image.Image, remarks: Remarks, name: str) -> None:
    if suffix not in FORMATS.get(image.format or "", ()):
        remarks.add(f"pictures that are {image.format} under the suffix {suffix or '(none)'}", name)
    if image.format in ("GIF", "TIFF", "WEBP", "PNG") and getattr(image, "n_frames", 1) > 1:
        remarks.add("pictures with several frames, the first is taken", name)


def _rgb(image: Image.Image, remarks: Remarks, name: str) -> Image.Image:
    if "A" in image.getbands() or "transparency" in image.info:
        layer = image.convert("RGBA")
        values = np.asarray(layer)
        if not values[:, :, 3].any() and np.ptp(values[:, :, :3], (0, 1)).any():
            remarks.add("pictures that are transparent everywhere, their colours are taken", name)
            return image.convert("RGB")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return image.convert("RGB")
