"""The sensor screen on the JVM: the real activity plays a recording through a real model, calm first, then not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appspec.contract import ModelContract, TensorContract
from codegen import RECORDING, generate, template_folder
from deploy.jvm.preview import DRAWN, draw_screens
from tests.golden.rewrite import small_spec, window_contract

GREEN, RED = (0x2E, 0x7D, 0x32), (0xC6, 0x28, 0x28)
"""What is behind the words Normal and Abnormal: src/sensor/res/values/colors.xml."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app whose model takes the mean of the first channel for p(Abnormal)."""
    content = mean_model(length=48, channels=3)
    contract = fitting(window_contract(), content)
    folder = tmp_path_factory.mktemp("펌프 app")
    assets = {contract.file: content, RECORDING: recording(contract).encode()}
    generate(small_spec("Pump", "sensor", contract), [contract], template_folder(), folder, assets)
    return folder


def mean_model(length: int, channels: int) -> bytes:
    """A float32 `.tflite`, (1, W, C) → (1, 1)."""
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((1, length, channels), tf.float32)])
    def answer(window: tf.Tensor) -> tf.Tensor:
        return tf.reduce_mean(window[:, :, :1], axis=1)

    return bytes(tf.lite.TFLiteConverter.from_concrete_functions([answer.get_concrete_function()]).convert())


def fitting(contract: ModelContract, content: bytes) -> ModelContract:
    shape = (1, 48, len(contract.channels))
    return replace(
        contract,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        input=TensorContract("window", shape, "float32"),
        output=TensorContract("abnormal", (1, 1), "float32"),
    )


def recording(contract: ModelContract) -> str:
    """A tenth of the first channel's range for 300 samples, nine tenths for 100 more; some values are missing."""
    rng = np.random.default_rng(5)
    share = rng.uniform(0, 1, (400, len(contract.channels)))
    share[:, 0] = 0.1 + 0.8 * (np.arange(400) >= 300)
    values = np.asarray(contract.mean) + share * np.asarray(contract.std)
    lines = [",".join(("timestamp", *contract.channels))]
    for n, row in enumerate(values):
        fields = [f"{value:.3f}" for value in row]
        if n % 9 == 4:
            fields[n % len(fields)] = ""
        lines.append(",".join((f"2024-03-01 {n}", *fields)))
    return "\n".join(lines) + "\n"


def test_the_sensor_screen_tells_calm_from_alarm(project: Path, tmp_path: Path) -> None:
    screens = {path.stem: path for path in draw_screens(project, "key", tmp_path, tmp_path, screen="sensor")}
    assert tuple(screens) == DRAWN["sensor"].screens
    shares = {}
    for name, path in screens.items():
        pixels = np.asarray(Image.open(path).convert("RGB"))
        assert pixels.shape[:2] == ((1080, 2340) if name == "landscape" else (2340, 1080)), name
        shares[name] = {color: float((pixels == color).all(-1).mean()) for color in (GREEN, RED)}
    # The threshold's line is red too, but thin.
    for name in ("portrait", "landscape", "dark"):
        assert shares[name][RED] > 0.01, name
        assert shares[name][GREEN] == 0, name
    assert shares["normal"][GREEN] > 0.01
    assert shares["normal"][RED] < 0.005
