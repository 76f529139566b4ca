"""Which apps can be made: chains of kinds that fit together, data that they can learn from, a screen that feeds them."""

from __future__ import annotations

import itertools

from appspec.errors import KitError
from appspec.spec import AppSpec
from pymodel.tasks.task import Task, app_tasks


def check_supported(spec: AppSpec) -> None:
    """Refuses an app that no code of this version can make.

    Raises:
        KitError: names the key, what was found and what is allowed.
    """
    for i, model in enumerate(spec.model):
        if model.file is not None:
            raise KitError(
                f"app.toml: model[{i}].file = {model.file!r} can't be used yet",
                "this version of the kit has no code for it",
                "use training: leave the key out",
            )
    tasks = app_tasks(spec)
    _check_chain(spec, tasks)
    for model, task in zip(spec.model, tasks, strict=True):
        task.check(spec, model)
    _check_screen(spec, tasks)


def _check_chain(spec: AppSpec, tasks: list[Task]) -> None:
    order = ", ".join(model.task for model in spec.model)
    if not all(before.gives_box and after.follows_box for before, after in itertools.pairwise(tasks)):
        raise KitError(
            "app.toml: model",
            f"the order {order} is no chain: a model looks at the box that the one before it gives",
            "use one model, or a box model and then landmarks or heatmap",
        )
    formats = [name for name in tasks[0].formats if all(name in task.formats for task in tasks)]
    if spec.data.read_as not in formats:
        raise KitError(
            "app.toml: data.format",
            f"{order} can't be learnt from {spec.data.read_as}",
            f"use {' or '.join(formats)}, or drawn with a subject that is written so",
        )


def _check_screen(spec: AppSpec, tasks: list[Task]) -> None:
    screen = tasks[0].screen
    if spec.app.screen != screen:
        order = ", ".join(model.task for model in spec.model)
        raise KitError("app.toml: app.screen", f"{order} needs the screen {screen!r}", f'set screen = "{screen}"')
    if spec.android.camera is not None and screen != "camera":
        raise KitError("app.toml: android.camera", f"the screen {screen!r} has no camera", "leave the key out")
    if spec.android.animation is not None and not any(task.animates for task in tasks):
        raise KitError(
            "app.toml: android.animation",
            "it follows the first point of a heatmap, and no model has that task",
            "leave the key out",
        )
