"""What survives: the user's files where stages write, and a training when the kit's looks or a stage's version change."""

from __future__ import annotations

import shutil

import pytest

from tests.kit import Finished, Kit, copy_kit


@pytest.fixture(scope="module")
def kit(trained: Kit, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """A copy of the kit with a finished training, for these tests alone."""
    kit = copy_kit(tmp_path_factory.mktemp("updates") / "kit")
    for part in ("apps", "build"):
        shutil.copytree(trained.folder / part, kit.folder / part)
    assert run(kit, "train") == []
    return kit


def run(kit: Kit, task: str, code: int = 0) -> list[str]:
    """Which stages ran, by their reason; nothing where all stood."""
    end = kit.run(task, "--app", "tiny")
    assert end.code == code, end
    return [line for line in end.out.splitlines() if "made again" in line]


PLACES = {
    "data": "train",
    "examples": "train",
    "models/cat_box/train": "train",
    "models/cat_box/page": "train",
    "models/cat_landmarks/convert": "train",
    "chosen": "train",
    "evaluation": "train",
    "evaluation_page": "train",
    "apk": "build-apk",
    "unsigned": "bundle",
}
"""Folders that stages replace, and the task that runs the stage."""


@pytest.mark.parametrize("place", PLACES)
def test_what_the_user_keeps_where_a_stage_writes_is_refused_and_stays(kit: Kit, place: str) -> None:
    folder = kit.artifacts().root / place
    aside = folder.with_name("aside")
    if folder.exists():
        folder.rename(aside)
    folder.mkdir(parents=True)
    (folder / "only copy.jpg").write_bytes(b"a photograph")
    arguments = ("--debug-key",) if PLACES[place] == "bundle" else ()
    end = kit.run(PLACES[place], "--app", "tiny", *arguments)
    found = (folder / "only copy.jpg").read_bytes()
    shutil.rmtree(folder)
    if aside.exists():
        aside.rename(folder)
    assert end.code == 1
    assert f"would replace {folder}" in end.err
    assert "Traceback" not in end.err
    assert found == b"a photograph"


def test_data_in_the_build_folder_of_its_own_app_is_refused(kit: Kit) -> None:
    pictures = kit.artifacts("inside").root / "photographs"
    shutil.copytree(kit.artifacts().data, pictures)
    before = sorted(path.name for path in pictures.iterdir())
    text = (kit.folder / "apps" / "tiny" / "app.toml").read_text(encoding="utf-8")
    kit.write_app(text.replace('format = "drawn"', f'format = "cat"\npath = "{pictures.as_posix()}"'), "inside")
    for task in ("train", "data.inspect"):
        end: Finished = kit.run(task, "--app", "inside")
        assert end.code == 1
        assert "nothing was touched" in end.err
    assert sorted(path.name for path in pictures.iterdir()) == before


def test_another_look_of_the_pages_draws_them_again_and_trains_nothing(kit: Kit) -> None:
    look = kit.folder / "pages" / "page.html.j2"
    text = look.read_text(encoding="utf-8")
    look.write_text(text.replace("max-width: 62rem", "max-width: 61rem"), encoding="utf-8")
    again = run(kit, "train")
    look.write_text(text, encoding="utf-8")
    assert sorted(again) == [
        "draw evaluation: look changed; made again",
        "draw training of cat_box: look changed; made again",
        "draw training of cat_landmarks: look changed; made again",
    ]
    page = kit.artifacts().evaluation_page / "evaluate.html"
    assert "max-width: 61rem" in page.read_text(encoding="utf-8")
    run(kit, "train")


def test_an_update_of_source_files_throws_no_training_away(kit: Kit) -> None:
    for name in ("pymodel/train/loop.py", "pymodel/networks/mobilenet_v2.py", "pymodel/data/store.py", "appspec/contract.py"):
        source = kit.folder / name
        source.write_text(source.read_text(encoding="utf-8") + "\n# a remark of a newer version\n", encoding="utf-8")
    assert run(kit, "train") == []


def test_a_stage_that_must_run_again_says_why(kit: Kit) -> None:
    end = kit.run("train", "--app", "tiny", "--set", "model.cat_landmarks.train.epochs=1")
    assert end.code == 0, end
    again = [line for line in end.out.splitlines() if "made again" in line]
    assert again[0] == "train cat_landmarks: train.epochs was 2, is 1; made again"
    assert not any("cat_box" in line for line in again)
