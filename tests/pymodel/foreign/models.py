"""Small ready models with outputs of every form, written op by op; each output is what the test says, whatever the picture."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from pymodel.foreign.adopt import Adopted, adopt
from pymodel.foreign.sources import Means, open_source
from pymodel.foreign.wishes import Wishes
from pymodel.tasks.recognize import recognize
from tests.tflite_models import OPS, Built, Operation, TensorSpec, built_model, conv_options

PIXELS = {"mean": (0.0,) * 3, "std": (255.0,) * 3}
SIDE = 32


def constant_outputs(outputs: Mapping[str, np.ndarray], side: tuple[int, int] = (SIDE, SIDE), batch: int = 1) -> bytes:
    """A picture goes in; each output is its values plus 0 × a value of the picture.

    Args:
        outputs: by name, in the order of the graph.
        side: width and height.
    """
    tensors: list[TensorSpec] = [((batch, side[1], side[0], 3), "FLOAT32", None)]
    names = ["picture"]
    operations: list[Operation] = []

    def add(name: str, shape: tuple[int, ...], kind: str, values: np.ndarray | None = None) -> int:
        tensors.append((shape, kind, values))
        names.append(name)
        return len(tensors) - 1

    axes = add("axes", (4,), "INT32", np.array([0, 1, 2, 3], np.int32))
    mean = add("mean", (1,), "FLOAT32")
    operations.append((OPS.MEAN, 1, [0, axes], [mean], schema.ReducerOptionsT()))
    nothing = add("nothing", (1,), "FLOAT32", np.zeros(1, np.float32))
    zero = add("zero", (1,), "FLOAT32")
    operations.append((OPS.MUL, 1, [mean, nothing], [zero], schema.MulOptionsT()))
    results = []
    for name, values in outputs.items():
        told = add(f"{name}_values", values.shape, "FLOAT32", values.astype(np.float32))
        results.append(add(name, values.shape, "FLOAT32"))
        operations.append((OPS.ADD, 1, [told, zero], [results[-1]], schema.AddOptionsT()))
    return built_model(Built(operations, tensors, [0], results, names=names))


def sigmoid_model(io: str) -> bytes:
    """The sigmoid of the picture's mean brightness, 0 to 1: one number.

    Args:
        io: type of input and output, float32, uint8 or int8.
    """
    kind, whole = io.upper(), io != "float32"
    zero = -128 if io == "int8" else 0
    shapes = [(1, SIDE, SIDE, 3), (1, SIDE, SIDE, 3), (3,), (1,), (2,), (1, 1), (1, 1), (1, 1)]
    kinds = [kind, "FLOAT32", "INT32", "FLOAT32", "INT32", "FLOAT32", "FLOAT32", kind]
    constants = {2: np.array([1, 2, 3], np.int32), 4: np.array([1, 1], np.int32)}
    tensors = [(shape, one, constants.get(i)) for i, (shape, one) in enumerate(zip(shapes, kinds, strict=True))]
    version = 2 if io == "int8" else 1
    operations: list[Operation] = [
        *([(OPS.DEQUANTIZE, version, [0], [1], schema.DequantizeOptionsT())] if whole else []),
        (OPS.MEAN, 1, [1 if whole else 0, 2], [3], schema.ReducerOptionsT()),
        (OPS.RESHAPE, 1, [3, 4], [5], None),
        (OPS.LOGISTIC, 1, [5], [6], None),
        *([(OPS.QUANTIZE, 1, [6], [7], schema.QuantizeOptionsT())] if whole else []),
    ]
    scales = {0: (1 / 255, zero), 7: (1 / 256, zero)} if whole else {}
    return built_model(Built(operations, tensors, [0], [7 if whole else 6], scales=scales))


def anchored(grids: Sequence[tuple[int, int]] = ((4, 2), (2, 3)), points: int = 1, scores_first: bool = False) -> bytes:
    """Rows and scores of anchors: a convolution a grid for each, reshaped and joined, as BlazeFace's."""
    rng = np.random.default_rng(3)
    tensors: list[TensorSpec] = [((1, SIDE, SIDE, 3), "FLOAT32", None)]
    names, operations, parts = ["picture"], [], {"rows": [], "scores": []}

    def add(name: str, shape: tuple[int, ...], kind: str, values: np.ndarray | None = None) -> int:
        tensors.append((shape, kind, values))
        names.append(name)
        return len(tensors) - 1

    for cells, anchors in grids:
        for part, width in (("rows", 4 + 2 * points), ("scores", 1)):
            filters = rng.normal(0, 0.2, (anchors * width, 3, 3, 3)).astype(np.float32)
            weights = add("w", filters.shape, "FLOAT32", filters)
            bias = add("b", (anchors * width,), "FLOAT32", np.zeros(anchors * width, np.float32))
            grid = add("map", (1, cells, cells, anchors * width), "FLOAT32")
            operations.append((OPS.CONV_2D, 1, [0, weights, bias], [grid], conv_options(SIDE // cells, 0)))
            shape = add("shape", (3,), "INT32", np.array([1, cells * cells * anchors, width], np.int32))
            row = add("row", (1, cells * cells * anchors, width), "FLOAT32")
            operations.append((OPS.RESHAPE, 1, [grid, shape], [row], None))
            parts[part].append(row)
    total = sum(cells * cells * anchors for cells, anchors in grids)
    options = schema.ConcatenationOptionsT()
    options.axis = 1
    outputs = []
    for part, width in (("rows", 4 + 2 * points), ("scores", 1)):
        outputs.append(add(f"all {part}", (1, total, width), "FLOAT32"))
        operations.append((OPS.CONCATENATION, 1, parts[part], [outputs[-1]], options))
    return built_model(Built(operations, tensors, [0], outputs[::-1] if scores_first else outputs, names=names))


def postprocessed(order: Sequence[int], classes: int = 3) -> bytes:
    """The custom operator itself over made-up rows; its four outputs in the graph's own order."""
    count, most = 4, 2
    boxes = np.zeros((1, count, 4), np.float32)
    scores = np.random.default_rng(1).uniform(0, 1, (1, count, classes + 1)).astype(np.float32)
    anchors = np.tile([0.5, 0.5, 0.4, 0.4], (count, 1)).astype(np.float32)
    content = constant_outputs({"boxes_in": boxes, "scores_in": scores})
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    graph = model.subgraphs[0]
    code = schema.OperatorCodeT()
    code.customCode, code.builtinCode, code.deprecatedBuiltinCode = "TFLite_Detection_PostProcess", OPS.CUSTOM, OPS.CUSTOM
    model.operatorCodes.append(code)
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(anchors.tobytes(), np.uint8)
    model.buffers.append(buffer)
    made = []
    for shape in ((count, 4), (1, most, 4), (1, most), (1, most), (1,)):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.buffer = f"post_{len(made)}", list(shape), 0
        tensor.type = schema.TensorType.FLOAT32
        graph.tensors.append(tensor)
        made.append(len(graph.tensors) - 1)
    graph.tensors[made[0]].buffer = len(model.buffers) - 1
    one = schema.OperatorT()
    one.opcodeIndex = len(model.operatorCodes) - 1
    one.inputs, one.outputs = [*[int(i) for i in graph.outputs], made[0]], made[1:]
    one.customOptions = np.frombuffer(_options(classes, most), np.uint8)
    graph.operators.append(one)
    graph.outputs = [made[1 + place] for place in order]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _options(classes: int, most: int) -> bytes:
    from flatbuffers import flexbuffers

    builder = flexbuffers.Builder()
    with builder.Map():
        for name, whole in (("max_detections", most), ("max_classes_per_detection", 1), ("num_classes", classes)):
            builder.Key(name)
            builder.Int(whole)
        for name, real in (("nms_score_threshold", 0.0), ("nms_iou_threshold", 0.5), ("y_scale", 10.0), ("x_scale", 10.0)):
            builder.Key(name)
            builder.Float(real)
        for name in ("h_scale", "w_scale"):
            builder.Key(name)
            builder.Float(5.0)
    return bytes(builder.Finish())


def teachable_machine(labels: str = "0 Cat\n1 Dog\n2 Nobody\n", name: str = "model_unquant.tflite") -> bytes:
    """An archive as Teachable Machine exports it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, constant_outputs({"scores": np.array([[0.1, 0.7, 0.2]])}))
        archive.writestr("labels.txt", labels)
    return packed.getvalue()


def adopted(content: bytes, folder: Path, name: str = "given.tflite", **said: object) -> Adopted:
    """What becomes of a file with this content; pixels from 0 to 1 where nothing else is said."""
    file = folder / name
    file.write_bytes(content)
    wishes = Wishes(**{**PIXELS, **said})  # type: ignore[arg-type]
    means = Means(folder / "adopt.log")
    with open_source(file, wishes, means) as (source, left):
        return adopt(source, "given", left, recognize, means.log)
