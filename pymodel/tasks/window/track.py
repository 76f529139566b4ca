"""A model over a whole split: p(Abnormal) at each sample, as on the phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from pymodel.data.series.recording import Event, Values
from pymodel.data.series.windows import Places, WindowSet
from pymodel.data.splits import SplitName
from pymodel.inference.interpreter import DescribedModel
from pymodel.preprocess.normalize import Values as Scale
from pymodel.preprocess.normalize import clip_samples, normalize
from pymodel.tasks.window.alarms import Track

if TYPE_CHECKING:
    import keras

Predict = Callable[[Values], Values]
"""(N, W, C) raw values → (N,) p(Abnormal)."""


def keras_predictor(network: keras.Model, mean: Scale, std: Scale) -> Predict:
    """Of a Keras model."""
    return lambda raw: np.asarray(network.predict_on_batch(normalize(raw, mean, std)), np.float32)[:, 0]


def model_predictor(model: DescribedModel) -> Predict:
    """Of a described model, which takes one window at a time."""
    return lambda raw: np.array([model.infer(window)[0].item() for window in raw], np.float32)


def normalized_predictor(predict: Predict, mean: Scale, std: Scale) -> Predict:
    """Of a function that takes normalized windows, clipped as the network clips them."""
    return lambda raw: predict(clip_samples(normalize(raw, mean, std)))


def predicted(windows: WindowSet, places: Places, predict: Predict) -> Values:
    """(N,) p(Abnormal)."""
    return np.concatenate([np.zeros(0, np.float32), *(predict(raw) for raw in windows.batches(places))])


def track(windows: WindowSet, split: SplitName, predict: Predict) -> Track:
    """p(Abnormal) of a split, with the events that could be predicted there."""
    places = windows.places(split)
    p = predicted(windows, places, predict)
    facts = windows.facts
    stamps = windows.stamps(places)
    return Track(p, stamps, places.machines, facts.interval_s, facts.horizon_s, windows.events(split))


def known_events(windows: WindowSet) -> list[tuple[Event, ...]]:
    """Of each machine all events, for judging a track."""
    return [recording.events for recording in windows.recordings]
