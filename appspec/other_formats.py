"""Files that are no model, or a model in a format that nothing here reads: what each is, by its first bytes, and what to do."""

from __future__ import annotations

import zipfile
from pathlib import Path

HEAD = 512
"""Bytes that `other_format` looks at."""

AGAIN = "download or copy it again, and look at what comes"
EXPORT_ONNX = 'export it where PyTorch is: torch.onnx.export(model, (example,), "model.onnx"), then convert that file'
FREEZE = "freeze it first: tf.compat.v1.graph_util.convert_variables_to_constants(session, graph_def, [OUTPUT])"
UNPACK = "unpack it and give the model inside"
SOURCE = "convert the model that it was made from (Keras, SavedModel, frozen graph or ONNX)"
ONNX = "export it as ONNX with the tools of its own framework, and convert that file"
TFJS = "tensorflowjs_converter --input_format=tfjs_layers_model --output_format=keras model.json model.h5, and convert that file"

Words = tuple[str, str]
"""What it is; what to do."""

_BYTES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xff\xd8\xff", "a JPEG picture", ""),
    (0, b"\x89PNG", "a PNG picture", ""),
    (0, b"GIF8", "a GIF picture", ""),
    (0, b"%PDF", "a PDF document", ""),
    (0, b"\x7fELF", "a program or library for Linux or Android", ""),
    (0, b"MZ", "a program for Windows", ""),
    (0, b"\x1f\x8b", "packed by gzip", UNPACK),
    (0, b"BZh", "packed by bzip2", UNPACK),
    (0, b"\xfd7zXZ", "packed by xz", UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "packed by zstd", UNPACK),
    (0, b"7z\xbc\xaf", "a 7z archive", UNPACK),
    (0, b"Rar!", "a RAR archive", UNPACK),
    (257, b"ustar", "a tar archive", UNPACK),
    (0, b"\x93NUMPY", "an array of numpy", "numbers alone are no model"),
    (0, b"GGUF", "a language model for llama.cpp (GGUF)", SOURCE),
    (0, b"ggml", "a model for ggml", SOURCE),
    (0, b"LITERTLM", "a language model for LiteRT-LM", "it runs by LiteRT-LM alone"),
    (4, b"ORTM", "a model in ONNX Runtime's own format (.ort)", "convert the .onnx file that it was made from"),
    (0, b"ML\xefR", "MLIR bytecode", SOURCE),
    (0, b"ptrt", "an engine of TensorRT, compiled for one graphics card", SOURCE),
    (0, b"RKNN", "a model compiled for Rockchip's NPU", SOURCE),
)

_TEXTS: tuple[tuple[str, str, str], ...] = (
    ("version https://git-lfs", "Git LFS's pointer to the model, not the model", "fetch the file: git lfs pull"),
    ("<!doctype html", "a web page", "download the file itself, not the page about it"),
    ("<html", "a web page", "download the file itself, not the page about it"),
    ("7767517", "a network for ncnn, without weights", ONNX),
    ("[net]", "a network for Darknet, without weights", ONNX),
    ("module", "MLIR as text", SOURCE),
    ("func.func", "MLIR as text", SOURCE),
    ("#loc", "MLIR as text", SOURCE),
    ("#include", "C code", "give the .tflite that it was made from"),
    ("const unsigned char", "C code", "give the .tflite that it was made from"),
    ("alignas", "C code", "give the .tflite that it was made from"),
)

_INSIDE: tuple[tuple[str, str, str], ...] = (
    ("<net ", "a network for OpenVINO; its weights lie in the .bin beside it", ONNX),
    ("<error>", "what a server says in place of the file", AGAIN),
    ("<?xml", "an XML document", ""),
    ('"layers-model"', "TensorFlow.js' model.json; its weights lie beside it", TFJS),
    ('"graph-model"', "TensorFlow.js' model.json", SOURCE),
    ('"modeltopology"', "TensorFlow.js' model.json; its weights lie beside it", TFJS),
    (
        '"class_name"',
        "a Keras network as JSON, without weights",
        "load the weights into it and save both: model.save(FILE.keras)",
    ),
    ('"error"', "what a server says in place of the file", AGAIN),
    ('"message"', "what a server says in place of the file", AGAIN),
    ("layer {", "a network for Caffe as text, without weights", ONNX),
    ("input_dim:", "a network for Caffe as text, without weights", ONNX),
)

