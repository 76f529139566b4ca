"""Which task kinds there are: found by the names of their folders."""

from __future__ import annotations

from appspec.stages import ROOT


def task_kinds() -> list[str]:
    """Kinds that have both halves: pymodel/tasks/KIND and android_template/app/src/KIND."""
    return sorted(
        folder.name
        for folder in (ROOT / "pymodel" / "tasks").iterdir()
        if (folder / "task.py").is_file() and (ROOT / "android_template" / "app" / "src" / folder.name).is_dir()
    )
