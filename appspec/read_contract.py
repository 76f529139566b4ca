"""Reads a `.tflite` into its ModelContract, without TensorFlow: what the file says of its tensors, and its metadata of their meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from appspec.contract import About, ElementType, InputContract, ModelContract, OutputContract, TensorContract
from appspec.errors import KitError
from appspec.kit_facts import FACTS_FILE, read_facts
from appspec.tflite_file import Graph, Tensor, TfliteFile, read_tflite
from appspec.tflite_metadata import ModelMetadata, TensorMetadata, read_metadata

_DTYPES: dict[str, ElementType] = {name: name for name in get_args(ElementType)}


def read_contract(path: Path) -> ModelContract:
    """The contract of any `.tflite`, with or without metadata; what it doesn't say is None.

    Raises:
        KitError: the file is missing, cut, no TFLite model, or described by a newer version of the kit.
    """
    model = read_tflite(path)
    try:
        return _contract(path, model)
    except ValueError as error:
        raise KitError(
            f"{path.name} is damaged", f"what it says of itself can't be read: {error}", "make or fetch it again"
        ) from error


def _contract(path: Path, model: TfliteFile) -> ModelContract:
    graph, files = model.main, model.files
    metadata = read_metadata(model) or ModelMetadata()
    kit = read_facts(files[FACTS_FILE]) if FACTS_FILE in files else None
    signature, arguments = _signature(model)
    return ModelContract(
        name=path.stem,
        file=path.name,
        sha256=model.sha256,
        inputs=tuple(
            _input(_tensor(graph.tensors[i], meta, arguments), meta, files) for i, meta in _paired(graph.inputs, metadata.inputs)
        ),
        outputs=_outputs(graph, _paired(graph.outputs, metadata.outputs), arguments, files),
        task=kit.task if kit else None,
        decoder=kit.decoder if kit else None,
        crop=kit.crop if kit else None,
        quantization=kit.quantization if kit else None,
        signature=signature,
        credit=kit.credit if kit else "",
        about=About(
            description=metadata.description,
            author=metadata.author,
            version=metadata.version,
            license=metadata.license,
            size_bytes=len(model.data),
            metric=kit.measured.metric if kit and kit.measured else "",
            metric_float=kit.measured.reference if kit and kit.measured else 0.0,
            metric_value=kit.measured.value if kit and kit.measured else 0.0,
        ),
    )


def _signature(model: TfliteFile) -> tuple[str, dict[int, str]]:
    """Key of the first signature, and the names that it gives to tensors, by their index."""
    if not model.signatures:
        return "", {}
    first = model.signatures[0]
    return first.key, {index: name for names in (first.inputs, first.outputs) for name, index in names.items()}


def _paired(indices: Sequence[int], described: Sequence[TensorMetadata]) -> list[tuple[int, TensorMetadata | None]]:
    """Tensors and their metadata; None where there is none."""
    if described and len(described) != len(indices):
        raise ValueError(f"its metadata describes {len(described)} tensors, where the graph has {len(indices)}")
    none: list[TensorMetadata | None] = [None] * len(indices)
    return list(zip(indices, described or none, strict=True))


def _tensor(tensor: Tensor, metadata: TensorMetadata | None, arguments: Mapping[int, str]) -> TensorContract:
    dtype = _DTYPES.get(tensor.dtype)
    if dtype is None:
        raise ValueError(f"tensor {tensor.name} has an element type that is none of {', '.join(_DTYPES)}: {tensor.dtype}")
    quantization = tensor.quantization
    return TensorContract(
        name=(metadata.name if metadata else "") or tensor.name,
        shape=tensor.shape,
        dtype=dtype,
        scale=quantization.scales[0] if quantization else 0.0,
        zero_point=quantization.zero_points[0] if quantization else 0,
        argument=arguments.get(tensor.index, ""),
        dynamic_axes=tuple(axis for axis, size in enumerate(tensor.signature) if size < 0),
    )


def _input(tensor: TensorContract, metadata: TensorMetadata | None, files: Mapping[str, bytes]) -> InputContract:
    channels = tensor.shape[-1] if tensor.shape else 1
    given = (metadata.mean, metadata.std) if metadata else (None, None)
    mean, std = (None if values is None else _each(values, channels) for values in given)
    return InputContract(**vars(tensor), mean=mean, std=std, channels=_labels(metadata, files))


def _outputs(
    graph: Graph,
    pairs: list[tuple[int, TensorMetadata | None]],
    arguments: Mapping[int, str],
    files: Mapping[str, bytes],
) -> tuple[OutputContract, ...]:
    return tuple(
        OutputContract(**vars(_tensor(graph.tensors[index], metadata, arguments)), labels=_labels(metadata, files))
        for index, metadata in pairs
    )


def _labels(metadata: TensorMetadata | None, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Lines of the tensor's first associated file; empty where there is none."""
    if metadata is None or not metadata.files:
        return ()
    name = metadata.files[0].name
    if name not in files:
        raise ValueError(f"its metadata names the file {name}, which is not packed into it")
    return tuple(files[name].decode("utf-8").splitlines())


def _each(values: tuple[float, ...], channels: int) -> tuple[float, ...]:
    return values * max(channels, 1) if len(values) == 1 else values
