"""A zip archive with one model and, beside it, its labels: Teachable Machine's exports, and what people pack likewise."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from appspec.errors import KitError
from appspec.other_formats import HEAD, other_format
from pymodel.foreign.labels import parse_labels

MOST_ENTRIES = 64
MOST_BYTES = 512 * 2**20
GIVE = "give a .tflite, a source that invoke convert takes, or Teachable Machine's archive"

TEACHABLE_MACHINE = ("model_unquant.tflite", "model.tflite", "model_quant.tflite", "keras_model.h5", "model.savedmodel")
TEACHABLE_MACHINE_LABELS = "labels.txt"
EDGE_TPU = "_edgetpu.tflite"

ENDS = (".tflite", ".h5", ".keras", ".onnx", ".pb")
SAVED_MODEL = "saved_model.pb"
DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError)


@dataclass(frozen=True)
class Unpacked:
    """What was in an archive.

    Attributes:
        model: a file, or the folder of a SavedModel.
        labels: lines of the label file beside it.
        teachable_machine: it is laid out as that tool exports.
        note: for the user.
    """

    model: Path
    labels: tuple[str, ...]
    teachable_machine: bool
    note: str


def unpack(file: Path, folder: Path) -> Unpacked:
    """Unpacks the only model of an archive and its labels into a folder, and nothing else.

    Raises:
        KitError: it holds none, several, or too much; or it is damaged.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = {entry.filename: entry for entry in archive.infolist() if _counts(entry.filename)}
            if len(archive.infolist()) > MOST_ENTRIES:
                raise KitError(f"{file.name} is refused", f"it has {len(archive.infolist())} files", GIVE)
            name = _model(file, list(entries))
            saved = name.rpartition("/")[2] == SAVED_MODEL
            base = name.rpartition("/")[0] if saved else name
            target = folder / (PurePosixPath(base).name or "saved_model")
            for one in [one for one in entries if one.startswith(f"{base}/" if base else "")] if saved else [name]:
                place = target / PurePosixPath(one).relative_to(base) if saved else target
                if ".." in PurePosixPath(one).parts or PurePosixPath(one).is_absolute():
                    raise KitError(f"{file.name} is refused", f"{one} would lie outside the folder", GIVE)
                if not one.endswith("/"):
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(_content(archive, entries[one], file))
            list_name = _labels(list(entries))
            labels = parse_labels(_content(archive, entries[list_name], file), list_name) if list_name else ()
    except DAMAGED as error:
        raise KitError(f"{file.name} is damaged", f"it can't be unpacked: {error}", "export or download it again") from error
    known = list_name.rpartition("/")[2] == TEACHABLE_MACHINE_LABELS and target.name in TEACHABLE_MACHINE
    words = f"{'Teachable Machine' if known else file.name}: {target.name}"
    return Unpacked(target, labels, known, f"{words} and {len(labels)} labels" if labels else words)


def _counts(name: str) -> bool:
    """Files that macOS packs beside each are none of the user's."""
    return not name.startswith("__MACOSX/") and not PurePosixPath(name).name.startswith("._")


def _model(file: Path, names: list[str]) -> str:
    """The entry that is the model: a `.tflite` before what is converted first."""
    found = [name for name in names if name.lower().endswith(ENDS)]
    saved = [name for name in found if PurePosixPath(name).name == SAVED_MODEL]
    files = [name for name in found if PurePosixPath(name).name not in ("fingerprint.pb", "keras_metadata.pb", SAVED_MODEL)]
    usual = [name for name in files if PurePosixPath(name).name in TEACHABLE_MACHINE]
    ready = [name for name in files if name.lower().endswith(".tflite")]
    for candidates in (usual, ready, [*saved, *files]):
        if len(candidates) == 1 or (candidates is usual and usual):
            name = min(candidates, key=lambda one: TEACHABLE_MACHINE.index(PurePosixPath(one).name) if candidates is usual else 0)
            if name.lower().endswith(EDGE_TPU):
                raise KitError(
                    f"{file.name} is for another chip",
                    f"{PurePosixPath(name).name} is compiled for Google's Edge TPU (Coral), and no phone has one",
                    "in Teachable Machine, export as TensorFlow Lite: Floating point or Quantized",
                )
            return name
        if candidates:
            shown = ", ".join(sorted(candidates)[:5])
            raise KitError(f"{file.name} holds several models", shown, "unpack it (it is a zip archive) and give one of them")
    with file.open("rb") as opened:
        what, fix = other_format(file, opened.read(HEAD)) or ("an archive without a model", "")
    raise KitError(f"{file.name} holds no model", f"it is {what}", fix or GIVE)


def _labels(names: list[str]) -> str:
    """The entry with labels; empty where there is none, or several could be."""
    texts = [name for name in names if name.lower().endswith(".txt")]
    usual = [name for name in texts if PurePosixPath(name).name == TEACHABLE_MACHINE_LABELS]
    found = usual or [name for name in texts if "label" in name.lower() or "class" in name.lower()]
    return found[0] if len(found) == 1 else ""


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: Path) -> bytes:
    with archive.open(entry) as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise KitError(f"{file.name} is refused", f"{entry.filename} unpacks to more than {MOST_BYTES >> 20} MB", GIVE)
    return content
