"""The training of a window model, and what is derived from it: alarm policy, baselines, importance of the channels."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from appspec.errors import KitError
from appspec.model_spec import Model
from appspec.stages import hash_file
from pymodel.data.series.recording import TRAIN, Values
from pymodel.data.series.store import WindowStore
from pymodel.data.series.windows import Places, WindowSet
from pymodel.data.splits import SplitName
from pymodel.networks.conv1d import build_model
from pymodel.preprocess.normalize import SAMPLE_HIGH, SAMPLE_LOW
from pymodel.tasks.window.alarms import WEEK_S, Policy, choose_policy, days_of
from pymodel.tasks.window.baseline import fit_baseline
from pymodel.tasks.window.importance import permutation_importance, words
from pymodel.tasks.window.metrics import block_bootstrap, pr_auc
from pymodel.tasks.window.objective import WindowObjective
from pymodel.tasks.window.track import Predict, keras_predictor, known_events, normalized_predictor, predicted, track
from pymodel.tasks.window.verdict import verdict_words
from pymodel.train.loop import Example, TrainConfig
from pymodel.train.plan import TrainingPlan

if TYPE_CHECKING:
    import keras

OFFSET, GAIN, NOISE = 0.6, 0.1, 0.1
"""Augmentation of each channel of a training window: offset and noise in standard deviations of the channel, gain as a share.
Without it, the few failures of a slowly drifting series are memorized."""


def plan_training(model: Model, weights: str | Path, examples: Path) -> TrainingPlan:
    """The training of a window model; it also writes policy.json, baseline.json and importance.json.

    Args:
        weights: what it starts from: "none" or a Keras file of the same shape.
        examples: folder of a finished WindowStore.

    Raises:
        KitError: the weights don't fit.
    """
    store = WindowStore(examples)
    network = _network(store, model, weights)
    places, judged = store.places("train", store.stride), judged_split(store)
    mean, std = store.scale()

    def validation(_: int) -> Example:
        windows = store.windows(judged)
        return windows.x, windows.y

    def finish(target: Path) -> list[str]:
        predict = keras_predictor(network, mean, std)
        verdict, figures = _baselines(store, predict, target)
        return [
            *verdict,
            *store.problems,
            *figures,
            *_policy(store, predict, target),
            *_importance(store, predict, model.train.seed, target),
        ]

    return TrainingPlan(
        network=network,
        objective=WindowObjective(mean, std, abnormal_weight(store, places), (store.window, len(store.channels))),
        config=TrainConfig(size=None, frozen_epochs=model.backbone.frozen_epochs, **model.train.model_dump()),
        count=len(places),
        example=augmented(store, places, model.train.seed),
        validation=validation,
        judged_by=judged,
        summary=f"{len(places)} windows, {store.window} samples of {len(store.channels)} channels",
        facts={
            "weights": str(weights),
            "data": hash_file(examples / "index.json")[:16],
            "channels": ", ".join(store.channels),
        },
        export=lambda: network,
        finish=finish,
    )


def judged_split(windows: WindowSet) -> SplitName:
    """The split that training is judged by: validation, unless it lacks abnormal or normal windows."""
    count = windows.counts()["validation"]
    return "validation" if 0 < count["abnormal"] < count["windows"] else "train"


def abnormal_weight(windows: WindowSet, places: Places) -> float:
    """Weight of an abnormal window: the square root of how much rarer it is; the full ratio would distort p(Abnormal)."""
    abnormal = float(windows.truth(places).sum())
    return float(np.sqrt(max(1.0, (len(places) - abnormal) / max(1.0, abnormal))))


def augmented(windows: WindowSet, places: Places, seed: int) -> Callable[[int, int, int], Example]:
    """(epoch, i, side) → training example i, augmented for that epoch: (W, C) raw values and 1.0 or 0.0; the same for the same seed."""
    low, span = (np.asarray(values, np.float32) for values in windows.scale())
    known = np.concatenate([recording.values[recording.splits == TRAIN] for recording in windows.recordings])
    known = np.clip(known, low + SAMPLE_LOW * span, low + SAMPLE_HIGH * span)
    spread = np.nanstd(known, 0).astype(np.float32)
    middle = np.nanmean(known, 0).astype(np.float32)
    truth = windows.truth(places)

    def example(epoch: int, i: int, size: int) -> Example:
        rng = np.random.default_rng((seed, epoch, i))
        return _augmented(windows.one(places, i), middle, spread, rng), truth[i]

    return example


def read_policy(folder: Path) -> Policy:
    """The alarm policy of a finished training."""
    document = json.loads((folder / "policy.json").read_text(encoding="utf-8"))
    return Policy(document["threshold"], document["hold"])


def _augmented(values: Values, middle: Values, spread: Values, rng: np.random.Generator) -> Values:
    channels = values.shape[1]
    gain = 1 + GAIN * rng.standard_normal(channels, np.float32)
    offset = OFFSET * spread * rng.standard_normal(channels, np.float32)
    noise = NOISE * spread * rng.standard_normal(values.shape, np.float32)
    return np.asarray(middle + (values - middle) * gain + offset + noise, np.float32)


def _network(store: WindowStore, model: Model, weights: str | Path) -> keras.Model:
    import keras

    network = build_model(store.window, len(store.channels), model.backbone.width)
    if weights == "none":
        return network
    try:
        network.set_weights(keras.saving.load_model(weights, compile=False).get_weights())
    except (OSError, ValueError) as error:
        raise KitError(
            f"Can't start {model.name} from {weights}",
            str(error).strip().splitlines()[0],
            'use weights = "none", or a model with the same window, channels and width',
        ) from error
    return network


def _policy(store: WindowStore, predict: Predict, target: Path) -> list[str]:
    """Chooses and writes the alarm policy; gives its results in words."""
    splits: tuple[SplitName, SplitName] = ("train", "validation")
    policy, verdicts = choose_policy([track(store, split, predict) for split in splits], known_events(store))
    document: dict[str, object] = asdict(policy)
    lines = [f"alarm at p >= {policy.threshold:g}, {policy.hold} windows in a row"]
    for split, verdict in zip(splits, verdicts, strict=True):
        events, weekly = len(verdict.announcements), verdict.false_alarms_per(WEEK_S)
        document[split] = {"events": events, "missed": verdict.missed, "false_alarms_per_week": round(weekly, 3)}
        lines[0] += f"; {split}: {events - verdict.missed} of {events} failures announced, {weekly:.2f} false alarms a week"
    (target / "policy.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return lines


def _baselines(store: WindowStore, predict: Predict, target: Path) -> tuple[list[str], list[str]]:
    """Writes PR-AUC of the model and of its baselines, on the split that training is judged by; what to think of it, and the
    figures."""
    split = judged_split(store)
    places, scale = store.places(split, store.stride), store.scale()
    truth = store.truth(places)
    p = predicted(store, places, predict)
    found = {"model": pr_auc(p, truth)}
    for name, last_only in (("logistic_regression", False), ("last_sample", True)):
        baseline = normalized_predictor(fit_baseline(store, last_only).predict, *scale)
        found[name] = pr_auc(predicted(store, places, baseline), truth)
    (target / "baseline.json").write_text(json.dumps({"split": split, **found}, indent=1), encoding="utf-8")
    days = days_of(store.stamps(places), places.machines)
    interval = block_bootstrap(lambda drawn: pr_auc(p[drawn], truth[drawn]), days)
    verdict = verdict_words(split, interval, found["logistic_regression"], found["last_sample"], store.counts()[split]["events"])
    figures = (
        f"{split} PR-AUC {interval}; logistic regression {found['logistic_regression']:.4f}, "
        f"of the last sample {found['last_sample']:.4f}"
    )
    return verdict, [figures]


def _importance(store: WindowStore, predict: Predict, seed: int, target: Path) -> list[str]:
    found = permutation_importance(store, judged_split(store), predict, seed)
    rows = [asdict(one) for one in found]
    (target / "importance.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return words(found)
