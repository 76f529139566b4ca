"""Kinds of task beside those of an app's own models."""

from __future__ import annotations

import shutil
from pathlib import Path

from codegen import template_folder


def add_kind(project: Path, kind: str) -> None:
    """Lays the code and the resources of a kind over a generated project that has no model of it."""
    shutil.copytree(template_folder() / "app" / "src" / kind, project / "app" / "src" / "main", dirs_exist_ok=True)
