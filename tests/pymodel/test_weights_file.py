"""A file of weights that Keras can't be given is called what it is, and the remedy that is named helps."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from appspec.errors import KitError
from pymodel.networks.weights_file import check_weights_file

HDF5 = b"\x89HDF\r\n\x1a\n" + bytes(512)


def archive(version: str = "3.10.0", module: str = "keras", **files: str) -> bytes:
    out = io.BytesIO()
    config = json.dumps({"module": module, "class_name": "Sequential"})
    parts = {
        "metadata.json": json.dumps({"keras_version": version}),
        "config.json": config,
        "model.weights.h5": "x" * 200,
        **files,
    }
    with zipfile.ZipFile(out, "w") as found:
        for name, content in parts.items():
            if content:
                found.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.keras", b"", "it is empty"),
        ("a.keras", HDF5, "rename it to a.h5"),
        ("a.h5", archive(), "no HDF5"),
        ("a.keras", archive()[:-60], "cut short"),
        ("a.keras", b"hello", "no .keras file"),
        ("a.zip", archive(), "rename it to a.keras"),
        ("a.keras", archive("2.13.1", "keras.src.engine.sequential"), "Keras 2.13.1 wrote it"),
        ("a.keras", archive(**{"config.json": ""}), "without config.json"),
        ("a.keras", archive(**{"metadata.json": "{"}), "damaged"),
    ],
)
def test_what_is_wrong_is_named(name: str, content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(KitError) as caught:
        check_weights_file(tmp_path / name)
    assert says in f"{caught.value} {caught.value.fix}"


def test_folders_and_missing_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"\x08\x01")
    with pytest.raises(KitError, match="SavedModel folder"):
        check_weights_file(tmp_path / "saved")
    with pytest.raises(KitError, match="does not exist"):
        check_weights_file(tmp_path / "none.keras")


def test_whole_files_and_renamed_ones_pass(tmp_path: Path) -> None:
    for name, content in (("a.keras", archive()), ("a.h5", HDF5)):
        (tmp_path / name).write_bytes(content)
        assert check_weights_file(tmp_path / name) == tmp_path / name
