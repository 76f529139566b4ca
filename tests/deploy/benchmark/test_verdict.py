"""What a run says of acceleration, which pair is the fastest, and what the table shows, on runs whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appspec.benchmark_result import Failure, Moment
from appspec.benchmark_run import BenchmarkRun, Sustained
from appspec.resolution import resolution
from deploy.benchmark.fastest import doubt, fastest_pair
from deploy.benchmark.summary import summarize, table_rows
from deploy.benchmark.sustained_figures import sustained_figures, sustained_words
from deploy.benchmark.unmeasured import unmeasured
from deploy.benchmark.verdict import model_verdicts, sentence
from tests.deploy.benchmark.made_runs import CPU, QUIET, ROWS, MadeRow, made_phone, made_run

CPU2 = MadeRow("cat_box", "int8", "cpu", 2, 4.0, QUIET)
CPU4 = MadeRow("cat_box", "int8", "cpu", 4, 3.0, QUIET)
GPU = MadeRow("cat_box", "float16", "gpu", 0, 1.5, QUIET)
SLOW_GPU = replace(GPU, ms=6.0)


def run_of(*rows: MadeRow, **changes: object) -> BenchmarkRun:
    return made_run(1, rows, starts=4, **changes)


def failing(run: BenchmarkRun, delegate: str, stage: str = "init") -> BenchmarkRun:
    error = Failure(stage=stage, type="UnsupportedProcessor", message="this phone has no gpu")
    measurements = [
        one.model_copy(update={"starts": [start.model_copy(update={"error": error, "runs_ms": []}) for start in one.starts]})
        if one.delegate == delegate
        else one
        for one in run.measurements
    ]
    return run.model_copy(update={"measurements": measurements})


def wrong(run: BenchmarkRun, delegate: str) -> BenchmarkRun:
    measurements = [
        one.model_copy(update={"starts": [start.model_copy(update={"difference_from_cpu": 0.4}) for start in one.starts]})
        if one.delegate == delegate
        else one
        for one in run.measurements
    ]
    return run.model_copy(update={"measurements": measurements})


def test_acceleration_that_helps() -> None:
    said = sentence(run_of(CPU2, CPU4, GPU))
    assert (
        said == "Nine: acceleration helps: cat_box 1.5 ms on gpu (float16), 3 ms on the CPU (int8, 4 threads): 2 times as fast."
    )


def test_what_the_time_did_not_reach_is_named() -> None:
    """A table of the rows that were started says nothing of the others."""
    landmarks = replace(CPU2, model="cat_landmarks")
    run = run_of(CPU2, GPU, landmarks)
    settings = run.settings.model_copy(update={"delegates": ["cpu", "gpu", "nnapi"], "threads": [2]})
    run = run.model_copy(update={"settings": settings})
    assert unmeasured(run) == "cat_box float16 on cpu 2, nnapi; cat_box int8 on gpu, nnapi; cat_landmarks int8 on gpu, nnapi"
    assert sentence(run).endswith(" times as fast. Of cat_landmarks it can't be told.")
    none = run.model_copy(update={"measurements": run.measurements[:2]})
    assert unmeasured(none).endswith("; cat_landmarks int8")
    whole = run_of(CPU2, replace(GPU, variant="int8"))
    assert unmeasured(whole.model_copy(update={"settings": settings.model_copy(update={"delegates": ["cpu", "gpu"]})})) == ""


def test_acceleration_that_does_not() -> None:
    said = sentence(run_of(CPU2, SLOW_GPU))
    assert said.startswith("Nine: acceleration does not help: ")
    assert said.endswith("6 ms on gpu (float16), 4 ms on the CPU (int8, 2 threads): 1.5 times as slow.")


def test_a_difference_within_the_noise_is_none() -> None:
    close = [replace(CPU4, noise=replace(CPU, starts=0.05)), replace(GPU, ms=2.95, noise=replace(CPU, starts=0.05))]
    assert "no difference that is certain" in sentence(run_of(*close))
    assert "Nine: it is not certain" in sentence(run_of(*close))
    assert "too few starts" in sentence(made_run(1, close, starts=2))


def test_several_models_are_told_in_one_sentence() -> None:
    landmarks = [replace(CPU4, model="cat_landmarks"), replace(SLOW_GPU, model="cat_landmarks")]
    said = sentence(run_of(CPU4, GPU, *landmarks))
    assert "helps 1 of 2 models and slows 1 down" in said
    assert said.count(".") - said.count("1.5") == 1


def test_a_virtual_phones_figures_are_marked_everywhere() -> None:
    run = run_of(CPU4, GPU, phone=made_phone(kind="virtual"))
    assert "virtual: no phone's times" in sentence(run)
    assert all("virtual" in str(row["processor"]) for row in table_rows(run))


@pytest.mark.parametrize("change", [failing, wrong])
def test_what_fails_or_answers_wrongly_is_no_help(change: object) -> None:
    run = change(run_of(CPU4, GPU), "gpu")
    assert "can't be told: nothing but the CPU gave right answers" in sentence(run)
    assert model_verdicts(run)[0].accelerated is None
    pair = fastest_pair([run])
    assert pair is not None
    assert pair.key == "cpu4:int8"
    gpu = next(row for row in table_rows(run) if "gpu" in str(row["processor"]))
    assert "no gpu" in str(gpu["median"]) or "WRONG" in str(gpu["difference"])


def test_the_fastest_pair_names_its_file_where_there_are_several() -> None:
    found = fastest_pair([run_of(CPU2, CPU4, GPU)])
    assert found is not None
    assert (found.key, found.cost) == ("gpu:float16", pytest.approx(1.0))
    alone = fastest_pair([run_of(CPU2, CPU4)])
    assert alone is not None
    assert alone.key == "cpu4"


def test_more_power_is_worth_a_twentieth_only() -> None:
    found = fastest_pair([run_of(CPU2, replace(CPU4, ms=3.9), replace(GPU, variant="int8", ms=3.85))])
    assert found is not None
    assert found.key == "cpu2"


def test_all_models_count_together() -> None:
    """Alone, cat_box is fastest on the GPU; with cat_landmarks, which is slow there, it is not."""
    landmarks = [replace(CPU4, model="cat_landmarks"), replace(GPU, model="cat_landmarks", ms=9.0)]
    found = fastest_pair([run_of(CPU4, GPU, *landmarks)])
    assert found is not None
    assert found.key == "cpu4:int8"


def test_several_phones_are_weighed_by_shares() -> None:
    """The GPU of one wins by much, that of the other loses by little."""
    one, other = run_of(CPU4, GPU), run_of(CPU4, replace(GPU, ms=3.3))
    found = fastest_pair([one, other])
    assert found is not None
    assert found.key == "gpu:float16"
    assert found.cost == pytest.approx(1.1**0.5, rel=0.02)
    assert fastest_pair([one, failing(other, "gpu")]).key == "cpu4:int8"
    assert fastest_pair([failing(failing(one, "gpu"), "cpu")]) is None


def test_a_choice_is_certain_where_the_other_side_is_clearly_slower() -> None:
    def doubts(*runs: BenchmarkRun) -> str:
        pair = fastest_pair(runs)
        assert pair is not None
        return doubt(runs, pair)

    noisy = replace(CPU, starts=0.05)
    assert doubts(run_of(CPU2, CPU4, GPU)) == ""
    assert doubts(run_of(CPU4, SLOW_GPU)) == ""
    assert doubts(run_of(CPU2, CPU4)) == ""
    assert doubts(made_run(1, [CPU4, GPU], starts=3)) == "too few starts of gpu:float16 and cpu4:int8"
    assert doubts(made_run(1, [CPU4], starts=3)) == "too few starts of cpu4"
    close = run_of(replace(CPU4, noise=noisy), replace(GPU, ms=2.8, noise=noisy))
    assert "overlap" in doubts(close)
    assert "it is not certain" in sentence(close)
    assert "too few starts" in doubts(run_of(CPU4, GPU), made_run(1, [CPU4, GPU], starts=3))


def test_what_was_never_started_gave_no_wrong_answers() -> None:
    assert "can't be told: no GPU and no NNAPI was measured." in sentence(run_of(CPU2, CPU4))
    refused = failing(run_of(CPU4, GPU), "gpu", "request")
    assert "can't be told: no GPU and no NNAPI was measured." in sentence(refused)
    assert "can't be told: the CPU was not measured." in sentence(run_of(GPU))
    assert "can't be told: the CPU gave no right answers." in sentence(failing(run_of(CPU4, GPU), "cpu"))


def test_nothing_is_surer_than_its_last_digit() -> None:
    run = run_of(replace(CPU4, ms=0.0013))
    (measurement,) = run.measurements
    starts = [start.model_copy(update={"runs_ms": [0.0013] * 20}) for start in measurement.starts]
    coarse = measurement.model_copy(update={"starts": starts})
    found = summarize(coarse)
    assert found.sure == found.step == pytest.approx(1 / 13)
    assert (found.low, found.high) == (pytest.approx(0.0012), pytest.approx(0.0014))
    (row,) = table_rows(run.model_copy(update={"measurements": [coarse]}))
    assert row["sure"] == "±8%"
    (row,) = table_rows(run_of(CPU4))
    assert "±0%" not in str(row["sure"])


@pytest.mark.parametrize(
    ("times", "rounded", "step"),
    [([2.0, 12.0], False, 1e-3), ([0.0013, 0.002], False, 1e-4), ([2.0], True, 1e-2), ([1.5e-7], False, 1e-8), ([], False, 1e-3)],
)
def test_the_step_of_times_is_their_last_digit(times: list[float], rounded: bool, step: float) -> None:
    assert resolution(times, rounded) == pytest.approx(step)


def test_a_sustained_run_is_told_in_one_line() -> None:
    moments = [
        Moment(at_s=1.0, ms=2.0, thermal="none", temperature_c=30.0),
        Moment(at_s=600.0, ms=2.5, thermal="severe", temperature_c=44.0),
    ]
    held = Sustained(model="cat_box", variant="int8", delegate="cpu", threads=1, moments=moments, error=None)
    assert sustained_words(sustained_figures(held)) == (
        "cat_box int8 on cpu, 1 thread without a pause: 2 ms in the first second, 2.5 ms in the last, after 600 s, 25% slower; "
        "thermal status none → severe"
    )
    nothing = held.model_copy(update={"moments": [], "error": Failure(stage="process", type="Crash", message="gone")})
    assert sustained_words(sustained_figures(nothing)).endswith("nothing measured; ended early: gone")


def test_the_table_has_the_rows_of_a_model_by_speed_and_tells_cold_from_warm() -> None:
    rows = table_rows(made_run(3, ROWS, starts=4, both_caches=True))
    assert [row["model"] for row in rows] == sorted(str(row["model"]) for row in rows)
    box = [float(str(row["median"])) for row in rows if row["model"] == "cat_box"]
    assert box == sorted(box)
    gpu = next(row for row in rows if row["processor"] == "gpu")
    assert "cold" in str(gpu["init_ms"])
    assert "warm" in str(gpu["init_ms"])
    assert gpu["delegated"] == "60 of 62"
    cpu = next(row for row in rows if row["processor"] == "cpu")
    assert "cold" not in str(cpu["init_ms"])
    assert str(cpu["sure"]).startswith("±")


def test_too_few_starts_are_called_so() -> None:
    rows = table_rows(made_run(3, [CPU4], starts=2))
    assert rows[0]["sure"] == "2 starts"


def test_failed_starts_count_for_nothing() -> None:
    run = run_of(CPU4)
    (measurement,) = run.measurements
    broken = measurement.starts[0].model_copy(
        update={"error": Failure(stage="run", type="LeftFront", message=""), "runs_ms": [999.0] * 50}
    )
    found = summarize(measurement.model_copy(update={"starts": [broken, *measurement.starts]}))
    assert found == summarize(measurement)
