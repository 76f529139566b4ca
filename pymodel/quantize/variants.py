"""Every quantization of one model: converted, described, measured on the test split."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization
from appspec.spec import AppSpec, Model
from pymodel.convert.keras import REPRESENTATIVE_COUNT, VARIANTS, Converter
from pymodel.data.store import ExampleStore
from pymodel.evaluate.chain import evaluate_model
from pymodel.inference.interpreter import HostModel
from pymodel.metadata.writer import Description, describe
from pymodel.preprocess.geometry import REGION_MARGIN, SEARCH_SIDE, crop_region
from pymodel.preprocess.normalize import fill_color, normalize
from pymodel.quantize.choice import write_variants
from pymodel.tasks.picture import closer_margin, look_again, looks_at_box, picture_task, region_of


class Progress(Protocol):
    """Where progress goes."""

    def progress(self, what: str, done: int, total: int) -> None:
        """How far a long step is."""


def make_variants(spec: AppSpec, model: Model, keras_file: Path, examples: Path, target: Path, logs: Path, say: Progress) -> None:
    """Writes QUANTIZATION/NAME.tflite for each kind, and variants.json."""
    store = ExampleStore(examples)
    converter = Converter(keras_file, representative(store, spec, model), logs / "convert.log")

    def measured(host: HostModel) -> tuple[float, float]:
        return evaluate_model(host, store.pictures("test")), inference_ms(host)

    def described(variant: Quantization, reference: float, value: float) -> Description:
        return description(spec, model, store, variant, reference, value)

    write_measured(spec, model.name, converter, measured, described, target, say)


def write_measured(
    spec: AppSpec,
    name: str,
    converter: Converter,
    measured: Callable[[HostModel], tuple[float, float]],
    described: Callable[[Quantization, float, float], Description],
    target: Path,
    say: Progress,
) -> None:
    """What make_variants of every task kind does: converts, measures, describes.

    Args:
        measured: metric and milliseconds of a variant.
        described: its description, from its quantization, the float model's metric and its own.
    """
    wanted = VARIANTS if spec.convert.quantize == "auto" else _float_and(spec.convert.quantize)
    rows: list[tuple[Quantization, int, str, float, float]] = []
    reference: float | None = None
    for i, variant in enumerate(wanted):
        say.progress(f"{variant}, step", i + 1, len(wanted))
        content = converter.convert(variant)
        path = target / variant / f"{name}.tflite"
        path.parent.mkdir()
        path.write_bytes(describe(content, described(variant, 0.0, 0.0)))
        with HostModel(path) as host:
            value, duration = measured(host)
        reference = value if reference is None else reference
        last = described(variant, reference, value)
        path.write_bytes(describe(content, last))
        rows.append((variant, path.stat().st_size, last.metric, value, duration))
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


def description(
    spec: AppSpec, model: Model, store: ExampleStore, variant: Quantization, reference: float, value: float
) -> Description:
    """What the metadata says of one variant."""
    task = picture_task(model.task)
    outputs, in_box = task.outputs(spec, model, store), looks_at_box(spec, model)
    search_below = outputs.search_below if in_box else 0.0
    drawn = spec.data.format == "drawn"
    source = f"{spec.data.pictures} drawn pictures" if drawn else "the user's pictures"
    backbone, head = model.backbone, f", head {model.head}" if model.task in ("box", "landmarks") else ""
    network = "stacked hourglass" if model.task == "heatmap" else f"MobileNetV2 alpha {backbone.alpha:g}{head}"
    return Description(
        name=model.name,
        description=f"{outputs.what}; {network}, trained on {source} by APKiln.",
        author=spec.app.name,
        version=spec.app.version,
        license="the author's",
        task=model.task,
        decode=outputs.decode,
        labels=outputs.labels,
        mean=model.input.mean_rgb,
        std=model.input.std_rgb,
        region="box" if in_box else "frame",
        margin=REGION_MARGIN if in_box else 0.0,
        box_margin=outputs.box_margin,
        look_again=look_again(spec, model, store),
        closer_margin=closer_margin(spec, model, store),
        vote_scale=outputs.vote_scale if in_box else 0.0,
        search_below=search_below,
        search_side=SEARCH_SIDE if search_below else 0.0,
        quantization=variant,
        metric=task.metric,
        metric_float=reference,
        metric_value=value,
        threshold=outputs.threshold,
        output_name=outputs.name,
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
