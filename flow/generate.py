"""Writes the Android project, and never over what a user has edited in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from appspec.read_contract import read_contract
from appspec.stages import Stage, StageResult, hash_file, hash_tree, read_stamp
from codegen import ANIMATION, RECORDING, generate, read_animation, template_folder
from deploy.toolchain.wrapper import add_wrapper
from flow.app import OpenApp
from pymodel.pipeline import chosen_models

CACHES = (".gradle", "build", "app/build")
"""Gradle's own folders: they move into a newly generated project, so that its build is incremental."""

FOREIGN = (*CACHES, ".idea", ".kotlin", "local.properties")
"""What other tools put into a project: no edit of the user's."""

MANIFEST = ".stamp-generated.json"
"""Hashes of what was generated, within the project: they come and go with it, whenever the process dies."""


def generate_project(app: OpenApp, say: Callable[[str], None]) -> StageResult:
    """The Android project of the app's finished models.

    A project with edits of the user's stays while nothing it follows from changes; when something does, it is moved
    aside whole and the new one is written beside it.

    Raises:
        KitError: the models are not there yet, or the animation is none.
    """
    artifacts, spec = app.artifacts, app.spec
    models = chosen_models(spec, artifacts)
    recording = artifacts.evaluation / RECORDING
    animation = read_animation(spec.path(spec.android.animation)) if spec.android.animation else None
    stage = Stage(
        "generate project",
        artifacts.android,
        {
            "app": spec.app.model_dump(),
            "android": spec.android.model_dump(),
            "models": {path.name: hash_file(path) for path in models},
            "template": hash_tree(template_folder()),
            "recording": hash_file(recording) if recording.is_file() else None,
            "animation": hashlib.sha256(animation).hexdigest() if animation else None,
        },
        (
            "codegen",
            "appspec/read_contract.py",
            "appspec/contract.py",
            "flow/generate.py",
            "deploy/toolchain/wrapper.py",
            "deploy/toolchain/downloads.toml",
        ),
        ("jinja2",),
    )
    edits = edited_files(artifacts.android)
    standing = read_stamp(artifacts.android)
    if edits and standing is not None and standing["stamp"] == stage.stamp():
        say(f"generate project: nothing changed; your edits stay ({', '.join(edits[:3])}{' …' if len(edits) > 3 else ''})")
        return StageResult(stage.name, stage.folder, stage.stamp(), False, 0.0)
    if edits:
        aside = _free_name(artifacts.root / "android-edited")
        artifacts.android.rename(aside)
        say(f"  you edited {len(edits)} file(s) of the generated project: it is kept whole in {aside}")
    contracts = [read_contract(path) for path in models]
    contents = {path.name: path.read_bytes() for path in (*models, *([recording] if recording.is_file() else []))}
    if animation:
        contents[ANIMATION] = animation

    def make(target: Path) -> None:
        generate(spec, contracts, template_folder(), target, contents)
        add_wrapper(target, say)
        (target / MANIFEST).write_text(json.dumps(_hashes(target)), encoding="utf-8")

    return stage.run(make, say, keep=CACHES)


def project_hash(project: Path) -> str:
    """Hash of everything in a project that its APK follows from, the user's edits included."""
    return json.dumps(_hashes(project), sort_keys=True)


def edited_files(project: Path) -> list[str]:
    """Files that differ from what was generated, or came or went since."""
    try:
        before = json.loads((project / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no project, or none of ours
        return []
    now = _hashes(project)
    return sorted(name for name in {**before, **now} if before.get(name) != now.get(name))


def _hashes(project: Path) -> dict[str, str]:
    return {
        name: hash_file(project / name)
        for name in sorted(path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file())
        if not name.startswith(".stamp") and not any(name == place or name.startswith(f"{place}/") for place in FOREIGN)
    }


def _free_name(path: Path) -> Path:
    number = 1
    while path.with_name(f"{path.name}-{number}").exists():
        number += 1
    return path.with_name(f"{path.name}-{number}")
