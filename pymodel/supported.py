"""Which words of app.toml this version has code for."""

from __future__ import annotations

from appspec.errors import KitError
from appspec.spec import AppSpec


def check_served(spec: AppSpec) -> None:
    """Says plainly which words of app.toml no code serves yet.

    Raises:
        KitError: the spec uses one of them.
    """
    for i, model in enumerate(spec.model):
        if model.file is not None:
            raise _unserved(f"model[{i}].file", model.file, "training: leave the key out")
    _check_chain(spec)
    _check_shown(spec)


CHAINS = {
    "box": ("cat", "coco", "voc"),
    "box, landmarks": ("cat", "coco"),
    "box, heatmap": ("cat", "coco"),
    "landmarks": ("cat", "coco"),
    "heatmap": ("cat", "coco"),
    "classify": ("folder",),
    "window": ("csv",),
}
"""Tasks of an app's models in order, and the formats that they can learn from."""


def _check_chain(spec: AppSpec) -> None:
    tasks = ", ".join(model.task for model in spec.model)
    if tasks not in CHAINS:
        raise KitError("app.toml: model", f"the order {tasks} is no chain", f"use one of: {'; '.join(CHAINS)}")
    if spec.data.read_as not in CHAINS[tasks]:
        raise KitError(
            "app.toml: data.format",
            f"{tasks} can't be learnt from {spec.data.read_as}",
            f"use {' or '.join(CHAINS[tasks])}, or drawn with a subject that is written so",
        )
    screen = "sensor" if tasks == "window" else "camera"
    if spec.app.screen != screen:
        raise KitError("app.toml: app.screen", f"{tasks} needs the screen {screen!r}", f'set screen = "{screen}"')


def _check_shown(spec: AppSpec) -> None:
    """What only some screens have."""
    camera, animation = spec.android.camera, spec.android.animation
    if camera is not None and spec.app.screen != "camera":
        raise KitError("app.toml: android.camera", f"the screen {spec.app.screen!r} has no camera", "leave the key out")
    if animation is not None and all(model.task != "heatmap" for model in spec.model):
        raise KitError(
            "app.toml: android.animation",
            "it follows the first point of a heatmap, and no model has that task",
            "leave the key out",
        )


def _unserved(key: str, value: str, served: str) -> KitError:
    return KitError(
        f"app.toml: {key} = {value!r} can't be used yet", "this version of the kit has no code for it", f"use {served}"
    )
