"""MobileNetV2 α = 1.0 at 224 × 224: int8 takes at most 0.30 of float32's size.

Its weights are random: a training of this size takes hours on two cores, and size does not depend on it. What int8 loses is
measured on the trained models of the shipped apps.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from pymodel.convert.keras import freeze_keras
from pymodel.convert.tflite import Converter
from pymodel.networks.mobilenet_v2 import build_classifier
from pymodel.packing import repacked

SIDE = 224


def test_int8_of_a_large_network_is_small(tmp_path: Path) -> None:
    keras.utils.set_random_seed(3)
    build_classifier(SIDE, 1.0, "none", 2, phone=True).save(tmp_path / "network.keras")
    inputs = np.random.default_rng(3).uniform(-1, 1, (2, SIDE, SIDE, 3)).astype(np.float32)
    log = tmp_path / "log"
    converter = Converter(freeze_keras(tmp_path / "network.keras", log), [inputs[:, None]], log)
    exact, plain = len(converter.convert("float32")), converter.convert("int8")
    assert exact > 8_900_000
    assert len(repacked(plain)) <= 0.28 * exact
    assert len(plain) > 0.30 * exact  # as TensorFlow's converter writes it
