"""Quantizations of one model side by side: of a model of the kit's own training, with its metric, or of any source, against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from appspec.contract import Quantization
from appspec.errors import KitError
from appspec.intervals import Interval, metric_loss, paired_loss
from appspec.progress import Reporter
from pymodel.convert.keras import freeze_keras
from pymodel.convert.request import Request
from pymodel.convert.sources.onnx import to_saved_model
from pymodel.convert.tflite import MODES, Converter
from pymodel.isolated import run_isolated
from pymodel.quantize.debugger import Layer, convert_mixed, left_in_floats, worst_layers
from pymodel.quantize.phone_check import sample_inputs
from pymodel.quantize.study_work import first_line
from pymodel.quantize.variants import ConversionPlan, Scored, score

STUDIED: tuple[Quantization, ...] = (*MODES, "mixed")
INPUTS = "inputs.npz"
"""A few inputs beside the files, by name, to run them with."""

OnStep = Callable[[str], None]


@dataclass(frozen=True)
class Studied:
    """One quantization of a model.

    Attributes:
        error: why there is no file, or none that runs; empty where there is.
        path: the file.
        value: its metric on the test split; None where nothing is known but the source's own answers.
        validation, validation_loss: the metric on the validation split, by which `auto` picks, and what is lost there.
        loss: on the test split, as a share of float32's metric, with its 95 % confidence interval.
        largest, mean: difference to the source's answers / their range, of the output where that is largest.
        float_layers: of a mixed one.
    """

    quantization: Quantization
    error: str = ""
    path: Path | None = None
    size_bytes: int = 0
    value: float | None = None
    validation: float | None = None
    validation_loss: float | None = None
    loss: Interval | None = None
    largest: float | None = None
    mean: float | None = None
    float_layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Study:
    """All of them, float32 first.

    Attributes:
        metric: of the values; empty where there are none.
        inputs: what source and results were compared on, in words; empty where a metric says more.
        worst: the layers that int8 hurts most, in words; empty where nobody looked.
    """

    name: str
    modes: tuple[Studied, ...]
    metric: str = ""
    lower_is_better: bool = False
    inputs: str = ""
    worst: tuple[str, ...] = ()


def study_trained(
    name: str,
    keras_file: Path,
    plan: ConversionPlan,
    wanted: Sequence[Quantization],
    allowed: float,
    target: Path,
    log: Path,
    reporter: Reporter,
) -> Study:
    """A model of the kit's own training: writes QUANTIZATION/NAME.tflite and INPUTS into `target`.

    Args:
        wanted: beside float32; "mixed" is looked for where int8 loses more than is allowed, and where it is named.
        allowed: loss on the validation split, as a share.
    """
    np.savez(target / INPUTS, **{plan.input_name: sample_inputs(plan.representative)})
    converter = Converter(freeze_keras(keras_file, log, plan.input_name), [plan.representative[:, None]], log)
    found: list[Studied] = []
    exact: list[Scored] = []

    def study(kind: Quantization, content: bytes, float_layers: tuple[str, ...] = ()) -> Studied:
        mine = score(name, plan, kind, content, target, exact[0].test.value if exact else None)
        exact.append(mine)
        validation = mine.validation.value
        return Studied(
            kind,
            path=mine.path,
            size_bytes=mine.path.stat().st_size,
            value=mine.test.value,
            validation=validation,
            validation_loss=metric_loss(validation, exact[0].validation.value, plan.lower_is_better),
            loss=paired_loss(mine.test, exact[0].test, plan.lower_is_better),
            float_layers=float_layers,
        )

    kinds = [kind for kind in MODES if kind in ("float32", *wanted)]
    for i, kind in enumerate(kinds):
        reporter.progress(f"{name}: {kind}, step", i + 1, len(kinds))
        try:
            found.append(study(kind, converter.convert(kind)))
        except Exception as error:  # converter and LiteRT have no exceptions of their own for what they refuse
            if kind == "float32":
                raise
            found.append(Studied(kind, error=first_line(error)))
    int8 = next((one.validation_loss for one in found if one.quantization == "int8"), None)
    missed = int8 is not None and int8 > allowed
    layers = worst_layers(converter) if missed or "mixed" in wanted else ()
    for left in left_in_floats(layers):
        reporter.status(f"{name}: int8 but for {len(left)} of {len(layers)} layers")
        kept = [one for one in found if one.quantization != "mixed"]
        mixed = study("mixed", convert_mixed(converter, left), _named(left))
        found = [*kept, mixed]
        if mixed.validation_loss is not None and mixed.validation_loss <= allowed:
            break
    return Study(name, tuple(found), plan.metric, plan.lower_is_better, worst=_named(layers))


def study_source(
    request: Request,
    wanted: Sequence[Quantization],
    target: Path,
    log: Path,
    on_step: OnStep | None = None,
    onnx_packages: Callable[[], Path] | None = None,
) -> Study:
    """A model from anywhere that `invoke convert` takes, in a child process: QUANTIZATION/NAME.tflite and INPUTS in `target`.

    Raises:
        KitError: the source can't be taken or converted at all.
    """
    log.unlink(missing_ok=True)
    if request.kind == "onnx":
        if onnx_packages is None:
            raise KitError(request.what, "the ONNX converter isn't there", "use invoke quantize, which brings it")
        request = to_saved_model(request, target, log, onnx_packages(), on_step)
    job = {"request": request.to_json(), "modes": list(wanted), "folder": str(target), "log": str(log)}
    found = run_isolated("pymodel.quantize.study_work:work", job, log, request.what, on_step)
    modes = [_studied(target, request.source.stem, row) for row in found["modes"]]
    return Study(request.source.stem, tuple(modes), inputs=found["inputs"], worst=tuple(found["worst"]))


def moved(study: Study, folder: Path) -> Study:
    """The study with its files in another folder, where they replace those of the same name."""
    modes = []
    for one in study.modes:
        kept = None
        if one.path:
            kept = folder / one.quantization / one.path.name
            kept.parent.mkdir(parents=True, exist_ok=True)
            one.path.replace(kept)
        modes.append(replace(one, path=kept))
    return replace(study, modes=tuple(modes))


def _studied(target: Path, name: str, row: dict[str, Any]) -> Studied:
    one = Studied(**{**row, "float_layers": tuple(row.get("float_layers", ()))})
    path = target / one.quantization / f"{name}.tflite"
    return one if one.error else replace(one, path=path, size_bytes=path.stat().st_size)


def _named(layers: Sequence[Layer]) -> tuple[str, ...]:
    return tuple(layer.words for layer in layers)
