"""Which apps can be made: what doesn't fit together is refused before any work, with a remedy."""

from __future__ import annotations

from typing import Any

import pytest

from appspec.errors import KitError
from appspec.kinds import task_kinds
from appspec.spec import AppSpec
from pymodel.tasks.check import check_supported
from pymodel.tasks.task import find_task


def spec(*models: dict[str, Any], **sections: dict[str, Any]) -> AppSpec:
    named = [{"name": f"m{i}", **model} for i, model in enumerate(models)]
    app = {"name": "A", "id": "org.example.a", **sections.pop("app", {})}
    return AppSpec.model_validate({"app": app, "model": named, "data": {"format": "drawn"}, **sections})


BOX, LANDMARKS, HEATMAP = ({"task": kind} for kind in ("box", "landmarks", "heatmap"))
SERIES = {"format": "csv", "path": "x"}


@pytest.mark.parametrize(
    "good",
    [
        spec(BOX),
        spec(LANDMARKS),
        spec(BOX, LANDMARKS),
        spec(BOX, HEATMAP, data={"format": "coco", "path": "x"}),
        spec({"task": "classify"}, data={"format": "folder", "path": "x"}),
        spec({"task": "window"}, app={"screen": "sensor"}, data=SERIES),
        spec({"task": "detect", "file": "a.tflite"}, data=None),
        spec({"task": "detect", "file": "a.tflite"}, LANDMARKS),
        spec({"task": "detect", "file": "a.tflite"}, {**LANDMARKS, "file": "b.tflite"}, data=None),
    ],
    ids=lambda good: "-".join(model.task for model in good.model),
)
def test_these_fit(good: AppSpec) -> None:
    check_supported(good)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (spec(LANDMARKS, BOX), "the order landmarks, box is no chain"),
        (spec(BOX, BOX), "no chain"),
        (spec(BOX, {"task": "classify"}), "no chain"),
        (spec(BOX, LANDMARKS, LANDMARKS), "no chain"),
        (spec({"task": "classify"}), "classify can't be learnt from cat"),
        (spec(BOX, LANDMARKS, data={"format": "voc", "path": "x"}), "box, landmarks can't be learnt from voc"),
        (spec({"task": "window"}, data=SERIES), "window needs the screen 'sensor'"),
        (spec(BOX, app={"screen": "sensor"}), "box needs the screen 'camera'"),
        (spec({**BOX, "backbone": {"name": "hourglass"}}), "task 'box' needs 'mobilenet_v2', found 'hourglass'"),
        (
            spec({"task": "window", "input": {"size": [96, 96]}}, app={"screen": "sensor"}, data=SERIES),
            "a window has no input.size",
        ),
        (spec(BOX, android={"animation": "a.json"}), "it follows the first point of a heatmap"),
        (spec({"task": "window"}, app={"screen": "sensor"}, data=SERIES, android={"camera": "front"}), "has no camera"),
        (spec({"task": "detect"}), "the kit trains no model that does 'detect'"),
        (spec({"task": "mask", "file": "a.tflite"}, LANDMARKS), "no chain"),
    ],
)
def test_these_do_not(bad: AppSpec, says: str) -> None:
    with pytest.raises(KitError) as caught:
        check_supported(bad)
    assert caught.value.what.startswith("app.toml: ")
    assert says in f"{caught.value.what} {caught.value.why}"
    assert caught.value.fix


def test_each_kind_is_found_by_its_folder() -> None:
    assert task_kinds() == ["box", "classify", "detect", "heatmap", "landmarks", "mask", "raw", "window"]
    assert len({type(find_task(kind)) for kind in task_kinds()}) == 8
