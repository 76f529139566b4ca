"""Every quantization of one model: converted, described, measured on the validation and the test split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization
from appspec.kit_facts import Measured
from appspec.progress import Reporter
from pymodel.convert.keras import freeze_keras
from pymodel.convert.tflite import VARIANTS, Converter
from pymodel.data.examples import SplitName
from pymodel.inference.interpreter import HostModel, inference_ms
from pymodel.metadata.writer import Description, describe
from pymodel.quantize.choice import Measurement, compare, write_variants
from pymodel.quantize.phone_check import INPUTS, sample_inputs

STAGE_VERSION = 2
"""Raised when conversion or measurement give something else for the same model; each task kind has a version of its own too."""

REPRESENTATIVE_COUNT = 200


@dataclass(frozen=True)
class ConversionPlan:
    """What converting and measuring follow from, whatever the kind of task.

    Attributes:
        representative: (N, …) float32 normalized inputs of the training split, which calibrate int8.
        input_name: of the input tensor.
        sample: raw values of one input, for measuring time.
        metric: what `measure` gives.
        measure: a variant's metric on a split.
        describe: its metadata, from its quantization and what was measured on the test split.
    """

    representative: npt.NDArray[np.float32]
    input_name: str
    sample: npt.NDArray[np.uint8] | npt.NDArray[np.float32]
    metric: str
    lower_is_better: bool
    measure: Callable[[HostModel, SplitName], float]
    describe: Callable[[Quantization, Measured], Description]


def make_variants(
    name: str, keras_file: Path, plan: ConversionPlan, quantize: str, target: Path, log: Path, reporter: Reporter
) -> None:
    """Writes QUANTIZATION/NAME.tflite for each kind, variants.json, and a few inputs to compare answers on.

    Args:
        quantize: as in app.toml; the float32 variant is always made.
        log: takes the converter's own words.
    """
    np.save(target / INPUTS, sample_inputs(plan.representative))
    converter = Converter(freeze_keras(keras_file, log, plan.input_name), [plan.representative], log)
    quantizations = VARIANTS if quantize == "auto" else tuple(v for v in VARIANTS if v in ("float32", quantize))
    found: list[Measurement] = []
    for i, variant in enumerate(quantizations):
        reporter.progress(f"{variant}, step", i + 1, len(quantizations))
        content = converter.convert(variant)
        path = target / variant / f"{name}.tflite"
        path.parent.mkdir()
        path.write_bytes(describe(content, plan.describe(variant, Measured(plan.metric, 0.0, 0.0))))
        with HostModel(path) as host:
            validation, test = plan.measure(host, "validation"), plan.measure(host, "test")
            duration = inference_ms(host, plan.sample)
        reference = found[0].test if found else test
        path.write_bytes(describe(content, plan.describe(variant, Measured(plan.metric, reference, test))))
        found.append(Measurement(variant, path.stat().st_size, plan.metric, validation, test, duration))
    write_variants(target, compare(found, plan.lower_is_better))
