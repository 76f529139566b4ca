"""The whole road of `--tool` against the virtual phone's own tools: real models, real adb, every generation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from appspec.benchmark_run import BenchmarkRun, Delegate, Kit, MeasuredApp
from deploy.benchmark.by_others import measure_by_tool
from deploy.benchmark.on_phone import Job
from deploy.benchmark.record import Record
from deploy.benchmark.rounds import Plan
from deploy.device.choose import Selection, choose_phones
from deploy.virtual_phone import VirtualPhone
from deploy.virtual_phone.tool_text import Generation
from tests.deploy.benchmark.fake_starter import made_row
from tests.deploy.benchmark.made_runs import made_settings
from tests.deploy.benchmark.tiny_tool import elf
from tests.property_models import Builder


def job_of(folder: Path, delegates: Sequence[Delegate]) -> Job:
    path = folder / "model.tflite"
    path.write_bytes(Builder().conv().conv().model())
    size = path.stat().st_size
    rows = [
        replace(row, path=path, model=row.model.model_copy(update={"size_bytes": size}))
        for row in (made_row(delegate=delegate) for delegate in delegates)
    ]
    settings = made_settings(way="tool", warmup_runs=1, num_runs=20)
    app = MeasuredApp(name="cats", id="org.example.cats", version="1", apk_sha256=None)
    return Job(
        rows, Plan(seed=1, precision=0.05, limit_s=0.1), settings, Kit(version="0", revision=None), app, folder / "results"
    )


def measured(phone: VirtualPhone, folder: Path, delegates: Sequence[Delegate] = ("cpu",)) -> tuple[BenchmarkRun, list[str]]:
    tool = folder / "benchmark_model"
    tool.write_bytes(elf())
    records: list[Record] = []
    said: list[str] = []
    (connected,) = choose_phones(Selection((phone.serial,)), said.append)
    record = measure_by_tool(connected, job_of(folder, delegates), tool, records.append, said.append)
    assert records == [record]
    return record.run(), said


GENERATIONS: list[Generation] = ["2019", "2021", "2024", "litert"]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_generation_of_tool_is_measured(
    generation: Generation, connect: Callable[..., VirtualPhone], tmp_path: Path
) -> None:
    run, _ = measured(connect(tool=generation), tmp_path)
    runtime = "LiteRT" if generation == "litert" else "TensorFlow Lite"
    assert (run.phone.kind, run.runtime, run.settings.way) == ("virtual", runtime, "tool")
    assert run.tool is not None
    assert run.tool.arguments[1:] == ["--num_threads=1", "--warmup_runs=1", "--num_runs=20"]
    assert run.measurements
    known = [one.type for measurement in run.measurements for one in measurement.operations]
    assert ("CONV_2D" in known) == (generation != "litert"), known
    for measurement in run.measurements:
        for start in measurement.starts:
            assert start.error is None, start.error
            assert start.printed is not None
            assert start.printed.count is not None
            assert start.printed.count >= 20
            assert 0 < (start.printed.min_ms or 0) <= (start.printed.mean_ms or 0) <= (start.printed.max_ms or 0)
            assert (start.init_ms or 0) > 0
            assert (start.first_ms or 0) > 0
            assert (start.printed.median_ms is None) == (generation in ("2019", "2021"))


def test_a_real_model_is_measured(phone: VirtualPhone, tmp_path: Path) -> None:
    run, _ = measured(phone, tmp_path)
    (start,) = run.measurements[0].starts
    assert start.error is None
    assert start.printed is not None
    assert (start.printed.mean_ms or 0) > 0


def test_a_phone_without_opencl_has_no_time_on_its_gpu(phone: VirtualPhone, tmp_path: Path) -> None:
    phone.state.speed = replace(phone.state.speed, gpu=None)
    run, _ = measured(phone, tmp_path, ("gpu",))
    assert run.measurements[0].starts
    for start in run.measurements[0].starts:
        assert start.printed is None
        assert start.error is not None
        assert (start.error.stage, start.error.type) == ("init", "DelegateRefused")
        assert "OpenCL" in start.error.message
