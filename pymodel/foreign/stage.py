"""The stage that adopts a ready model: NAME.tflite and adopted.json."""

from __future__ import annotations

import json
from pathlib import Path

from appspec.spec import AppSpec, Model
from pymodel.foreign.adopt import STAGE_VERSION, Recognize, adopt
from pymodel.foreign.sources import open_source
from pymodel.foreign.wishes import wishes_of

DOCUMENT = "adopted.json"


def write_adopted(file: Path, spec: AppSpec, model: Model, recognize: Recognize, target: Path) -> None:
    """Writes the described copy of a model's file.

    Raises:
        KitError: as adopt and open_source.
    """
    with open_source(file) as source:
        found = adopt(source, model.name, wishes_of(spec, model), recognize, spec.app.name)
    (target / f"{model.name}.tflite").write_bytes(found.content)
    document = {"task": found.task, "origin": source.origin, "quantization": found.quantization, "notes": found.notes}
    (target / DOCUMENT).write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")


def read_notes(folder: Path) -> list[str]:
    """What was concluded from what, a line each."""
    notes: list[str] = json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))["notes"]
    return notes


__all__ = ["STAGE_VERSION", "read_notes", "write_adopted"]
