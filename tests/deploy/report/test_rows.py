"""What the report makes of a run: its rows, which phones it shows, and the command that repeats it."""

from __future__ import annotations

import inspect
import shlex
from pathlib import Path
from statistics import median

import tasks
from appspec.benchmark_result import Failure
from appspec.benchmark_run import BenchmarkRun, Moment, Printed, Sustained, write_run
from deploy.report.benchmark import run_section
from deploy.report.found import FoundRun, by_phone, found_runs
from deploy.report.overview import benchmark_figures
from deploy.report.repeat import benchmark_command
from deploy.report.row import fastest, report_rows
from deploy.report.sustained import sustained_section
from deploy.report.words import digits
from tests.deploy.benchmark.made_runs import made_phone, made_run, made_settings


def changed(run: BenchmarkRun, place: int, **changes: object) -> BenchmarkRun:
    """Every start of a row with other values."""
    rows = list(run.measurements)
    rows[place] = rows[place].model_copy(update={"starts": [one.model_copy(update=changes) for one in rows[place].starts]})
    return run.model_copy(update={"measurements": rows})


def found(run: BenchmarkRun, name: str = "run") -> FoundRun:
    return FoundRun(Path(f"{name}.json"), run)


def test_rows_say_what_was_measured() -> None:
    run = made_run(1, starts=4, both_caches=True)
    rows = report_rows(run)
    assert len(rows) == len(run.measurements)
    for row in rows:
        (measured,) = [
            one for one in run.measurements
            if (one.model, one.variant, one.delegate, one.threads)
            == (row.model, row.summary.variant, row.delegate, row.summary.threads)
        ]  # fmt: skip
        assert row.median_ms == median(ms for start in measured.starts for ms in start.runs_ms)
        assert sum(map(len, row.groups)) == 4 * 50
        for cache, told in (("cold", row.cold_init_ms), ("warm", row.warm_init_ms)):
            values = [one.init_ms for one in measured.starts if (one.cache or "warm") == cache and one.init_ms]
            assert told == (median(values) if values else None)
    by_model = [(row.model, row.median_ms) for row in rows]
    assert by_model == sorted(by_model)


def test_a_row_with_wrong_answers_is_the_fastest_of_nothing() -> None:
    run = made_run(1)
    gpu = next(i for i, row in enumerate(run.measurements) if row.delegate == "gpu")
    quick = changed(run, gpu, runs_ms=[0.5] * 50, difference_from_cpu=0.3)
    rows = [row for row in report_rows(quick) if row.model == "cat_box"]
    assert rows[0].delegate == "gpu"
    best = fastest(rows)
    assert best is not None
    assert best.delegate == "cpu"
    assert "wrong answers" in str(run_section(quick, "").sections)
    (figure, _) = benchmark_figures(by_phone([found(quick)]))
    assert "CPU" in figure.note


def test_a_tools_summary_has_no_dots_and_says_what_it_is() -> None:
    told = Printed(
        count=50, first_ms=None, min_ms=None, p5_ms=None, median_ms=None, p95_ms=None, max_ms=None, mean_ms=1240.27, std_ms=None,
        rounded=True,
    )  # fmt: skip
    run = changed(made_run(1), 0, runs_ms=[], frame_ms=[], printed=told)
    section = run_section(run, "")
    (cells,) = [row for row in section.rows if "a summary only" in row]
    assert cells[1] == "≈ 1240 ms (mean)"
    assert cells[2] == "too few starts"
    assert "nan" not in str(section)


def test_a_row_that_failed_is_told_and_not_drawn() -> None:
    error = Failure(stage="init", type="E", message="the GPU refuses <it>")
    run = changed(made_run(1), 6, runs_ms=[], frame_ms=[], init_ms=None, first_ms=None, error=error)
    section = run_section(run, "")
    assert len(section.rows) == len(run.measurements) - 1
    (part,) = [part for part in section.sections if part.title == "Not measured"]
    assert [row[1] for row in part.rows] == ["init: the GPU refuses <it>"]


def test_a_run_without_any_time_has_no_charts() -> None:
    run = made_run(1)
    error = Failure(stage="process", type="E", message="gone")
    for place in range(len(run.measurements)):
        run = changed(run, place, runs_ms=[], frame_ms=[], error=error)
    section = run_section(run, "")
    assert list(section.charts) == []
    assert list(section.rows) == []
    assert benchmark_figures(by_phone([found(run)])) == []


def test_a_phone_shows_its_latest_run_and_the_one_before() -> None:
    days = [f"2026-05-0{day}T12:00:00+00:00" for day in (3, 1, 2)]
    runs = [found(made_run(1, started_at=day), day) for day in days]
    other = found(made_run(1, phone=made_phone(kind="virtual", serial="emulator-5554")), "virtual")
    tool = found(made_run(1, settings=made_settings(way="tool")), "tool")
    shown = by_phone([other, *runs, tool])
    assert [(one.latest.path.stem[:10], one.before and one.before.path.stem[:10]) for one in shown] == [
        ("2026-05-03", "2026-05-02"), ("tool", None), ("virtual", None),
    ]  # fmt: skip


