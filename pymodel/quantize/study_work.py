"""The child's side of a study of any source: load it, convert it into each mode, hold the answers against the source's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from appspec.contract import Quantization
from appspec.errors import KitError
from pymodel.convert.asked import Asked, ask
from pymodel.convert.examples import COUNT
from pymodel.convert.lite_model import LiteModel
from pymodel.convert.request import Request
from pymodel.convert.signature import with_signature
from pymodel.convert.sources import load
from pymodel.convert.targets.tflite import refusal
from pymodel.convert.tflite import CALIBRATED, Converter
from pymodel.convert.verify import compare, require_agreement
from pymodel.isolated import step
from pymodel.quantize.debugger import convert_mixed, left_in_floats, worst_layers
from pymodel.quiet import quiet_environment

WORST_KEPT = 10
NEEDS_INPUTS = "needs real inputs, which its scales follow from: --representative"


def work(job: dict[str, Any]) -> dict[str, Any]:
    """See pymodel.quantize.study.study_source.

    Args:
        job: `request`; `modes`; `folder`, where files are written; `log`.
    """
    quiet_environment()
    request, folder = Request.from_json(job["request"]), Path(job["folder"])
    step("loading the source")
    loaded = load(request)
    if loaded.frozen is None:
        why = "a .tflite can't be quantized further: its operators and types are chosen"
        raise KitError(f"Can't quantize {request.source.name}", why, "give the model that it was converted from")
    step("running the source")
    asked = ask(request, loaded)
    require_agreement(request, compare(asked.answers, asked.answers), "largest", 0)  # a source that answers NaN proves nothing
    names = [one.name for one in loaded.inputs]
    stacked = [np.stack([values[name] for values in asked.examples]) for name in names]
    np.savez(folder / "inputs.npz", **{name: values[:COUNT] for name, values in zip(names, stacked, strict=True)})
    assert asked.source.frozen is not None
    converter = Converter(asked.source.frozen, stacked, Path(job["log"]))
    rows: list[dict[str, Any]] = []
    worst: tuple[str, ...] = ()
    for kind in ("float32", *job["modes"]):
        step(f"converting to {kind}")
        try:
            if kind in (*CALIBRATED, "mixed") and request.inputs is None:
                raise ValueError(NEEDS_INPUTS)
            row: dict[str, Any] = {"quantization": kind}
            if kind == "mixed":
                layers = worst_layers(converter)
                worst = tuple(layer.words for layer in layers[:WORST_KEPT])
                tries = left_in_floats(layers)
                if not tries:
                    raise ValueError("too few layers to leave some of them in floats")
                left = tries[0]
                content = convert_mixed(converter, left)
                row["float_layers"] = [layer.words for layer in left]
            else:
                content = converter.convert(kind)
            rows.append(row | _written(request, asked, kind, content, folder))
        except Exception as error:  # converter and LiteRT have no exceptions of their own for what they refuse
            if kind == "float32":
                raise refusal(request, error) from error
            rows.append({"quantization": kind, "error": first_line(error)})
    return {"modes": rows, "inputs": asked.described, "worst": worst}


def first_line(error: Exception) -> str:
    """What an error says, in short."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[:300]


def _written(request: Request, asked: Asked, kind: Quantization, content: bytes, folder: Path) -> dict[str, Any]:
    """Writes one file; how far it is from the source."""
    assert asked.source.frozen is not None
    content = with_signature(content, asked.source.frozen.inputs, asked.source.frozen.outputs)
    path = folder / kind / f"{request.source.stem}.tflite"
    path.parent.mkdir()
    path.write_bytes(content)
    model = LiteModel(content)
    model.allocate()
    differences = compare(asked.answers, [model.run(values) for values in asked.compared])
    for one in differences:
        if one.no_numbers:
            return {"error": f"output {one.output} {one.no_numbers}"}
    return {"largest": max(one.relative for one in differences), "mean": max(one.relative_mean for one in differences)}