_NAMES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    ((".pt", ".pth"), "a model of PyTorch", EXPORT_ONNX),
    ((".mlmodel",), "a Core ML model", SOURCE),
    ((".safetensors",), "weights alone (safetensors)", EXPORT_ONNX),
    ((".caffemodel",), "weights of Caffe", ONNX),
    ((".weights",), "weights of Darknet", ONNX),
    ((".pdmodel", ".pdiparams"), "a model of PaddlePaddle", "paddle2onnx, and convert that file"),
    ((".mnn",), "a model for MNN", SOURCE),
    ((".engine", ".plan", ".trt"), "an engine of TensorRT, compiled for one graphics card", SOURCE),
    ((".dlc", ".rknn", ".hef", ".om", ".nb", ".xmodel", ".blob"), "a model compiled for one chip", SOURCE),
    ((".index", ".meta", ".ckpt"), "part of a checkpoint of TensorFlow 1", FREEZE),
)


def other_format(path: Path, head: bytes) -> Words | None:
    """What a file is that is no model of a known format; None where nothing tells.

    Args:
        head: its first HEAD bytes.
    """
    if head.startswith(b"PK\x03\x04"):
        return _archive(path)
    for at, mark, what, fix in _BYTES:
        if head[at : at + len(mark)] == mark:
            return what, fix
    if head[4:7] == b"TFL":
        return f"of another format, marked {head[4:8].decode('ascii', 'replace')} in place of TFL3", "convert the model again"
    if head[8:10] == b'{"' and not any(head[4:8]):  # the length of what follows, 8 bytes
        return "weights alone (safetensors)", EXPORT_ONNX
    if words := _text(head):
        return words
    if head[:1] == b"\x80":
        return "a Python pickle, as PyTorch and scikit-learn save models", f"of PyTorch: {EXPORT_ONNX}"
    return None


def name_says(path: Path) -> Words | None:
    """What a file is by its name, where its bytes tell nothing."""
    if ".data-00000-of-" in path.name:
        return "part of a checkpoint of TensorFlow 1", FREEZE
    return next(((what, fix) for suffixes, what, fix in _NAMES if path.suffix.lower() in suffixes), None)


def is_keras_archive(path: Path) -> bool:
    """Whether a zip archive is a `.keras` file."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "config.json" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def is_text(head: bytes) -> bool:
    """Whether these are lines of text."""
    return bool(head) and all(byte >= 32 or byte in b"\t\r\n" for byte in head) and 127 not in head and _decodes(head)


def _decodes(head: bytes) -> bool:
    """As UTF-8, but for a letter that the cut goes through."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and len(head) == HEAD
    return True


def _text(head: bytes) -> Words | None:
    if not is_text(head):
        return None
    start = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n").lower()
    if start[4:11] == "afrgtdm":  # Base64 of four bytes and TFL3
        return "a .tflite as text (Base64)", "decode it: base64 -d FILE > model.tflite"
    for mark, what, fix in _TEXTS:
        if start.startswith(mark):
            return what, fix
    if start.startswith(("node {", "node{", "versions {", "library {")):
        return "a graph as text (pbtxt)", "write it as binary: tf.io.write_graph(graph_def, FOLDER, 'model.pb', as_text=False)"
    return next(((what, fix) for mark, what, fix in _INSIDE if mark in start), ("text, no model", ""))


def _archive(path: Path) -> Words:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "a zip archive that is damaged or cut off", "copy or save it again"
    ends = [name.rpartition("/")[2].lower() for name in names]
    models = [name for name in names if name.lower().endswith(".tflite")]
    if "data.pkl" in ends:
        return "a model of PyTorch", EXPORT_ONNX
    if "androidmanifest.xml" in ends:
        return "an Android app", f"unpack it: its models lie in assets{'' if not models else f': {models[0]}'}"
    if "model.json" in ends:
        return (
            "a model of TensorFlow.js, as Teachable Machine exports it too",
            f"in Teachable Machine, export as TensorFlow Lite; or {TFJS}",
        )
    if "manifest.json" in ends and any(name.endswith(".mlmodel") for name in ends):
        return "a Core ML package", SOURCE
    if ends and all(name.endswith(".npy") for name in ends):
        return "arrays of numpy (.npz)", "numbers alone are no model"
    if path.suffix.lower() == ".task" and models:
        return f"a task bundle of MediaPipe with {', '.join(models[:4])}", "unpack it (it is a zip archive) and give one of these"
    return f"a zip archive with {', '.join(names[:3]) or 'nothing'} in it", UNPACK
