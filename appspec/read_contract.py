"""Reads a `.tflite` into its ModelContract: the flatbuffer and its metadata, without TensorFlow.

Formats: TFLite schema.fbs, metadata_schema.fbs (TFLite Metadata), associated files as a ZIP appended to the flatbuffer.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from appspec.contract import About, ElementType, InputContract, ModelContract, OutputContract, TensorContract
from appspec.errors import KitError
from appspec.kit_facts import FACTS_FILE, read_facts

_DTYPES: dict[int, ElementType] = {
    0: "float32",
    1: "float16",
    2: "int32",
    3: "uint8",
    4: "int64",
    6: "bool",
    7: "int16",
    9: "int8",
}


def read_contract(path: Path) -> ModelContract:
    """The contract of any `.tflite`, with or without metadata; what it doesn't say is None.

    Raises:
        KitError: the file is missing, cut, no TFLite model, or described by a newer version of the kit.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KitError(f"Can't read {path}", error.strerror or str(error), "give the path of a .tflite file") from error
    if data[4:8] != b"TFL3":
        raise KitError(f"{path.name} is no TFLite model", "it does not start with TFL3", "give a .tflite file")
    try:
        return _contract(path, data)
    except (struct.error, IndexError, TypeError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise KitError(
            f"{path.name} is damaged", f"what it says of itself can't be read: {error}", "make or fetch it again"
        ) from error


def _contract(path: Path, data: bytes) -> ModelContract:
    from tensorflow_lite_support.metadata import metadata_schema_py_generated as metadata_fb
    from tensorflow_lite_support.metadata import schema_py_generated as schema_fb

    model = schema_fb.Model.GetRootAsModel(data, 0)
    graph = model.Subgraphs(0)
    files = _associated_files(data)
    metadata = None
    for i in range(model.MetadataLength()):
        if model.Metadata(i).Name() == b"TFLITE_METADATA":
            buffer = model.Buffers(model.Metadata(i).Buffer()).DataAsNumpy().tobytes()
            metadata = metadata_fb.ModelMetadataT.InitFromObj(metadata_fb.ModelMetadata.GetRootAsModelMetadata(buffer, 0))
    described = metadata.subgraphMetadata[0] if metadata and metadata.subgraphMetadata else None
    kit = read_facts(files[FACTS_FILE]) if FACTS_FILE in files else None
    signature, arguments = _signature(model)
    inputs = [graph.Inputs(i) for i in range(graph.InputsLength())]
    outputs = [graph.Outputs(i) for i in range(graph.OutputsLength())]
    return ModelContract(
        name=path.stem,
        file=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        inputs=tuple(
            _input(_tensor(graph.Tensors(i), i, meta, arguments), meta, files)
            for i, meta in _paired(inputs, getattr(described, "inputTensorMetadata", None))
        ),
        outputs=_outputs(graph, _paired(outputs, getattr(described, "outputTensorMetadata", None)), arguments, files),
        task=kit.task if kit else None,
        decoder=kit.decoder if kit else None,
        crop=kit.crop if kit else None,
        quantization=kit.quantization if kit else None,
        signature=signature,
        about=About(
            description=_text(getattr(metadata, "description", None)),
            author=_text(getattr(metadata, "author", None)),
            version=_text(getattr(metadata, "version", None)),
            license=_text(getattr(metadata, "license", None)),
            size_bytes=len(data),
            metric=kit.measured.metric if kit and kit.measured else "",
            metric_float=kit.measured.reference if kit and kit.measured else 0.0,
            metric_value=kit.measured.value if kit and kit.measured else 0.0,
        ),
    )


def _associated_files(data: bytes) -> dict[str, bytes]:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _signature(model: Any) -> tuple[str, dict[int, str]]:
    """Key of the first signature, and the names that it gives to tensors, by their index."""
    if not model.SignatureDefsLength():
        return "", {}
    first = model.SignatureDefs(0)
    maps = [first.Inputs(i) for i in range(first.InputsLength())] + [first.Outputs(i) for i in range(first.OutputsLength())]
    return _text(first.SignatureKey()), {one.TensorIndex(): _text(one.Name()) for one in maps}


def _paired(indices: list[int], described: Sequence[Any] | None) -> list[tuple[int, Any]]:
    """Tensors and their metadata; None where there is none."""
    return list(zip(indices, described or [None] * len(indices), strict=True))


def _tensor(tensor: Any, index: int, metadata: Any, arguments: Mapping[int, str]) -> TensorContract:
    dtype = _DTYPES.get(tensor.Type())
    if dtype is None:
        raise ValueError(f"tensor {_text(tensor.Name())} has an element type that is none of {', '.join(_DTYPES.values())}")
    quantization = tensor.Quantization()
    quantized = quantization is not None and quantization.ScaleLength() > 0
    shape = tuple(int(size) for size in tensor.ShapeAsNumpy()) if tensor.ShapeLength() else ()
    open_shape = tensor.ShapeSignatureAsNumpy() if tensor.ShapeSignatureLength() else ()
    return TensorContract(
        name=_text(getattr(metadata, "name", None)) or _text(tensor.Name()),
        shape=shape,
        dtype=dtype,
        scale=float(quantization.Scale(0)) if quantized else 0.0,
        zero_point=int(quantization.ZeroPoint(0)) if quantized else 0,
        argument=arguments.get(index, ""),
        dynamic_axes=tuple(axis for axis, size in enumerate(open_shape) if size < 0),
    )


def _input(tensor: TensorContract, metadata: Any, files: Mapping[str, bytes]) -> InputContract:
    units = [unit.options for unit in getattr(metadata, "processUnits", None) or [] if hasattr(unit.options, "mean")]
    channels = tensor.shape[-1] if tensor.shape else 1
    mean, std = (_each(_floats(getattr(units[0], name)), channels) if units else None for name in ("mean", "std"))
    return InputContract(**vars(tensor), mean=mean, std=std, channels=_labels(metadata, files))


def _outputs(
    graph: Any, pairs: list[tuple[int, Any]], arguments: Mapping[int, str], files: Mapping[str, bytes]
) -> tuple[OutputContract, ...]:
    return tuple(
        OutputContract(**vars(_tensor(graph.Tensors(index), index, metadata, arguments)), labels=_labels(metadata, files))
        for index, metadata in pairs
    )


def _labels(metadata: Any, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Lines of the tensor's first associated file; empty where there is none."""
    names = [file.name for file in getattr(metadata, "associatedFiles", None) or []]
    return tuple(files[_text(names[0])].decode("utf-8").splitlines()) if names else ()


def _each(values: tuple[float, ...], channels: int) -> tuple[float, ...]:
    return values * channels if len(values) == 1 else values


def _text(value: bytes | str | None) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else value or ""


def _floats(values: Any) -> tuple[float, ...]:
    return () if values is None else tuple(float(value) for value in values)
