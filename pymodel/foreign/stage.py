"""The stage that adopts a ready model: NAME.tflite, adopted.json, inputs.npy."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from appspec.model_spec import Model
from appspec.spec import AppSpec
from pymodel.foreign.adopt import STAGE_VERSION, Recognize, adopt
from pymodel.foreign.packaged import PackagedModel
from pymodel.foreign.sources import Means, open_source
from pymodel.foreign.wishes import wishes_of

DOCUMENT, INPUTS = "adopted.json", "inputs.npy"


def write_adopted(
    file: Path,
    spec: AppSpec,
    model: Model,
    recognize: Recognize,
    means: Means,
    target: Path,
    packaged: PackagedModel | None = None,
) -> None:
    """Writes the described copy of a model's file, and an input for phone checks.

    Args:
        packaged: the package that it is from.

    Raises:
        KitError: as adopt and open_source.
    """
    with open_source(file, wishes_of(spec, model), means) as (source, wishes):
        if packaged is not None:
            source = replace(source, credit=packaged.credit, license=packaged.license)
        found = adopt(source, model.name, wishes, recognize, means.log, spec.app.name)
    (target / f"{model.name}.tflite").write_bytes(found.content)
    np.save(target / INPUTS, found.picture)
    document = {"task": found.task, "origin": source.origin, "quantization": found.quantization, "notes": found.notes}
    (target / DOCUMENT).write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")


def read_notes(folder: Path) -> list[str]:
    """What was concluded from what, a line each."""
    notes: list[str] = json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))["notes"]
    return notes


__all__ = ["INPUTS", "STAGE_VERSION", "read_notes", "write_adopted"]
