"""Which words of app.toml this version has code for."""

from __future__ import annotations

from appspec.errors import KitError
from appspec.spec import AppSpec


def check_served(spec: AppSpec) -> None:
    """Says plainly which words of app.toml no code serves yet.

    Raises:
        KitError: the spec uses one of them.
    """
    if spec.data.format not in ("cat", "drawn"):
        raise _unserved("data.format", spec.data.format, "cat or drawn")
    for i, model in enumerate(spec.model):
        if model.task not in ("box", "landmarks"):
            raise _unserved(f"model[{i}].task", model.task, "box or landmarks")
        if model.file is not None:
            raise _unserved(f"model[{i}].file", model.file, "training: leave the key out")
    if spec.app.screen != "camera":
        raise _unserved("app.screen", spec.app.screen, "camera")
    if spec.android.delegate == "nnapi":
        raise _unserved("android.delegate", "nnapi", "auto, cpu or gpu")
    if spec.android.runtime not in ("auto", "tensorflow-lite"):
        raise _unserved("android.runtime", spec.android.runtime, "auto or tensorflow-lite")
    if spec.android.animation is not None:
        raise _unserved("android.animation", spec.android.animation, "the template's own: leave the key out")
    tasks = [model.task for model in spec.model]
    if tasks not in (["box"], ["box", "landmarks"], ["landmarks"]):
        raise KitError(
            "app.toml: model", f"the order {', '.join(tasks)} is no chain", "use box, landmarks, or box then landmarks"
        )


def _unserved(key: str, value: str, served: str) -> KitError:
    return KitError(
        f"app.toml: {key} = {value!r} can't be used yet", "this version of the kit has no code for it", f"use {served}"
    )
