"""A kind of task that the kit has never heard of goes the whole way as new files only: nothing that exists is touched."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from appspec.contract import CropPolicy, Raw
from appspec.read_contract import read_contract
from tests.kit import Kit, copy_kit

OVERLAY = Path(__file__).parent / "made_up_kind"


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    return subprocess.run(("git", *who, *arguments), cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """A copy of the kit under version control, with the kind's files laid over it and its app built."""
    kit = copy_kit(tmp_path_factory.mktemp("new kind") / "kit")
    (kit.folder / ".gitignore").write_text("build/\n__pycache__/\n*.out\n*.err\n", encoding="utf-8")
    git(kit.folder, "init", "-q")
    git(kit.folder, "add", "-A")
    git(kit.folder, "commit", "-q", "-m", "the kit as it is")
    for file in (path for path in OVERLAY.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        target = kit.folder / file.relative_to(OVERLAY)
        assert not target.exists(), f"{target} is no new file"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    end = kit.run("build-apk", "--app", "mean_colour")
    assert end.code == 0, end
    return kit


def test_it_is_read_trained_converted_and_built_without_touching_a_file(kit: Kit) -> None:
    artifacts = kit.artifacts("mean_colour")
    contract = read_contract(artifacts.models / "colour.tflite")
    assert (contract.task, contract.decoder, contract.crop) == ("mean_colour", Raw(), CropPolicy())
    assert contract.labels == ("red", "green", "blue")
    assert (artifacts.apk / "mean_colour.apk").is_file()
    assert (artifacts.training_page("colour") / "train.html").is_file()
    assert "mean distance of red" in (artifacts.evaluation_page / "evaluate.html").read_text(encoding="utf-8")
    status = git(kit.folder, "status", "--porcelain").splitlines()
    assert status
    assert [line for line in status if not line.startswith("?? ")] == []


def test_it_answers_for_a_picture_and_draws_it(kit: Kit, tmp_path: Path) -> None:
    Image.new("RGB", (80, 60), (200, 30, 30)).save(tmp_path / "red.png")
    end = kit.run("predict", "--app", "mean_colour", "--image", str(tmp_path / "red.png"), "--out", str(tmp_path / "answer.png"))
    assert end.code == 0, end
    assert "channel" in end.out
    with Image.open(tmp_path / "answer.png") as drawn:
        assert drawn.width > 500


def test_the_app_shows_it_on_its_screen(kit: Kit, tmp_path: Path) -> None:
    end = kit.run("preview", "--app", "mean_colour", "--out", str(tmp_path / "preview.png"))
    assert end.code == 0, end
    assert "Models run on" in end.out
    with Image.open(tmp_path / "preview.png") as screens:
        assert screens.width > 1000
