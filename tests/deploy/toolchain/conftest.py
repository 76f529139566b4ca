"""A repository of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.toolchain import downloads
from tests.deploy.toolchain.repository import Repository, serving


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    """The repository that downloads come from."""
    with serving() as served:
        monkeypatch.setattr(downloads, "central", lambda: served.url)
        yield served
