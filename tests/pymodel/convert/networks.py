"""One small network in all the forms that people bring, and others with one property each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

FORMS = ("net.keras", "net.h5", "net_saved", "net.pb")
SIZE = 16


def make_forms(folder: Path) -> None:
    """The same weights as .keras, .h5, SavedModel and frozen graph: two outputs, the batch size open."""
    import keras
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    keras.utils.set_random_seed(3)
    image = keras.Input((SIZE, SIZE, 3), name="image")
    x = keras.layers.Conv2D(8, 3, 2, "same")(image)
    x = keras.layers.ReLU(6.0)(keras.layers.BatchNormalization()(x))
    x = keras.layers.DepthwiseConv2D(3, padding="same")(x)
    heat = keras.layers.Conv2D(4, 1, name="heat")(x)
    scores = keras.layers.Dense(5, "softmax", name="scores")(keras.layers.GlobalAveragePooling2D()(x))
    model = keras.Model(image, [heat, scores])
    rng = np.random.default_rng(4)
    for layer in model.layers:
        layer.set_weights([rng.uniform(0.2, 1.0, w.shape) for w in layer.get_weights()])
    model.save(folder / "net.keras")
    model.save(folder / "net.h5")
    spec = tf.TensorSpec([None, SIZE, SIZE, 3], name="image")

    @tf.function(input_signature=[spec])
    def forward(image: Any) -> dict[str, Any]:
        return dict(zip(("heat", "scores"), model(image, training=False), strict=True))

    tf.saved_model.save(model, folder / "net_saved", signatures={"both": forward, "again": forward})
    frozen = convert_variables_to_constants_v2(forward.get_concrete_function())
    tf.io.write_graph(frozen.graph.as_graph_def(), str(folder), "net.pb", as_text=False)
    tf.io.write_graph(frozen.graph.as_graph_def(), str(folder), "net_text.pb", as_text=True)


def make_tf1_graphs(folder: Path) -> None:
    """As TF1 programs left them: a size left open, a loop and a branch, channels first, and one that isn't frozen."""
    import tensorflow as tf

    v1 = tf.compat.v1
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [None, None, None, 3], name="image")
        y = tf.nn.relu(tf.nn.conv2d(x, tf.ones([3, 3, 3, 4]) / 9, 1, "SAME"))
        tf.identity(y, name="hourglass_out_3")
        _write(graph, folder / "hourglass.pb")
    with tf.Graph().as_default() as graph:
        v1.disable_control_flow_v2()
        x = v1.placeholder(tf.float32, [1, 4], name="x")
        y = v1.while_loop(lambda i, a: i < 5, lambda i, a: (i + 1, a * 1.5 + 1), [0, x])[1]
        y = v1.cond(tf.reduce_sum(y) > 60, lambda: y * 2, lambda: y - 1)
        tf.identity(y, name="y")
        v1.enable_control_flow_v2()
        _write(graph, folder / "loop.pb")
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [1, 3, 8, 8], name="x")
        kernel = np.random.default_rng(0).normal(size=(3, 3, 3, 4)).astype(np.float32)
        tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME", data_format="NCHW"), name="y")
        _write(graph, folder / "channels_first.pb")
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [1, 4], name="x")
        tf.matmul(x, v1.get_variable("dense/kernel", [4, 2], use_resource=False), name="y")
        _write(graph, folder / "unfrozen.pb")


def _write(graph: Any, path: Path) -> None:
    import tensorflow as tf

    tf.io.write_graph(graph.as_graph_def(), str(path.parent), path.name, as_text=False)


def make_odd_signatures(folder: Path) -> None:
    """A SavedModel whose signatures have one property each."""
    import tensorflow as tf

    class Odd(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([1, 4], name="a"), tf.TensorSpec([None, 4], name="b")])
        def two_inputs(self, a: Any, b: Any) -> dict[str, Any]:
            return {"product": a * b, "difference": a - b}

        @tf.function(input_signature=[tf.TensorSpec([1, 4, 4], name="x")])
        def svd(self, x: Any) -> dict[str, Any]:
            return {"s": tf.linalg.svd(x)[0]}

        @tf.function(input_signature=[tf.TensorSpec([1], tf.string, name="x")])
        def text(self, x: Any) -> dict[str, Any]:
            return {"length": tf.strings.length(x)}

        @tf.function(input_signature=[tf.TensorSpec([1, 4], tf.float64, name="x")])
        def double(self, x: Any) -> dict[str, Any]:
            return {"y": x * 2}

        @tf.function(input_signature=[tf.TensorSpec([1, 8, 8, 3], tf.uint8, name="x")])
        def bytes_in(self, x: Any) -> dict[str, Any]:
            return {"y": tf.reduce_mean(tf.cast(x, tf.float32) / 255.0, [1, 2])}

        @tf.function(input_signature=[tf.TensorSpec([1, 4], name="x")])
        def loop(self, x: Any) -> dict[str, Any]:
            steps = tf.constant(0)
            while tf.reduce_sum(x) < 10.0:
                x, steps = x + 1.0, steps + 1
            return {"sum": x, "steps": steps}

    odd = Odd()
    names = ("loop", "two_inputs", "svd", "text", "double", "bytes_in")
    tf.saved_model.save(odd, folder / "odd", signatures={name: getattr(odd, name) for name in names})
    tf.saved_model.save(odd, folder / "unsigned")


def make_keras_others(folder: Path) -> None:
    """An open size, a recurrent layer, code inside the file, weights alone."""
    import keras
    import tensorflow as tf

    free = keras.Sequential(
        [keras.Input((None, None, 3), name="picture"), keras.layers.Conv2D(4, 3), keras.layers.GlobalAveragePooling2D()]
    )
    free.save(folder / "free.keras")
    (folder / "free.tflite").write_bytes(tf.lite.TFLiteConverter.from_keras_model(free).convert())
    free.save_weights(folder / "alone.weights.h5")
    lstm = keras.Sequential([keras.Input((6, 4), name="window"), keras.layers.LSTM(5), keras.layers.Dense(1)])
    lstm.save(folder / "lstm.keras")
    keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: x * 2)]).save(folder / "code.keras")
