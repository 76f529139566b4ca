"""The app measures itself: a real run of its activity, its JSON read as the kit reads it, and what goes wrong told in it."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

import pytest

from appspec.errors import KitError
from deploy.benchmark.result import BLOCK, DOCS, BenchmarkResult, read_result, schema_text
from tests.phone.conftest import PhoneApp


@pytest.fixture(scope="module", params=["finger_app", "pump_app"])
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, BenchmarkResult]:
    app: PhoneApp = request.getfixturevalue(request.param)
    folder = tmp_path_factory.mktemp("benchmark")
    assert app.failures(["bench.BenchmarkTest"], folder) == []
    return {path.stem: read_result(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}


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
    assert result.model is not None
    assert result.model.name in ("hand_joints", "pump")
    assert median(result.frame_ms) > median(result.runs_ms) / 2 > 0


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
        ("benchmark", "request", "none of letters"),
        ("no-gpu", "init", "has no gpu"),
        ("breaks", "run", "lost"),
        ("covered", "run", "in front"),
        ("busy", "request", "another benchmark"),
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


def test_a_damaged_model_is_told(pump_app: PhoneApp, tmp_path: Path) -> None:
    damaged = pump_app.with_asset("pump.tflite", b"TFL3 and no more", tmp_path)
    assert damaged.failures(["bench.DamagedBenchmarkTest"], tmp_path) == []
    error = read_result((tmp_path / "damaged.json").read_text(encoding="utf-8")).error
    assert error is not None
    assert (error.stage, error.type) == ("model", "DamagedModel")


def test_the_page_has_the_schema_of_the_code() -> None:
    found = BLOCK.findall(DOCS.read_text(encoding="utf-8"))
    assert found == [schema_text()], "python -m deploy.benchmark.result"


def test_other_texts_are_no_result(results: dict[str, BenchmarkResult]) -> None:
    good = json.loads(results["cpu2"].model_dump_json(by_alias=True))
    assert read_result(json.dumps(good)) == results["cpu2"]
    for change in ({"extra": 1}, {"schema": 2}, {"runs_ms": [-1.0]}, {"runs_ms": [1.0]}, {"init_ms": None}, {"phone": None}):
        with pytest.raises(KitError, match="benchmark can't be read"):
            read_result(json.dumps({**good, **change}))
    with pytest.raises(KitError, match="the whole text"):
        read_result("{")
