"""Every quantization of one model: converted, described, measured on the validation and the test split."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization
from appspec.intervals import Scores, metric_loss
from appspec.kit_facts import Measured
from appspec.progress import Reporter
from appspec.spec import Convert
from pymodel.convert.keras import freeze_keras
from pymodel.convert.tflite import Converter
from pymodel.data.splits import SplitName
from pymodel.inference.interpreter import HostModel, inference_ms
from pymodel.metadata.writer import Description, describe
from pymodel.quantize.choice import Measurement, compare, write_variants
from pymodel.quantize.debugger import convert_mixed, left_in_floats, worst_layers
from pymodel.quantize.phone_check import INPUTS, sample_inputs

STAGE_VERSION = 3
"""Raised when conversion or measurement give something else for the same model; each task kind has a version of its own too."""

VARIANTS: tuple[Quantization, ...] = ("float32", "float16", "dynamic", "int8")
"""What `auto` picks from, beside a mixed one. int8 with floats in and out is int8 and slower; int16x8 runs on no fast kernel."""

WORST_TOLD = 3
REPRESENTATIVE_COUNT = 200


@dataclass(frozen=True)
class ConversionPlan:
    """What converting and measuring follow from, whatever the kind of task.

    Attributes:
        representative: (N, …) float32 normalized inputs of the training split, which calibrate int8.
        input_name: of the input tensor.
        sample: raw values of one input, for measuring time.
        metric: what `measure` gives.
        measure: a variant's metric on a split, with the examples that it follows from.
        describe: its metadata, from its quantization and what was measured on the test split.
    """

    representative: npt.NDArray[np.float32]
    input_name: str
    sample: npt.NDArray[np.uint8] | npt.NDArray[np.float32]
    metric: str
    lower_is_better: bool
    measure: Callable[[HostModel, SplitName], Scores]
    describe: Callable[[Quantization, Measured], Description]


def make_variants(
    name: str, keras_file: Path, plan: ConversionPlan, convert: Convert, target: Path, log: Path, reporter: Reporter
) -> None:
    """Writes QUANTIZATION/NAME.tflite for each kind, variants.json, and a few inputs to compare answers on.

    Where `auto` is asked for and int8 loses more than is allowed, one more is made: "mixed".

    Args:
        convert: as in app.toml; the float32 variant is always made.
        log: takes the converter's own words.
    """
    np.save(target / INPUTS, sample_inputs(plan.representative))
    converter = Converter(freeze_keras(keras_file, log, plan.input_name), [plan.representative[:, None]], log)
    wanted = VARIANTS if convert.quantize == "auto" else tuple(dict.fromkeys(("float32", _kind(convert.quantize))))
    found: list[Measurement] = []
    for i, variant in enumerate(wanted):
        reporter.progress(f"{variant}, step", i + 1, len(wanted))
        content = converter.convert(variant)
        found.append(_measure(name, plan, variant, content, target, found[0] if found else None))
    if convert.quantize == "auto":
        found += _mixed(name, plan, converter, convert.max_metric_loss, found, target, reporter)
    write_variants(target, compare(found, plan.lower_is_better))


@dataclass(frozen=True)
class Scored:
    """A described file and how it does."""

    path: Path
    validation: Scores
    test: Scores


def score(
    name: str, plan: ConversionPlan, variant: Quantization, content: bytes, target: Path, reference: float | None = None
) -> Scored:
    """Describes one variant, writes it as VARIANT/NAME.tflite and measures it.

    Args:
        reference: the metric of the float32 variant on the test split; None where this is it.
    """
    path = target / variant / f"{name}.tflite"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(describe(content, plan.describe(variant, Measured(plan.metric, 0.0, 0.0))))
    with HostModel(path) as host:
        validation, test = plan.measure(host, "validation"), plan.measure(host, "test")
    value = test.value
    path.write_bytes(
        describe(content, plan.describe(variant, Measured(plan.metric, value if reference is None else reference, value)))
    )
    return Scored(path, validation, test)


def _measure(
    name: str,
    plan: ConversionPlan,
    variant: Quantization,
    content: bytes,
    target: Path,
    exact: Measurement | None,
    float_layers: tuple[str, ...] = (),
) -> Measurement:
    scored = score(name, plan, variant, content, target, exact.test if exact else None)
    with HostModel(scored.path) as host:
        duration = inference_ms(host, plan.sample)
    size, validation, test = scored.path.stat().st_size, scored.validation.value, scored.test.value
    return Measurement(variant, size, plan.metric, validation, test, duration, float_layers)


def _mixed(
    name: str,
    plan: ConversionPlan,
    converter: Converter,
    allowed: float,
    found: Sequence[Measurement],
    target: Path,
    reporter: Reporter,
) -> list[Measurement]:
    """int8 but for the layers that it hurts most: the fewest of them with which the loss is allowed, else the last tried.

    None where int8 itself loses little, or where the file is as large as float16.
    """
    by_kind = {one.quantization: one for one in found}
    exact, int8 = by_kind["float32"], by_kind["int8"]

    def loss(one: Measurement) -> float:
        return metric_loss(one.validation, exact.validation, plan.lower_is_better)

    if loss(int8) <= allowed:
        return []
    layers = worst_layers(converter)
    worst = ", ".join(layer.words for layer in layers[:WORST_TOLD])
    reporter.say(f"  int8 loses {loss(int8):.1%}; it hurts these layers most: {worst}")
    mixed: list[Measurement] = []
    for left in left_in_floats(layers):
        reporter.status(f"int8 but for {len(left)} of {len(layers)} layers")
        content = convert_mixed(converter, left)
        if len(content) >= by_kind["float16"].size_bytes:
            break
        mixed = [_measure(name, plan, "mixed", content, target, exact, tuple(layer.words for layer in left))]
        if loss(mixed[0]) <= allowed:
            break
    return mixed


def _kind(quantize: str) -> Quantization:
    """As app.toml says it, as the contract says it."""
    return "float32" if quantize == "none" else quantize  # type: ignore[return-value]
