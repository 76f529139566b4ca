"""`invoke model.info` and `model.check` from outside: what they print, without TensorFlow, and one clear error for what is no model."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from appspec.tflite_file import read_tflite
from deploy.phone_library.jobs import Job, Ran
from deploy.phone_library.jvm import missing_gpu_parts
from deploy.phone_library.litert_gpu import missing_vulkan_parts
from flow.arm64_check import Arm64Check, Arm64Run, arm64_rows
from flow.run_model import Runner, Tried, try_model
from flow.run_words import run_rows, said
from flow.screen import Screen
from pymodel.inspect.values import NO_NUMBERS
from tests.deploy.phone_library.required import needs
from tests.property_models import MODELS
from tests.tflite_models import conv_chain

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "tests" / "appspec" / "models" / "version_2.tflite"
MODULES = """
import atexit, sys
atexit.register(lambda: print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr))
"""


def run(*arguments: str, folder: Path, modules: bool = False) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "200"}
    if modules:
        (folder / "sitecustomize.py").write_text(MODULES, encoding="utf-8")
        environment["PYTHONPATH"] = str(folder)
    command = [sys.executable, "-m", "invoke", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_info_as_json_and_page_without_tensorflow(tmp_path: Path) -> None:
    done = run("model.info", str(SHIPPED), "--json", "--html", str(tmp_path), folder=tmp_path, modules=True)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["inputs"][0]["shape"] == [1, 32, 32, 3]
    assert document["layers"][0]["options"]["stride_w"] == 4
    assert "tensorflow" not in done.stderr.split("LOADED")[1].split()
    page = (tmp_path / "version_2.html").read_text(encoding="utf-8")
    assert '<svg class="graph"' in page
    assert document["page"] == str(tmp_path / "version_2.html")


def test_info_in_words(tmp_path: Path) -> None:
    done = run("model.info", str(SHIPPED), folder=tmp_path)
    assert "CONV_2D" in done.stdout
    assert "top_left" in done.stdout
    assert "bottom_right" in done.stdout


def test_ten_megabytes_take_two_seconds(tmp_path: Path) -> None:
    path = tmp_path / "large.tflite"
    path.write_bytes(conv_chain(70, 8, 64))
    assert path.stat().st_size > 10e6
    times = []
    for _ in range(3):  # processor time, and the best one: other work may share the machine
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run("model.info", str(path), folder=tmp_path).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) <= 2.0


def test_check_has_a_column_for_each_place(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(MODELS["reversed_middle"]())
    done = run("model.check", str(path), folder=tmp_path, modules=True)
    words = " ".join(done.stdout.split())
    for column in ("2.16.1", "LiteRT", "GPU", "NNAPI", "Micro"):
        assert column in done.stdout
    assert "part: 2 of 4 nodes" in words
    assert "node 1" in words
    assert "node 3" in words
    assert "tensorflow" not in done.stderr.split("LOADED")[1].split()
    document = json.loads(run("model.check", str(path), "--json", folder=tmp_path).stdout)
    gpu = next(one for one in document["places"] if one["place"] == "gpu")
    assert (gpu["taken"], gpu["nodes"], gpu["partitions"], gpu["taken_nodes"]) == (2, 4, 2, [0, 1])
    assert document["recommendation"]


def test_where_the_analyzer_says_otherwise_both_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(MODELS["newer_version"]())
    done = run("model.check", str(path), "--analyzer", folder=tmp_path)
    assert "Analyzer: the whole graph is compatible with the GPU delegate" in done.stdout
    assert "Our verdict is another (not at all: 0 of 1 nodes)" in done.stdout


@pytest.mark.parametrize("name", ["model.info", "model.check"])
@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("absent.tflite", None, "No such file"),
        ("empty.tflite", b"", "it is empty"),
        ("picture.tflite", b"\xff\xd8\xff\xe0" + b"x" * 99, "JPEG"),
        ("cut.tflite", SHIPPED.read_bytes()[:1500], "can't be read"),
        ("folder.tflite", "folder", "it is a folder"),
        ("other.tflite", b"\x1c\0\0\0TFL9" + b"x" * 99, "marked TFL9"),
    ],
)
def test_what_is_no_model_is_one_clear_error(
    tmp_path: Path, name: str, file: str, content: bytes | str | None, says: str
) -> None:
    path = tmp_path / file
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    done = run(name, str(path), folder=tmp_path)
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 1
    assert [line[:7].strip() for line in lines[1:]] == ["why:", "fix:"]
    assert says in lines[1]
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("--tolerance", "7"), "no share"), (("--tolerance", "abc"), "no number"), (("--inputs", "no/such/folder"), "no such file")],
)
def test_arguments_that_can_not_be_are_one_clear_error(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run("model.check", str(SHIPPED), *arguments, folder=tmp_path)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("model.info",), "model.info needs FILE"),
        (("model.check", "--json"), "model.check needs FILE"),
        (("model.describe",), "model.describe needs FILE"),
        (("predict",), "predict needs IMAGE"),
        (("model.check", "m.tflite", "--tolerance"), "--tolerance needs a value"),
        (("model.check", "m.tflite", "--rum"), "Can't read the command line"),
    ],
)
def test_what_the_parser_refuses_is_one_clear_error(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run(*arguments, folder=tmp_path)
    lines = done.stderr.strip().splitlines()
    assert (done.returncode, lines[0]) == (1, f"✗ {says}")
    said = json.loads(done.stdout)["error"]["what"] if "--json" in arguments else done.stdout
    assert said == (says if "--json" in arguments else "")
    assert [line[:7].strip() for line in lines[1:]] == ["why:", "fix:"]


@needs(missing_gpu_parts() or missing_vulkan_parts())
def test_run_says_what_ran_on_what_and_where_it_parts(tmp_path: Path) -> None:
    """Two pictures at once: OpenGL ES gets them wrong at the first convolution, OpenCL and LiteRT don't."""
    path = tmp_path / "m.tflite"
    path.write_bytes(MODELS["batch_of_two"]())
    document = json.loads(run("model.check", str(path), "--run", "--json", folder=tmp_path).stdout)
    runs = {(one["runner"].rpartition(" by ")[2], one["precision"]): one for one in document["runs"]}
    assert runs["OpenGL ES", 32]["first"]["node"] == 0
    assert runs["OpenGL ES", 32]["differences"]["tensor_6"]["share"] > 0.5
    litert = runs["Vulkan (SwiftShader)", 32]
    assert litert["taken"] == 2
    assert litert["differences"]["tensor_6"]["share"] < 1e-5
    assert "noise of seed" in document["inputs"]


