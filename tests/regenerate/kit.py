"""Small projects to regenerate, as bytes by name."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from appspec.errors import KitError
from appspec.stages import Stage
from flow.regenerate.regenerate import regenerate

Files = Mapping[str, bytes]


def write_files(folder: Path, files: Files, runs: frozenset[str] = frozenset()) -> None:
    """Writes files; those in `runs` with their run bit."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o755 if name in runs else 0o644)


def replace_files(project: Path, files: Files) -> None:
    """What a user leaves who makes a project hold just these."""
    for path in list(project.iterdir()):
        if not path.name.startswith(".stamp"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    write_files(project, files)


def read_files(project: Path) -> dict[str, bytes]:
    """All files but the kit's notes."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file() and not path.name.startswith(".stamp")
    }


def run(project: Path, files: Files, runs: frozenset[str] = frozenset()) -> tuple[list[str], KitError | None]:
    """Regenerates the project from `files`: what was said, and the error that it ended with."""
    said: list[str] = []
    state = {"files": {name: content.hex() for name, content in files.items()}, "runs": sorted(runs)}
    stage = Stage("generate project", project, state)
    try:
        regenerate(stage, lambda target: write_files(target, files, runs), said.append)
    except KitError as error:
        return said, error
    return said, None
