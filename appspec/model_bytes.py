"""The bytes of a model file, and what a file is that is none: a picture, an archive, a web page, another format …"""

from __future__ import annotations

from pathlib import Path

from appspec.errors import KitError
from appspec.other_formats import HEAD, is_keras_archive, name_says, other_format

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
        raise _not_a_model(path, data)
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


_CONVERT = "convert it first: invoke convert"
_CONVERTED = (
    (b"\x89HDF", "an HDF5 file, as Keras' .h5"),
    (b"\x08", "perhaps an ONNX model or a SavedModel's saved_model.pb"),
    (b"\x0a", "perhaps a frozen graph (.pb)"),
)


def _not_a_model(path: Path, data: bytes) -> KitError:
    name = path.name
    what, marked, give = f"{name} is no TFLite model", "it does not start with TFL3", "give a .tflite file"
    if not data:
        return KitError(what, f"it is empty: {marked}", f"{give}; a download or copy may have failed")
    if data.startswith(b"PK\x03\x04") and is_keras_archive(path):
        return KitError(what, f"it is a Keras model: {marked}", _CONVERT)
    if found := other_format(path, data[:HEAD]) or name_says(path):
        return KitError(what, f"it is {found[0]}: {marked}", found[1] or give)
    for start, looks in _CONVERTED:
        if data.startswith(start):
            return KitError(what, f"it is {looks}: {marked}", _CONVERT)
    return KitError(
        what, f"{marked}, and is no format that the kit knows", f"{give}; a download may have failed, or it is encrypted"
    )