@needs(missing_gpu_parts() or missing_vulkan_parts())
def test_run_takes_a_users_arrays(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(conv_chain(2))
    np.savez(tmp_path / "in.npz", tensor_0=np.random.default_rng(1).uniform(-1, 1, (2, 8, 8, 3)).astype(np.float32))
    document = json.loads(run("model.check", str(path), "--inputs", str(tmp_path / "in.npz"), "--json", folder=tmp_path).stdout)
    assert document["inputs"] == f"2 of 2 inputs of {tmp_path / 'in.npz'}"
    assert all(one["error"] == "" for one in document["runs"])


def test_a_wrong_kernel_in_the_middle_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runner whose GPU goes wrong in node 3: every cut that holds it differs, on whatever input."""
    path = tmp_path / "m.tflite"
    path.write_bytes(conv_chain(6))

    def compute(jobs: list[Job]) -> list[Ran]:
        ran = []
        for job in jobs:
            count = len(read_tflite(job.model).main.nodes)
            values = np.frombuffer(job.inputs[0], np.float32).copy()
            if job.processor != "cpu" and count > 3:
                values[:5] += 1.0
            ran.append(Ran("", count, count, 1, (), (values.tobytes(),)))
        return ran

    monkeypatch.setattr("flow.run_model.runners", lambda: ([Runner("a GPU", "gpu", compute)], []))
    _, (tried,), _ = try_model(read_tflite(path), path, None, 0.01, Screen(as_json=True))
    assert tried.first is not None
    assert tried.first.node.index == 3
    assert "differs first at node 3, CONV_2D" in said(tried, 0.01)


def test_nan_on_both_agrees_with_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(conv_chain(1))

    def compute(jobs: list[Job]) -> list[Ran]:
        return [Ran("", 1, 1, 1, (), (np.full_like(np.frombuffer(job.inputs[0], np.float32), np.nan).tobytes(),)) for job in jobs]

    monkeypatch.setattr("flow.run_model.runners", lambda: ([Runner("a GPU", "gpu", compute)], []))
    _, tried, _ = try_model(read_tflite(path), path, None, 0.01, Screen(as_json=True))
    assert said(tried[0], 0.01) == NO_NUMBERS
    assert "NaN on both" in str(run_rows(tried, 0.01)[0]["largest difference to its CPU"])
    on_phone = Arm64Run("a library", "", tried[0].differences, {})
    assert arm64_rows(Arm64Check({}, (on_phone,)), 0.01)[0]["answers"] == NO_NUMBERS


def test_a_crash_is_told_as_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(conv_chain(1))
    monkeypatch.setattr(
        "flow.run_model.runners", lambda: ([Runner("a GPU", "gpu", lambda jobs: [Ran("it crashed (SIGSEGV)")] * len(jobs))], [])
    )
    _, (tried,), _ = try_model(read_tflite(path), path, None, 0.01, Screen(as_json=True))
    assert isinstance(tried, Tried)
    assert said(tried, 0.01) == "on the CPU: it crashed (SIGSEGV)"
