"""What a TF1 graph (`tensorflow.GraphDef`) holds, read without TensorFlow: inputs, outputs, variables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pymodel.convert.wire import fields, messages, signed, text

VARIABLES = ("VariableV2", "Variable", "VarHandleOp", "AutoReloadVariable", "TemporaryVariable")
CONTROL_OPS = ("Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond", "RefSwitch", "RefMerge", "RefEnter", "RefExit")
TABLE_OPS = ("InitializeTable", "InitializeTableV2", "InitializeTableFromTextFileV2", "LookupTableImport", "LookupTableImportV2")
LOG_OPS = ("Assert", "PrintV2", "ScalarSummary", "HistogramSummary", "ImageSummary", "TensorSummaryV2", "MergeSummary")
SAVE_OPS = ("SaveV2", "MergeV2Checkpoints", "ShardedFilename", "WriteFile")
SOURCE_OPS = ("Const", "Placeholder", "PlaceholderWithDefault")
SIDE_OPS = (*CONTROL_OPS, *TABLE_OPS, *LOG_OPS, *SAVE_OPS, *SOURCE_OPS, "NoOp")
"""Nothing is computed by them: their results are no outputs."""


@dataclass(frozen=True)
class Placeholder:
    """An input.

    Attributes:
        shape: -1 where the graph leaves a side open; None where it leaves all open.
        default: it has a value where none is given.
    """

    name: str
    shape: tuple[int, ...] | None
    default: bool = False

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
        feeds: node → those whose results it takes, or waits for.
    """

    names: frozenset[str]
    inputs: tuple[Placeholder, ...]
    outputs: tuple[str, ...]
    variables: tuple[str, ...]
    feeds: Mapping[str, tuple[str, ...]]

    def open_inputs(self, outputs: Iterable[str], given: Collection[str]) -> list[str]:
        """Placeholders without a default that `outputs` need beside the nodes `given`, in the graph's order."""
        waiting, needed = list(outputs), set(given)
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting += self.feeds.get(name, ())
        return [one.name for one in self.inputs if one.name in needed and one.name not in given and not one.default]


def read_graph(content: memoryview) -> Graph:
    """A GraphDef.

    Raises:
        WireError: it is none.
    """
    operators: dict[str, str] = {}
    feeds: dict[str, tuple[str, ...]] = {}
    inputs: list[Placeholder] = []
    for node in messages(content, 1):
        name = operator = ""
        attributes: list[memoryview] = []
        taken: list[str] = []
        for number, value in fields(node):
            if number == 1:
                name = text(value)
            elif number == 2:
                operator = text(value)
            elif number == 3:
                taken.append(text(value).lstrip("^").split(":")[0])
            elif number == 5 and isinstance(value, memoryview):
                attributes.append(value)
        operators[name], feeds[name] = operator, tuple(taken)
        if operator in ("Placeholder", "PlaceholderWithDefault"):
            inputs.append(Placeholder(name, _shape(attributes), operator == "PlaceholderWithDefault"))
    used = {name for names in feeds.values() for name in names}
    outputs = tuple(
        name
        for name, operator in operators.items()
        if name not in used and operator not in SIDE_OPS and not name.endswith(("/switch_f", "/switch_t"))
    )
    variables = tuple(name for name, operator in operators.items() if operator in VARIABLES)
    return Graph(frozenset(operators), tuple(inputs), outputs, variables, feeds)


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
