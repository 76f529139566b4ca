"""Small ONNX files, written with the converter's own onnx package in a child process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def write(job: dict[str, Any]) -> dict[str, Any]:
    """The network of `networks.make_forms` by its weights, and others with one property each."""
    folder = Path(job["folder"])
    with np.load(job["weights"]) as archive:
        _net(folder, {name: archive[name] for name in archive.files})
    _own_operator(folder)
    _outside_weights(folder)
    _channels_last(folder)
    _computed_sizes(folder)
    _exported_otherwise(folder)
    _left_out(folder)
    return {}


def _left_out(folder: Path) -> None:
    """What ONNX lets a file leave out: a kernel's size, first states, pads in numbers; of a mean that counts the pads, too."""
    from onnx import helper

    node, rng = helper.make_node, np.random.default_rng(5)

    def some(*shape: int) -> Any:
        return rng.normal(0, 0.3, shape).astype(np.float32)

    wider = [node("ConvTranspose", ["x", "w"], ["y"], strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])]
    _save(folder / "no_kernel.onnx", wider, ("x", [1, 4, 5, 7]), [("y", [1, 6, 10, 14])], {"w": some(4, 6, 3, 3)})
    both = [node("LSTM", ["x", "w", "r"], ["y"], hidden_size=3, direction="bidirectional")]
    _save(folder / "no_states.onnx", both, ("x", [5, 1, 4]), [("y", [5, 2, 1, 3])], {"w": some(2, 12, 4), "r": some(2, 12, 3)})
    lower = [
        node("Conv", ["x", "w"], ["a"], auto_pad="SAME_LOWER", strides=[2, 2]),
        node("AveragePool", ["a"], ["y"], kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER", count_include_pad=1),
    ]
    _save(folder / "lower.onnx", lower, ("x", [1, 3, 9, 8]), [("y", [1, 4, 3, 2])], {"w": some(4, 3, 2, 2)})
    both_ways = [node("Conv", ["x", "w"], ["y"], strides=[2, 2], dilations=[2, 2])]
    _save(folder / "both_ways.onnx", both_ways, ("x", [1, 3, 9, 9]), [("y", [1, 4, 3, 3])], {"w": some(4, 3, 3, 3)})


def _exported_otherwise(folder: Path) -> None:
    """Half precision with as many channels as rows; a random output; training mode; quantized; a new opset; an input given back."""
    import onnx
    from onnx import TensorProto, helper

    node, info = helper.make_node, helper.make_tensor_value_info
    weights = np.random.default_rng(0).normal(size=(4, 3, 2, 2)).astype(np.float16)
    convolution = node("Conv", ["x", "w"], ["y"], kernel_shape=[2, 2])
    graph = helper.make_graph(
        [convolution],
        "g",
        [info("x", TensorProto.FLOAT16, [1, 3, 3, 3])],
        [info("y", TensorProto.FLOAT16, [1, 4, 2, 2])],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "half.onnx")
    size = ("x", [1, 4])
    _save(folder / "random.onnx", [node("RandomNormalLike", ["x"], ["y"])], size, [("y", [1, 4])], {})
    training = {"s": np.ones(4, np.float32), "z": np.zeros(4, np.float32)}
    normal = node("BatchNormalization", ["x", "s", "z", "z", "s"], ["y", "m", "v"], name="norm_1", training_mode=1)
    _save(folder / "training.onnx", [normal], size, [("y", [1, 4])], training)
    scale = {"s": np.float32(0.1), "z": np.uint8(3)}
    quantized = [node("QuantizeLinear", ["x", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"], ["y"])]
    _save(folder / "quantized.onnx", quantized, size, [("y", [1, 4])], scale)
    # names as PyTorch's older exporter gives them, two inputs, one of open size
    dots = [node("MatMul", ["input.1", "onnx::MatMul_7"], ["12"])]
    values = [info("input.1", TensorProto.FLOAT, ["N", "T"]), info("onnx::MatMul_7", TensorProto.FLOAT, [3, 2])]
    dotted = helper.make_graph(dots, "g", values, [info("12", TensorProto.FLOAT, ["N", 2])])
    onnx.save(helper.make_model(dotted, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "dots.onnx")
    _save(
        folder / "given_back.onnx",
        [node("Relu", ["x"], ["r"]), node("Identity", ["x"], ["same"])],
        size,
        [("r", [1, 4]), ("same", [1, 4])],
        {},
    )
    grid = np.stack(np.meshgrid(np.arange(5), np.arange(4))).astype(np.float32)  # as YOLO's heads: a cell's x and y
    kernel = np.zeros((2, 3, 1, 1), np.float32)
    kernel[0, 0], kernel[1, 1] = 1, 2
    cells = [
        node("Conv", ["x", "kernel"], ["c"], kernel_shape=[1, 1]),
        node("Sub", ["c", "half"], ["s"]),
        node("Add", ["s", "grid"], ["a"]),
        node("Mul", ["a", "grid"], ["y"]),
    ]
    tensors = {"kernel": kernel, "half": np.float32(0.5), "grid": grid}
    _save(folder / "grid.onnx", cells, ("x", [1, 3, 4, 5]), [("y", [1, 2, 4, 5])], tensors)
    model = onnx.load(folder / "random.onnx")
    model.opset_import[0].version = 99
    onnx.save(model, folder / "new.onnx")


def _net(folder: Path, weights: dict[str, Any]) -> None:
    """Channels first, as everywhere in ONNX; the batch size is open, the names have signs in them."""
    from onnx import helper

    tensors = {
        "w1": weights["conv2d 0"].transpose(3, 2, 0, 1),
        "b1": weights["conv2d 1"],
        **{f"n{i}": weights[f"batch_normalization {i}"] for i in range(4)},
        "zero": np.float32(0),
        "six": np.float32(6),
        "w2": weights["depthwise_conv2d 0"].transpose(2, 3, 0, 1),
        "b2": weights["depthwise_conv2d 1"],
        "w3": weights["heat 0"].transpose(3, 2, 0, 1),
        "b3": weights["heat 1"],
        "w4": weights["scores 0"],
        "b4": weights["scores 1"],
    }
    node = helper.make_node
    nodes = [
        node("Conv", ["image:0", "w1", "b1"], ["c1"], strides=[2, 2], pads=[0, 0, 1, 1], kernel_shape=[3, 3]),
        node("BatchNormalization", ["c1", "n0", "n1", "n2", "n3"], ["n"], epsilon=1e-3),
        node("Clip", ["n", "zero", "six"], ["r"]),
        node("Conv", ["r", "w2", "b2"], ["c2"], group=8, pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
        node("Conv", ["c2", "w3", "b3"], ["heat"], kernel_shape=[1, 1]),
        node("GlobalAveragePool", ["c2"], ["g"]),
        node("Flatten", ["g"], ["flat"]),
        node("Gemm", ["flat", "w4", "b4"], ["logits"]),
        node("Softmax", ["logits"], ["scores"], axis=1),
    ]
    outputs = [("scores", ["N", 5]), ("heat", ["N", 4, 8, 8])]
    _save(folder / "net.onnx", nodes, ("image:0", ["N", 3, 16, 16]), outputs, tensors)


def _own_operator(folder: Path) -> None:
    from onnx import helper

    nodes = [helper.make_node("Relu", ["x"], ["r"]), helper.make_node("MyOp", ["r"], ["y"], domain="org.example")]
    _save(folder / "own.onnx", nodes, ("x", [1, 4]), [("y", [1, 4])], {}, {"org.example": 1})


def _outside_weights(folder: Path) -> None:
    """Weights in a second file: beside the model, cut off, absent, and outside its folder."""
    import onnx
    from onnx import helper

    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
    for name in ("beside", "short", "absent", "outside"):
        (folder / name).mkdir()
        path = folder / name / "m.onnx"
        _save(path, nodes, ("x", [1, 64]), [("y", [1, 32])], {"w": np.ones((64, 32), np.float32)})
        model = onnx.load(path)
        onnx.save_model(model, path, save_as_external_data=True, location="m.data", size_threshold=0)
    data = folder / "short" / "m.data"
    data.write_bytes(data.read_bytes()[:100])
    (folder / "absent" / "m.data").unlink()
    model = onnx.load(folder / "outside" / "m.onnx", load_external_data=False)
    for entry in model.graph.initializer[0].external_data:
        if entry.key == "location":
            entry.value = "../beside/m.data"
    (folder / "outside" / "m.onnx").write_bytes(model.SerializeToString())


def _channels_last(folder: Path) -> None:
    """A picture with channels last, as TensorFlow's exporters write it, and an open height."""
    from onnx import helper

    nodes = [
        helper.make_node("Transpose", ["picture"], ["t"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["t", "w"], ["y"], kernel_shape=[3, 3]),
    ]
    kernel = np.random.default_rng(2).normal(size=(4, 3, 3, 3)).astype(np.float32)
    _save(folder / "last.onnx", nodes, ("picture", [1, "H", 12, 3]), [("y", [1, 4, "h", 10])], {"w": kernel})


def _computed_sizes(folder: Path) -> None:
    """Half of the channels pass a convolution; how many these are is computed within the graph, as PyTorch writes `chunk`."""
    from onnx import helper

    rng, node = np.random.default_rng(3), helper.make_node
    tensors = {
        "w1": rng.normal(size=(8, 3, 1, 1)),
        "w2": rng.normal(size=(4, 4, 1, 1)),
        **{name: np.array([value], np.int64) for name, value in (("none", 0), ("one", 1), ("two", 2))},
    }
    nodes = [
        node("Conv", ["image", "w1"], ["c"], kernel_shape=[1, 1]),
        node("Shape", ["c"], ["shape"]),
        node("Gather", ["shape", "one"], ["all"], axis=0),
        node("Div", ["all", "two"], ["half"]),
        node("Slice", ["c", "none", "half", "one"], ["left"]),
        node("Slice", ["c", "half", "all", "one"], ["right"]),
        node("Conv", ["right", "w2"], ["passed"], kernel_shape=[1, 1]),
        node("Concat", ["left", "passed"], ["y"], axis=1),
    ]
    _save(folder / "computed.onnx", nodes, ("image", ["N", 3, 16, 16]), [("y", ["N", 8, 16, 16])], tensors)


def _save(
    path: Path, nodes: Any, given: Any, outputs: Any, tensors: dict[str, Any], domains: dict[str, int] | None = None
) -> None:
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in (given, *outputs)]
    arrays = {name: np.asarray(value) for name, value in tensors.items()}
    fitting = {name: array if array.dtype == np.int64 else array.astype(np.float32) for name, array in arrays.items()}
    weights = [numpy_helper.from_array(array, name) for name, array in fitting.items()]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], weights)
    sets = [helper.make_opsetid("", 17), *(helper.make_opsetid(name, number) for name, number in (domains or {}).items())]
    onnx.save(helper.make_model(graph, opset_imports=sets, ir_version=8), path)


def write_known(job: dict[str, Any]) -> dict[str, Any]:
    """MediaPipe's face detector as ONNX, by tf2onnx."""
    import sys

    sys.path.append(job["packages"])
    from tf2onnx import tflite_utils  # noqa: F401  # fails here and not in the middle where it is not there
    from tf2onnx.convert import from_tflite

    from_tflite(job["tflite"], opset=17, output_path=job["onnx"])
    return {}
