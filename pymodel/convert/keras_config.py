"""What a `.keras` or `.h5` file says of itself, read before anything in it is made: its Keras, its classes, code in it."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
CODE = "Lambda"
_FUNCTIONS = ("TFOpLambda", "SlicingOpLambda", "ClassMethod", "InstanceMethod", "InstanceProperty")
"""Keras 2's layers around a call of TensorFlow."""
_COMPUTES = re.compile(r"(?:(?:math|nn|image|linalg|signal|__operators__|compat\.v1)\.)*\w+")
_REACHES_OUT = re.compile(r"py_func|numpy_function|load_|print|read_file|write_file|gfile|Session|train|import")


@dataclass(frozen=True)
class KerasFile:
    """A file's face.

    Attributes:
        version: of the Keras that wrote it; empty where it doesn't say.
        classes: that are not Keras' own, by the names they were saved under.
        code: names of the layers that are Python code.
        whole: it holds both network and weights.
        quantized: the mode of Keras' own quantization (`model.quantize("int8")`); empty without.
    """

    version: str
    classes: tuple[str, ...]
    code: tuple[str, ...]
    whole: bool
    quantized: str = ""

    @property
    def generation(self) -> int:
        """2 or 3: which Keras loads it. TensorFlow's own Keras was 2 until 2.15, and writes files that Keras 3 misreads."""
        first = self.version.partition(".")[0]
        return 2 if first.isdigit() and int(first) < 3 else 3


def read_keras_file(path: Path) -> KerasFile:
    """The file's face.

    Raises:
        OSError, ValueError, KeyError: it is damaged.
    """
    import h5py

    if h5py.is_hdf5(path):
        with h5py.File(path) as file:
            version, config = (_text(file.attrs.get(name, "")) for name in ("keras_version", "model_config"))
        document = json.loads(config) if config else {}
        return _read(version, document, bool(config))
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        version = json.loads(archive.read(METADATA)).get("keras_version", "") if METADATA in names else ""
        return _read(str(version), json.loads(archive.read(CONFIG)), WEIGHTS in names)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _read(version: str, document: Any, whole: bool) -> KerasFile:
    found = list(_objects(document))
    classes = [str(one["registered_name"] or one["class_name"]).rpartition(">")[2] for one in found if _is_foreign(one)]
    code = dict.fromkeys(filter(None, map(_code, found)))
    return KerasFile(version, tuple(dict.fromkeys(classes)), tuple(code), whole, next(filter(None, map(_quantized, found)), ""))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every description of an object, at any depth."""
    if isinstance(value, dict):
        if "class_name" in value:
            yield value
        for one in value.values():
            yield from _objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one)


def _is_foreign(one: dict[str, Any]) -> bool:
    """Keras 3's descriptions name the module; those of others have no module, or one that is not Keras'."""
    if "registered_name" not in one or "module" not in one or "config" not in one:
        return False
    module = str(one["module"] or "").partition(".")[0]
    return module not in ("keras", "tf_keras", "builtins") and bool(one["registered_name"] or module)


def _quantized(one: dict[str, Any]) -> str:
    """The mode of a layer's type where it is one of Keras' quantized ones: int8, int4, float8 …"""
    config = one.get("config")
    return str(config.get("mode", "")) if str(one["class_name"]).endswith("DTypePolicy") and isinstance(config, dict) else ""


def _code(one: dict[str, Any]) -> str:
    """The name of a layer that is code, or calls what reaches out of the network; empty of any other."""
    config = one.get("config")
    name = str(config.get("name", "")) if isinstance(config, dict) else ""
    if one["class_name"] == CODE:
        return name or CODE
    function = str(config.get("function", "")) if isinstance(config, dict) else ""
    if one["class_name"] in _FUNCTIONS and function and (not _COMPUTES.fullmatch(function) or _REACHES_OUT.search(function)):
        return name or function
    return ""
