"""Small dense networks, converted as TensorFlow does it alone, and one that only ARM64 kernels get wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

WIDTH = 64
"""64 × 64 weights: from 1,024 on the converter quantizes them in dynamic range."""


def dense_network() -> keras.Model:
    """64 values → 64 → 8, with weights that differ much from channel to channel."""
    import keras

    keras.utils.set_random_seed(3)
    network = keras.Sequential(
        [keras.layers.Input((WIDTH,)), keras.layers.Dense(WIDTH, activation="relu"), keras.layers.Dense(8)]
    )
    weights, bias = network.layers[0].get_weights()
    network.layers[0].set_weights([weights * np.geomspace(0.1, 3, WIDTH, dtype=np.float32), bias])
    return network


def inputs(count: int = 8) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """(count, 64) of the network's inputs."""
    return np.random.default_rng(5).uniform(-1, 1, (count, WIDTH)).astype(np.float32)


def write(folder: Path, dynamic: bool) -> Path:
    """The network as TensorFlow's converter writes it: float32, or dynamic range with scales per channel."""
    import tensorflow as tf

    network = dense_network()
    function = tf.function(lambda x: network(x)).get_concrete_function(tf.TensorSpec([1, WIDTH], tf.float32, name="image"))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
    if dynamic:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    path = folder / f"dense_{'dynamic' if dynamic else 'float32'}.tflite"
    path.write_bytes(converter.convert())
    return path


def relabelled(model: Path) -> Path:
    """The same file, saying FULLY_CONNECTED 1 without asymmetric inputs, as another quantizer writes it."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    content = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model.read_bytes(), 0))
    for code in content.operatorCodes:
        if code.builtinCode == schema.BuiltinOperator.FULLY_CONNECTED:
            code.version = 1
    for node in content.subgraphs[0].operators:
        if hasattr(node.builtinOptions, "asymmetricQuantizeInputs"):
            node.builtinOptions.asymmetricQuantizeInputs = False
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(content.Pack(builder), b"TFL3")
    path = model.with_name("relabelled.tflite")
    path.write_bytes(bytes(builder.Output()))
    return path
