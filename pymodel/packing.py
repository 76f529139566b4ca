"""A model of TFLite's schema as a file, without what object APIs waste: equal vectors stand in it once.

An integer model has two zero points of 8 bytes for each channel, all of them 0: a fifth of the file of a small one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import flatbuffers

IDENTIFIER = b"TFL3"
DATA_ALIGNMENT = 16
"""Of the buffers' data, as the schema asks by `force_align`; Python's object API knows nothing of it."""


def repacked(content: bytes) -> bytes:
    """The same model, packed so.

    Args:
        content: a `.tflite`, without files appended to it.
    """
    from ai_edge_litert import schema_py_generated as schema

    return pack(schema.ModelT.InitFromPackedBuf(content, 0))


def pack(model: Any) -> bytes:
    """A model of the schema's object classes as a file."""
    builder = _sharing_builder()
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())


def _sharing_builder() -> flatbuffers.Builder:
    import flatbuffers

    class Sharing(flatbuffers.Builder):  # type: ignore[misc]
        """Writes a vector of numbers again only where it is another one: it holds no offsets, so any table may point to it."""

        def __init__(self) -> None:
            super().__init__(1 << 20)
            self._known: dict[tuple[str, bytes], int] = {}

        def CreateNumpyVector(self, x: npt.NDArray[Any]) -> int:  # noqa: N802
            key = (x.dtype.str, x.tobytes())
            if key not in self._known:
                self._known[key] = self._write(x)
            return self._known[key]

        def _write(self, x: npt.NDArray[Any]) -> int:
            if x.dtype != np.uint8:
                return int(super().CreateNumpyVector(x))
            self.StartVector(1, x.size, DATA_ALIGNMENT)
            place = self.Head() - x.size
            self.head = place
            self.Bytes[place : place + x.size] = x.tobytes()
            return int(self.EndVector())

    return Sharing()
