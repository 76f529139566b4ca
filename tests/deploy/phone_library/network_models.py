"""A small model of every kind of network that the shipped apps have, its weights seeded, in every quantization."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from appspec.contract import ModelContract, Quantization
from pymodel.convert.keras import freeze_keras
from pymodel.convert.tflite import Converter
from pymodel.networks import conv1d, mobilenet_v2
from pymodel.networks.hourglass import build_hourglass
from pymodel.quantize.variants import VARIANTS
from tests.golden.rewrite import classify_contract, example_contracts, heatmap_contract, window_contract
from tests.phone.formula_models import converted

if TYPE_CHECKING:
    import keras

SIDE, WINDOW = 64, 48


def networks() -> dict[str, tuple[Callable[[], keras.Model], ModelContract]]:
    """By name: the network, and a contract of its kind."""
    points = example_contracts()[1]
    return {
        "points": (lambda: mobilenet_v2.build_model(SIDE, 0.35, "none", "points", 9), points),
        "regress": (lambda: mobilenet_v2.build_model(SIDE, 0.35, "none", "regress", 9), points),
        "heatmap": (lambda: build_hourglass(SIDE, 16, 2, 1, exported=1), heatmap_contract()),
        "classify": (lambda: mobilenet_v2.build_classifier(SIDE, 0.35, "none", 3, phone=True), classify_contract()),
        "window": (lambda: conv1d.build_model(WINDOW, 3, 32), window_contract()),
    }


def models(folder: Path) -> Iterator[tuple[str, Quantization, Path, ModelContract]]:
    """Every network in every quantization, written into `folder`."""
    import keras

    for name, (build, contract) in networks().items():
        keras.utils.set_random_seed(7)
        network, rng = build(), np.random.default_rng(7)
        samples = rng.uniform(-1, 1, (20, *network.input_shape[1:])).astype(np.float32)
        _fill(network, samples, rng)
        saved = folder / f"{name}.keras"
        network.save(saved)
        log = folder / "converter.log"
        converter = Converter(freeze_keras(saved, log), [samples[:, None]], log)
        for variant in VARIANTS:
            path = folder / f"{name}-{variant}.tflite"
            path.write_bytes(converter.convert(variant))
            yield name, variant, path, as_the_file_says(contract, path)


def _fill(network: keras.Model, samples: np.ndarray[Any, Any], rng: np.random.Generator) -> None:
    """Heads begin with zeros, whose answer says nothing; normalization begins with statistics of nothing."""
    import keras

    for layer in network.layers:
        layer.set_weights(
            [rng.normal(0, 0.3, one.shape) if one.ndim > 1 and not one.any() else one for one in layer.get_weights()]
        )
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    network(samples, training=True)


def vanishing(folder: Path) -> Path:
    """A product of small numbers that 16 bits can't hold, and the GPU delegate computes right in 32."""
    import tensorflow as tf

    path = folder / "vanishing.tflite"
    path.write_bytes(converted(lambda picture: tf.nn.avg_pool2d(picture * 1e-9, 8, 8, "VALID") * 1e9, (1, SIDE, SIDE, 3)))
    return path


def half_reversed(folder: Path) -> Path:
    """Convolutions around a REVERSE_V2, which the GPU delegate does not know."""
    import tensorflow as tf

    weights = tf.constant(np.random.default_rng(2).normal(0, 0.3, (3, 3, 3, 3)), tf.float32)

    def answer(picture: tf.Tensor) -> tf.Tensor:
        x = tf.nn.relu(tf.nn.conv2d(picture, weights, 2, "SAME"))
        return tf.nn.conv2d(tf.reverse(x, [1]), weights, 2, "SAME")

    path = folder / "half_reversed.tflite"
    path.write_bytes(converted(answer, (1, SIDE, SIDE, 3)))
    return path


def as_the_file_says(contract: ModelContract, path: Path) -> ModelContract:
    """The contract with the tensors of a file."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path))
    tensors = [_tensor(details[0]) for details in (interpreter.get_input_details(), interpreter.get_output_details())]
    return replace(
        contract,
        name=path.stem,
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        inputs=(replace(contract.input, **tensors[0]),),
        outputs=(replace(contract.output, **tensors[1]),),
    )


def _tensor(details: dict[str, Any]) -> dict[str, Any]:
    scale, zero_point = details["quantization"]
    shape = tuple(int(side) for side in details["shape"])
    return {"shape": shape, "dtype": np.dtype(details["dtype"]).name, "scale": float(scale), "zero_point": int(zero_point)}


def example_input(contract: ModelContract) -> np.ndarray[Any, Any]:
    """What a model is tried with, as it takes it."""
    tensor, rng = contract.input, np.random.default_rng(9)
    if tensor.dtype == "float32":
        return rng.uniform(-1, 1, tensor.shape).astype(np.float32)
    return rng.integers(-128, 128, tensor.shape).astype(tensor.dtype)
