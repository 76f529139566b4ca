"""Reads a `.tflite` into its ModelContract: the flatbuffer and its metadata, without TensorFlow.

Formats: TFLite schema.fbs, metadata_schema.fbs (TFLite Metadata), associated files as a ZIP appended to the flatbuffer.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appspec.contract import DType, ModelContract, TensorContract
from appspec.errors import KitError

FACTS_FILE = "apkiln.json"
"""Associated file that carries what TFLite Metadata has no field for: task, decode, region, quantization, metrics."""

_DTYPES: dict[int, DType] = {0: "float32", 3: "uint8", 9: "int8"}


KIT_FACTS = (
    "task",
    "decode",
    "region",
    "margin",
    "box_margin",
    "look_again",
    "closer_margin",
    "vote_scale",
    "search_below",
    "search_side",
    "quantization",
    "metric",
    "metric_float",
    "metric_value",
    "interval_s",
    "threshold",
    "hold",
)
"""Parts of a contract that TFLite's own metadata has no place for: FACTS_FILE holds them, by these names."""


@dataclass(frozen=True)
class TensorFacts:
    """A tensor and what its metadata says.

    Attributes:
        mean, std: NormalizationOptions, empty where there are none.
        minimum, maximum: Stats, empty where there are none.
        labels: lines of the tensor's first associated label file, empty where there is none.
    """

    tensor: TensorContract
    description: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    minimum: tuple[float, ...]
    maximum: tuple[float, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class ModelFacts:
    """Everything that a `.tflite` says of itself."""

    name: str
    description: str
    author: str
    version: str
    license: str
    inputs: tuple[TensorFacts, ...]
    outputs: tuple[TensorFacts, ...]
    kit: dict[str, Any]
    """The content of FACTS_FILE; empty in a foreign model."""


def read_contract(path: Path) -> ModelContract:
    """The contract of a `.tflite` that this kit described.

    Raises:
        KitError: not a TFLite model, or its metadata lacks what the phone must know.
    """
    content = path.read_bytes()
    facts = read_facts(path, content)
    if not facts.kit or len(facts.inputs) != 1 or len(facts.outputs) != 1:
        raise KitError(
            f"{path.name} can't be put into an app",
            "its metadata doesn't say which task it does and how to decode it",
            "describe it first: name it as `file` of a [[model]] in app.toml, which also gives task, mean and std",
        )
    missing = [name for name in KIT_FACTS if name not in facts.kit]
    if missing:
        raise KitError(
            f"{path.name} can't be put into an app",
            f"another version of APKiln described it: {', '.join(missing)} is not in its metadata",
            "make it again: invoke train",
        )
    shown, answer, kit = facts.inputs[0], facts.outputs[0], facts.kit
    channels = shown.tensor.shape[-1]
    mean, std = (values * channels if len(values) == 1 else values for values in (shown.mean, shown.std))
    return ModelContract(
        name=path.stem,
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        description=facts.description,
        author=facts.author,
        version=facts.version,
        labels=answer.labels,
        input=shown.tensor,
        output=answer.tensor,
        mean=mean,
        std=std,
        channels=shown.labels,
        **{name: kit[name] for name in KIT_FACTS},
    )


def read_facts(path: Path, content: bytes | None = None) -> ModelFacts:
    """What the file says of itself, for any `.tflite` with or without metadata.

    Raises:
        KitError: the file is missing, cut, or no TFLite model.
    """
    try:
        data = path.read_bytes() if content is None else content
    except OSError as error:
        raise KitError(f"Can't read {path}", error.strerror or str(error), "give the path of a .tflite file") from error
    if data[4:8] != b"TFL3":
        raise KitError(f"{path.name} is no TFLite model", "it does not start with TFL3", "give a .tflite file")
    try:
        return _facts(data)
    except (struct.error, IndexError, TypeError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise KitError(f"{path.name} is damaged", f"its flatbuffer can't be read: {error}", "make or fetch it again") from error


def _facts(data: bytes) -> ModelFacts:
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
    inputs = [graph.Tensors(graph.Inputs(i)) for i in range(graph.InputsLength())]
    outputs = [graph.Tensors(graph.Outputs(i)) for i in range(graph.OutputsLength())]
    return ModelFacts(
        name=_text(getattr(metadata, "name", None)),
        description=_text(getattr(metadata, "description", None)),
        author=_text(getattr(metadata, "author", None)),
        version=_text(getattr(metadata, "version", None)),
        license=_text(getattr(metadata, "license", None)),
        inputs=_tensors(inputs, getattr(described, "inputTensorMetadata", None), files),
        outputs=_tensors(outputs, getattr(described, "outputTensorMetadata", None), files),
        kit=json.loads(files[FACTS_FILE]) if FACTS_FILE in files else {},
    )


def _associated_files(data: bytes) -> dict[str, bytes]:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _tensors(tensors: list[Any], described: list[Any] | None, files: dict[str, bytes]) -> tuple[TensorFacts, ...]:
    described = described or [None] * len(tensors)
    return tuple(_tensor(tensor, metadata, files) for tensor, metadata in zip(tensors, described, strict=True))


def _tensor(tensor: Any, metadata: Any, files: dict[str, bytes]) -> TensorFacts:
    dtype = _DTYPES.get(tensor.Type())
    if dtype is None:
        raise ValueError(f"tensor {_text(tensor.Name())} has an element type that is not float32, int8 or uint8")
    quantization = tensor.Quantization()
    quantized = quantization is not None and quantization.ScaleLength() > 0
    stats = getattr(metadata, "stats", None)
    normalization = [unit.options for unit in getattr(metadata, "processUnits", None) or [] if hasattr(unit.options, "mean")]
    labels = [file.name for file in getattr(metadata, "associatedFiles", None) or []]
    return TensorFacts(
        tensor=TensorContract(
            name=_text(getattr(metadata, "name", None)) or _text(tensor.Name()),
            shape=tuple(int(size) for size in tensor.ShapeAsNumpy()),
            dtype=dtype,
            scale=float(quantization.Scale(0)) if quantized else 0.0,
            zero_point=int(quantization.ZeroPoint(0)) if quantized else 0,
        ),
        description=_text(getattr(metadata, "description", None)),
        mean=_floats(normalization[0].mean) if normalization else (),
        std=_floats(normalization[0].std) if normalization else (),
        minimum=_floats(getattr(stats, "min", None)),
        maximum=_floats(getattr(stats, "max", None)),
        labels=tuple(files[_text(labels[0])].decode("utf-8").splitlines()) if labels else (),
    )


def _text(value: bytes | str | None) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else value or ""


def _floats(values: Any) -> tuple[float, ...]:
    return () if values is None else tuple(float(value) for value in values)
