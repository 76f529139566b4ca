"""Writes the Android project, and keeps in it whatever the user has made of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from appspec.operators import operator_table, require_known_operators
from appspec.read_contract import read_contract
from appspec.runtimes import Runtimes, choose_runtimes
from appspec.spec import AppSpec
from appspec.stages import Stage, StageResult, hash_file, hash_tree
from codegen import ANIMATION, RECORDING, STAGE_VERSION, Animation, generate, read_animation, template_folder
from deploy.toolchain.artifacts import DOWNLOADS
from deploy.toolchain.cache import silent
from deploy.toolchain.litert import litert_resolves
from deploy.toolchain.wrapper import add_wrapper
from flow.app import OpenApp
from flow.regenerate.project import read_project, tree_hash
from flow.regenerate.regenerate import regenerate
from pymodel.stages.chosen import chosen_models


def generate_project(app: OpenApp, say: Callable[[str], None]) -> StageResult:
    """The Android project of the app's finished models, joined with the user's edits of the last one.

    Raises:
        KitError: the models are not there yet, the animation is none, or the user's edits and the new project contradict each
            other.
    """
    artifacts, spec = app.artifacts, app.spec
    animation = own_animation(spec)
    chosen_models(spec, artifacts, app.arguments)
    shipped = [artifacts.shipped(model.name) for model in spec.model]
    models = [path for paths in shipped for path in paths]
    chosen = runtimes(spec, say)
    recording = artifacts.evaluation / RECORDING
    stage = Stage(
        "generate project",
        artifacts.android,
        {
            "app": spec.app.model_dump(),
            "android": spec.android.model_dump(),
            "runtimes": [chosen.debug, chosen.release],
            "operators": [operator_table(runtime).highest for runtime in (chosen.debug, chosen.release)],
            "models": {path.name: hash_file(path) for path in models},
            "template": hash_tree(template_folder()),
            "wrapper": hash_file(DOWNLOADS),
            "recording": hash_file(recording) if recording.is_file() else None,
            "animation": hashlib.sha256(animation.content).hexdigest() if animation else None,
        },
        STAGE_VERSION,
    )
    contracts = [replace(read_contract(path), name=paths[0].stem) for paths in shipped for path in paths]
    contents = {path.name: path.read_bytes() for path in (*models, *([recording] if recording.is_file() else []))}
    if animation:
        contents[ANIMATION] = animation.content
        for note in animation.notes:
            say(f"Note: {note}")

    def write(target: Path) -> None:
        require_known_operators(models, {chosen.debug, chosen.release})
        generate(spec, contracts, template_folder(), target, contents, chosen)
        add_wrapper(target, say)

    return regenerate(stage, write, say)


def own_animation(spec: AppSpec) -> Animation | None:
    """The user's animation, where app.toml names one.

    Raises:
        KitError: as read_animation; better before a training than after it.
    """
    return read_animation(spec.path(spec.android.animation)) if spec.android.animation else None


def runtimes(spec: AppSpec, say: Callable[[str], None] = silent) -> Runtimes:
    """What computes the models in debug builds and in releases; `auto` depends on what this machine can reach."""
    return choose_runtimes(spec.android, spec.android.runtime == "auto" and litert_resolves(say))


def project_hash(project: Path) -> str:
    """Hash of everything in a project that its APK follows from, the user's edits included."""
    return tree_hash(read_project(project))
