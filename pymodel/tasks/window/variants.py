"""Every quantization of a window model: converted, described, measured on the test split."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization
from appspec.spec import AppSpec, Model
from pymodel.choose import write_variants
from pymodel.convert import REPRESENTATIVE_COUNT, VARIANTS, Converter
from pymodel.describe import Description, describe
from pymodel.host import HostModel
from pymodel.tasks.window.learn import read_policy
from pymodel.tasks.window.metrics import pr_auc
from pymodel.tasks.window.recording import Values, lasting
from pymodel.tasks.window.store import WindowStore
from pymodel.tasks.window.track import host_predictor, inference_ms, predicted
from pymodel.tasks.window.windows import Places

Indices = npt.NDArray[np.int64]

LABELS = ("Normal", "Abnormal")
INPUT_NAME = "window"


class Progress(Protocol):
    """Where progress goes."""

    def progress(self, what: str, done: int, total: int) -> None:
        """How far a long step is."""


def make_variants(spec: AppSpec, model: Model, keras_file: Path, examples: Path, target: Path, logs: Path, say: Progress) -> None:
    """Writes QUANTIZATION/NAME.tflite for each kind, and variants.json.

    Args:
        keras_file: beside the policy.json of its training.
    """
    store = WindowStore(examples)
    converter = Converter(keras_file, representative(store), logs / "convert.log", INPUT_NAME)
    wanted = VARIANTS if spec.convert.quantize == "auto" else _float_and(spec.convert.quantize)
    places = store.places("test", store.stride)
    truth = store.truth(places)
    rows: list[tuple[Quantization, int, str, float, float]] = []
    reference: float | None = None
    for i, variant in enumerate(wanted):
        say.progress(f"{variant}, step", i + 1, len(wanted))
        content = converter.convert(variant)
        path = target / variant / f"{model.name}.tflite"
        path.parent.mkdir()
        path.write_bytes(describe(content, description(spec, model, store, keras_file.parent, variant, 0.0, 0.0)))
        with HostModel(path) as host:
            value = pr_auc(predicted(store, places, host_predictor(host)), truth)
            duration = inference_ms(host, store.one(places, 0))
        reference = value if reference is None else reference
        described = describe(content, description(spec, model, store, keras_file.parent, variant, reference, value))
        path.write_bytes(described)
        rows.append((variant, len(described), "pr_auc", value, duration))
    write_variants(target, rows)


def representative(store: WindowStore) -> Values:
    """(N, W, C) normalized windows of the training split, half of them abnormal where there are enough."""
    places = store.places("train", store.stride)
    abnormal = store.truth(places) > 0
    chosen = [_evenly(np.flatnonzero(kind), REPRESENTATIVE_COUNT // 2) for kind in (abnormal, ~abnormal)]
    both = np.sort(np.concatenate(chosen))
    return store.normalized(Places(places.machines[both], places.ends[both]))


def description(
    spec: AppSpec, model: Model, store: WindowStore, trained: Path, variant: Quantization, reference: float, value: float
) -> Description:
    """What the metadata says of one variant.

    Args:
        trained: folder of the finished training.
    """
    policy, (mean, std) = read_policy(trained), store.scale()
    source = f"{spec.data.days} simulated days" if spec.data.format == "drawn" else "the user's recordings"
    length, horizon = lasting(store.window * store.interval_s), lasting(store.facts.horizon_s)
    return Description(
        name=model.name,
        output_name="p_abnormal",
        description=f"Whether a machine fails within {horizon}, from the last {length} of its sensors; 1-D CNN of width "
        f"{model.backbone.width}, trained on {source} by APKiln.",
        author=spec.app.name,
        version=spec.app.version,
        license="the author's",
        task="window",
        decode="abnormal",
        labels=LABELS,
        mean=mean,
        std=std,
        region="window",
        margin=0.0,
        box_margin=0.0,
        look_again=0.0,
        quantization=variant,
        metric="pr_auc",
        metric_float=reference,
        metric_value=value,
        channels=store.channels,
        interval_s=store.interval_s,
        threshold=policy.threshold,
        hold=policy.hold,
    )


def _evenly(indices: Indices, count: int) -> Indices:
    """Up to `count` of the indices, evenly taken."""
    return indices[:: max(1, -(-len(indices) // count))]


def _float_and(quantize: str) -> tuple[Quantization, ...]:
    return ("float32",) if quantize == "none" else tuple(v for v in VARIANTS if v in ("float32", quantize))
