"""What a `.tflite` says of itself in words: TFLite Metadata (metadata_schema.fbs), read like the model, without trusting it."""

from __future__ import annotations

from dataclasses import dataclass, field

from appspec.flatbuffer import Buffer, DamagedError, Table
from appspec.tflite_file import TfliteFile, guarded

ENTRY = "TFLITE_METADATA"
MARK = b"M001"

_CONTENTS = ("", "features", "image", "boxes", "audio")
_COLORS = ("", "rgb", "grayscale")
_FILES = ("unknown", "descriptions", "axis labels", "value labels", "score calibration", "vocabulary", "scann index")
_NORMALIZATION, _THRESHOLD = 1, 3


@dataclass(frozen=True)
class AssociatedFile:
    """A packed file that belongs to a tensor or to the model."""

    name: str
    kind: str
    description: str = ""
    locale: str = ""


@dataclass(frozen=True)
class TensorMetadata:
    """Of one input or output.

    Attributes:
        content: `features`, `image`, `boxes`, `audio`, or empty.
        color: of an image: `rgb`, `grayscale`, or empty.
        mean, std: of the normalization, one or one a channel; None without.
        threshold: of scores; None without.
    """

    name: str
    description: str
    content: str
    color: str
    mean: tuple[float, ...] | None
    std: tuple[float, ...] | None
    threshold: float | None
    files: tuple[AssociatedFile, ...]


@dataclass(frozen=True)
class ModelMetadata:
    """Of a model and its first graph; empty texts where it doesn't say."""

    name: str = ""
    description: str = ""
    version: str = ""
    author: str = ""
    license: str = ""
    min_parser_version: str = ""
    inputs: tuple[TensorMetadata, ...] = ()
    outputs: tuple[TensorMetadata, ...] = ()
    files: tuple[AssociatedFile, ...] = field(default=())


def read_metadata(model: TfliteFile) -> ModelMetadata | None:
    """None where the model has none.

    Raises:
        KitError: it has some that can't be read.
    """
    if ENTRY not in model.metadata:
        return None
    data = model.buffer(model.metadata[ENTRY])

    def read() -> ModelMetadata:
        if data[4:8] != MARK:
            raise DamagedError(f"its metadata does not start with {MARK.decode()}")
        return _metadata(Buffer(data).root())

    return guarded(model.name, read)


def _metadata(root: Table) -> ModelMetadata:
    graphs = root.tables(3)
    first = graphs[0] if graphs else None
    return ModelMetadata(
        name=root.text(0),
        description=root.text(1),
        version=root.text(2),
        author=root.text(4),
        license=root.text(5),
        min_parser_version=root.text(7),
        inputs=tuple(map(_tensor, first.tables(2))) if first else (),
        outputs=tuple(map(_tensor, first.tables(3))) if first else (),
        files=_files(root, 6) + (_files(first, 4) if first else ()),
    )


def _tensor(table: Table) -> TensorMetadata:
    content = table.table(3)
    kind = _name(_CONTENTS, content.integer(0, "B")) if content else ""
    properties = content.table(1) if content and kind else None
    units = {unit.integer(0, "B"): unit.table(1) for unit in reversed(table.tables(4))}
    normalization, scores = units.get(_NORMALIZATION), units.get(_THRESHOLD)
    return TensorMetadata(
        name=table.text(0),
        description=table.text(1),
        content=kind,
        color=_name(_COLORS, properties.integer(0, "b")) if properties and kind == "image" else "",
        mean=normalization.reals(0) if normalization else None,
        std=normalization.reals(1) if normalization else None,
        threshold=scores.real(0) if scores else None,
        files=_files(table, 6),
    )


def _files(table: Table, field: int) -> tuple[AssociatedFile, ...]:
    return tuple(
        AssociatedFile(one.text(0), _name(_FILES, one.integer(2, "b")), one.text(1), one.text(3)) for one in table.tables(field)
    )


def _name(names: tuple[str, ...], code: int) -> str:
    return names[code] if 0 <= code < len(names) else ""
