"""Which apps can be made: chains of kinds that fit together, data that they can learn from, a screen that feeds them."""

from __future__ import annotations

import itertools

from appspec.errors import KitError
from appspec.model_spec import Model
from appspec.spec import AppSpec
from pymodel.tasks.task import Task, TrainedTask, app_tasks


def check_supported(spec: AppSpec) -> None:
    """Refuses an app that no code of this version can make.

    Raises:
        KitError: names the key, what was found and what is allowed.
    """
    tasks = app_tasks(spec)
    _check_chain(spec, tasks)
    for model, task in zip(spec.model, tasks, strict=True):
        task.check(spec, model)
        _check_tracking(model, task)
    _check_data(spec, tasks)
    _check_screen(spec, tasks)


def _check_chain(spec: AppSpec, tasks: list[Task]) -> None:
    order = ", ".join(model.task for model in spec.model)
    if not all(before.gives_box and after.follows_box for before, after in itertools.pairwise(tasks)):
        raise KitError(
            "app.toml: model",
            f"the order {order} is no chain: a model looks at the box that the one before it gives",
            "use one model, or one that finds boxes (box, detect) and then landmarks, heatmap or classify",
        )


def _check_tracking(model: Model, task: Task) -> None:
    key = next((key for key in ("again", "presence", "show", "order") if getattr(model, key) is not None), None)
    if key is not None and not task.tracks:
        raise KitError(
            f"app.toml: model {model.name}: {key}",
            f"it is about coordinates of points (landmarks), and the task is {model.task}",
            "leave the key out, or change the task",
        )


def _check_data(spec: AppSpec, tasks: list[Task]) -> None:
    learners = [task for model, task in zip(spec.model, tasks, strict=True) if model.file is None]
    trained = [task for task in learners if isinstance(task, TrainedTask)]
    if spec.data is None or not trained:
        return
    formats = [name for name in trained[0].formats if all(name in task.formats for task in trained)]
    if spec.data.read_as not in formats:
        order = ", ".join(model.task for model in spec.model if model.file is None)
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
    follows = (
        task.animates and (not task.tracks or model.show is not None) for model, task in zip(spec.model, tasks, strict=True)
    )
    if spec.android.animation is not None and not any(follows):
        raise KitError(
            "app.toml: android.animation",
            "it follows the first point of a heatmap, or of the landmarks that show names, and no model has such a point",
            "leave the key out, or name points as show of a landmarks model",
        )
