"""One small network in all the forms that people bring, and others with one property each."""

from __future__ import annotations

import warnings
import zipfile
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
    with tf.Graph().as_default() as graph:  # as facenet's: switches of training, one with a default, and a print
        x = v1.placeholder(tf.float32, [None, 4], name="input")
        keep, train = v1.placeholder(tf.float32, [], name="keep_prob"), v1.placeholder(tf.bool, [], name="phase_train")
        scale = v1.placeholder_with_default(3.0, [], name="scale")
        y = v1.cond(train, lambda: x - 100.0, lambda: v1.nn.dropout(x * scale, keep_prob=keep))
        tf.identity(v1.Print(y, [y]), name="embeddings")
        _write(graph, folder / "switches.pb")
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [1, 4], name="x")
        tf.identity(v1.nn.dropout(x, rate=0.5), name="y")
        _write(graph, folder / "random.pb")
    with tf.Graph().as_default() as graph:  # as retrained Inception: a JPEG's bytes go in
        data = v1.placeholder(tf.string, [], name="DecodeJpeg/contents")
        pixels = tf.expand_dims(tf.cast(tf.io.decode_jpeg(data, 3), tf.float32, name="Cast"), 0, name="ExpandDims")
        tf.nn.conv2d(pixels, tf.ones([1, 1, 3, 2]), 1, "SAME", name="final_result")
        _write(graph, folder / "jpeg.pb")
    with tf.Graph().as_default() as graph, v1.Session() as session:
        x, w = v1.placeholder(tf.float32, [None, 3], name="Placeholder_7"), v1.get_variable("w", [3, 2], use_resource=False)
        y = tf.matmul(x, w)
        session.run(w.assign(np.arange(6.0).reshape(3, 2)))
        v1.saved_model.simple_save(session, str(folder / "tf1_saved"), {"features": x}, {"scores": y})


def _write(graph: Any, path: Path) -> None:
    import tensorflow as tf

    tf.io.write_graph(graph.as_graph_def(), str(path.parent), path.name, as_text=False)


def make_odd_signatures(folder: Path) -> None:
    """A SavedModel whose signatures have one property each."""
    import tensorflow as tf

    class Odd(tf.Module):
        def __init__(self) -> None:
            self.count = tf.Variable(0.0)

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
        def counts(self, x: Any) -> dict[str, Any]:
            return {"y": x + self.count.assign_add(1.0)}

        @tf.function(input_signature=[tf.TensorSpec([1, 4], name="x")])
        def loop(self, x: Any) -> dict[str, Any]:
            steps = tf.constant(0)
            while tf.reduce_sum(x) < 10.0:
                x, steps = x + 1.0, steps + 1
            return {"sum": x, "steps": steps}

        @tf.function(input_signature=[tf.TensorSpec([None], name="wave")])
        def sound(self, wave: Any) -> dict[str, Any]:
            return {"spectrum": tf.abs(tf.signal.stft(wave, 16, 8))}

        @tf.function(input_signature=[tf.TensorSpec([1, 16], name="x")])
        def complex_out(self, x: Any) -> dict[str, Any]:
            return {"spectrum": tf.signal.rfft(x)}

        @tf.function(input_signature=[tf.TensorSpec([1, 4], name="x")])
        def text_out(self, x: Any) -> dict[str, Any]:
            return {"scores": x, "label": tf.gather(tf.constant(["a", "b", "c", "d"]), tf.argmax(x, -1))}

    odd = Odd()
    names = ("loop", "two_inputs", "svd", "text", "double", "bytes_in", "counts", "sound", "complex_out", "text_out")
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
    _make_keras_3(folder)
    _make_keras_2(folder)


def _make_keras_3(folder: Path) -> None:
    """By their names: dictionaries in and out, half precision, state, a class of one's own, a later Keras."""
    import keras

    layers = keras.layers
    z, a = keras.Input((3,), name="zoom"), keras.Input((2,), name="angle")
    both = layers.Dense(2, name="dense_a")(layers.Concatenate()([a, z]))
    named = keras.Model({"zoom": z, "angle": a}, {"wide": both, "left": layers.Dense(1, name="dense_b")(a)})
    named.save(folder / "named.keras")
    keras.mixed_precision.set_global_policy("mixed_float16")
    keras.Sequential([keras.Input((4,)), layers.Dense(3, "relu"), layers.Dense(2, name="last")]).save(folder / "half.keras")
    keras.mixed_precision.set_global_policy("float32")
    stateful = keras.Sequential([keras.Input(batch_shape=(1, 5, 4)), layers.LSTM(3, stateful=True)])
    stateful.save(folder / "stateful.keras")

    class Doubled(layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x * 2

    keras.Sequential([keras.Input((4,)), Doubled()]).save(folder / "own.keras")
    keras.Sequential([keras.Input((4,)), layers.Dense(2)]).save(folder / "later.keras")
    quantized = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    quantized.layers[-1].quantize("int8")
    quantized.save(folder / "quantized.keras")
    with zipfile.ZipFile(folder / "later.keras") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["config.json"] = files["config.json"].replace(b'"units": 2', b'"units": 2, "not_yet_known": 1')
    files["metadata.json"] = b'{"keras_version": "3.999.0"}'
    with zipfile.ZipFile(folder / "later.keras", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def _make_keras_2(folder: Path) -> None:
    """As TensorFlow's own Keras left them: Keras 3 knows neither `groups` of a depthwise convolution nor calls of TensorFlow."""
    import tensorflow as tf
    import tf_keras

    layers = tf_keras.layers
    image = tf_keras.Input((8, 8, 3), name="image")
    x = tf.nn.relu(layers.DepthwiseConv2D(3, name="deep")(image) * 2.0)
    model = tf_keras.Model(image, layers.Dense(2, name="scores")(layers.GlobalAveragePooling2D()(x)))
    code = layers.Lambda(lambda x: x * 2, name="twice")(image)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="You are saving your model as an HDF5 file")
        model.save(folder / "keras_2.h5")
        tf_keras.Model(image, code).save(folder / "code_2.h5")
    model.save(folder / "keras_2.keras")
    model.save(folder / "keras_2_saved", save_format="tf")
