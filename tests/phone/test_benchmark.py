"""The app measures itself: a real run of its activity, its JSON read as the kit reads it, and what goes wrong told in it."""

from __future__ import annotations

import json
from statistics import median

import pytest

from appspec.benchmark_result import BLOCK, DOCS, BenchmarkResult, read_result, schema_text
from appspec.errors import KitError
from tests.deploy.phone_library.required import gpu_here
from tests.phone.app import PhoneRun
from tests.phone.runs import BENCHMARK, DAMAGED_BENCHMARK, PHONE_LIBRARY_BENCHMARK


@pytest.fixture(scope="module", params=["camera_run", "sensor_run"])
def results(request: pytest.FixtureRequest) -> dict[str, BenchmarkResult]:
    run: PhoneRun = request.getfixturevalue(request.param)
    assert run.failures(BENCHMARK) == []
    return {path.stem: read_result(path.read_text(encoding="utf-8")) for path in run.folder(BENCHMARK).glob("*.json")}


def test_a_run_tells_all_it_should(results: dict[str, BenchmarkResult]) -> None:
    result = results["cpu2"]
    assert result.error is None
    assert result.request is not None
    assert (result.request.delegate, result.request.threads) == ("cpu", 2)
    assert len(result.warmup_ms) == 3
    assert len(result.runs_ms) == len(result.frame_ms) == 20
    assert result.first_ms is not None
    assert result.difference_from_cpu is None
    assert [memory.moment for memory in result.memory] == ["before", "after_init", "after_runs"]
    assert result.thermal.before in ("none", "light")
    assert result.thermal.after == "severe"
    assert result.peak_bytes is not None
    assert result.peak_bytes > 50e6
    assert result.model is not None
    assert result.model.name in ("hand_joints", "pump")
    assert median(result.frame_ms) > median(result.runs_ms) / 2 > 0


def test_each_start_writes_its_own_file_with_its_id(results: dict[str, BenchmarkResult]) -> None:
    assert [results[name].error for name in ("one", "two", "undisturbed")] == [None, None, None]
    assert (results["one"].run_id, results["two"].run_id, results["undisturbed"].run_id) == ("first-7", "second", None)
    assert len(results["two"].runs_ms) == 5


def test_a_sustained_run_tells_every_second(results: dict[str, BenchmarkResult]) -> None:
    result = results["sustained"]
    assert result.error is None
    assert result.request is not None
    assert result.request.sustained_s == 2.5
    assert len(result.sustained) in (2, 3)
    assert [round(moment.at_s) for moment in result.sustained] == list(range(len(result.sustained)))
    assert {(moment.thermal, moment.temperature_c) for moment in result.sustained} == {("light", 31.4)}
    assert all(0 < moment.ms < 1000 for moment in result.sustained)
    assert result.runs_ms == []


def test_a_sustained_run_that_broke_keeps_its_seconds(results: dict[str, BenchmarkResult]) -> None:
    result = results["broken-sustained"]
    assert result.error is not None
    assert result.error.stage == "sustained"
    assert result.sustained[-1].ms >= 300


def test_a_long_sustained_run_leaves_its_seconds_for_the_case_that_it_dies(results: dict[str, BenchmarkResult]) -> None:
    left, whole = results["long-so-far"], results["long"]
    assert len(left.sustained) == 5
    assert left.sustained == whole.sustained[:5]
    assert left.error is None


def test_a_cold_start_is_told(results: dict[str, BenchmarkResult]) -> None:
    asked = {name: results[name].request for name in ("warm", "cold")}
    assert {name: request and request.cold for name, request in asked.items()} == {"warm": False, "cold": True}


def test_it_goes_on_until_the_time_is_over(results: dict[str, BenchmarkResult]) -> None:
    result = results["timed"]
    assert result.error is None
    assert sum(result.runs_ms) < 400
    assert len(result.runs_ms) > 20


@pytest.mark.parametrize(
    ("name", "stage", "says"),
    [
        ("no-such-model", "request", "no model other"),
        ("no-such-delegate", "request", "no delegate tpu"),
        ("no-threads", "request", "threads 0"),
        ("too-long", "request", "sustained_s"),
        ("benchmark", "request", "none of letters"),
        ("no-gpu", "init", "has no gpu"),
        ("breaks", "run", "lost"),
        ("covered", "run", "in front"),
        ("busy", "request", "another benchmark"),
        ("too-early", "request", "another benchmark"),
        ("no-run-id", "request", "run_id a/b"),
    ],
)
def test_what_goes_wrong_is_told(results: dict[str, BenchmarkResult], name: str, stage: str, says: str) -> None:
    error = results[name].error
    assert error is not None
    assert error.stage == stage
    assert says in error.message


def test_a_run_that_broke_keeps_what_it_had(results: dict[str, BenchmarkResult]) -> None:
    assert results["breaks"].init_ms is not None
    assert results["breaks"].warmup_ms


@gpu_here
def test_the_log_of_the_phones_own_library_tells_the_nodes(camera_run: PhoneRun) -> None:
    """The app reads it as on a phone."""
    assert camera_run.failures(PHONE_LIBRARY_BENCHMARK) == []
    folder = camera_run.folder(PHONE_LIBRARY_BENCHMARK)
    cpu, gpu = (read_result((folder / f"phone-{name}.json").read_text(encoding="utf-8")) for name in ("cpu", "gpu"))
    for result in (cpu, gpu):
        assert result.error is None
        assert result.runtime == "tensorflow-lite"
        assert result.nodes is not None
        print(result.nodes)
        assert 0 < result.nodes.delegated <= result.nodes.total
    assert gpu.difference_from_cpu is not None
    assert gpu.difference_from_cpu < 0.05


def test_a_damaged_model_is_told(sensor_run: PhoneRun) -> None:
    assert sensor_run.failures(DAMAGED_BENCHMARK) == []
    error = read_result((sensor_run.folder(DAMAGED_BENCHMARK) / "damaged.json").read_text(encoding="utf-8")).error
    assert error is not None
    assert (error.stage, error.type) == ("model", "DamagedModel")


def test_the_page_has_the_schema_of_the_code() -> None:
    found = BLOCK.findall(DOCS.read_text(encoding="utf-8"))
    assert found == [schema_text()], "python -m appspec.benchmark_result"


def test_other_texts_are_no_result(results: dict[str, BenchmarkResult]) -> None:
    good = json.loads(results["cpu2"].model_dump_json(by_alias=True))
    assert read_result(json.dumps(good)) == results["cpu2"]
    for change in ({"extra": 1}, {"schema": 1}, {"runs_ms": [-1.0]}, {"runs_ms": [1.0]}, {"init_ms": None}, {"phone": None}):
        with pytest.raises(KitError, match="benchmark can't be read"):
            read_result(json.dumps({**good, **change}))
    with pytest.raises(KitError, match="the whole text"):
        read_result("{")