def test_a_stopped_run_hides_no_whole_one() -> None:
    def one(day: int, ended: str) -> FoundRun:
        return found(made_run(1, started_at=f"2026-05-0{day}T12:00:00+00:00", ended=ended), str(day))

    (shown,) = by_phone([one(1, "precise"), one(2, "time"), one(3, "stopped")])
    assert shown.before is not None
    assert (shown.latest.path.stem, shown.before.path.stem) == ("2", "1")
    assert shown.note == "A newer run was stopped early and is passed over: 3.json."
    (alone,) = by_phone([one(1, "stopped"), one(2, "phone lost")])
    assert alone.latest.path.stem == "2"
    assert "stopped early" in alone.note
    (plain,) = by_phone([one(1, "stopped"), one(2, "time")])
    assert plain.before is not None
    assert (plain.note, plain.before.path.stem) == ("", "1")


def test_a_folder_that_is_not_there_has_no_runs(tmp_path: Path) -> None:
    assert found_runs(tmp_path / "none", "tiny") == ([], [])
    write_run(made_run(1), tmp_path / "a.json")
    assert len(found_runs(tmp_path, "cat_landmarks")[0]) == 1


def test_the_command_that_repeats_a_run_is_one_that_invoke_knows() -> None:
    known = set(inspect.signature(tasks.benchmark.body).parameters)
    settings = made_settings(warmup_runs=3, num_runs=20, limit_s=90, precision=0.02, seed=11, sustained_s=600)
    run = made_run(1, phone=made_phone(serial="adb-0A (2)._tcp"), settings=settings)
    words = shlex.split(benchmark_command(run, " --app cats", 3, 10))
    assert words[:4] == ["invoke", "benchmark", "--app", "cats"]
    flags = dict(zip(words[2::2], words[3::2], strict=True))
    assert {flag.removeprefix("--").replace("-", "_") for flag in flags} <= known
    assert flags == {
        "--app": "cats", "--device": "adb-0A (2)._tcp", "--models": "cat_box,cat_landmarks", "--delegates": "cpu,gpu",
        "--threads": "1,2,4", "--runs": "20", "--limit": "90s", "--precision": "2%", "--set": "benchmark.warmup_runs=3",
        "--sustained": "600s", "--seed": "11",
    }  # fmt: skip
    shelf = made_run(1, phone=made_phone(adb_server="shelf-2:5037"), settings=settings)
    assert "--device 0A1B2C3D --adb shelf-2:5037 " in benchmark_command(shelf, "", 2, 10)
    host = made_run(1, phone=made_phone(kind="host", serial=None), settings=made_settings(way="host"))
    assert "--host --delegates" in benchmark_command(host, "", 2, 10)
    cold = made_run(1)
    for place in range(len(cold.measurements)):
        cold = changed(cold, place, cache="cold")
    assert " --cold " in benchmark_command(cold, "", 2, 10)
    assert " --cold " not in benchmark_command(made_run(1, both_caches=True), "", 2, 10)


def test_a_part_without_a_pause_tells_how_the_speed_fell() -> None:
    def run(seconds: int, degrees: float) -> BenchmarkRun:
        moments = [
            Moment(at_s=s, ms=2.0 if s < seconds / 2 else 4.0, thermal="none" if s < seconds / 2 else "light", temperature_c=29 + degrees * s / seconds)
            for s in range(seconds + 1)
        ]  # fmt: skip
        held = Sustained(model="cat_box", variant="int8", delegate="gpu", threads=0, moments=moments, error=None)
        return made_run(1, sustained=[held])

    long, short = sustained_section(run(600, 10)), sustained_section(run(40, 0))
    assert long.text == ["cat_box · int8 · GPU: 2.00 ms at first, 4.00 ms after 10 minutes, 100% slower at the end; the battery went from 29 to 39 °C."]  # fmt: skip
    assert short.text == ["cat_box · int8 · GPU: 2.00 ms at first, 4.00 ms after 40 seconds, 100% slower at the end."]
    assert "10 minutes" in long.charts[0].svg
    assert "40 seconds" in short.charts[0].svg
    assert ">light</text>" in long.charts[0].svg


def test_numbers_have_three_digits() -> None:
    assert [digits(value) for value in (0.01234, 2.3, 12.04, 100.4, 391.2, 1213.4, 0.0)] == [
        "0.0123", "2.30", "12.0", "100", "391", "1213", "0.00",
    ]  # fmt: skip
