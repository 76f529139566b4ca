"""`invoke report`: what is there is shown, what is missing is said with the command that makes it, what is wrong is one error."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from appspec.benchmark_run import write_run
from appspec.errors import KitError
from flow.report import report
from flow.screen import Screen
from tests.deploy.benchmark.made_runs import made_phone, made_run
from tests.kit import copy_kit
from tests.report_app import APP, make_app, make_runs, make_whole_app, runs

Captured = pytest.CaptureFixture[str]


def page_of(root: Path, *results: str, screen: Screen | None = None) -> str:
    report("tiny", None, results, None, screen or Screen(), root)
    return (root / "build" / "tiny" / "report.html").read_text(encoding="utf-8")


def test_a_whole_app_is_one_file_with_everything(tmp_path: Path) -> None:
    make_whole_app(tmp_path)
    make_runs(tmp_path)
    text = page_of(tmp_path)
    titles = re.findall("<h2>(.*?)</h2>", text)
    assert titles == [
        "At a glance", "Screens", "Benchmark", "Quality", "Quantization", "Operations", "Training", "App", "How to repeat it",
    ]  # fmt: skip
    assert text.count('src="data:image/jpeg;base64,') == 3
    assert not re.findall(r'(?:src|href)="(?!data:|#)', text)
    assert "<script" not in text
    assert len(text) < 3_000_000
    assert 'class="missing"' not in text
    assert "0.8790" in text
    assert "invoke build-apk --app tiny" in text


def test_what_is_missing_is_said_with_the_command_that_makes_it(tmp_path: Path, capsys: Captured) -> None:
    make_app(tmp_path)
    text = page_of(tmp_path)
    said = re.findall(r'<p class="missing">(.*?) <code>(.*?)</code>', text)
    commands = {command for _, command in said}
    assert commands == {f"invoke {task} --app tiny" for task in ("preview", "benchmark", "train", "build-apk")}
    out = capsys.readouterr().out
    assert all(f"{what} {command}" in out for what, command in said)


def test_a_ready_model_lacks_no_training(tmp_path: Path) -> None:
    ready = APP.replace("train = { epochs = 6, batch_size = 8 }", 'file = "cat_box.tflite"').split("[data]")[0]
    make_app(tmp_path, ready.replace("input = { size = [32, 32] }\n", ""))
    text = page_of(tmp_path)
    assert "A ready file (cat_box.tflite): the kit did not train it." in text
    assert "invoke train" not in text


def test_an_app_that_was_not_built_is_an_error(tmp_path: Path) -> None:
    artifacts = make_app(tmp_path)
    (artifacts.models / "cat_box.tflite").unlink()
    with pytest.raises(KitError) as error:
        page_of(tmp_path)
    assert error.value.fix == "run: invoke train --app tiny"
    assert not (artifacts.root / "report.html").exists()


def damage(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8")[:-400], encoding="utf-8")


def make_newer(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace('"schema": 1', '"schema": 99'), encoding="utf-8")


def make_others(path: Path) -> None:
    write_run(made_run(1), path)


SPOILED: dict[str, tuple[Callable[[Path], object], str]] = {
    "damaged": (damage, "can't be read"),
    "newer": (make_newer, "of a newer kit"),
    "another app's": (make_others, "another app's"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_result_that_was_named_must_be_readable(tmp_path: Path, how: str) -> None:
    make_app(tmp_path)
    spoil, what = SPOILED[how]
    folder = make_runs(tmp_path)
    spoil(folder / "now.json")
    for named in (folder / "now.json", *([folder] if spoil is not make_others else [])):
        with pytest.raises(KitError, match=what):
            page_of(tmp_path, str(named))
    assert "was left out" not in page_of(tmp_path, str(folder / "virtual.json"))


@pytest.mark.parametrize("how", SPOILED)
def test_a_result_that_was_found_is_left_out_and_that_is_told(tmp_path: Path, capsys: Captured, how: str) -> None:
    make_app(tmp_path)
    spoil, what = SPOILED[how]
    spoil(make_runs(tmp_path) / "virtual.json")
    text, out = page_of(tmp_path), capsys.readouterr().out
    for told in (text.replace("&#39;", "'"), out):
        assert "Left out" in told
        assert what in told
        assert "virtual.json" in told
    assert "<h3>Acme Nine</h3>" in text
    assert "<h3>APKiln like Pixel 9 (virtual)</h3>" not in text


def test_of_a_named_folder_the_apps_own_runs_are_taken(tmp_path: Path) -> None:
    make_app(tmp_path)
    folder = make_runs(tmp_path)
    write_run(made_run(1), folder / "others" / "run.json")
    (folder / "others" / "board.json").write_text("[]")
    assert page_of(tmp_path, str(folder)).count("<h3>Acme Nine</h3>") == 1
    with pytest.raises(KitError, match="no results of tiny") as error:
        page_of(tmp_path, str(folder / "others"))
    assert error.value.why == f"{folder / 'others'} holds runs of cat_landmarks alone"


def test_a_time_below_the_clocks_step_is_no_division_by_zero(tmp_path: Path) -> None:
    make_app(tmp_path)
    folder = make_runs(tmp_path)
    document = json.loads((folder / "now.json").read_text(encoding="utf-8"))
    for start in (start for row in document["measurements"] for start in row["starts"]):
        start["runs_ms"] = [0.0] * len(start["runs_ms"])
    (folder / "now.json").write_text(json.dumps(document), encoding="utf-8")
    assert "can&#39;t be told: an inference takes less than a step of the phone&#39;s clock" in page_of(tmp_path)


def test_results_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    make_app(tmp_path)
    (tmp_path / "empty").mkdir()
    for name in ("nothing.json", "empty"):
        with pytest.raises(KitError, match=r"no such result|no results"):
            page_of(tmp_path, str(tmp_path / name))


def test_the_page_must_be_html_in_a_place_that_can_be_written(tmp_path: Path) -> None:
    make_app(tmp_path)
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "page.pdf", tmp_path / "file" / "page.html"):
        with pytest.raises(KitError, match="Can't write"):
            report("tiny", None, (), out, Screen(), tmp_path)


def test_what_no_phone_measured_says_so_at_every_place(tmp_path: Path) -> None:
    make_whole_app(tmp_path)
    folder = make_runs(tmp_path)
    for name, mark in (("virtual", "virtual"), ("host", "this computer")):
        text = page_of(tmp_path, str(folder / f"{name}.json"))
        model = runs()[name].phone.model
        places = [m.start() for m in re.finditer(re.escape(model), text)]
        assert len(places) > 6
        for place in places:
            assert re.search(mark, text[max(0, place - 300) : place + 300]) or "no phone's" in text[place : place + 60]
        rows = re.findall(r'<th scope="row"[^>]*>(cat_\w+ · \w+ · .*?)</th>', text)
        assert len(rows) > 12
        assert all(f'<span class="mark">{mark}</span>' in row for row in rows), rows
        assert "No phone took these times" in text
    assert "No phone took these times" not in page_of(tmp_path, str(folder / "now.json"))


def test_a_picture_that_is_none_is_an_error(tmp_path: Path) -> None:
    artifacts = make_whole_app(tmp_path)
    picture = artifacts.root / "screenshots" / "main.png"
    picture.parent.mkdir()
    whole = (artifacts.root / "preview" / "portrait.png").read_bytes()
    for content in (b"", b"no picture", whole[: len(whole) // 2]):
        picture.write_bytes(content)
        with pytest.raises(KitError, match=r"Can't read main\.png"):
            page_of(tmp_path)
    picture.write_bytes(whole)
    assert 'alt="main (invoke screenshot)"' in page_of(tmp_path)


def test_words_of_others_are_text(tmp_path: Path) -> None:
    make_whole_app(tmp_path)
    evil = '"><img src=x onerror=alert(1)>'
    run = runs()["now"]
    phone = made_phone(model=evil, manufacturer=evil, soc=evil, serial="$(reboot) 'x'")
    write_run(run.model_copy(update={"phone": phone, "runtime": evil}), tmp_path / "evil.json")
    text = page_of(tmp_path, str(tmp_path / "evil.json"))
    assert "<img src=x" not in text
    assert "Cats &amp; &lt;b&gt;Co&lt;/b&gt;" in text
    assert "<b>Co" not in text
    command = re.search(r"invoke benchmark .*", text)
    assert command
    assert "--device &#39;$(reboot) &#39;&#34;&#39;&#34;&#39;x&#39;&#34;&#39;&#34;&#39;&#39; " in command[0]


def test_another_builds_files_are_told(tmp_path: Path) -> None:
    artifacts = make_whole_app(tmp_path)
    folder = make_runs(tmp_path)
    run = runs()["now"]
    text = page_of(tmp_path, str(folder / "now.json"))
    assert "Measured with other files than this build&#39;s: cat_box float16, cat_box int8, cat_landmarks int8." in text
    import hashlib

    ours = hashlib.sha256((artifacts.models / "cat_box.tflite").read_bytes()).hexdigest()
    same = [model.model_copy(update={"sha256": ours}) for model in run.models]
    write_run(run.model_copy(update={"models": same}), folder / "now.json")
    assert "other files than this build" not in page_of(tmp_path, str(folder / "now.json"))


def test_the_run_before_on_the_same_phone_is_compared(tmp_path: Path) -> None:
    make_whole_app(tmp_path)
    folder = make_runs(tmp_path)
    text = page_of(tmp_path)
    assert text.count("Since the run before, on Acme Nine") == text.count("Since the run before") == 2  # title, table
    assert re.search(r"Of 15 rows \d+ are slower and 0 faster than before", text)
    assert "Since the run before" not in page_of(tmp_path, str(folder / "now.json"))


def test_as_json(tmp_path: Path, capsys: Captured) -> None:
    make_app(tmp_path)
    folder = make_runs(tmp_path)
    damage(folder / "host.json")
    page_of(tmp_path, screen=Screen(as_json=True))
    told = json.loads(capsys.readouterr().out)
    assert Path(told["page"]).stat().st_size == told["bytes"]
    assert told["runs"] == [str(folder / "now.json"), str(folder / "virtual.json")]
    assert {one["command"] for one in told["missing"]} == {f"invoke {t} --app tiny" for t in ("preview", "train", "build-apk")}
    (unreadable,) = told["unreadable"]
    assert "host.json" in unreadable


def test_from_the_command_line(tmp_path: Path) -> None:
    kit = copy_kit(tmp_path / "키트 kit")
    make_whole_app(kit.folder)
    folder = make_runs(kit.folder)
    page = tmp_path / "out" / "a page.html"
    end = kit.run("report", "--app", "tiny", "--results", str(folder / "now.json"), "--results", str(folder / "before.json"), "--out", str(page))  # fmt: skip
    assert end.code == 0, end
    assert "Since the run before, on Acme Nine" in page.read_text(encoding="utf-8")
    (folder / "now.json").write_text("{")
    end = kit.run("report", "--app", "tiny", "--results", str(folder / "now.json"))
    assert end.code == 1
    assert len(end.error()) == 3, end.err
