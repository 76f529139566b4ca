"""How a window model is converted, measured and described."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization, Window
from appspec.intervals import Scores
from appspec.kit_facts import KitFacts, Measured
from appspec.model_spec import Model
from appspec.spec import AppSpec
from pymodel.data.series.recording import Values, format_duration
from pymodel.data.series.store import WindowStore
from pymodel.data.series.windows import Places
from pymodel.data.splits import SplitName
from pymodel.inference.interpreter import DescribedModel, HostModel
from pymodel.metadata.writer import Description
from pymodel.quantize.variants import REPRESENTATIVE_COUNT, ConversionPlan
from pymodel.tasks.window.alarms import days_of
from pymodel.tasks.window.metrics import by_block, members, pr_auc
from pymodel.tasks.window.track import model_predictor, predicted
from pymodel.tasks.window.training import judged_split, read_policy

Indices = npt.NDArray[np.int64]

LABELS = ("Normal", "Abnormal")
METRIC = "pr_auc"


def plan_conversion(spec: AppSpec, model: Model, trained: Path, examples: Path) -> ConversionPlan:
    """The conversion of a trained window model.

    Args:
        trained: folder of the training, with its policy.json.
        examples: folder of a finished WindowStore.
    """
    store = WindowStore(examples)

    def measure(host: HostModel, split: SplitName) -> Scores:
        if split == "validation":  # where it can't be judged by, the training wasn't either
            split = judged_split(store)
        return measured(store, host, store.places(split, store.stride))

    return ConversionPlan(
        representative=representative(store),
        input_name="window",
        sample=store.one(store.places("test", store.stride), 0),
        metric=METRIC,
        lower_is_better=False,
        measure=measure,
        describe=lambda quantization, measured: description(spec, model, store, trained, quantization, measured),
    )


def representative(store: WindowStore) -> Values:
    """(N, W, C) normalized windows of the training split, half of them abnormal where there are enough."""
    return store.normalized(sampled(store, store.places("train", store.stride), REPRESENTATIVE_COUNT))


def sampled(store: WindowStore, places: Places, most: int) -> Places:
    """So many windows at most, evenly taken, half of them abnormal where there are enough."""
    abnormal = store.truth(places) > 0
    chosen = [_evenly(np.flatnonzero(kind), most // 2) for kind in (abnormal, ~abnormal)]
    both = np.sort(np.concatenate(chosen))
    return Places(places.machines[both], places.ends[both])


def measured(store: WindowStore, model: DescribedModel, places: Places) -> Scores:
    """How well a model tells these windows apart; whole days are the examples that are independent."""
    p, truth = predicted(store, places, model_predictor(model)), store.truth(places)
    days = by_block(days_of(store.stamps(places), places.machines))
    return Scores(len(days), lambda drawn: pr_auc(p[taken := members(days, drawn)], truth[taken]))


def description(
    spec: AppSpec, model: Model, store: WindowStore, trained: Path, quantization: Quantization, measured: Measured
) -> Description:
    """What the metadata says of one variant.

    Args:
        trained: folder of the finished training.
    """
    policy, (mean, std) = read_policy(trained), store.scale()
    source = f"{spec.training_data.days} simulated days" if spec.training_data.format == "drawn" else "the user's recordings"
    length, horizon = format_duration(store.window * store.interval_s), format_duration(store.facts.horizon_s)
    decoder = Window(store.interval_s, policy.threshold, policy.hold)
    return Description(
        name=model.name,
        description=f"Whether a machine fails within {horizon}, from the last {length} of its sensors; 1-D CNN of width "
        f"{model.backbone.width}, trained on {source} by APKiln.",
        author=spec.app.name,
        version=spec.app.version,
        facts=KitFacts(model.task, decoder, None, quantization, measured),
        labels=LABELS,
        mean=mean,
        std=std,
        channels=store.channels,
        output_names=("p_abnormal",),
    )


def _evenly(indices: Indices, count: int) -> Indices:
    """Up to `count` of the indices, evenly taken."""
    return indices[:: max(1, -(-len(indices) // count))]
