"""The bytes of a model file, and what a file is that is none: a picture, an archive, a web page, another format …"""

from __future__ import annotations

from pathlib import Path

from appspec.errors import KitError

MARK = b"TFL3"
LARGEST = 2**31
"""Bytes: a flatbuffer's offsets reach no further."""


def read_model_bytes(path: Path) -> bytes:
    """The bytes of a file that is marked as a TFLite model.

    Raises:
        KitError: it can't be read, or is something else.
    """
    data = _bytes(path)
    if data[4:8] != MARK:
        raise _not_a_model(path.name, data)
    return data


def _bytes(path: Path) -> bytes:
    can_not = f"Can't read {path}"
    try:
        if path.is_dir():
            saved = (path / "saved_model.pb").is_file()
            raise KitError(
                can_not,
                "it is a SavedModel, a folder" if saved else "it is a folder",
                "convert it first: invoke convert" if saved else "give the path of a .tflite file",
            )
        if path.exists() and not path.is_file():
            raise KitError(can_not, "it is no regular file", "give the path of a .tflite file")
        if path.stat().st_size > LARGEST:
            raise KitError(can_not, f"it has {path.stat().st_size} bytes; .tflite files end at {LARGEST}", "give a smaller model")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise KitError(can_not, why, "give the path of a .tflite file") from error


_LOOKS = (
    (b"\xff\xd8\xff", "a JPEG picture", ""),
    (b"\x89PNG", "a PNG picture", ""),
    (b"PK\x03\x04", "a ZIP archive", "unpack it and give the .tflite inside; a .keras file goes through invoke convert"),
    (b"\x89HDF", "an HDF5 file, as Keras' .h5", "convert it first: invoke convert"),
    (b"\x1f\x8b", "a gzip archive", "unpack it and give the .tflite inside"),
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself", "fetch the file: git lfs pull"),
    (b"<!DOCTYPE", "a web page", "download the file itself, not the page about it"),
    (b"<html", "a web page", "download the file itself, not the page about it"),
    (b"\x08", "perhaps an ONNX model or a SavedModel's saved_model.pb", "convert it first: invoke convert"),
    (b"\x0a", "perhaps a frozen graph (.pb)", "convert it first: invoke convert"),
)


def _not_a_model(name: str, data: bytes) -> KitError:
    marked, give = "it does not start with TFL3", "give a .tflite file"
    if not data:
        return KitError(f"{name} is no TFLite model", f"it is empty: {marked}", f"{give}; a download or copy may have failed")
    if data[4:7] == b"TFL":
        mark = data[4:8].decode("ascii", "replace")
        return KitError(f"{name} is of another format", f"it is marked {mark}: {marked}", "convert the model again")
    for start, looks, fix in _LOOKS:
        if data[: len(start)].lower() == start.lower():
            return KitError(f"{name} is no TFLite model", f"it is {looks}: {marked}", fix or give)
    return KitError(f"{name} is no TFLite model", marked, give)
