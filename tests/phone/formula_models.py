"""Models that answer by a formula, so that a test knows what the app must show, and the projects around them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from appspec.contract import ModelContract
from codegen import RECORDING, generate, template_folder
from tests.golden.rewrite import heatmap_contract, small_spec, window_contract

SIDE, GRID = 64, 16


@cache
def redness_model() -> bytes:
    """(1, 64, 64, 3) in [-1, 1] → (1, 16, 16, 1): logits, high where the picture is red."""
    import tensorflow as tf

    def answer(picture: tf.Tensor) -> tf.Tensor:
        redness = picture[..., :1] - (picture[..., 1:2] + picture[..., 2:]) / 2
        return 9 * tf.nn.avg_pool2d(redness, SIDE // GRID, SIDE // GRID, "VALID") - 9

    return converted(answer, (1, SIDE, SIDE, 3))


@cache
def mean_model(length: int = 48, channels: int = 3) -> bytes:
    """(1, W, C) → (1, 1): the mean of the first channel."""
    import tensorflow as tf

    return converted(lambda window: tf.reduce_mean(window[:, :, :1], axis=1), (1, length, channels))


def converted(function: Callable[[Any], Any], shape: tuple[int, ...]) -> bytes:
    """A float32 `.tflite` of a function of one tensor."""
    import tensorflow as tf

    concrete = tf.function(function, input_signature=[tf.TensorSpec(shape, tf.float32)]).get_concrete_function()
    return bytes(tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert())


def fitting(
    contract: ModelContract, content: bytes, inputs: tuple[int, ...], outputs: tuple[int, ...], **values: Any
) -> ModelContract:
    """The contract of a float32 model.

    Args:
        values: of its output.
    """
    return replace(
        contract,
        sha256=hashlib.sha256(content).hexdigest(),
        inputs=(replace(contract.input, name="input", shape=inputs),),
        outputs=(replace(contract.output, name="output", shape=outputs, **values),),
    )


def finger_project(folder: Path, camera: str = "front") -> ModelContract:
    """A camera screen with the front camera first that finds what is red, and calls it a fingertip."""
    content = redness_model()
    half = (127.5, 127.5, 127.5)
    contract = fitting(heatmap_contract(), content, (1, SIDE, SIDE, 3), (1, GRID, GRID, 1), labels=("forefinger4",))
    contract = replace(contract, inputs=(replace(contract.input, mean=half, std=half),))
    spec = small_spec("Finger", "camera", contract)
    spec = spec.model_copy(update={"android": spec.android.model_copy(update={"camera": camera})})
    generate(spec, [contract], template_folder(), folder, {contract.file: content})
    return contract


def pump_project(folder: Path) -> ModelContract:
    """A sensor screen whose model takes the mean of the first channel for p(Abnormal)."""
    content = mean_model()
    channels = len(window_contract().input.channels)
    contract = fitting(window_contract(), content, (1, 48, channels), (1, 1))
    assets = {contract.file: content, RECORDING: recording(contract).encode()}
    generate(small_spec("Pump", "sensor", contract), [contract], template_folder(), folder, assets)
    return contract


def recording(contract: ModelContract) -> str:
    """A tenth of the first channel's range for 300 samples, nine tenths for 100 more; some values are missing."""
    rng = np.random.default_rng(5)
    channels, (mean, std) = contract.input.channels, contract.normalization
    share = rng.uniform(0, 1, (400, len(channels)))
    share[:, 0] = 0.1 + 0.8 * (np.arange(400) >= 300)
    values = np.asarray(mean) + share * np.asarray(std)
    lines = [",".join(("timestamp", *channels))]
    for n, row in enumerate(values):
        fields = [f"{value:.3f}" for value in row]
        if n % 9 == 4:
            fields[n % len(fields)] = ""
        lines.append(",".join((f"2024-03-01 {n}", *fields)))
    return "\n".join(lines) + "\n"
