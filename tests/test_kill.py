"""Runs that are stopped, at whatever moment, and runs side by side: the result is that of one clean run."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import signal
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from flow.regenerate.project import FOREIGN
from tests.kit import Finished, Kit, Run, copy_kit

TINY = """
[app]
name = "고양이 & \\"Cats\\""
id = "org.example.tiny"
version = "1.2.3"
[[model]]
name = "cat_box"
task = "box"
input = { size = [32, 32] }
train = { epochs = 2, batch_size = 16 }
[[model]]
name = "cat_landmarks"
task = "landmarks"
input = { size = [32, 32] }
head = "regress"
train = { epochs = 3, batch_size = 16 }
[data]
format = "drawn"
pictures = 80
split = { validation = 0.2, test = 0.2 }
[convert]
quantize = "none"
"""

BUILD = ("build-apk", "--app", "tiny")

MOMENTS = {
    "pictures are read": ([r"^open .*/pixels\.bin$", *[r"^open .*_000\.jpg$"] * 30], "examples", ["pixels.bin"]),
    "cat_box trains": ([r"^os\.rename .*/state\.npz$"] * 2, "models/cat_box/train", []),
    "cat_box is converted": ([r"^open .*/cat_box/.*/variants\.json$"], "models/cat_box/convert", ["float32/cat_box.tflite"]),
    "cat_landmarks is saved": ([r"^open .*/curve\.csv$"], "models/cat_landmarks/train", ["model.keras", "trained.keras"]),
    "cat_landmarks is converted": ([r"^open .*/cat_landmarks/.*/variants\.json$"], "models/cat_landmarks/convert", []),
    "the chain is evaluated": ([r"^os\.rename .*/evaluation\.json$"], "evaluation", []),
    "the project is generated": ([r"^open .*/\.android\.making/gradlew$"], "android", ["app/build.gradle"]),
}
"""When SIGKILL comes: the moments that lead to it, the stage's folder, and files that the stage has half or wholly written."""


@dataclass(frozen=True)
class Stop:
    """What lay there right after a run was stopped.

    Attributes:
        finished: whether the stage's own folder was already in place.
        written: files in its temporary folder.
    """

    run: Finished
    finished: bool
    written: frozenset[str]
    survivors: list[str]


@dataclass(frozen=True)
class Interrupted:
    """A build that was stopped in each of its stages, and its last run, which nothing stopped."""

    kit: Kit
    stops: dict[str, Stop]
    last: Finished


def stopped(kit: Kit, run: Run, stage: str) -> Stop:
    end = run.finish()
    survivors = run.survivors()
    folder = kit.artifacts().root / stage
    making = folder.with_name(f".{folder.name}.making")
    written = frozenset(path.relative_to(making).as_posix() for path in making.rglob("*") if path.is_file())
    return Stop(end, folder.exists(), written, survivors)


def interrupt(kit: Kit, stage: str, happens: Path, text: str = "", number: signal.Signals = signal.SIGINT) -> Stop:
    """Builds until a file is there (and says something), then sends a signal."""
    run = kit.start(*BUILD)
    run.wait_until(lambda: happens.is_file() and text in happens.read_text(encoding="utf-8", errors="replace"))
    run.signal(number)
    return stopped(kit, run, stage)


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> tuple[Kit, list[Finished]]:
    """Two builds of one app, started at once; what they leave is also the clean result."""
    kit = copy_kit(tmp_path_factory.mktemp("clean") / "kit")
    kit.write_app(TINY)
    runs = [kit.start(*BUILD, "--json") for _ in range(2)]
    return kit, [run.finish() for run in runs]


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Interrupted:
    """The same build elsewhere, stopped in each of its stages."""
    kit = copy_kit(tmp_path_factory.mktemp("stopped") / "한글 and spaces")
    kit.write_app(TINY)
    artifacts, stops = kit.artifacts(), dict[str, Stop]()
    drawing = artifacts.root / ".data.making" / "00000003_000.jpg"
    stops["pictures are drawn"] = interrupt(kit, "data", drawing, number=signal.SIGKILL)
    for what, (moments, stage, _) in MOMENTS.items():
        if what == "cat_landmarks is saved":
            stops["Ctrl-C in training"] = _interrupt_training(kit)
        stops[what] = stopped(kit, kit.start_to_die(moments, *BUILD), stage)
    log = artifacts.logs / "gradle.log"
    stops["Ctrl-C in Gradle"] = interrupt(kit, "apk", log, ":app:preBuild")
    log.unlink()
    shutil.rmtree(artifacts.android / "app" / "build", ignore_errors=True)  # however far that one came, tasks run again
    stops["Gradle builds"] = interrupt(kit, "apk", log, ":app:mergeLibDexDebug", signal.SIGKILL)
    return Interrupted(kit, stops, kit.run(*BUILD))


def _interrupt_training(kit: Kit) -> Stop:
    run = kit.start(*BUILD)
    folder = kit.artifacts().root / "models" / "cat_landmarks"
    run.wait_until(lambda: any(folder.glob("checkpoint-*/state.npz")))
    run.signal(signal.SIGINT)
    return stopped(kit, run, "models/cat_landmarks/train")


