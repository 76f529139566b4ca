"""Writes cases for the Kotlin tests: a folder a case, `case.properties` and the arrays beside it as raw bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.contract import ModelContract
from tests.parity.reference import Bytes, Frame


class CaseWriter:
    """Cases of one kind below one folder."""

    def __init__(self, root: Path, kind: str) -> None:
        self.folder = root / kind
        self.folder.mkdir(parents=True)
        self.count = 0

    def write(
        self,
        name: str,
        values: Mapping[str, object],
        arrays: Mapping[str, npt.NDArray[np.generic]],
        contract: ModelContract | None = None,
        frame: Frame | None = None,
    ) -> None:
        """One case; numbers in `values` may be lists."""
        case = self.folder / f"{self.count:03}-{name}"
        case.mkdir()
        lines = dict(values)
        if contract is not None:
            lines |= contract_values(contract)
        files = {key: np.ascontiguousarray(array).tobytes() for key, array in arrays.items()}
        if frame is not None:
            _write_properties(case / "frame.properties", frame_values(frame))
            files |= planes(frame)
        _write_properties(case / "case.properties", lines)
        for key, content in files.items():
            (case / f"{key}.bin").write_bytes(content)
        self.count += 1


def contract_values(contract: object, prefix: str = "contract") -> dict[str, object]:
    """A contract as properties, whatever fields it has: TwinReader.kt reads them."""
    values: dict[str, object] = {prefix: type(contract).__name__}
    for field in dataclasses.fields(contract):  # type: ignore[arg-type]
        if field.metadata.get("on_phone", True):
            first, *rest = field.name.split("_")
            values |= _value(getattr(contract, field.name), f"{prefix}.{first}{''.join(part.capitalize() for part in rest)}")
    return values


def _value(value: object, key: str) -> dict[str, object]:
    if value is None:
        return {}
    if dataclasses.is_dataclass(value):
        return contract_values(value, key)
    if isinstance(value, tuple) and any(dataclasses.is_dataclass(item) for item in value):
        parts = [contract_values(item, f"{key}.{i}") for i, item in enumerate(value)]
        return {key: len(value)} | {name: text for part in parts for name, text in part.items()}
    if isinstance(value, tuple) and any(isinstance(item, tuple) for item in value):
        return {key: len(value)} | {f"{key}.{i}": item for i, item in enumerate(value)}
    return {key: value}


def named(outputs: Sequence[npt.NDArray[np.generic]]) -> dict[str, npt.NDArray[np.generic]]:
    """The outputs of a model by the names of their files."""
    return {f"output{k}" if k else "output": array for k, array in enumerate(outputs)}


def frame_values(frame: Frame) -> dict[str, object]:
    """`frame.properties`."""
    height, width = frame.y.shape
    (y_row, y_pixel), (uv_row, uv_pixel) = _strides(frame.y, frame.y_strides), _strides(frame.u, frame.uv_strides)
    return {
        "width": width,
        "height": height,
        "yRowStride": y_row,
        "yPixelStride": y_pixel,
        "uvRowStride": uv_row,
        "uvPixelStride": uv_pixel,
        "rotation": frame.rotation,
        "mirror": frame.mirror,
    }


def planes(frame: Frame) -> dict[str, bytes]:
    """The planes as they lie in memory; each ends with its last pixel, as Android's do."""
    laid = {"y": lay(frame.y, _strides(frame.y, frame.y_strides))}
    strides = _strides(frame.u, frame.uv_strides)
    if not frame.interleaved:
        return laid | {"u": lay(frame.u, strides), "v": lay(frame.v, strides)}
    first, second = (frame.u, frame.v) if frame.interleaved == "uv" else (frame.v, frame.u)
    memory = np.zeros(len(lay(first, strides)) + 1, np.uint8)
    for start, plane in enumerate((first, second)):
        rows, columns = np.indices(plane.shape)
        memory[start + rows * strides[0] + columns * strides[1]] = plane
    pieces = (memory[:-1].tobytes(), memory[1:].tobytes())
    return laid | dict(zip(("u", "v") if frame.interleaved == "uv" else ("v", "u"), pieces, strict=True))


def lay(plane: Bytes, strides: tuple[int, int]) -> bytes:
    """A plane with its strides; what lies between its pixels is 0xAA."""
    rows, columns = np.indices(plane.shape)
    places = rows * strides[0] + columns * strides[1]
    memory = np.full(int(places.max()) + 1, 0xAA, np.uint8)
    memory[places] = plane
    return memory.tobytes()


def _strides(plane: Bytes, strides: tuple[int, int]) -> tuple[int, int]:
    """A row stride of 0 means no more than the row needs; one that is negative, so many bytes more."""
    row, pixel = strides
    return (plane.shape[1] * pixel - row if row <= 0 else row), pixel


def _write_properties(path: Path, values: Mapping[str, object]) -> None:
    path.write_text("".join(f"{key}={_text(value)}\n" for key, value in values.items()), encoding="utf-8")


def _text(value: object) -> str:
    if isinstance(value, (list, tuple, np.ndarray)):
        return ",".join(_text(item) for item in value)
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    return str(value)
