"""What a model file is, told by its first bytes and never by its name alone; each that isn't taken gets its remedy."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Literal, get_args

from appspec.errors import KitError
from pymodel.convert.wire import WireError, fields

Kind = Literal["keras", "saved_model", "frozen_graph", "onnx", "tflite"]
KINDS: tuple[Kind, ...] = get_args(Kind)

TAKEN = "give a .keras or .h5 file, a SavedModel folder, a frozen graph (.pb), an .onnx file or a .tflite file"
FREEZE = "freeze it first: tf.compat.v1.graph_util.convert_variables_to_constants(session, graph_def, [OUTPUT])"
EXPORT_ONNX = 'export it where PyTorch is: torch.onnx.export(model, (example,), "model.onnx"), then convert that file'

ZIP, HDF5, JPEG, PNG = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\xff\xd8\xff", b"\x89PNG"
SAVED_MODEL_FILE = "saved_model.pb"
HEAD = 64


def recognize(path: Path, frozen_graph: bool = False) -> Kind:
    """Which source a path is.

    Args:
        frozen_graph: it was given as one (`--frozen-pb`).

    Raises:
        KitError: it is none that the kit takes.
    """
    what = f"Can't convert {path.name or path}"
    if path.is_dir():
        kind = _folder(path, what)
    elif not path.is_file():
        raise KitError(what, f"{path} is not there" if not path.exists() else f"{path} is no file", TAKEN)
    else:
        kind = _file(path, what)
    if frozen_graph and kind != "frozen_graph":
        raise KitError(what, f"it is {NAMES[kind]}, no frozen graph", f"give it as --model {path} in place of --frozen-pb")
    return kind


NAMES: dict[Kind, str] = {
    "keras": "a Keras model",
    "saved_model": "a SavedModel",
    "frozen_graph": "a frozen graph",
    "onnx": "an ONNX model",
    "tflite": "a .tflite file",
}


def _folder(path: Path, what: str) -> Kind:
    if (path / SAVED_MODEL_FILE).is_file():
        return "saved_model"
    if (path / "saved_model.pbtxt").is_file():
        raise KitError(what, "it is a SavedModel as text", "save it again as binary: tf.saved_model.save writes saved_model.pb")
    inside = sorted(entry.name for entry in path.iterdir())[:5]
    why = f"the folder has no {SAVED_MODEL_FILE}; it holds {', '.join(inside) or 'nothing'}"
    raise KitError(what, why, TAKEN)


def _file(path: Path, what: str) -> Kind:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise KitError(what, "the file is empty", "copy or save it again")
    if head[4:8] == b"TFL3":
        return "tflite"
    if head.startswith(HDF5):
        return "keras"
    if head.startswith(ZIP):
        return _archive(path, what)
    for magic, name in ((JPEG, "a JPEG picture"), (PNG, "a PNG picture")):
        if head.startswith(magic):
            raise KitError(what, f"it is {name}, whatever its name says", TAKEN)
    if head[:1] == b"\x80" or path.suffix in (".pt", ".pth"):
        raise KitError(what, "it is a Python pickle, as PyTorch saves models", EXPORT_ONNX)
    _refuse_text(path, head, what)
    return _message(path, what)


def _archive(path: Path, what: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise KitError(what, "it begins as a zip archive and is damaged", "copy or save it again") from None
    if "config.json" in names:
        return "keras"
    if any(name.endswith("data.pkl") for name in names):
        raise KitError(what, "it is a model of PyTorch", EXPORT_ONNX)
    raise KitError(what, f"it is a zip archive with {', '.join(names[:3]) or 'nothing'} in it", f"unpack it; {TAKEN}")


def _refuse_text(path: Path, head: bytes, what: str) -> None:
    printable = all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head)
    if not printable:
        return
    start = head.lstrip()
    if start.startswith((b"node {", b"node{", b"versions {", b"library {", b"#")) or path.suffix == ".pbtxt":
        fix = "write it as binary: tf.io.write_graph(graph_def, FOLDER, 'model.pb', as_text=False)"
        raise KitError(what, "it is a graph as text (pbtxt)", fix)
    if start.startswith(b"version https://git-lfs"):
        raise KitError(what, "it is Git LFS's pointer to the model, not the model", "git lfs pull")
    raise KitError(what, "it is text, no model", TAKEN)


def _message(path: Path, what: str) -> Kind:
    """A protocol buffer: GraphDef starts with a node (field 1, bytes), SavedModel and ONNX with a version (field 1, integer)."""
    numbers: dict[int, int | bytes] = {}
    try:
        for number, value in fields(memoryview(path.read_bytes())):
            numbers.setdefault(number, value if isinstance(value, int) else b"")
    except WireError as error:
        if numbers.keys() & {1, 7}:
            raise KitError(what, f"the file is damaged or cut off: {error}", "copy or save it again") from None
        raise KitError(what, "it is no model that the kit knows", TAKEN) from None
    first = numbers.get(1)
    if isinstance(first, bytes):
        return "frozen_graph"
    if isinstance(first, int) and 7 in numbers:
        return "onnx"
    if isinstance(first, int) and 2 in numbers:
        why = "it is the saved_model.pb of a SavedModel: its weights lie in the folder variables/ beside it"
        raise KitError(what, why, f"give the folder: --model {os.fspath(path.parent)}")
    if 2 in numbers and numbers.keys() <= {1, 2, 3, 4, 5, 6}:
        raise KitError(what, "it is a MetaGraph or checkpoint, without weights", FREEZE)
    raise KitError(what, "it is no model that the kit knows", TAKEN)
