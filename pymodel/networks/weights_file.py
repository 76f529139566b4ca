"""What a file of weights is, told before any data is read: what Keras says of a wrong one comes late, and misleads."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from appspec.errors import KitError

HDF5 = b"\x89HDF\r\n\x1a\n"
H5_SUFFIXES = (".h5", ".hdf5")
PARTS = ("config.json", "model.weights.h5")
"""What a .keras file of Keras 3 holds."""

EARLIER = 'load it in the Keras that wrote it, model.save("NAME.h5"), and set that file'


def check_weights_file(path: Path) -> Path:
    """The file, where it is one that Keras can be given.

    Raises:
        KitError: it is missing, a folder, empty, cut short, another format, or of an earlier Keras.
    """
    if not path.exists():
        raise _unusable(path, "it does not exist", "set weights to none, imagenet, or a file that is there")
    if path.is_dir():
        kind = "a SavedModel folder" if (path / "saved_model.pb").is_file() else "a folder"
        raise _unusable(
            path, f"it is {kind}, not a .keras file", 'save the model where it was trained as model.save("NAME.keras")'
        )
    size = path.stat().st_size
    with path.open("rb") as file:
        beginning = file.read(len(HDF5))
    if not size:
        raise _unusable(path, "it is empty (0 bytes)", "copy or download it anew")
    if beginning == HDF5:
        if path.suffix.lower() not in H5_SUFFIXES:
            name = path.with_suffix(".h5").name
            raise _unusable(
                path, f"it is HDF5 (.h5) under the suffix {path.suffix or '(none)'}", f"rename it to {name}, and set that"
            )
        return path
    if path.suffix.lower() in H5_SUFFIXES:
        raise _unusable(path, "it is no HDF5 file", "give the .keras file that it was, or copy it anew")
    if not zipfile.is_zipfile(path):
        cut = beginning.startswith(b"PK")
        raise _unusable(
            path, f"it is cut short ({size} bytes)" if cut else "it is no .keras file (a zip)", "copy or download it anew"
        )
    if path.suffix.lower() != ".keras":
        raise _unusable(
            path, f"its suffix is {path.suffix or '(none)'}", f"rename it to {path.with_suffix('.keras').name}, and set that"
        )
    _check_archive(path)
    return path


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            missing = [name for name in PARTS if name not in archive.namelist()]
            if missing:
                raise _unusable(path, f"it is a zip without {missing[0]}", 'give what model.save("NAME.keras") wrote')
            config = archive.read("config.json").decode("utf-8", "replace")
            metadata = json.loads(archive.read("metadata.json")) if "metadata.json" in archive.namelist() else {}
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise _unusable(path, f"it is damaged ({error})", "copy or download it anew") from error
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    if "keras.src.engine" in config or (isinstance(version, str) and version.startswith("2.")):
        raise _unusable(path, f"Keras {version or 2} wrote it, and its layers have other names there", EARLIER)


def _unusable(path: Path, why: str, fix: str) -> KitError:
    return KitError(f"Can't load the backbone's weights from {path}", why, fix)
