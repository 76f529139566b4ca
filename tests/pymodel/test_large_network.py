"""MobileNetV2 α = 1.0 at 224 × 224: int8 takes at most 0.30 of float32's size and loses at most 1 % of its metric.

What is measured: the backbone's weights are random (a training of this size takes hours on two cores), its batch normalization
is calibrated and its last layer fitted, both on drawn pictures; accuracy is that of pictures against negatives, on those very ones:
a random backbone tells others apart no better than 0.6, and quantization is what is asked about.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.intervals import Scores, paired_loss
from pymodel.convert.keras import freeze_keras
from pymodel.convert.lite_model import LiteModel
from pymodel.convert.tflite import Converter
from pymodel.networks.mobilenet_v2 import build_classifier
from pymodel.packing import repacked
from pymodel.synthetic import draw_dataset

SIDE, CALIBRATED, FITTED = 224, 48, 120


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, np.ndarray]:
    """(N, S, S, 3) normalized drawn pictures, and which of them are negatives."""
    import cv2

    folder = tmp_path_factory.mktemp("pictures")
    draw_dataset(folder, "cats", "cat", FITTED, 11, 2)
    files = sorted(folder.rglob("*.jpg"))
    found = [cv2.resize(cv2.imread(str(file)), (SIDE, SIDE), interpolation=cv2.INTER_AREA) for file in files]
    inputs, negative = np.float32(found) / 127.5 - 1, np.arange(len(found)) % 2
    return np.where(negative[:, None, None, None] > 0, -inputs, inputs), negative


@pytest.fixture(scope="module")
def network(pictures: tuple[np.ndarray, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    import keras
    from sklearn.linear_model import LogisticRegression

    inputs, negative = pictures
    keras.utils.set_random_seed(3)
    model: Any = build_classifier(SIDE, 1.0, "none", 2, phone=True)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(inputs[:CALIBRATED], training=True)
    dense = model.get_layer("head_classes")
    features = keras.Model(model.input, dense.input).predict(inputs, batch_size=16, verbose=0)
    fitted = LogisticRegression(C=1.0, max_iter=2000).fit(features, negative)
    half = fitted.coef_[0][:, None] / 2
    dense.set_weights([np.hstack([-half, half]), np.array([-1, 1]) * fitted.intercept_[0] / 2])
    path = tmp_path_factory.mktemp("network") / "pictures.keras"
    model.save(path)
    return path


def test_int8_of_a_large_network_is_small_and_loses_little(
    network: Path, pictures: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    inputs, negative = pictures
    converter = Converter(freeze_keras(network, tmp_path / "log"), [inputs[:40]], tmp_path / "log")
    sizes, scores = [], []
    for kind in ("float32", "int8"):
        content = repacked(converter.convert(kind))  # type: ignore[arg-type]
        model = LiteModel(content)
        model.allocate()
        (name,) = (one["name"] for one in model.inputs())
        answers = [next(iter(model.run({name: one[None]}).values())).argmax() for one in inputs]
        right = np.array(answers) == negative
        sizes.append(len(content))
        scores.append(Scores(len(right), lambda drawn, right=right: float(right[drawn].mean())))  # type: ignore[misc]
    loss = paired_loss(scores[1], scores[0], lower_is_better=False)
    print(
        f"{sizes[0]} → {sizes[1]} bytes ({sizes[1] / sizes[0]:.3f}); accuracy {scores[0].value:.3f} → {scores[1].value:.3f}; {loss}"
    )
    assert sizes[1] <= 0.30 * sizes[0]
    assert scores[0].value == 1.0
    assert loss.value <= 0.01
