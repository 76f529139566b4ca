"""Every quantization of a window model: converted, described, measured on the test split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization
from appspec.spec import AppSpec, Model
from pymodel.convert.keras import REPRESENTATIVE_COUNT, Converter
from pymodel.data.series.recording import Values, lasting
from pymodel.data.series.store import WindowStore
from pymodel.data.series.windows import Places
from pymodel.inference.interpreter import HostModel
from pymodel.metadata.writer import Description
from pymodel.quantize.variants import Progress, write_measured
from pymodel.tasks.window.learn import read_policy
from pymodel.tasks.window.metrics import pr_auc
from pymodel.tasks.window.track import host_predictor, inference_ms, predicted

Indices = npt.NDArray[np.int64]

LABELS = ("Normal", "Abnormal")
INPUT_NAME = "window"


def make_variants(spec: AppSpec, model: Model, keras_file: Path, examples: Path, target: Path, logs: Path, say: Progress) -> None:
    """Writes QUANTIZATION/NAME.tflite for each kind, and variants.json.

    Args:
        keras_file: beside the policy.json of its training.
    """
    store = WindowStore(examples)
    converter = Converter(keras_file, representative(store), logs / "convert.log", INPUT_NAME)
    places = store.places("test", store.stride)
    truth = store.truth(places)

    def measured(host: HostModel) -> tuple[float, float]:
        return pr_auc(predicted(store, places, host_predictor(host)), truth), inference_ms(host, store.one(places, 0))

    def described(variant: Quantization, reference: float, value: float) -> Description:
        return description(spec, model, store, keras_file.parent, variant, reference, value)

    write_measured(spec, model.name, converter, measured, described, target, say)


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
        closer_margin=0.0,
        vote_scale=0.0,
        search_below=0.0,
        search_side=0.0,
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
