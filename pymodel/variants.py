"""Every quantization of one model: converted, described, measured on the test split."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization
from appspec.spec import AppSpec, Model
from pymodel.choose import write_variants
from pymodel.convert import REPRESENTATIVE_COUNT, VARIANTS, Converter
from pymodel.data.cat import POINTS
from pymodel.data.store import ExampleStore
from pymodel.describe import Description, describe
from pymodel.evaluate import evaluate_model
from pymodel.geometry import LANDMARK_MARGIN, LOOK_AGAIN, REGION_MARGIN, crop_region
from pymodel.host import HostModel
from pymodel.learn import looks_at_box, region_of
from pymodel.normalize import fill_color, normalize

BOX_POINTS = ("top_left", "bottom_right")


class Progress(Protocol):
    """Where progress goes."""

    def progress(self, what: str, done: int, total: int) -> None:
        """How far a long step is."""


def make_variants(spec: AppSpec, model: Model, keras_file: Path, examples: Path, target: Path, logs: Path, say: Progress) -> None:
    """Writes QUANTIZATION/NAME.tflite for each kind, and variants.json."""
    store = ExampleStore(examples)
    converter = Converter(keras_file, representative(store, spec, model), logs / "convert.log")
    wanted = VARIANTS if spec.convert.quantize == "auto" else _float_and(spec.convert.quantize)
    rows: list[tuple[Quantization, int, str, float, float]] = []
    reference: float | None = None
    for i, variant in enumerate(wanted):
        say.progress(f"{variant}, step", i + 1, len(wanted))
        content = converter.convert(variant)
        metric = "iou" if model.task == "box" else "nme"
        path = target / variant / f"{model.name}.tflite"
        path.parent.mkdir()
        path.write_bytes(describe(content, description(spec, model, variant, metric, 0.0, 0.0)))
        with HostModel(path) as host:
            value = evaluate_model(host, store.pictures("test"))
            duration = inference_ms(host)
        reference = value if reference is None else reference
        described = describe(content, description(spec, model, variant, metric, reference, value))
        path.write_bytes(described)
        rows.append((variant, len(described), metric, value, duration))
    write_variants(target, rows)


def representative(store: ExampleStore, spec: AppSpec, model: Model) -> npt.NDArray[np.float32]:
    """(N, S, S, 3) normalized inputs from the training split alone, as the model sees them on the phone."""
    size, mean, std = model.input.size[0], model.input.mean_rgb, model.input.std_rgb
    indices = store.indices("train")
    chosen = indices[:: max(1, len(indices) // REPRESENTATIVE_COUNT)][:REPRESENTATIVE_COUNT]
    crops = []
    for i in chosen:
        example = store.examples[i]
        crops.append(crop_region(store.image(i), region_of(example, looks_at_box(spec, model)), size, fill_color(mean)))
    return normalize(np.stack(crops), mean, std)


def description(spec: AppSpec, model: Model, variant: Quantization, metric: str, reference: float, value: float) -> Description:
    """What the metadata says of one variant."""
    landmarks = model.task == "landmarks"
    what = "The nine landmarks of a cat's face" if landmarks else "The box around a cat's face"
    source = f"{spec.data.pictures} drawn pictures" if spec.data.format == "drawn" else "the user's pictures"
    return Description(
        name=model.name,
        description=f"{what}; MobileNetV2 alpha {model.backbone.alpha:g}, head {model.head}, trained on {source} by APKiln.",
        author=spec.app.name,
        version=spec.app.version,
        license="the author's",
        task=model.task,
        decode=model.head,
        labels=POINTS if landmarks else BOX_POINTS,
        mean=model.input.mean_rgb,
        std=model.input.std_rgb,
        region="box" if looks_at_box(spec, model) else "frame",
        margin=REGION_MARGIN if looks_at_box(spec, model) else 0.0,
        box_margin=LANDMARK_MARGIN if landmarks else 0.0,
        look_again=LOOK_AGAIN if looks_at_box(spec, model) else 0.0,
        quantization=variant,
        metric=metric,
        metric_float=reference,
        metric_value=value,
    )


def inference_ms(host: HostModel, runs: int = 30) -> float:
    """Median time of one inference on one thread of this machine, in milliseconds."""
    crop = np.full((host.size, host.size, 3), 128, np.uint8)
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        host.infer(crop)
        times.append(time.perf_counter() - start)
    return float(np.median(times[3:]) * 1e3)


def _float_and(quantize: str) -> tuple[Quantization, ...]:
    return ("float32",) if quantize == "none" else tuple(v for v in VARIANTS if v in ("float32", quantize))
