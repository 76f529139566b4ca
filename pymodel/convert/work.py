"""A whole conversion inside a child process: load the source, convert, ask both the same, compare."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from appspec.errors import KitError
from pymodel.convert.asked import ask
from pymodel.convert.loaded import Values
from pymodel.convert.made import Made, UncheckedError
from pymodel.convert.request import Request
from pymodel.convert.sources import load
from pymodel.convert.verify import Difference, compare, tolerance, unmoved
from pymodel.isolated import step
from pymodel.quiet import quiet_environment


def work(job: dict[str, Any]) -> dict[str, Any]:
    """Makes what a request asks for.

    Args:
        job: `request`; `folder`, where files are written; `log`.

    Returns: the report that goes beside the result, without what the parent adds.
    """
    quiet_environment()
    request = Request.from_json(job["request"])
    log = Path(job["log"])
    step("loading the source")
    loaded = load(request)
    step("running the source")
    asked = ask(request, loaded)
    step(f"converting to {request.to}, {request.quantize}")
    target = importlib.import_module(f"pymodel.convert.targets.{request.to}")
    made: Made = target.make(asked.source, request, asked.examples, Path(job["folder"]), log)
    step("comparing the result with the source")
    differences, unchecked = _differences(request, made, asked.compared, asked.answers)
    kind, allowed = tolerance(request, loaded.quantized, loaded.half)
    return {
        "source": {"file": str(request.source.resolve()), "kind": request.kind},
        "target": request.to,
        "quantization": request.quantize,
        "inputs": [{"name": one.name, "shape": list(one.shape), "dtype": one.dtype} for one in loaded.inputs],
        "compared_on": asked.described,
        "checked_by": made.checked_by,
        "outputs": [
            {**asdict(one), "shape": list(one.shape), "relative": one.relative, "relative_mean": one.relative_mean}
            for one in differences
        ],
        "unmoved": unmoved(asked.answers) if differences else [],
        "tolerance": {"of": kind, "allowed": allowed},
        "files": [_file(path) for path in made.files],
        "facts": dict(made.facts),
        "unchecked": unchecked,
        "notes": [*loaded.notes, *made.notes],
    }


def _differences(
    request: Request, made: Made, examples: Sequence[Values], expected: Sequence[Values]
) -> tuple[list[Difference], str]:
    """Of each output; where this machine can't compute the result, none, and why."""
    try:
        return compare(expected, [made.run(values) for values in examples]), ""
    except UncheckedError as error:
        return [], str(error)
    except (RuntimeError, ValueError) as error:
        words = " ".join(str(error).split())[:300]
        raise KitError(request.what, f"what was made doesn't run: {words}", "the source may use what the target lacks") from error


def _file(path: Path) -> dict[str, Any]:
    """Name, size and hash; of a folder, all its files together."""
    parts = sorted(part for part in path.rglob("*") if part.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return {"name": path.name, "bytes": sum(part.stat().st_size for part in parts), "sha256": digest.hexdigest()}
