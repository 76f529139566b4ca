"""Any source → any target, proved against the source: what `invoke convert` does, and what building around a foreign model calls.

request = Request(path, recognize(path), quantize="float16")
report = convert(request, Path("build/converted"), log)   # Path("build/converted") / report.name is the `.tflite`
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appspec.errors import KitError
from appspec.json_text import json_text
from appspec.whole_file import write_whole
from pymodel.convert.made import OVERFLOWED
from pymodel.convert.onnx_file import read_onnx
from pymodel.convert.request import Request
from pymodel.convert.sources.frozen_graph import choose_nodes, read_frozen
from pymodel.convert.sources.onnx import QUANTIZED_FIX, to_saved_model
from pymodel.convert.verify import Difference, require_agreement
from pymodel.isolated import run_isolated

OnStep = Callable[[str], None]


@dataclass(frozen=True)
class Conversion:
    """What came out.

    Attributes:
        model: the file or package.
        report_file: the differences and facts, as JSON beside it.
        report: its content.
        replaced: an earlier result of the same source lay in its place.
    """

    model: Path
    report_file: Path
    report: dict[str, Any]
    replaced: bool


def convert(
    request: Request, folder: Path, log: Path, on_step: OnStep | None = None, onnx_packages: Callable[[], Path] | None = None
) -> Conversion:
    """The result, named after its source, in `folder`, and nothing else there but its report.

    Args:
        log: gets what converters print.
        on_step: hears what goes on.
        onnx_packages: gives the folder with the ONNX converter; called for ONNX sources only.

    Raises:
        KitError: the source can't be taken, the target lacks something, or the result doesn't say what the source says.
    """
    if request.kind == "frozen_graph":  # asked before TensorFlow starts
        inputs, outputs = choose_nodes(request, read_frozen(request))
        request = _with_nodes(request, inputs, outputs)
    folder.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix=".apkiln-", dir=folder) as name:
        work = Path(name)
        job: dict[str, Any] = {"request": request.to_json(), "folder": str(work / "made"), "log": str(log)}
        (work / "made").mkdir()
        if request.kind == "onnx":
            if onnx_packages is None:
                raise KitError(request.what, "the ONNX converter isn't there", "use invoke convert, which brings it")
            job["request"] = to_saved_model(request, work, log, onnx_packages(), on_step).to_json()
        report = run_isolated("pymodel.convert.work:work", job, log, request.what, on_step)
        held = report["tolerance"]
        differences = [_difference(row) for row in report["outputs"]]
        try:
            require_agreement(request, differences, held["of"], held["allowed"], report["facts"].get(OVERFLOWED, ()))
        except KitError as error:
            if request.kind == "onnx" and read_onnx(request.source).quantized:
                raise KitError(error.what, error.why, QUANTIZED_FIX) from error
            raise
        return _keep(request, report, work / "made", folder)


def convert_to_tflite(
    request: Request, target: Path, log: Path, on_step: OnStep | None = None, onnx_packages: Callable[[], Path] | None = None
) -> dict[str, Any]:
    """As convert, for one `.tflite` at the path `target`; returns its report and leaves none beside it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".apkiln-", dir=target.parent) as name:
        made = convert(request, Path(name), log, on_step, onnx_packages)
        made.model.replace(target)
        return made.report


def _with_nodes(request: Request, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> Request:
    return Request.from_json({**request.to_json(), "input_names": inputs, "output_names": outputs})


def _difference(row: dict[str, Any]) -> Difference:
    names = ("output", "largest", "mean", "range", "span", "no_numbers")
    return Difference(shape=tuple(row["shape"]), **{name: row[name] for name in names})


def _keep(request: Request, report: dict[str, Any], made: Path, folder: Path) -> Conversion:
    """Moves what was made into its place.

    Raises:
        KitError: something else than an earlier result of this source lies there.
    """
    paths = [folder / file["name"] for file in report["files"]]
    for path in paths:
        if path.exists() and path.resolve() == request.source.resolve():
            fix = "give another --output-path: the source is never overwritten"
            raise KitError(request.what, f"the result would lie in {path}, in place of the source", fix)
    report_file = folder / f"{paths[0].name}.json"
    there = [path for path in paths if path.exists()]
    if there and not _is_of(report_file, request.source):
        why = f"{there[0]} is there, and no report beside it says that it was made of {request.source}"
        raise KitError(request.what, why, "give another --output-path, or move that file away")
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        (made / path.name).replace(path)
    write_whole(report_file, json_text(report), "give another --output-path")
    return Conversion(paths[0], report_file, report, bool(there))


def _is_of(report_file: Path, source: Path) -> bool:
    """A result's report names this source file."""
    try:
        named = json.loads(report_file.read_text(encoding="utf-8"))["source"]["file"]
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return bool(named == str(source.resolve()))
