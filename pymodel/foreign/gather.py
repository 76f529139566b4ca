"""Gathers what is known of a ready model: its outputs with their names, their values on a picture, their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from appspec.tflite_file import Tensor, TfliteFile
from appspec.tflite_metadata import ModelMetadata
from pymodel.foreign.evidence import Floats, ForeignModel, Output, listed
from pymodel.foreign.labels import parse_labels
from pymodel.foreign.wishes import Wishes

Array = npt.NDArray[np.generic]


def gather(
    name: str,
    beside: tuple[str, ...],
    file: TfliteFile,
    packed: Mapping[str, bytes],
    metadata: ModelMetadata | None,
    values: Sequence[Array],
    wishes: Wishes,
) -> ForeignModel:
    """What is known of a model.

    Args:
        name: of its file, for messages.
        beside: labels that came with it.
        file: with one picture going in.
        packed: the files in the original's metadata.
        values: of the outputs on a picture, as they are stored.

    Raises:
        KitError: the user names an output that it hasn't, or its labels are no text.
    """
    graph = file.main
    arguments = {index: alias for one in file.signatures[:1] for alias, index in one.outputs.items()}
    described = metadata.outputs if metadata and len(metadata.outputs) == len(graph.outputs) else ()
    outputs = []
    for i, (index, value) in enumerate(zip(graph.outputs, values, strict=True)):
        tensor, words = graph.tensors[index], described[i] if described else None
        files = [one.name for one in words.files if one.name in packed] if words else []
        outputs.append(
            Output(
                tensor=index,
                name=arguments.get(index, tensor.name),
                aliases=tuple(alias for alias in (tensor.name, words.name if words else "") if alias),
                values=_real(value, tensor),
                labels=parse_labels(packed[files[0]], files[0]) if files else (),
            )
        )
    height, width = graph.tensors[graph.inputs[0]].shape[1:3]
    named = tuple(_by_name(name, outputs, wanted) for wanted in wishes.outputs)
    taken = {one.name for words in described for one in words.files}
    loose = [one for one in packed if one not in taken and one.lower().endswith(".txt") and "label" in one.lower()]
    spare = beside or (parse_labels(packed[loose[0]], loose[0]) if len(loose) == 1 else ())
    return ForeignModel(name, file, (width, height), named or tuple(outputs), wishes, bool(named), spare)


def _by_name(name: str, outputs: Sequence[Output], wanted: str) -> Output:
    found = [output for output in outputs if wanted in (output.name, *output.aliases)]
    if len(found) != 1:
        raise KitError(
            f"{name} has {'several outputs' if found else 'no output'} called {wanted!r}",
            f"it has: {listed(outputs)}",
            "give --outputs (in app.toml: outputs = [..]) the names of its outputs",
        )
    return found[0]


def _real(stored: Array, tensor: Tensor) -> Floats:
    values = stored.astype(np.float32)
    if tensor.quantization and tensor.dtype not in ("float32", "float16"):
        values = (values - tensor.quantization.zero_points[0]) * np.float32(tensor.quantization.scales[0])
    return np.asarray(values, np.float32)
