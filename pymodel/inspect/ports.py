"""Inputs and outputs of a model, with their meaning."""

from __future__ import annotations

from dataclasses import dataclass

from appspec.tflite_file import Quantization, TfliteFile
from appspec.tflite_metadata import TensorMetadata

MOST_LABELS = 20_000


@dataclass(frozen=True)
class Port:
    """An input or output.

    Attributes:
        shape: -1 where a size is free.
        argument: its name in the signature; empty without one.
        quantization: in words; empty for real numbers.
        meaning: what the metadata says, in words.
        labels: packed labels.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    argument: str
    quantization: str
    meaning: str
    labels: tuple[str, ...]


def ports(
    model: TfliteFile, indices: tuple[int, ...], described: tuple[TensorMetadata, ...], files: dict[str, bytes]
) -> tuple[Port, ...]:
    """Some of the main graph\'s tensors, and what the metadata says of them."""
    names: dict[int, str] = {}
    for signature in model.signatures[:1]:
        names |= {index: name for side in (signature.inputs, signature.outputs) for name, index in side.items()}
    found = []
    for i, index in enumerate(indices):
        tensor = model.main.tensors[index]
        metadata = described[i] if i < len(described) else None
        found.append(
            Port(
                name=(metadata.name if metadata else "") or tensor.name,
                shape=tensor.signature or tensor.shape,
                dtype=tensor.dtype,
                argument=names.get(index, ""),
                quantization=quantization_words(tensor.quantization),
                meaning=_meaning(metadata),
                labels=_labels(metadata, files),
            )
        )
    return tuple(found)


def quantization_words(quantization: Quantization | None) -> str:
    """How integers stand for real numbers."""
    if quantization is None:
        return ""
    if len(quantization.scales) > 1:
        low, high = min(quantization.scales), max(quantization.scales)
        return f"{len(quantization.scales)} channels on axis {quantization.axis}, scale {low:.4g} to {high:.4g}"
    return f"scale {quantization.scales[0]:.6g}, zero point {quantization.zero_points[0]}"


def _meaning(metadata: TensorMetadata | None) -> str:
    if metadata is None:
        return ""
    words = [f"{metadata.content} {metadata.color}".strip(), metadata.description]
    if metadata.mean is not None and metadata.std is not None:
        words.append(f"mean {_numbers(metadata.mean)}, std {_numbers(metadata.std)}")
    if metadata.threshold is not None:
        words.append(f"threshold {metadata.threshold:g}")
    return "; ".join(filter(None, words))


def _numbers(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in dict.fromkeys(values))


def _labels(metadata: TensorMetadata | None, files: dict[str, bytes]) -> tuple[str, ...]:
    for file in metadata.files if metadata else ():
        if file.name in files:
            return tuple(files[file.name].decode("utf-8", "replace").splitlines()[:MOST_LABELS])
    return ()
