"""What a model file is, told by its first bytes and never by its name alone; each that isn't taken gets its remedy."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Literal, get_args

from appspec.errors import KitError
from appspec.other_formats import FREEZE, HEAD, SOURCE, is_keras_archive, name_says, other_format
from pymodel.convert.wire import WireError, fields

Kind = Literal["keras", "saved_model", "frozen_graph", "onnx", "tflite"]
KINDS: tuple[Kind, ...] = get_args(Kind)

TAKEN = "give a .keras or .h5 file, a SavedModel folder, a frozen graph (.pb), an .onnx file or a .tflite file"
ZIP, HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"
SAVED_MODEL_FILE = "saved_model.pb"


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
        _require_saved_model(path / SAVED_MODEL_FILE, what)
        if not (path / "variables").is_dir() and _has_variables(path):
            why = "its folder variables/, with the weights, is missing"
            raise KitError(what, why, "copy the whole folder, with what lies below it")
        return "saved_model"
    if (path / "saved_model.pbtxt").is_file():
        raise KitError(what, "it is a SavedModel as text", "save it again as binary: tf.saved_model.save writes saved_model.pb")
    inside = sorted(entry.name for entry in path.iterdir())
    below = [place.parent for depth in ("*", "*/*") for place in sorted(path.glob(f"{depth}/{SAVED_MODEL_FILE}"))]
    if len(below) == 1:
        raise KitError(what, f"the SavedModel lies below it, in {below[0].relative_to(path)}", f"--model {below[0]}")
    if below:
        names = ", ".join(str(place.relative_to(path)) for place in below[:5])
        raise KitError(
            what, f"the folder has no {SAVED_MODEL_FILE}, those below it have: {names}", f"one of these: --model {below[0]}"
        )
    why = f"the folder has no {SAVED_MODEL_FILE}; it holds {', '.join(inside[:5]) or 'nothing'}"
    if "model.json" in inside and (found := other_format(path / "model.json", (path / "model.json").read_bytes()[:HEAD])):
        raise KitError(what, f"it holds {found[0]}", found[1] or TAKEN)
    if "Manifest.json" in inside and path.suffix == ".mlpackage":
        raise KitError(what, "it is a Core ML package", SOURCE)
    if any(name.endswith((".index", ".meta")) or name == "checkpoint" for name in inside):
        raise KitError(what, f"{why}: a checkpoint, weights without the network's signature", FREEZE)
    raise KitError(what, why, TAKEN)


def _require_saved_model(file: Path, what: str) -> None:
    """A frozen graph may go by that name, too."""
    with contextlib.suppress(WireError):
        first = next(iter(fields(memoryview(file.read_bytes()))), (0, 0))[1]
        if isinstance(first, memoryview) and _is_node(first):
            raise KitError(what, f"its {SAVED_MODEL_FILE} is a frozen graph, no SavedModel", f"--frozen-pb {file}")


def _has_variables(path: Path) -> bool:
    """Whether its graph asks for weights beside it; a frozen one has none."""
    content = (path / SAVED_MODEL_FILE).read_bytes()
    return any(operator in content for operator in (b"VarHandleOp", b"VariableV2", b"ReadVariableOp"))


def _file(path: Path, what: str) -> Kind:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise KitError(what, "the file is empty", "copy or save it again")
    if head[4:8] == b"TFL3":
        return "tflite"
    if head.startswith(HDF5) or (head.startswith(ZIP) and is_keras_archive(path)):
        return "keras"
    if found := other_format(path, head):
        raise KitError(what, f"it is {found[0]}", found[1] or TAKEN)
    return _message(path, what)


def _message(path: Path, what: str) -> Kind:
    """A protocol buffer: GraphDef starts with a node (field 1, bytes), SavedModel and ONNX with a version (field 1, integer)."""
    numbers: dict[int, int | memoryview] = {}
    unknown = KitError(what, "it is no model that the kit knows; a download may have failed, or it is encrypted", TAKEN)
    if by_name := name_says(path):
        unknown = KitError(what, f"it is {by_name[0]}", by_name[1])
    try:
        for number, value in fields(memoryview(path.read_bytes())):
            numbers.setdefault(number, value)
    except WireError as error:
        if numbers.keys() & {1, 7} and not by_name:
            raise KitError(what, f"the file is damaged or cut off: {error}", "copy or save it again") from None
        raise unknown from None
    first = numbers.get(1)
    if isinstance(first, memoryview):
        if _is_node(first):
            return "frozen_graph"
        if 2 in numbers and numbers.keys() <= {1, 2, 3, 4, 5, 6, 7}:
            raise KitError(what, "it is a MetaGraph or checkpoint, without weights", FREEZE)
        raise unknown
    if isinstance(first, int) and 7 in numbers and max(numbers) < CORE_ML:
        return "onnx"
    if isinstance(first, int) and max(numbers) >= CORE_ML:
        raise KitError(what, "it is a Core ML model", SOURCE)
    if isinstance(first, int) and 2 in numbers:
        why = "it is the saved_model.pb of a SavedModel: its weights lie in the folder variables/ beside it"
        raise KitError(what, why, f"give the folder: --model {os.fspath(path.parent)}")
    raise unknown


CORE_ML = 200
"""Fields of Core ML's Model.proto that hold a network have numbers from here on."""


def _is_node(message: memoryview) -> bool:
    """Whether it is a NodeDef: a name (1) and an operator (2), both text."""
    try:
        values = dict(fields(message))
    except WireError:
        return False
    operator = values.get(2)
    return isinstance(values.get(1), memoryview) and isinstance(operator, memoryview) and bytes(operator).isalnum()
