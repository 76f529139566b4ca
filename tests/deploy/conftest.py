"""An empty cache of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, in a path with a space and Hangul."""
    folder = tmp_path / "빈 캐시"
    monkeypatch.setenv("APKILN_CACHE", str(folder))
    return folder
