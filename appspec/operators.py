"""The operators of a `.tflite`, and whether a phone's runtime knows them in the versions that the file asks for.

A runtime refuses a whole file for one operator of a version that it does not know. The tables in `runtime_ops/` hold the
versions that each runtime registers; `python -m deploy.phone_library.probe` reads them from the libraries themselves.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appspec.errors import KitError
from appspec.runtimes import Runtime
from appspec.tflite_file import read_tflite

TABLES = Path(__file__).with_name("runtime_ops")


@dataclass(frozen=True, order=True)
class Operator:
    """A builtin operator as a file asks for it.

    Attributes:
        version: the least that a runtime must know.
        count: nodes of the graph that use it.
    """

    name: str
    version: int
    count: int = 1


@dataclass(frozen=True)
class OperatorTable:
    """What one runtime knows.

    Attributes:
        library: its name and version.
        highest: each builtin operator and the highest version that the runtime registers of it.
    """

    runtime: Runtime
    library: str
    highest: dict[str, int]

    def refusal(self, operator: Operator) -> str:
        """Why the runtime refuses an operator, in words; empty where it does not."""
        known = self.highest.get(operator.name)
        if known is None:
            return f"{operator.name} (version {operator.version}, {self.library} does not know it)"
        if operator.version > known:
            return f"{operator.name} version {operator.version} ({self.library} knows it up to version {known})"
        return ""

    def refusals(self, operators: Iterable[Operator]) -> list[str]:
        """As refusal, of all that are refused."""
        return [words for words in map(self.refusal, operators) if words]


@cache
def operator_table(runtime: Runtime) -> OperatorTable:
    """The table of a runtime that the kit ships."""
    document = json.loads((TABLES / f"{runtime}.json").read_text(encoding="utf-8"))
    return OperatorTable(runtime, document["library"], document["highest"])


def read_operators(path: Path) -> tuple[Operator, ...]:
    """The builtin operators of a file with their versions, in alphabetical order; custom ones are left out.

    Args:
        path: any `.tflite`.

    Raises:
        KitError: it is none, or damaged.
    """
    model = read_tflite(path)
    found: Counter[tuple[str, int]] = Counter({(code.name, code.version): 0 for code in model.codes if not code.custom})
    found.update((node.op, node.version) for graph in model.graphs for node in graph.nodes if not node.custom)
    return tuple(sorted(Operator(name, version, count) for (name, version), count in found.items()))


def runtime_refusals(path: Path, runtimes: Iterable[Runtime]) -> list[str]:
    """Why these runtimes refuse a file: each operator that one of them does not know, in words."""
    operators = read_operators(path)
    return [words for runtime in sorted(set(runtimes)) for words in operator_table(runtime).refusals(operators)]


def require_known_operators(paths: Sequence[Path], runtimes: Iterable[Runtime]) -> None:
    """Refuses models that a runtime of the app would not load.

    Raises:
        KitError: names the model, each operator with its version, and what the runtime knows.
    """
    wanted = tuple(runtimes)
    for path in paths:
        refusals = runtime_refusals(path, wanted)
        if refusals:
            raise KitError(
                f"{path.name} would not start on a phone",
                f"it needs {'; '.join(refusals)}",
                'convert it again with the kit (invoke train), choose another [convert] quantize, such as "float16" or "int8", '
                "or another [android] runtime",
            )
