"""What a TF1 graph (`tensorflow.GraphDef`) holds, read without TensorFlow: inputs, outputs, variables."""

from __future__ import annotations

from dataclasses import dataclass

from pymodel.convert.wire import fields, messages, signed, text

VARIABLES = ("VariableV2", "Variable", "VarHandleOp", "AutoReloadVariable", "TemporaryVariable")
SIDE_OPS = ("NoOp", "Assert", "SaveV2", "MergeV2Checkpoints", "Const", "Placeholder", "PlaceholderWithDefault")
"""Nothing is computed by them: their results are no outputs."""


@dataclass(frozen=True)
class Placeholder:
    """An input.

    Attributes:
        shape: -1 where the graph leaves a side open; None where it leaves all open.
    """

    name: str
    shape: tuple[int, ...] | None

    def __str__(self) -> str:
        sides = "shape open" if self.shape is None else ", ".join("?" if side < 0 else str(side) for side in self.shape)
        return f"{self.name} [{sides}]"


@dataclass(frozen=True)
class Graph:
    """A graph's nodes, as far as a conversion asks.

    Attributes:
        names: of all nodes.
        outputs: nodes whose result no other node takes.
        variables: nodes that hold weights outside the graph; a frozen graph has none.
    """

    names: frozenset[str]
    inputs: tuple[Placeholder, ...]
    outputs: tuple[str, ...]
    variables: tuple[str, ...]


def read_graph(content: memoryview) -> Graph:
    """A GraphDef.

    Raises:
        WireError: it is none.
    """
    operators: dict[str, str] = {}
    taken: set[str] = set()
    inputs: list[Placeholder] = []
    for node in messages(content, 1):
        name = operator = ""
        attributes: list[memoryview] = []
        for number, value in fields(node):
            if number == 1:
                name = text(value)
            elif number == 2:
                operator = text(value)
            elif number == 3:
                taken.add(text(value).lstrip("^").split(":")[0])
            elif number == 5 and isinstance(value, memoryview):
                attributes.append(value)
        operators[name] = operator
        if operator in ("Placeholder", "PlaceholderWithDefault"):
            inputs.append(Placeholder(name, _shape(attributes)))
    outputs = tuple(name for name, operator in operators.items() if name not in taken and operator not in SIDE_OPS)
    variables = tuple(name for name, operator in operators.items() if operator in VARIABLES)
    return Graph(frozenset(operators), tuple(inputs), outputs, variables)


def _shape(attributes: list[memoryview]) -> tuple[int, ...] | None:
    """Of a placeholder: its attribute `shape` (AttrValue.shape = 7, TensorShapeProto.dim = 2, unknown_rank = 3)."""
    for entry in attributes:
        pair = dict(fields(entry))
        value = pair.get(2)
        if text(pair.get(1, 0)) != "shape" or not isinstance(value, memoryview):
            continue
        for shape in messages(value, 7):
            if dict(fields(shape)).get(3):
                return None
            return tuple(signed(dict(fields(side)).get(1, 0)) for side in messages(shape, 2))
    return None
