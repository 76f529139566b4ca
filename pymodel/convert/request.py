"""What a conversion is asked for, and the shapes that follow from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from appspec.contract import Quantization
from appspec.errors import KitError
from pymodel.convert.recognize import Kind

Target = Literal["tflite", "coreml", "c"]
TARGETS: tuple[Target, ...] = get_args(Target)

SHAPE_EXAMPLE = "--input-shape image=1,224,224,3"


@dataclass(frozen=True)
class Request:
    """One conversion.

    Attributes:
        source: the model, of this kind.
        signature: of a SavedModel; empty: its only one, or `serving_default`.
        input_names, output_names: nodes of a frozen graph; empty: its only ones.
        shapes: of inputs, by name, with their batch dimension; for those that the model leaves open.
        inputs: real inputs to compare on and to calibrate with: a folder of pictures or an .npz; None: seeded noise.
        mean, std: a picture's value v (0–255) becomes (v - mean) / std; noise lies in the same range.
        prepared: of an ONNX source, the folder with what its own converter made of it.
        tolerance: largest difference / range of an output that is allowed; None: the target's own.
        inputs_flag: what the user gives the inputs by.
    """

    source: Path
    kind: Kind
    to: Target = "tflite"
    quantize: Quantization = "float32"
    signature: str = ""
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    inputs: Path | None = None
    mean: float = 0.0
    std: float = 255.0
    prepared: Path | None = None
    tolerance: float | None = None
    inputs_flag: str = "--inputs"

    @property
    def what(self) -> str:
        """Of an error."""
        return f"Can't convert {self.source.name or self.source}"

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        values = asdict(self)
        return {**values, **{name: str(values[name]) for name in _PATHS if values[name] is not None}}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Request:
        """The inverse of to_json."""
        values = dict(document)
        values |= {name: Path(values[name]) for name in _PATHS if values[name] is not None}
        values["shapes"] = {name: tuple(shape) for name, shape in values["shapes"].items()}
        for names in ("input_names", "output_names"):
            values[names] = tuple(values[names])
        return cls(**values)


_PATHS = ("source", "inputs", "prepared")


def parse_shapes(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """`name=1,224,224,3` of the command line.

    Raises:
        KitError: one isn't written so.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for text in texts:
        name, _, sides = text.rpartition("=")
        if not name or not re.fullmatch(r"[1-9]\d{0,8}([,x][1-9]\d{0,8})*", sides):
            raise KitError("Can't read --input-shape", f"{text!r} is no NAME=SIDE,SIDE,…", f"write {SHAPE_EXAMPLE}")
        shapes[name] = tuple(int(side) for side in re.split("[,x]", sides))
    return shapes


def fixed_shape(request: Request, name: str, declared: Sequence[int | None] | None) -> tuple[int, ...]:
    """An input's shape without open sides: an open batch size becomes 1, other sides come from the request.

    The only side of a row of values is no batch size for certain, but in Keras.

    Args:
        declared: as the model has it; None or -1 where a side is open.

    Raises:
        KitError: a side is open and wasn't given, or what was given contradicts the model.
    """
    given = request.shapes.get(name)
    if given is None:
        if declared is not None and len(declared) == 1 and _open(declared[0]) and request.kind != "keras":
            why = f"input {name} takes any number of values: how many isn't certain"  # the length of a sound, or a batch size
            raise KitError(request.what, why, f"--input-shape {name}=16000; 1 where it takes one value an example")
        sides = None if declared is None else [1 if i == 0 and _open(side) else side for i, side in enumerate(declared)]
        if sides is None or any(_open(side) for side in sides):
            shown = "any shape" if sides is None else "[" + ", ".join("?" if _open(s) else str(s) for s in sides) + "]"
            example = "1,224,224,3" if sides is None else ",".join("224" if _open(side) else str(side) for side in sides)
            raise KitError(request.what, f"input {name} takes {shown}: its size isn't certain", f"--input-shape {name}={example}")
        return tuple(int(side) for side in sides if side is not None)
    if declared is not None and (
        len(declared) != len(given) or any(not _open(side) and side != wish for side, wish in zip(declared, given, strict=True))
    ):
        shown = ", ".join("?" if _open(side) else str(side) for side in declared)
        raise KitError(request.what, f"input {name} has shape [{shown}], not {list(given)}", "correct --input-shape")
    return given


def check_shape_names(request: Request, names: Sequence[str]) -> None:
    """Shapes are given for inputs that there are.

    Raises:
        KitError: one isn't.
    """
    for name in request.shapes:
        if name not in names:
            raise KitError(request.what, f"it has no input {name}", f"its inputs: {', '.join(names)}")


def _open(side: int | None) -> bool:
    return side is None or side < 0
