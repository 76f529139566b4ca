"""The command line from outside: what it prints, with which exit code, of good data and of mistakes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import tasks
from flow.command_line import SHORT
from pymodel.synthetic import draw_cat
from tests.conftest import TRAINED
from tests.kit import Finished, Kit, Run, copy_kit

OFFLINE = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"),
    **dict.fromkeys(("NO_PROXY", "no_proxy"), ""),
}

NO_KEYSTORE = """
[signing]
keystore = "no such.jks"
alias = "upload"
"""

MODULES = """
import atexit, sys
atexit.register(lambda: print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules})))
"""


def is_one_clear_error(end: Finished) -> bool:
    lines = end.error()
    return (
        end.code == 1
        and [line[:7].rstrip() for line in lines[1:]] == ["  why:", "  fix:"]
        and lines[0].startswith("✗ ")
        and "Traceback" not in end.out + end.err
    )


def test_an_error_is_a_document_too_where_json_was_asked_for(kit: Kit) -> None:
    for arguments in (("report", "--out", " ", "--json"), ("report", "--json", "--nonsense"), ("train", "-a", "nope", "-j")):
        end = kit.run(*arguments)
        assert is_one_clear_error(end), end
        told = json.loads(end.out)["error"]
        assert [f"✗ {told['what']}", f"  why: {told['why']}", f"  fix: {told['fix']}"] == end.error()


def test_a_short_flag_means_the_same_in_every_task() -> None:
    meant: dict[str, set[str]] = {}
    for parser in tasks.ns.to_contexts():
        for argument in parser.args.values():
            if any(len(name) > 1 for name in argument.names):
                for short in (name for name in argument.names if len(name) == 1):
                    meant.setdefault(short, set()).add(argument.name)
    assert meant == {short: {name} for name, short in SHORT.items()}


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    kit = copy_kit(tmp_path_factory.mktemp("mistakes") / "kit")
    kit.write_app(TRAINED)
    return kit


def save_cat(folder: Path, number: int) -> None:
    """A drawn cat, in the next of the forms that pictures come in."""
    cat = draw_cat(np.random.default_rng((99, number)))
    image, form, name = Image.fromarray(cat.image), number % 5, f"고양이 {number:03}"
    if form == 0:
        name += ".jpg"
        image.convert("L").save(folder / name)
    elif form == 1:
        name += ".jpg"
        image.convert("CMYK").save(folder / name)
    elif form == 2:
        name += ".png"
        image.convert("RGBA").save(folder / name)
    elif form == 3:
        name, turned = f"{name}.jpg", Image.Exif()
        turned[0x0112] = 6  # shown turned to the right by a quarter
        image.transpose(Image.Transpose.ROTATE_90).save(folder / name, exif=turned)
    else:
        name += ".jpg"
        image.save(folder / name)
    numbers = " ".join(f"{value:g}" for value in cat.points.round(1).ravel())
    (folder / f"{name}.cat").write_text(f"9 {numbers} \n", encoding="ascii")


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """45 pictures of every kind; one of them is cut short."""
    folder = tmp_path_factory.mktemp("data") / "내 고양이 사진"
    folder.mkdir()
    for number in range(45):
        save_cat(folder, number)
    whole = sorted(folder.glob("*.jpg"))[7]
    whole.write_bytes(whole.read_bytes()[:400])
    return folder


@pytest.fixture(scope="module")
def own(kit: Kit, photographs: Path) -> Finished:
    return kit.run("train", "--app", "tiny", "--data", str(photographs), "--json")


def test_own_photographs_of_every_kind_become_models(kit: Kit, own: Finished, photographs: Path) -> None:
    assert own.code == 0, own
    assert [row["model"] for row in json.loads(own.out)] == ["cat_box", "cat_landmarks"]
    assert "left out: 고양이 " in own.err
    folder = kit.artifacts("tiny-own-data")
    assert sorted(path.name for path in folder.models.glob("*.tflite")) == ["cat_box.tflite", "cat_landmarks.tflite"]
    index = json.loads((folder.examples / "index.json").read_text(encoding="utf-8"))
    assert (len(index["pictures"]), len(index["problems"])) == (44, 1)
    assert not kit.artifacts("tiny").models.exists()


def test_inspect_counts_own_photographs(kit: Kit, own: Finished, photographs: Path) -> None:
    end = kit.run("data.inspect", "--app", "tiny", "--data", str(photographs), "--pictures", "10", "--json")
    assert end.code == 0, end
    found = json.loads(end.out)
    assert sum(found["counts"].values()) == 44
    assert [problem["why"] for problem in found["problems"]] == ["the file is cut short"]
    with Image.open(found["picture"]) as sheet:
        assert sheet.width >= 1000


@pytest.mark.parametrize("task", ["train", "build-apk"])
def test_data_of_broken_pictures_alone_is_one_clear_error(kit: Kit, tmp_path: Path, task: str) -> None:
    folder = tmp_path / "broken 사진"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number}.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
        (folder / f"{number}.jpg.cat").write_text("9 " + "5 9 " * 9, encoding="ascii")
    end = kit.run(task, "--app", "tiny", "--data", str(folder))
    assert is_one_clear_error(end), end
    assert "30 of 30 pictures" in end.error()[0]


def test_too_few_pictures_are_one_clear_error(kit: Kit, tmp_path: Path) -> None:
    for number in range(3):
        save_cat(tmp_path, number)
    end = kit.run("train", "--app", "tiny", "--data", str(tmp_path))
    assert is_one_clear_error(end), end
    assert "3 pictures" in end.error()[0]


@pytest.mark.parametrize(
    ("arguments", "change", "says"),
    [
        (("build-apk", "--app", "tinny"), ("", ""), "There is no app 'tinny'"),
        (("build-apk", "--app", "wrong"), ('name = "Tiny"', 'nam = "Tiny"'), "app.toml: app.nam"),
        (("build-apk", "--app", "wrong"), ("org.example.tiny", "1abc"), "app.toml: app.id"),
        (("build-apk", "--app", "wrong"), ("org.example.tiny", "org.1abc"), "app.toml: app.id"),
        (("build-apk", "--app", "wrong"), ("[[model]]", "[[model]"), "is not valid TOML"),
        (("train", "--data", "/no/such/folder", "--app", "tiny"), ("", ""), "There is no data in /no/such/folder"),
        (("predict", "--image", "/no/such.jpg", "--app", "tiny"), ("", ""), "There is no finished model cat_box yet"),
        (("evaluate", "--app", "tiny"), ("", ""), "There is no finished model cat_box yet"),
        (("generate", "--app", "tiny"), ("", ""), "There is no finished model cat_box yet"),
        (("bundle", "--app", "tiny"), ("", ""), "The release can't be signed"),
        (("bundle", "--app", "wrong"), ("[data]", NO_KEYSTORE + "[data]"), "The release can't be signed"),
        (("data.inspect", "--app", "tiny", "--pictures", "0"), ("", ""), "--pictures can't be used"),
        (("train", "--app", "tiny", "--set"), ("", ""), "--set needs a value"),
        (("train", "--set", "--app", "tiny"), ("", ""), "--set needs a value"),
        (("data.inspect", "--app", "tiny", "--pictures", "many"), ("", ""), "--pictures many can't be used"),
        (("benchmark", "--app", "tiny", "--board", ""), ("", ""), "--board is empty"),
        (("benchmark", "--csv=", "--app", "tiny"), ("", ""), "--csv is empty"),
        (("benchmark", "--app", "tiny", "--seed", "1", "--seed", "2"), ("", ""), "--seed is given twice"),
        (("model.info",), ("", ""), "model.info needs FILE"),
        (("compare", "a", "b", "c"), ("", ""), "Can't read the command line"),
        (("train", "--app", "tiny", "--set", "train.epochs=x"), ("", ""), "model[0].train.epochs"),
    ],
)
def test_a_mistake_is_one_clear_error(kit: Kit, arguments: tuple[str, ...], change: tuple[str, str], says: str) -> None:
    kit.write_app(TRAINED.replace(*change) if change[0] else TRAINED, "wrong")
    end = kit.run(*arguments)
    assert is_one_clear_error(end), end
    assert says in end.error()[0]


def test_debug_shows_where_an_error_came_from(kit: Kit) -> None:
    end = kit.run("--debug", "build-apk", "--app", "tinny")
    assert end.code != 0
    assert "Traceback" in end.err
    assert "load_app" in end.err


def test_no_network_and_an_empty_cache_are_one_clear_error(trained: Kit, tmp_path: Path) -> None:
    away = {
        **OFFLINE,
        "APKILN_CACHE": str(tmp_path / "cache"),
        "GRADLE_USER_HOME": str(tmp_path / "gradle"),
        "HOME": str(tmp_path),
    }
    end = trained.run("generate", "--app", "tiny", environment=away)
    assert is_one_clear_error(end), end
    assert not trained.artifacts().android.exists()


def test_the_list_of_tasks_loads_nothing_heavy(kit: Kit) -> None:
    run = Run(
        kit.folder, [sys.executable, "-c", f"{MODULES}\nfrom invoke.main import program\nprogram.run(['invoke', '--list'])"], {}
    )
    end = run.finish()
    assert end.code == 0, end
    loaded = set(end.out.partition("LOADED")[2].split())
    assert "invoke" in loaded
    assert loaded.isdisjoint({"tensorflow", "keras", "cv2", "matplotlib", "numpy", "PIL", "ai_edge_litert", "jgo", "requests"})
    assert "build-apk" in end.out
    assert "data.inspect" in end.out


def rows(end: Finished) -> Any:
    assert end.code == 0, end
    return json.loads(end.out)


def test_predict_answers_in_json(trained: Kit, photographs: Path, tmp_path: Path) -> None:
    picture = tmp_path / "새 folder" / "answer.png"
    image = next(photographs.glob("*004.jpg"))
    found = rows(trained.run("predict", "--app", "tiny", "--image", str(image), "--out", str(picture), "--json"))
    assert set(found) == {"image", "box", "points", "duration_ms", "picture"}
    assert [row["model"] for row in found["points"]] == ["cat_box"] * 2 + ["cat_landmarks"] * 9
    assert set(found["points"][0]) == {"model", "point", "x", "y", "confidence"}
    x0, y0, x1, y1 = found["box"]
    assert x0 <= x1
    assert y0 <= y1
    assert found["picture"] == str(picture)
    assert picture.is_file()


def test_evaluate_answers_in_json(trained: Kit, photographs: Path) -> None:
    for arguments, count in (((), None), (("--data", str(photographs)), 44)):
        found = rows(trained.run("evaluate", "--app", "tiny", *arguments, "--json"))
        assert {"pictures", "metrics", "stages", "median_ms", "scores", "picture", "page"} <= set(found)
        assert set(found["metrics"]) == {"iou", "ap50", "nme", "failure_rate"}
        assert count in (None, found["pictures"])
        assert len(found["scores"]) == found["pictures"] > 0
        assert set(found["scores"][0]) == {"file", "iou", "nme", "confidence", "duration_ms", "badness"}
        assert Path(found["picture"]).is_file()
