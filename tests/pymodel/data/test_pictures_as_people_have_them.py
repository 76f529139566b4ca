"""Image files of every kind give the right pixels, or a line that says why not."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from pymodel.data.images import UnreadableImageError, read_image, read_picture
from pymodel.data.remarks import Remarks
from tests.pymodel.formats.kit import encoded, picture, turned

register_heif_opener()

FLAG = Image.new("RGB", (48, 32), (200, 40, 40))
FLAG.paste((40, 60, 200), (0, 0, 24, 32))
"""Blue at the left, red at the right: what coding does to it stays within a few steps away from the border."""

BLUE, RED = (40, 60, 200), (200, 40, 40)


def colours(path: Path, remarks: Remarks | None = None) -> tuple[np.ndarray, np.ndarray]:
    image = read_image(path, remarks)
    assert image.shape == (32, 48, 3)
    assert image.dtype == np.uint8
    return image[8:24, 4:18].reshape(-1, 3).mean(0), image[8:24, 30:44].reshape(-1, 3).mean(0)


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.jfif", "JPEG"), ("a.jpe", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP"),
        ("a.bmp", "BMP"), ("a.gif", "GIF"), ("a.tif", "TIFF"), ("a.TIFF", "TIFF"), ("a.avif", "AVIF"), ("a.HEIC", "HEIF"),
        ("a.heif", "HEIF"), ("a.hif", "HEIF"),
    ],
)  # fmt: skip
def test_each_format_gives_its_colours(name: str, format: str, tmp_path: Path) -> None:
    remarks = Remarks()
    (tmp_path / name).write_bytes(encoded(FLAG, format))
    left, right = colours(tmp_path / name, remarks)
    np.testing.assert_allclose(left, BLUE, atol=8)
    np.testing.assert_allclose(right, RED, atol=8)
    assert remarks.lines() == ()


@pytest.mark.parametrize(("name", "format"), [("a.jpg", "HEIF"), ("a.png", "JPEG"), ("a.heic", "JPEG"), ("a.jpg", "PNG")])
def test_a_wrong_suffix_is_told(name: str, format: str, tmp_path: Path) -> None:
    remarks = Remarks()
    (tmp_path / name).write_bytes(encoded(FLAG, format))
    np.testing.assert_allclose(colours(tmp_path / name, remarks)[0], BLUE, atol=8)
    assert remarks.lines() == (f"pictures that are {format} under the suffix {Path(name).suffix}: 1, as {name}",)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "YCbCr", "LA", "RGBA", "PA", "I;16", "F"])
def test_each_kind_of_pixels_becomes_rgb(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    if mode in ("I;16", "F"):
        gray = np.asarray(FLAG.convert("L"), np.float32)
        image = Image.fromarray((gray * 257).astype(np.uint16) if mode == "I;16" else gray / 255)
    else:
        image = FLAG.convert(mode)
    name, format = (
        ("a.jpg", "JPEG") if mode in ("CMYK", "YCbCr") else ("a.png", "PNG") if mode in ("LA", "PA", "P") else ("a.tif", "TIFF")
    )
    path = tmp_path / name
    (image.convert("RGBA") if mode == "PA" else image).save(path, format)
    left, right = colours(path)
    expected = np.asarray(FLAG.convert("L" if mode in ("L", "LA", "I;16", "F") else "RGB").convert("RGB"))
    if mode != "1":
        np.testing.assert_allclose([left, right], [expected[16, 8], expected[16, 40]], atol=12)


def test_transparency_lies_over_white_also_in_deep_pictures(tmp_path: Path) -> None:
    half = np.zeros((32, 48, 4), np.uint16)
    half[:, :, 3] = 65535 // 2
    cv2.imwrite(str(tmp_path / "deep.png"), half)
    Image.new("RGBA", (48, 32), (0, 0, 0, 127)).save(tmp_path / "flat.png")
    assert read_image(tmp_path / "deep.png").mean() == pytest.approx(read_image(tmp_path / "flat.png").mean(), abs=1.5)


@pytest.mark.parametrize(
    ("samples", "white", "says"),
    [
        (np.uint16([[0, 2048, 4095]]), [0, 128, 255], "white is 4095"),
        (np.uint16([[0, 32768, 65535]]), [0, 128, 255], "white is 65535"),
        (np.uint16([[0, 100, 200]]), [0, 100, 200], "white is 255"),
        (np.float32([[0, 0.5, 1]]), [0, 128, 255], "black to white is 0 to 1"),
        (np.float32([[0, 128, 255]]), [0, 128, 255], "0 to 255"),
        (np.float32([[-1000, 0, 1000]]), [0, 128, 255], "smallest to largest"),
        (np.float32([[np.nan, 1000, 3000]]), [0, 0, 255], "smallest to largest"),
        (np.float32([[np.inf, 0, 1]]), [0, 0, 255], "0 to 1"),
    ],
)  # fmt: skip
def test_deep_pictures_are_scaled_by_a_rule_that_is_said(
    samples: np.ndarray, white: list[int], says: str, tmp_path: Path
) -> None:
    name = "a.png" if samples.dtype == np.uint16 else "a.tif"
    cv2.imwrite(str(tmp_path / name), np.repeat(np.repeat(samples, 12, 0), 6, 1))
    remarks = Remarks()
    found = read_image(tmp_path / name, remarks)[0, ::6, 0]
    np.testing.assert_allclose(found, white, atol=1)
    assert says in remarks.lines()[0]


def test_16_bit_colours_keep_their_order(tmp_path: Path) -> None:
    deep = np.asarray(FLAG).astype(np.uint16) * 257
    cv2.imwrite(str(tmp_path / "a.png"), deep[:, :, ::-1])
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), np.asarray(FLAG))


@pytest.mark.parametrize("format", ["GIF", "TIFF", "WEBP", "PNG"])
def test_of_several_frames_the_first_is_taken_and_that_is_said(format: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{format.lower()}"
    FLAG.save(path, format, save_all=True, append_images=[ImageOps.mirror(FLAG), FLAG], duration=100)
    remarks = Remarks()
    np.testing.assert_allclose(colours(path, remarks)[0], BLUE, atol=8)
    assert "several frames" in remarks.lines()[0]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_pictures_stand_upright(orientation: int, format: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a.{format.lower()}"
    path.write_bytes(encoded(FLAG, format, exif=exif))
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    found = read_picture(path)
    np.testing.assert_array_equal(found.pixels, expected)
    assert (found.stored.width, found.stored.height, found.stored.orientation) == (48, 32, orientation)


@pytest.mark.parametrize(
    "entry",
    [(0x011A, 2, 3, b"72\0"), (0x0100, 2, 4, b"640\0"), (0x0112, 2, 2, b"6\0"), (0x8769, 4, 1, b"\xff\xff\xff\x7f"), (0x9003, 9, 99, b"zz")],
)  # fmt: skip
def test_damaged_exif_stops_nothing(entry: tuple[int, int, int, bytes], tmp_path: Path) -> None:
    tag, kind, count, value = entry
    block = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHI", 1, tag, kind, count) + value.ljust(4, b"\0") + bytes(4)
    (tmp_path / "a.jpg").write_bytes(encoded(picture(1), exif=block))
    assert read_image(tmp_path / "a.jpg").shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (turned(6)[:700], "cut short"),
        (b"\0\0\0\x18ftypheic" + bytes(4) + b"mif1heic" + bytes(64), "HEIC or AVIF"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b"GIF89a", ""),
        (encoded(FLAG, "PNG")[:60], ""),
        (b"II*\0" + bytes(60), ""),
        (encoded(FLAG, "HEIF")[:400], ""),
        (b"RIFF\x10\0\0\0WEBPVP8 ", ""),
        (b"BM" + bytes(40), ""),
    ],
)
def test_what_is_no_whole_picture_is_told(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(UnreadableImageError) as caught:
        read_image(tmp_path / "a.jpg")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("samples", "wanted", "says"),
    [
        (np.arange(4096, dtype=np.uint16), 4095, "white is 4095"),
        (np.linspace(0, 1, 4096, dtype=np.float32), 1, "0 to 1"),
        (np.linspace(-3, 3, 4096, dtype=np.float32), 3, "smallest to largest"),
    ],
)
@pytest.mark.parametrize("broken", [65535, 3.4e38])
def test_a_broken_pixel_makes_no_picture_black(
    samples: np.ndarray, wanted: float, says: str, broken: float, tmp_path: Path
) -> None:
    if samples.dtype == np.uint16 and broken > 65535:
        pytest.skip("16 bits hold no such value")
    values = samples.reshape(64, 64).copy()
    values[5, 5] = broken
    cv2.imwrite(str(tmp_path / "a.tif"), values)
    remarks = Remarks()
    found = read_image(tmp_path / "a.tif", remarks)[:, :, 0]
    whole = (samples.reshape(64, 64).astype(float) - min(0, samples.min())) / (wanted - min(0, samples.min())) * 255
    np.testing.assert_allclose(np.delete(found.ravel(), 5 * 64 + 5), np.delete(whole.ravel(), 5 * 64 + 5), atol=1.5)
    assert says in remarks.lines()[0]
    assert "single pixels far beyond are cut" in remarks.lines()[0]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["uint16", "float32"])
def test_deep_tiffs_stand_upright(orientation: int, kind: str, tmp_path: Path) -> None:
    gray = np.arange(48 * 32).reshape(32, 48) % 251
    Image.fromarray(gray.astype(np.uint8)).save(tmp_path / "plain.tif", tiffinfo={274: orientation})
    deep = gray.astype(np.uint16) * 257 if kind == "uint16" else gray.astype(np.float32)
    Image.fromarray(deep).save(tmp_path / "deep.tif", tiffinfo={274: orientation})
    plain, found = read_image(tmp_path / "plain.tif"), read_image(tmp_path / "deep.tif")
    assert plain.shape == found.shape
    np.testing.assert_allclose(found.astype(int), plain.astype(int), atol=1)


def test_a_picture_that_is_clear_everywhere_keeps_its_colours(tmp_path: Path) -> None:
    clear = FLAG.convert("RGBA")
    clear.putalpha(0)
    clear.save(tmp_path / "a.png")
    remarks = Remarks()
    np.testing.assert_array_equal(read_image(tmp_path / "a.png", remarks), np.asarray(FLAG))
    assert "transparent everywhere" in remarks.lines()[0]


@pytest.mark.parametrize("name", ["a.ppm", "a.pgm"])
def test_netpbm_is_read(name: str, tmp_path: Path) -> None:
    wanted = FLAG if name == "a.ppm" else FLAG.convert("L")
    wanted.save(tmp_path / name)
    np.testing.assert_array_equal(read_image(tmp_path / name), np.asarray(wanted.convert("RGB")))


def test_pgm_of_16_bits_is_scaled(tmp_path: Path) -> None:
    deep = np.asarray(FLAG.convert("L")).astype(np.uint16) * 257
    cv2.imwrite(str(tmp_path / "a.pgm"), deep)
    np.testing.assert_array_equal(read_image(tmp_path / "a.pgm")[:, :, 1], np.asarray(FLAG.convert("L")))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\n <!DOCTYPE html><html>", "web page"),
        (b"<?xml version='1.0'?><Error/>", "XML"),
        (b'{"e": 1}', "JSON"),
        (bytes(99), "bytes are 0"),
    ],
)
def test_what_came_in_place_of_a_picture_is_named(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(UnreadableImageError, match=says):
        read_image(tmp_path / "a.jpg")
