"""AppSpec and model contracts → an Android project's files. Pure: no process, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from appspec.contract import ModelContract
from appspec.runtimes import Runtimes
from appspec.spec import AppSpec
from codegen.animation import Animation, read_animation
from codegen.context import make_context
from codegen.render import render_project

STAGE_VERSION = 2
"""Raised when the same app and template give other files; tests/golden reminds."""

ANIMATION = "follow.json"
"""The asset that follows a point, a Lottie file: the kinds that have one bring an animation of their own."""

RECORDING = "replay.csv"
"""The asset that a sensor screen plays: a stamp a line, then the model's channels by their names, all plain numbers but the stamp."""


def template_folder() -> Path:
    """Where the Android project's template lies."""
    return Path(__file__).resolve().parent.parent / "android_template"


def generate(
    spec: AppSpec,
    contracts: Sequence[ModelContract],
    template: Path,
    target: Path,
    models: Mapping[str, bytes],
    runtimes: Runtimes | None = None,
) -> None:
    """Writes the Android project of an app.

    Args:
        contracts: one a model, in the order of the chain; others of the same name are variants of it.
        target: an existing, empty folder.
        models: content of each asset by its file name: the models', what a sensor screen replays, RECORDING, and what
            follows a point, ANIMATION, in place of the kind's own.
        runtimes: what computes the models; None: what can be had without Google's repository.

    Raises:
        KitError: the template or the screen doesn't fit the app.
    """
    render_project(template, target, make_context(spec, contracts, runtimes), models)


__all__ = ["ANIMATION", "RECORDING", "STAGE_VERSION", "Animation", "generate", "read_animation", "template_folder"]
