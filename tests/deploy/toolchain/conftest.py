"""An empty cache and a repository of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.toolchain import downloads
from tests.deploy.toolchain.repository import Repository, serving


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, in a path with a space and Hangul."""
    folder = tmp_path / "빈 캐시"
    monkeypatch.setenv("APKILN_CACHE", str(folder))
    return folder


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    """The repository that downloads come from."""
    with serving() as served:
        monkeypatch.setattr(downloads, "central", lambda: served.url)
        yield served
