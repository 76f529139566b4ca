"""Data that lies where an app's results are written is refused before anything is touched, whoever asks."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from appspec.artifacts import Artifacts
from appspec.errors import KitError
from flow import models
from flow.app import OpenApp, app_lock, open_app
from flow.screen import Screen
from tests.pymodel.formats.kit import pictures, write

APP = """[app]
name = "Pets"
id = "org.example.pets"

[[model]]
name = "pets"
task = "classify"
input = { size = [32, 32] }

[data]
format = "folder"
path = "PATH"
"""


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file and folder below, with its content's hash and its time."""
    return {
        path.relative_to(folder).as_posix(): f"{hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ''} {path.stat().st_mtime_ns}"
        for path in sorted(folder.rglob("*"))
    }  # fmt: skip


def opened(kit: Path, path: str) -> OpenApp:
    write(kit, {"apps/pets/app.toml": APP.replace("PATH", path)})
    return open_app("pets", root=kit)


@pytest.mark.parametrize("place", ["build/pets", "build/pets/examples", "build/pets/models/pets/train", "build", "."])
@pytest.mark.parametrize("command", ["train", "data.inspect"])
def test_nothing_is_touched(place: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(tmp_path, f"../../{place}")
    write(tmp_path, pictures([f"build/pets/examples/{name}/{i}.jpg" for name in ("cat", "dog") for i in range(3)]))  # type: ignore[arg-type]
    write(tmp_path, {"build/pets/data.png": b"mine", "build/pets/models/pets/train/a.txt": b"mine"})
    monkeypatch.setattr(models, "open_app", lambda *_, **__: app)
    before = fingerprint(tmp_path)
    commands = {
        "train": lambda: models.train("pets", None, (), None, None, Screen()),
        "data.inspect": lambda: models.inspect_data("pets", None, 4, Screen()),
    }
    with pytest.raises(KitError, match="nothing was touched"):
        commands[command]()
    assert fingerprint(tmp_path) == before


def test_evaluate_refuses_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(tmp_path, "pictures")
    write(tmp_path, pictures(["build/pets/evaluations/data/cat/1.jpg"]))  # type: ignore[arg-type]
    monkeypatch.setattr(models, "open_app", lambda *_, **__: app)
    before = fingerprint(tmp_path)
    with pytest.raises(KitError, match="nothing was touched"):
        models.evaluate("pets", str(tmp_path / "build/pets/evaluations/data"), Screen())
    assert fingerprint(tmp_path) == before


def test_a_link_into_the_build_folder_is_seen(tmp_path: Path) -> None:
    (tmp_path / "build/pets/examples").mkdir(parents=True)
    (tmp_path / "mine").symlink_to(tmp_path / "build/pets/examples")
    with pytest.raises(KitError, match="it lies in"):
        Artifacts(tmp_path / "build/pets").refuse_data(tmp_path / "mine")


def test_moved_as_the_remedy_says_it_is_taken(tmp_path: Path) -> None:
    app = opened(tmp_path, "../../pictures")
    (tmp_path / "pictures").mkdir()
    with app_lock(app, Screen()):
        assert (tmp_path / "build/pets/.lock").exists()
