"""What a comparison says of runs whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from appspec.benchmark_result import Failure, Nodes
from appspec.benchmark_run import BenchmarkRun, Printed, Start
from appspec.errors import KitError
from deploy.benchmark.comparison.compare import compare_runs
from deploy.benchmark.comparison.types import Comparison, RowComparison
from tests.deploy.benchmark.made_runs import CPU, GPU, ROWS, MadeRow, made_run

ONE_THREAD = ("cat_box", "int8", "cpu", 1)
STARTS = 4


def changed(run: BenchmarkRun, change: Callable[[Start], Start], places: Sequence[int] | None = None) -> BenchmarkRun:
    """With other starts in the rows at `places`; in all of them without."""
    rows = [
        row.model_copy(update={"starts": [change(start) for start in row.starts]}) if places is None or place in places else row
        for place, row in enumerate(run.measurements)
    ]
    return run.model_copy(update={"measurements": rows})


def words(comparison: Comparison) -> list[str]:
    return [row.word for row in comparison.inference]


def test_one_row_that_got_slower_is_found_among_twelve() -> None:
    compared = compare_runs(made_run(1, starts=STARTS), made_run(2, starts=STARTS, slower={ONE_THREAD: 0.1}))
    row = compared.inference[0]
    assert words(compared) == ["slower"] + 11 * ["no difference seen"]
    assert row.change is not None
    assert row.change.low < 0.1 < row.change.high
    assert row.change.share == pytest.approx(0.1, abs=0.03)
    assert row.change.delta is not None
    assert row.change.delta > 0.5
    assert (row.a.starts, row.a.runs) == (STARTS, 50 * STARTS)


def test_faster_is_slower_seen_from_the_other_side() -> None:
    a, b = made_run(1, starts=STARTS), made_run(2, starts=STARTS, slower={ONE_THREAD: 0.2})
    there, back = compare_runs(a, b).inference[0], compare_runs(b, a).inference[0]
    assert (there.word, back.word) == ("slower", "faster")
    assert there.change is not None
    assert back.change is not None
    assert (1 + there.change.share) * (1 + back.change.share) == pytest.approx(1)
    assert there.change.delta == -(back.change.delta or 0)
    assert (1 + there.change.low) * (1 + back.change.high) == pytest.approx(1)


def test_a_run_against_itself_differs_in_nothing() -> None:
    run = made_run(1, starts=STARTS)
    compared = compare_runs(run, run)
    assert set(words(compared)) == {"no difference seen"}
    assert {row.word for row in compared.others} == {"no difference seen"}
    assert all(row.change and row.change.p == 1 for row in compared.inference)


def test_what_would_have_been_seen_is_more_for_a_noisier_row() -> None:
    compared = compare_runs(made_run(1, starts=STARTS), made_run(2, starts=STARTS))
    visible = {str(row.key): row.change.visible for row in compared.inference if row.change}
    assert visible["cat_box int8 cpu 1"] < 0.06 < visible["cat_box int8 gpu warm"] < 0.25


def test_a_small_difference_within_what_starts_differ_by_is_none() -> None:
    apart = [replace(row, noise=replace(row.noise, body=0.003, spikes=0.0, starts=0.03)) for row in ROWS]
    compared = compare_runs(made_run(1, apart, starts=STARTS), made_run(2, apart, starts=STARTS, slower=0.02))
    assert set(words(compared)) == {"no difference seen"}
    first = compared.inference[0].change
    assert first is not None
    assert first.start_noise == pytest.approx(0.03, rel=0.35)
    assert first.start_noise_known


def test_with_one_start_each_the_noise_between_starts_is_an_assumption_that_is_said() -> None:
    compared = compare_runs(made_run(1, starts=1), made_run(2, starts=1, slower={ONE_THREAD: 0.15}))
    assert compared.inference[0].word == "slower"
    assert compared.comparability.word == "comparable with care"
    assert "started once" in str(compared.comparability)
    assert {row.change.start_noise_known for row in compared.inference if row.change} == {False}
    assert {row.word for row in compared.others if row.quantity != "frame"} == {"can't be told"}


def test_cold_and_warm_starts_are_rows_of_their_own() -> None:
    gpu = (MadeRow("cat_box", "int8", "gpu", 0, 3.0, replace(GPU, body=0.02), init_ms=400),)
    a, b = made_run(1, gpu, starts=8, both_caches=True), made_run(2, gpu, starts=8, both_caches=True)
    compared = compare_runs(a, changed(b, lambda start: start.model_copy(update={"init_ms": 2 * (start.init_ms or 0)})))
    assert [str(row.key) for row in compared.inference] == ["cat_box int8 gpu warm", "cat_box int8 gpu cold"]
    ready = {row.key.cache: row for row in compared.others if row.quantity == "init"}
    assert {row.word for row in ready.values()} == {"slower"}
    assert (ready["cold"].a.median or 0) > 2.5 * (ready["warm"].a.median or 0)


def test_a_single_cold_start_beside_rows_that_are_unlike_each_other_can_not_be_told() -> None:
    apart = (0.0001, 0.3, 0.001, 0.1, 0.0003, 0.02)
    rows = [replace(row, noise=replace(CPU, body=0.002, starts=one)) for row, one in zip(ROWS[:6], apart, strict=True)]

    def as_single(run: BenchmarkRun) -> BenchmarkRun:
        first = run.measurements[0]
        single = first.model_copy(update={"starts": first.starts[:1]})
        return run.model_copy(update={"measurements": [single, *run.measurements[1:]]})

    compared = compare_runs(as_single(made_run(1, rows, starts=STARTS)), as_single(made_run(2, rows, starts=STARTS)))
    assert compared.inference[0].change is None
    assert compared.inference[0].note == "one start each: how far they lie apart is not known"
    assert all(row.change and row.change.high < 10 for row in compared.inference[1:])


def test_more_memory_is_told_beside_times_that_are_the_same() -> None:
    b = changed(
        made_run(2, starts=STARTS), lambda start: start.model_copy(update={"peak_bytes": 2 * (start.peak_bytes or 0)}), [0]
    )
    compared = compare_runs(made_run(1, starts=STARTS), b)
    assert set(words(compared)) == {"no difference seen"}
    told = [(str(row.key), row.quantity, row.word) for row in compared.others if row.word != "no difference seen"]
    assert told == [("cat_box int8 cpu 1", "memory", "more")]


def failing(start: Start) -> Start:
    error = Failure(stage="init", type="IllegalArgumentException", message="Can not open OpenCL library")
    return start.model_copy(update={"error": error, "runs_ms": [], "frame_ms": [], "init_ms": None, "first_ms": None})


def test_a_row_that_fails_now_is_named_with_its_cause() -> None:
    gpu = [place for place, row in enumerate(ROWS) if row.delegate == "gpu"]
    compared = compare_runs(made_run(1, starts=STARTS), changed(made_run(2, starts=STARTS), failing, gpu))
    lost = [row for row in compared.inference if row.change is None]
    assert len(lost) == len(gpu)
    assert {(row.word, row.b.starts) for row in lost} == {("can't be told", 0)}
    assert lost[0].note == "nothing measured in B (init: Can not open OpenCL library)"


def test_a_start_that_failed_leaves_the_others_to_compare() -> None:
    b = made_run(2, starts=STARTS)
    order = b.measurements[0].starts[0].order
    compared = compare_runs(made_run(1, starts=STARTS), changed(b, lambda one: failing(one) if one.order == order else one))
    assert compared.inference[0].b.starts == STARTS - 1
    assert set(words(compared)) == {"no difference seen"}


def test_nodes_that_the_delegate_takes_no_more_are_told() -> None:
    fewer = Nodes(delegated=20, total=62, partitions=3)
    b = changed(made_run(2, starts=STARTS), lambda start: start.model_copy(update={"nodes": fewer if start.nodes else None}))
    notes = {row.key.delegate: row.note for row in compare_runs(made_run(1, starts=STARTS), b).inference}
    assert notes == {"cpu": "", "gpu": "delegated nodes 60 of 62 in 1 → 20 of 62 in 3 partitions"}


def test_rows_of_one_run_only_are_named_and_none_in_common_is_an_error() -> None:
    compared = compare_runs(made_run(1, ROWS[:3], starts=STARTS), made_run(2, ROWS[1:4], starts=STARTS))
    assert len(compared.inference) == 2
    assert [str(key) for key in compared.only_a] == ["cat_box int8 cpu 1"]
    assert [str(key) for key in compared.only_b] == ["cat_box float16 cpu 1"]
    with pytest.raises(KitError, match="no row in common") as raised:
        compare_runs(made_run(1, ROWS[:1]), made_run(2, ROWS[1:2]))
    assert "cat_box int8 cpu 2" in raised.value.why


def test_runs_that_are_not_comparable_stand_side_by_side_without_a_change() -> None:
    a = made_run(1, starts=STARTS)
    b = made_run(2, starts=STARTS, slower=1.0)
    compared = compare_runs(a, b.model_copy(update={"phone": b.phone.model_copy(update={"model": "Ten"})}))
    assert compared.comparability.word == "not comparable"
    assert {(row.word, row.change, row.note) for row in compared.inference} == {("can't be told", None, "not comparable")}
    assert all(row.a.median and row.b.median for row in compared.inference)
    assert compared.slower_than(0.0) == ()


def printed(start: Start, std_ms: float | None = 0.1, median_ms: float | None = None) -> Start:
    """As a tool that tells no single times."""
    mean = sum(start.runs_ms) / len(start.runs_ms)
    told = Printed(
        count=50, first_ms=None, min_ms=None, p5_ms=None, median_ms=median_ms, p95_ms=None, max_ms=None, mean_ms=mean,
        std_ms=std_ms, rounded=False,
    )  # fmt: skip
    return start.model_copy(update={"runs_ms": [], "frame_ms": [], "printed": told})


def test_summaries_of_tools_are_compared_by_their_starts() -> None:
    quiet = [replace(row, noise=CPU) for row in ROWS[:4]]
    a, b = (
        changed(run, printed) for run in (made_run(1, quiet, starts=5), made_run(2, quiet, starts=5, slower={ONE_THREAD: 0.2}))
    )
    compared = compare_runs(a, b)
    assert words(compared) == ["slower"] + 3 * ["no difference seen"]
    assert (compared.inference[0].a.runs, compared.inference[0].a.starts) == (0, 5)
    assert compared.inference[0].change is not None
    assert compared.inference[0].change.delta is None


def test_medians_and_means_of_tools_are_not_mixed() -> None:
    quiet = [replace(row, noise=replace(CPU, spikes=0.0)) for row in ROWS[:4]]
    a, b = made_run(1, quiet, starts=5), made_run(2, quiet, starts=5)
    compared = compare_runs(changed(a, lambda start: printed(start, median_ms=1000.0)), changed(b, printed))
    assert set(words(compared)) == {"no difference seen"}


def test_a_single_summary_without_a_deviation_says_nothing_of_the_noise() -> None:
    a, b = (changed(made_run(seed, ROWS[:2], starts=1), lambda start: printed(start, None)) for seed in (1, 2))
    compared = compare_runs(a, b)
    assert {(row.word, row.note) for row in compared.inference} == {
        ("can't be told", "one start each: how far they lie apart is not known")
    }


def test_single_times_and_summaries_are_no_match() -> None:
    compared = compare_runs(made_run(1, ROWS[:2]), changed(made_run(2, ROWS[:2]), printed))
    assert {row.note for row in compared.inference} == {"one run has single times, the other summaries"}


def test_too_few_runs_have_no_middle() -> None:
    compared = compare_runs(made_run(1, ROWS[:2], runs=3), made_run(2, ROWS[:2], runs=3))
    assert {row.note for row in compared.inference} == {"nothing measured in A"}


def test_a_limit_is_passed_by_the_whole_interval_or_not_at_all() -> None:
    compared = compare_runs(made_run(1, starts=STARTS), made_run(2, starts=STARTS, slower={ONE_THREAD: 0.2}))

    def names(rows: Sequence[RowComparison]) -> list[str]:
        return [str(row.key) for row in rows]

    change = compared.inference[0].change
    assert change is not None
    assert names(compared.slower_than(change.low - 0.001)) == ["cat_box int8 cpu 1"]
    assert compared.slower_than(change.low + 0.001) == ()
