"""What a user can give as a ready model: a `.tflite`, Teachable Machine's archive, or anything that is converted first."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from appspec.contract import Quantization
from appspec.errors import KitError
from appspec.model_spec import Model
from appspec.other_formats import is_keras_archive
from appspec.spec import AppSpec
from appspec.stages import hash_file, hash_tree
from pymodel.convert.convert import convert_to_tflite
from pymodel.convert.recognize import NAMES, recognize
from pymodel.convert.request import Request
from pymodel.foreign.adopt import Source
from pymodel.foreign.archive import GIVE, unpack
from pymodel.foreign.wishes import Wishes

TEACHABLE_MACHINE_MEAN_STD = (127.5, 127.5)

WITHOUT_DATA: dict[str, Quantization] = {"auto": "float16", "float16": "float16", "none": "float32", "dynamic": "dynamic"}
"""What `[convert] quantize` gives of a source that is converted without data: `auto` can measure no loss."""


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
        if file.is_file() and _is_archive(file):
            found = unpack(file, Path(folder))
            ready = found.model.is_file() and _is_tflite(found.model)
            source = (
                Source(file.name, found.model, origin)
                if ready
                else _converted(
                    found.model, origin, wishes, means, Path(folder, "converted"), f"{found.model.name} (out of {file.name})"
                )
            )
            usual = TEACHABLE_MACHINE_MEAN_STD if found.teachable_machine else None
            source = replace(source, name=file.name, labels=found.labels, usual=usual, notes=(found.note, *source.notes))
            yield source, wishes if ready else replace(wishes, signature=None)
        else:
            yield _converted(file, origin, wishes, means, Path(folder)), replace(wishes, signature=None)


def _converted(file: Path, origin: str, wishes: Wishes, means: Means, folder: Path, shown: str = "") -> Source:
    """Args:
    shown: where the user finds the file, where that isn't its path.
    """
    shown = shown or str(file)
    kind = recognize(file)
    quantization = WITHOUT_DATA.get(means.quantize)
    if quantization is None:
        raise KitError(
            f"{file.name} can't be converted to {means.quantize} here",
            "calibration needs real inputs, and a ready model brings none",
            f"invoke convert --model {shown} --quantize {means.quantize} --inputs FOLDER, then give that file",
        )
    target = folder / f"{file.stem}.tflite"
    request = Request(file, kind, quantize=quantization, signature=wishes.signature or "")
    if wishes.mean and wishes.std:
        request = replace(request, mean=wishes.mean[0], std=wishes.std[0])
    try:
        report = convert_to_tflite(request, target, means.log, means.on_step, means.onnx_packages)
    except KitError as error:
        raise _of_convert(error, shown) from error
    note = f"converted from {NAMES[kind]} to {quantization}, compared with it on {report['compared_on']}"
    return Source(file.name, target, origin, notes=(note, *report["notes"]))


def _of_convert(error: KitError, shown: str) -> KitError:
    """What names flags that only `invoke convert` has, sends there."""
    if not re.search(r"--(?!signature\b|model\b)[a-z]", error.fix):
        return error
    fix = f"convert it first, and give the .tflite that comes out: invoke convert --model {shown}; there: {error.fix}"
    return KitError(error.what, error.why, fix)


def _is_archive(file: Path) -> bool:
    """A zip archive that is no model itself, as `.keras` files and PyTorch's are."""
    with file.open("rb") as opened:
        packed = opened.read(4) == b"PK\x03\x04"
    return packed and not is_keras_archive(file) and file.suffix.lower() not in (".pt", ".pth", ".apk", ".task", ".npz")


def _hash(file: Path) -> str:
    try:
        return hash_file(file)
    except OSError as error:
        raise KitError(f"Can't read {file}", error.strerror or str(error), GIVE) from error


def _is_tflite(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(8)[4:] == b"TFL3"
