"""Conversions for tests: in this process where nothing can crash, and the result asked by itself."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.errors import KitError
from pymodel.convert.made import OVERFLOWED
from pymodel.convert.recognize import recognize
from pymodel.convert.request import Request
from pymodel.convert.verify import Difference, require_agreement
from pymodel.convert.work import work


@dataclass(frozen=True)
class Made:
    """A conversion's report, and its file in a folder of its own."""

    report: dict[str, Any]
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / self.report["files"][0]["name"]

    @property
    def outputs(self) -> dict[str, list[int]]:
        return {row["output"]: row["shape"] for row in self.report["outputs"]}


def convert_here(path: Path, **wishes: Any) -> Made:
    """The work of the child process, done in this one, to a folder of its own; held to the tolerance."""
    folder = Path(tempfile.mkdtemp(prefix="converted-"))
    (folder / "made").mkdir()
    request = Request(path, recognize(path), **wishes)
    report = work({"request": request.to_json(), "folder": str(folder / "made"), "log": str(folder / "log")})
    differences = [
        Difference(**{key: row[key] for key in ("output", "shape", "largest", "mean", "range", "span", "no_numbers")})
        for row in report["outputs"]
    ]
    held = report["tolerance"]
    require_agreement(request, differences, held["of"], held["allowed"], report["facts"].get(OVERFLOWED, ()))
    return Made(report, folder / "made")


def refused(path: Path, **wishes: Any) -> KitError:
    """The error that a conversion ends with."""
    with pytest.raises(KitError) as caught:
        convert_here(path, **wishes)
    return caught.value


def answers(tflite: Path, *inputs: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """A file's outputs by LiteRT alone, sorted by shape: no code of the kit's own."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(tflite), num_threads=1)
    interpreter.allocate_tensors()
    for details, value in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(details["index"], value)
    interpreter.invoke()
    found = [interpreter.get_tensor(details["index"]) for details in interpreter.get_output_details()]
    return sorted(found, key=lambda one: one.shape)
