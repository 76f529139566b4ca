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
    if spec.android.delegate == "nnapi":
        raise _unserved("android.delegate", "nnapi", "auto, cpu or gpu")
    if spec.android.animation is not None:
        raise _unserved("android.animation", spec.android.animation, "the template's own: leave the key out")


CHAINS = {
    "box": ("cat", "coco", "voc"),
    "box, landmarks": ("cat", "coco"),
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


def _unserved(key: str, value: str, served: str) -> KitError:
    return KitError(
        f"app.toml: {key} = {value!r} can't be used yet", "this version of the kit has no code for it", f"use {served}"
    )
