"""Whether LiteRT can be had is found out by resolving it, and asked again only after a "no" has grown old."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.toolchain import litert
from deploy.toolchain.litert import ASK_AGAIN_S, litert_resolves


class World:
    """Google's repository, as the probe sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reachable, self.broken = False, False
        self.asked: list[str] = []
        monkeypatch.setattr(litert, "reachable", self._reach)
        monkeypatch.setattr(litert, "run_gradle", self._run)
        monkeypatch.setattr(litert, "prepare_toolchain", lambda *_: None)

    def _reach(self, _url: str) -> bool:
        self.asked.append("reach")
        return self.reachable

    def _run(self, project: Path, _toolchain: None, _log: Path, arguments: list[str], *_: object) -> None:
        self.asked.append(" ".join(arguments))
        text = (project / "build.gradle").read_text(encoding="utf-8")
        assert text.count("com.google.ai.edge.litert:litert") == 3
        assert "'com.google.ai.edge.litert:litert-gpu-api:1.4.2'" in text
        assert (project / "gradle" / "verification-metadata.xml").is_file()
        if self.broken:
            raise KitError("Gradle refused a dependency", "its hash is another", "look")


@pytest.fixture
def world(cache: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_out_of_reach_is_believed_for_a_day(world: World, cache: Path) -> None:
    assert [litert_resolves(), litert_resolves()] == [False, False]
    assert world.asked == ["reach"]
    (mark,) = (cache / "litert").iterdir()
    old = time.time() - ASK_AGAIN_S - 1
    os.utime(mark, (old, old))
    world.reachable = True
    assert litert_resolves()
    assert world.asked == ["reach", "reach", "resolve"]


def test_what_was_resolved_once_stays(world: World) -> None:
    world.reachable = True
    assert litert_resolves()
    world.reachable = False
    assert litert_resolves()
    assert world.asked == ["reach", "resolve"]


def test_a_file_that_gradle_refuses_is_told_and_counts_as_out_of_reach(world: World) -> None:
    world.reachable = world.broken = True
    messages: list[str] = []
    assert not litert_resolves(messages.append)
    assert messages == ["looking for LiteRT in Google's repository", "LiteRT can't be had: its hash is another"]
