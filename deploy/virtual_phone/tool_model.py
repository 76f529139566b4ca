"""What a benchmark tool makes of the files it is and gets: which generation it is, whether a model can be read, its operations."""

from __future__ import annotations

import tempfile
from pathlib import Path

from appspec.errors import KitError
from appspec.tflite_file import read_tflite
from deploy.virtual_phone.state import PhoneState
from deploy.virtual_phone.tool_text import Generation, Timed

HEAVY = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED")


def generation(phone: PhoneState, path: str) -> Generation:
    """What the phone was told that tools are; else LiteRT's where the file or its name says so, else today's."""
    if phone.tool is not None:
        return phone.tool
    return "litert" if "litert" in path.lower() or b"benchmark_litert_model" in phone.files[path] else "2024"


def unreadable(model: bytes | None) -> str:
    """Why a file is no model, in the tool's words; empty: it is one, or isn't there."""
    if model is None:
        return ""
    return "" if model[4:8] == b"TFL3" else "The model is not a valid Flatbuffer buffer"


def operations(model: bytes, mean_us: float, first_us: float) -> list[Timed]:
    """The graph's operations; the inference's time is shared out by what their outputs hold, as nothing here times them apart."""
    with tempfile.TemporaryDirectory(prefix="virtual-phone-") as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(model)
        try:
            graph = read_tflite(path).main
        except KitError:
            return []
    weights = []
    for one in graph.nodes:
        size = sum(elements(graph.tensors[index].shape) for index in one.outputs if index >= 0)
        weights.append(size * (20 if one.op in HEAVY else 1))
    whole = sum(weights) or 1
    return [
        Timed(one.op, f"[{graph.tensors[one.outputs[0]].name}]:{place}", first_us * weight / whole, mean_us * weight / whole)
        for place, (one, weight) in enumerate(zip(graph.nodes, weights, strict=True))
    ]


def elements(shape: tuple[int, ...]) -> int:
    """How many values a tensor of a shape holds; free sizes count as 1."""
    count = 1
    for size in shape:
        count *= max(1, size)
    return count
