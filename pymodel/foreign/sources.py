"""What a user can give as a ready model: a `.tflite`, Teachable Machine's archive, or anything that is converted first."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from appspec.contract import Quantization
from appspec.errors import KitError
from appspec.model_spec import Model
from appspec.spec import AppSpec
from appspec.stages import hash_file, hash_tree
from pymodel.convert.convert import convert_to_tflite
from pymodel.convert.recognize import NAMES, recognize
from pymodel.convert.request import Request
from pymodel.foreign.adopt import Source
from pymodel.foreign.labels import parse_labels
from pymodel.foreign.wishes import Wishes

TEACHABLE_MACHINE_MODELS = ("model_unquant.tflite", "model.tflite", "model_quant.tflite")
TEACHABLE_MACHINE_LABELS = "labels.txt"
TEACHABLE_MACHINE_MEAN_STD = (127.5, 127.5)

WITHOUT_DATA: dict[str, Quantization] = {"auto": "float16", "float16": "float16", "none": "float32", "dynamic": "dynamic"}
"""What `[convert] quantize` gives of a source that is converted without data: `auto` can measure no loss."""

MOST_ENTRIES = 64
MOST_BYTES = 512 * 2**20
GIVE = "give a .tflite, a source that invoke convert takes, or Teachable Machine's archive"


def ready_file(spec: AppSpec, model: Model) -> Path:
    """Where a model's file lies.

    Raises:
        KitError: it isn't there.
    """
    path = spec.path(model.file or "")
    if not path.exists():
        raise KitError(f"Can't read {path}", "it does not exist", f"change file of model {model.name} in app.toml")
    return path


@dataclass(frozen=True)
class Means:
    """What opening a source may need.

    Attributes:
        log: takes what converters say.
        quantize: [convert] quantize, for sources that are converted.
        onnx_packages: gives the folder with the ONNX converter.
        on_step: hears what goes on.
    """

    log: Path
    quantize: str = "auto"
    onnx_packages: Callable[[], Path] | None = None
    on_step: Callable[[str], None] | None = None


@contextmanager
def open_source(file: Path, wishes: Wishes, means: Means) -> Iterator[tuple[Source, Wishes]]:
    """A ready model as a `.tflite`, for as long as the context lasts, and what is still to be said of that.

    Raises:
        KitError: it can't be read, or is nothing that the kit takes.
    """
    if file.is_dir():
        recognize(file)  # or any folder, however large, would be read
    origin = hash_tree(file) if file.is_dir() else _hash(file)
    if file.suffix == ".tflite" or (file.is_file() and _is_tflite(file)):
        yield Source(file.name, file, origin), wishes
        return
    with tempfile.TemporaryDirectory(prefix="apkiln-") as folder:
        if file.is_file() and _is_teachable_machine(file):
            yield _teachable_machine(file, origin, Path(folder)), wishes
        elif file.suffix.lower() == ".zip":
            raise KitError(
                f"{file.name} holds no model",
                "an archive is taken in Teachable Machine's form alone: a .tflite with its labels.txt",
                f"export it there as TensorFlow Lite (converted_tflite.zip); or {GIVE}",
            )
        else:
            yield _converted(file, origin, wishes, means, Path(folder)), replace(wishes, signature=None)


def _converted(file: Path, origin: str, wishes: Wishes, means: Means, folder: Path) -> Source:
    kind = recognize(file)
    quantization = WITHOUT_DATA.get(means.quantize)
    if quantization is None:
        raise KitError(
            f"{file.name} can't be converted to {means.quantize} here",
            "calibration needs real inputs, and a ready model brings none",
            f"invoke convert --model {file} --quantize {means.quantize} --inputs FOLDER, then give that file",
        )
    target = folder / f"{file.stem}.tflite"
    request = Request(file, kind, quantize=quantization, signature=wishes.signature or "")
    if wishes.mean and wishes.std:
        request = replace(request, mean=wishes.mean[0], std=wishes.std[0])
    report = convert_to_tflite(request, target, means.log, means.on_step, means.onnx_packages)
    note = f"converted from {NAMES[kind]} to {quantization}, compared with it on {report['compared_on']}"
    return Source(file.name, target, origin, notes=(note, *report["notes"]))


def _is_teachable_machine(file: Path) -> bool:
    if not zipfile.is_zipfile(file):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return any(entry.filename.endswith(".tflite") for entry in archive.infolist()[:MOST_ENTRIES])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _hash(file: Path) -> str:
    try:
        return hash_file(file)
    except OSError as error:
        raise KitError(f"Can't read {file}", error.strerror or str(error), GIVE) from error


def _is_tflite(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(8)[4:] == b"TFL3"


def _teachable_machine(file: Path, origin: str, folder: Path) -> Source:
    """Its export holds the model and `labels.txt`, a class a line with its number before it."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise KitError(f"{file.name} is refused", f"it has {len(entries)} files", GIVE)
            names = {entry.filename: entry for entry in entries}
            model = next((name for name in TEACHABLE_MACHINE_MODELS if name in names), None)
            if model is None or TEACHABLE_MACHINE_LABELS not in names:
                shown = ", ".join(sorted(names)[:5]) or "nothing"
                raise KitError(
                    f"{file.name} is no archive of Teachable Machine",
                    f"it should hold model.tflite or model_unquant.tflite, and labels.txt; it holds {shown}",
                    GIVE,
                )
            target = folder / model
            target.write_bytes(_content(archive, names[model], file))
            labels = parse_labels(_content(archive, names[TEACHABLE_MACHINE_LABELS], file), TEACHABLE_MACHINE_LABELS)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise KitError(f"{file.name} is damaged", f"it can't be unpacked: {error}", "export or download it again") from error
    note = f"Teachable Machine: {model} and {len(labels)} labels"
    return Source(file.name, target, origin, labels, TEACHABLE_MACHINE_MEAN_STD, (note,))


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: Path) -> bytes:
    with archive.open(entry) as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise KitError(f"{file.name} is refused", f"{entry.filename} unpacks to more than {MOST_BYTES >> 20} MB", GIVE)
    return content