def tree(folder: Path, left_out: tuple[str, ...] = ()) -> dict[str, str]:
    """sha256 of every file below a folder but stamps, which hold times."""
    names = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in names.items()
        if path.name != ".stamp.json" and not any(name == place or name.startswith(f"{place}/") for place in left_out)
    }


def apk_content(apk: Path) -> dict[str, int]:
    """Each entry's CRC."""
    with zipfile.ZipFile(apk) as archive:
        return {entry.filename: entry.CRC for entry in archive.infolist()}


def test_two_builds_at_once_do_the_work_once(together: tuple[Kit, list[Finished]]) -> None:
    _, runs = together
    assert [run.code for run in runs] == [0, 0], runs
    made = [{stage["stage"] for stage in json.loads(run.out)["stages"] if stage["now"] == "made"} for run in runs]
    every = {stage["stage"] for stage in json.loads(runs[0].out)["stages"]}
    assert sorted(map(len, made)) == [0, len(every)]
    assert sum("Another run is working on tiny" in run.err for run in runs) == 1
    assert json.loads(runs[0].out)["apk"] == json.loads(runs[1].out)["apk"]


@pytest.mark.parametrize("what", ["pictures are drawn", *MOMENTS, "Gradle builds"])
def test_the_kill_came_inside_the_stage(interrupted: Interrupted, what: str) -> None:
    stop = interrupted.stops[what]
    assert stop.run.code == -signal.SIGKILL, stop.run
    assert not stop.finished
    assert stop.written >= set(MOMENTS[what][2] if what in MOMENTS else ())
    assert stop.survivors == []


@pytest.mark.parametrize("what", ["Ctrl-C in training", "Ctrl-C in Gradle"])
def test_ctrl_c_is_one_clear_error_and_leaves_no_process(interrupted: Interrupted, what: str) -> None:
    stop = interrupted.stops[what]
    assert stop.run.code == 1, stop.run
    assert [line[:7] for line in stop.run.error()] == ["✗ Stopp", "  why: ", "  fix: "]
    assert "Traceback" not in stop.run.out + stop.run.err
    assert not stop.finished
    assert stop.written == set()
    assert stop.survivors == []


def test_a_run_after_a_stop_goes_on(interrupted: Interrupted) -> None:
    stops = interrupted.stops
    for after, before in (("cat_box is converted", "cat_box"), ("cat_landmarks is saved", "cat_landmarks")):
        out = stops[after].run.out
        assert out.index(f"Training {before}") < out.index("going on with the training that was stopped")
        assert "read data: nothing changed" in out
    assert "generate project: nothing changed" in stops["Gradle builds"].run.out
    assert interrupted.last.code == 0, interrupted.last


@pytest.mark.parametrize("what", ["data", "examples", "chosen"])
def test_results_equal_a_clean_runs(interrupted: Interrupted, together: tuple[Kit, list[Finished]], what: str) -> None:
    clean, resumed = (tree(kit.artifacts().root / what) for kit in (together[0], interrupted.kit))
    assert clean
    assert resumed == clean


def test_every_variant_and_curve_equals_a_clean_runs(interrupted: Interrupted, together: tuple[Kit, list[Finished]]) -> None:
    clean, resumed = (kit.artifacts() for kit in (together[0], interrupted.kit))
    for model in ("cat_box", "cat_landmarks"):
        variants = [tree(artifacts.convert(model), ("variants.json",)) for artifacts in (clean, resumed)]
        assert set(variants[0]) == {f"float32/{model}.tflite", "inputs.npy"}
        assert variants[1] == variants[0]
        curves = [(artifacts.train(model) / "curve.csv").read_text(encoding="utf-8") for artifacts in (clean, resumed)]
        assert [{**row, "seconds": ""} for row in csv.DictReader(curves[1].splitlines())] == [
            {**row, "seconds": ""} for row in csv.DictReader(curves[0].splitlines())
        ]


def test_project_and_apk_equal_a_clean_runs(interrupted: Interrupted, together: tuple[Kit, list[Finished]]) -> None:
    clean, resumed = (kit.artifacts() for kit in (together[0], interrupted.kit))
    projects = [tree(artifacts.android, FOREIGN) for artifacts in (clean, resumed)]
    assert len(projects[0]) > 30
    assert projects[1] == projects[0]
    first, second = (apk_content(artifacts.apk / "tiny.apk") for artifacts in (clean, resumed))
    assert {"classes.dex", "assets/cat_box.tflite", "AndroidManifest.xml"} <= set(first)
    assert second == first


def test_nothing_half_written_stays(interrupted: Interrupted) -> None:
    root = interrupted.kit.artifacts().root
    remains = [path for path in root.rglob("*") if re.search(r"\.making$|\.old$|^checkpoint-", path.name)]
    assert [path for path in remains if "android/" not in path.as_posix()] == []
