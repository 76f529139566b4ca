"""The stage of a ready model: adopted as a described copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from appspec.artifacts import Artifacts
from appspec.model_spec import READY_KEYS, Model
from appspec.progress import Reporter
from appspec.spec import AppSpec
from appspec.stages import Stage, StageResult, hash_file, hash_tree
from pymodel.foreign import stage as adoption
from pymodel.foreign.packaged import PREFIX, FindPackaged, split_reference
from pymodel.foreign.sources import Means, ready_file
from pymodel.tasks.recognize import recognize


def adopt_model(
    spec: AppSpec,
    model: Model,
    artifacts: Artifacts,
    onnx_packages: Callable[[], Path] | None,
    find_packaged: FindPackaged | None,
    reporter: Reporter,
) -> StageResult:
    reference, packaged = model.file or "", None
    if reference.startswith(PREFIX):
        assert find_packaged is not None, "who builds apps of packages says how to find them"
        packaged = find_packaged(*split_reference(reference))
    file = Path(reference) if packaged else ready_file(spec, model)
    before = spec.model[spec.model.index(model) - 1].then if model is not spec.model[0] else None
    inputs = {
        "file": packaged.sha256 if packaged else hash_tree(file) if file.is_dir() else hash_file(file),
        "credit": packaged.credit if packaged else "",
        "square": before.model_dump() if before else None,
        "quantize": None if file.suffix == ".tflite" else spec.convert.quantize,
        "labels": hash_file(spec.path(model.labels))
        if isinstance(model.labels, str) and spec.path(model.labels).is_file()
        else None,
        "app": {"name": spec.app.name},
        "in_box": model is not spec.model[0],
        **model.model_dump(include={"name", "task", "input", *READY_KEYS}, exclude_unset=True),
    }
    stage = Stage(f"adopt {model.name}", artifacts.adopt(model.name), inputs, adoption.STAGE_VERSION)

    def make(target: Path) -> None:
        reporter.heading(f"Adopting {model.name}")
        means = Means(artifacts.logs / "adopt.log", spec.convert.quantize, onnx_packages, reporter.status)
        where = packaged.fetch() if packaged else file
        adoption.write_adopted(where, spec, model, recognize, means, target, packaged)

    result = stage.run(make, reporter.say)
    for line in adoption.read_notes(result.folder):
        reporter.say(f"  {line}")
    return result
