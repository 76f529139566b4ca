"""Which kit this is."""

from __future__ import annotations

import importlib.metadata
import subprocess

from appspec.benchmark_run import Kit
from appspec.stages import ROOT


def this_kit() -> Kit:
    """Version and git commit; `+` behind the commit where files differ from it."""
    try:
        version = importlib.metadata.version("apkiln")
    except importlib.metadata.PackageNotFoundError:
        version = "unknown"
    commit = _git("rev-parse", "HEAD")
    changed = bool(_git("status", "--porcelain", "--untracked-files=no")) if commit else False
    return Kit(version=version, revision=f"{commit}+" if changed else commit)


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
