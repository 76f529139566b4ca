"""The same table on this computer: LiteRT's times in a process of its own, and plain words for what isn't here."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from appspec.benchmark_run import Kit, MeasuredApp, Start, read_run
from deploy.benchmark.by_others import measure_on_host
from deploy.benchmark.host import HostStarter, host_phone, host_runtime
from deploy.benchmark.on_phone import Job
from deploy.benchmark.rounds import Plan
from deploy.benchmark.rows import Row
from deploy.device.stop import Stop
from tests.deploy.benchmark.fake_starter import made_row
from tests.deploy.benchmark.made_runs import made_settings
from tests.property_models import Builder


@pytest.fixture
def row(tmp_path: Path) -> Row:
    path = tmp_path / 'a model\'s "name" $(x).tflite'
    path.write_bytes(Builder().conv().conv().model())
    return replace(made_row(threads=1), path=path)


def starter(**more: float) -> HostStarter:
    return HostStarter(warmup_runs=3, num_runs=20, stop=Stop(), **more)


def why(start: Start) -> tuple[str, str]:
    assert start.error is not None
    assert start.runs_ms == []
    return start.error.stage, start.error.type


def test_every_single_time_comes_back_and_the_childs_own_memory(row: Row) -> None:
    start = starter().start(row, 4, None)
    assert start.error is None
    assert (start.order, len(start.warmup_ms), len(start.runs_ms)) == (4, 3, 20)
    assert min([start.init_ms or 0, start.first_ms or 0, *start.runs_ms, *start.warmup_ms]) > 0
    assert start.peak_bytes is not None
    assert 10e6 < start.peak_bytes < 500e6  # this process, with all that the tests import, holds more or less


def test_what_is_not_here_is_told(row: Row) -> None:
    assert why(starter().start(replace(row, delegate="gpu", threads=0), 0, "cold")) == ("request", "NotHere")
    assert why(starter().start(replace(row, threads=(os.cpu_count() or 1) + 1), 0, None)) == ("request", "NotHere")


@pytest.mark.parametrize("content", [b"", b"no model", None])
def test_a_damaged_model_is_told_and_takes_nothing_down(content: bytes | None, row: Row) -> None:
    row.path.write_bytes(row.path.read_bytes()[:200] if content is None else content)
    stage, kind = why(starter().start(row, 0, None))
    assert (stage, kind) in {("init", "NotRun"), ("process", "Crash")}


def test_one_that_takes_too_long_is_ended(row: Row) -> None:
    assert why(starter(limit_s=0.05).start(row, 0, None)) == ("process", "Hang")


def test_the_user_can_stop_it(row: Row) -> None:
    one = HostStarter(warmup_runs=0, num_runs=10**9, stop=Stop())
    threading.Timer(1.0, one.stop.set).start()
    with pytest.raises(KeyboardInterrupt):
        one.start(row, 0, None)


def test_a_whole_run_is_kept_as_one_of_this_computer(row: Row, tmp_path: Path) -> None:
    settings = made_settings(way="host", warmup_runs=1, num_runs=5, cool_below=None)
    app = MeasuredApp(name="cats", id="org.example.cats", version="1", apk_sha256=None)
    plan = Plan(seed=1, precision=0.05, limit_s=0.1, cool_below=None)
    rows = [row, replace(row, delegate="gpu", threads=0)]
    said: list[str] = []
    record = measure_on_host(
        Job(rows, plan, settings, Kit(version="0", revision=None), app, tmp_path), lambda _: None, said.append
    )
    run = read_run(record.path)
    assert (run.phone.kind, run.runtime, run.tool, run.app.apk_sha256) == ("host", host_runtime(), None, None)
    assert record.rounds.count >= 1


def test_this_computer_is_no_phone() -> None:
    phone = host_phone()
    assert (phone.kind, phone.serial, phone.cores) == ("host", None, os.cpu_count())
    assert host_runtime().startswith("LiteRT 2")
