"""The whole road as a user walks it, on two virtual phones under the real adb: build, deploy, benchmark, apply, report."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from appspec.benchmark_run import BenchmarkRun, read_run
from deploy.device.adb import Adb
from deploy.virtual_phone import PrivateAdbServer, VirtualPhone
from deploy.virtual_phone.profiles import like
from tests.kit import Kit, copy_kit

SHORT = ("--runs", "5", "--threads", "1", "--limit", "10s")


@pytest.fixture(scope="module")
def kit(tiny_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """A kit in which `invoke build-apk --app tiny` was run."""
    kit = copy_kit(tmp_path_factory.mktemp("road") / "한글 kit")
    for name in ("apps", "build"):
        shutil.copytree(tiny_root / name, kit.folder / name)
    return kit


@pytest.fixture
def phones(tmp_path: Path) -> Iterator[tuple[dict[str, str], VirtualPhone, VirtualPhone]]:
    """The environment that reaches them, and the two."""
    with ExitStack() as stack:
        server = stack.enter_context(PrivateAdbServer(Adb.bundled().program, tmp_path))
        pixel, galaxy = (stack.enter_context(VirtualPhone(like(name))) for name in ("pixel-9", "galaxy-s25"))
        for phone in (pixel, galaxy):
            server.connect(phone)
        yield server.environment, pixel, galaxy


def runs_in(kit: Kit) -> list[BenchmarkRun]:
    return [read_run(path) for path in sorted((kit.folder / "results" / "tiny").glob("*.json"))]


def test_from_a_build_to_a_report(kit: Kit, phones: tuple[dict[str, str], VirtualPhone, VirtualPhone]) -> None:
    environment, pixel, galaxy = phones

    def invoke(*arguments: str) -> str:
        end = kit.run(*arguments, environment=environment)
        assert end.code == 0, end
        return end.out

    invoke("deploy", "--app", "tiny", "--all")
    for phone in (pixel, galaxy):
        assert "org.example.tiny" in phone.state.processes
    shown = invoke("benchmark", "--app", "tiny", "--all", *SHORT)
    found = runs_in(kit)
    assert {run.phone.model for run in found} == {pixel.state.model, galaxy.state.model}
    apk = kit.artifacts().apk / "tiny.apk"
    for run in found:
        assert run.phone.kind == "virtual"
        assert f"{run.phone.model} (virtual: no phone's times)" in shown
        assert run.app.apk_sha256 is not None
        assert {model.name for model in run.models} == {"cat_box", "cat_landmarks"}
        assert all(start.error is None for row in run.measurements for start in row.starts)
    assert apk.read_bytes() == pixel.state.packages["org.example.tiny"].data
    page = kit.folder / "report.html"
    invoke("report", "--app", "tiny", "--out", str(page))
    text = page.read_text(encoding="utf-8")
    assert pixel.state.model in text
    assert "virtual" in text


def test_the_fastest_pair_becomes_what_the_app_starts_with(
    kit: Kit, phones: tuple[dict[str, str], VirtualPhone, VirtualPhone]
) -> None:
    environment, pixel, _ = phones
    file = kit.folder / "apps" / "tiny" / "app.toml"
    before = file.read_text(encoding="utf-8")
    try:
        end = kit.run("benchmark", "--app", "tiny", "--device", pixel.serial, "--apply", *SHORT, environment=environment)
        assert end.code == 0, end
        after = file.read_text(encoding="utf-8")
        if "not certain" in end.out:  # a slow computer comes to few starts in ten seconds
            assert after == before
            return
        (added,) = set(after.splitlines()) - set(before.splitlines())
        pair = added.split('"')[1]
        assert pair in ("gpu", "cpu1")
        assert kit.run("generate", "--app", "tiny", environment=environment).code == 0
        (kotlin,) = kit.artifacts().android.rglob("ModelContracts.kt")
        assert f'const val DELEGATE = "{pair}"' in kotlin.read_text(encoding="utf-8")
    finally:
        file.write_text(before, encoding="utf-8")
        assert kit.run("generate", "--app", "tiny", environment=environment).code == 0


def test_ctrl_c_keeps_what_was_measured(kit: Kit, phones: tuple[dict[str, str], VirtualPhone, VirtualPhone]) -> None:
    environment, pixel, galaxy = phones
    folder = kit.folder / "results" / "tiny"
    shutil.rmtree(folder, ignore_errors=True)
    run = kit.start("benchmark", "--app", "tiny", "--all", "--runs", "5", environment=environment)
    run.wait_until(lambda: len(list(folder.glob("*.json"))) == 2)
    run.signal(signal.SIGINT)
    end = run.finish(30)
    assert end.code == 1
    assert "what was measured is kept" in end.err
    assert "Traceback" not in end.err
    assert run.survivors() == []
    found = runs_in(kit)
    assert [one.ended for one in found] == ["stopped", "stopped"]
    assert all(one.measurements for one in found)
    for phone in (pixel, galaxy):
        assert "global stay_on_while_plugged_in" not in phone.state.settings
        assert "org.example.tiny" not in phone.state.processes


def test_json_alone_is_on_standard_output(kit: Kit, phones: tuple[dict[str, str], VirtualPhone, VirtualPhone]) -> None:
    environment, pixel, _ = phones
    table, board = kit.folder / "runs.csv", kit.folder / "board.json"
    arguments = ("--device", pixel.serial, "--delegates", "cpu", "--csv", str(table), "--board", str(board), "--json")
    end = kit.run("benchmark", "--app", "tiny", *SHORT, *arguments, environment=environment)
    assert end.code == 0, end
    (document,) = json.loads(end.out)
    file = Path(document.pop("file"))
    assert document == json.loads(file.read_text(encoding="utf-8"))
    assert table.is_file()
    assert json.loads(board.read_text(encoding="utf-8"))
