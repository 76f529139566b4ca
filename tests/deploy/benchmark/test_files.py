"""What other tools read: LiteRT's board.json, and CSV."""

from __future__ import annotations

import csv
import errno
import io
import json
from pathlib import Path
from statistics import fmean, median, pstdev
from typing import Any

import pytest

from appspec.benchmark_result import Failure, Tensor
from appspec.benchmark_run import BenchmarkRun, Printed, Start, Tool
from appspec.errors import KitError
from deploy.benchmark.board import board_rows, read_board, write_board
from deploy.benchmark.board_schema import Board
from deploy.benchmark.pooled import pooled
from deploy.benchmark.table_file import COLUMNS, check_writable, printed_or_counted, table_text, write_table
from tests.deploy.benchmark.made_runs import ROWS, made_phone, made_run, made_settings

ROOT = Path(__file__).resolve().parents[3]

BOARD_KEYS = {"generated_at", "runtime", "runtime_versions", "row_count", "models", "platforms", "devices", "rows"}
ROW_KEYS = {
    "row_id", "model", "file", "task", "model_size_mb", "platform", "device_id", "device", "os", "accelerator", "delegate",
    "nodes_delegated", "nodes_total", "partitions", "latency_ms", "memory_mb", "runs", "warmup_runs", "throughput_mb_s", "source",
    "runtime", "runtime_version", "binary", "runner", "session", "job", "status", "date",
}  # fmt: skip
LATENCY_KEYS = {"median", "avg", "p5", "p95", "min", "max", "stddev", "init", "first_inference", "warm_up_avg"}
"""As collect.py and build_board.py of LiteRT's samples write them."""

PRINTED = Printed(
    count=50, first_ms=3.1, min_ms=2.9, p5_ms=None, median_ms=None, p95_ms=None, max_ms=4.0, mean_ms=3.2, std_ms=0.1, rounded=True
)


def told_by_a_tool(start: Start) -> Start:
    return start.model_copy(update={"runs_ms": [], "frame_ms": [], "warmup_ms": [], "printed": PRINTED})


def tool_run() -> BenchmarkRun:
    run = made_run(1, settings=made_settings(way="tool"))
    measurements = [
        one.model_copy(update={"starts": [told_by_a_tool(start) for start in one.starts]}) for one in run.measurements
    ]
    tool = Tool(file="android_aarch64_benchmark_model", sha256="0" * 64, size_bytes=1, arguments=["--graph=x"])
    return run.model_copy(update={"measurements": measurements, "tool": tool, "runtime": "TensorFlow Lite"})


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return rows


def test_a_board_has_the_keys_that_litert_writes(tmp_path: Path) -> None:
    write_board([made_run(1)], tmp_path / "board.json")
    board = json.loads((tmp_path / "board.json").read_text(encoding="utf-8"))
    assert set(board) == BOARD_KEYS
    assert board["row_count"] == len(board["rows"])
    for row in board["rows"]:
        assert set(row) == ROW_KEYS
        assert set(row["latency_ms"]) == LATENCY_KEYS
        assert set(row["memory_mb"]) == {"init_footprint", "overall_footprint"}
    assert board["platforms"] == [{"id": "android", "name": "Android", "rows": len(board["rows"])}]
    assert board["devices"] == [{"id": "nine-35", "name": "Nine", "platform": "android"}]


def test_a_board_row_holds_the_fastest_number_of_threads_and_its_own_times() -> None:
    run = made_run(1)
    rows = {(row.file, row.accelerator): row for row in board_rows([run])}
    assert set(rows) == {
        ("cat_box_int8.tflite", "cpu"), ("cat_box_float16.tflite", "cpu"), ("cat_box_int8.tflite", "gpu"),
        ("cat_box_float16.tflite", "gpu"), ("cat_landmarks_int8.tflite", "cpu"), ("cat_landmarks_int8.tflite", "gpu"),
    }  # fmt: skip
    row = rows["cat_box_int8.tflite", "cpu"]
    (measurement,) = [one for one in run.measurements if (one.model, one.variant, one.threads) == ("cat_box", "int8", 4)]
    assert row.job == "cpu4-nine-35"
    runs = [ms for start in measurement.starts for ms in start.runs_ms]
    assert row.latency_ms.median == pytest.approx(median(runs))
    assert row.latency_ms.avg == pytest.approx(fmean(runs))
    assert row.latency_ms.stddev == pytest.approx(pstdev(runs))
    assert (row.latency_ms.min, row.latency_ms.max) == (min(runs), max(runs))
    assert (row.runs, row.status, row.runner, row.runtime, row.runtime_version) == (150, "measured", "app", "tflite", "2.16.1")
    assert (row.task, row.os, row.model_size_mb) == ("object-detection", "Android 15 (API 35)", 0.6)
    assert row.row_id == "cat_landmarks/cat_box:cat_box_int8.tflite@2.16.1/android/nine-35/cpu"


def test_what_a_tool_did_not_tell_is_null_on_the_board_and_empty_in_the_table() -> None:
    (row, *_) = board_rows([tool_run()])
    assert (row.latency_ms.p5, row.latency_ms.p95, row.latency_ms.warm_up_avg, row.warmup_runs) == (None, None, None, None)
    assert (row.latency_ms.median, row.latency_ms.avg, row.binary) == (3.2, 3.2, "android_aarch64_benchmark_model")
    (cells, *_) = csv.DictReader(io.StringIO(table_text([tool_run()])))
    assert (cells["mean_ms"], cells["median_ms"], cells["p5_ms"], cells["rounded"]) == ("3.2", "", "", "true")


def test_summaries_of_unequal_starts_are_put_together_by_their_runs() -> None:
    """As if every single time were known: means of 2 and of 10 runs."""
    runs = [[1.0, 9.0], [2.0, 2.5, 3.0, 2.0, 2.5, 3.0, 2.0, 2.5, 3.0, 2.0]]
    whole = made_run(1, ROWS[:1], starts=2).measurements[0].starts
    singles = [start.model_copy(update={"runs_ms": one}) for start, one in zip(whole, runs, strict=True)]
    summaries = [one.model_copy(update={"runs_ms": [], "printed": printed_or_counted(one)}) for one in singles]
    together, told = pooled(singles), pooled(summaries)
    assert together is not None
    assert told is not None
    for name in ("count", "min_ms", "max_ms", "mean_ms", "std_ms"):
        assert getattr(told, name) == pytest.approx(getattr(together, name)), name
    assert together.mean_ms == pytest.approx(fmean(runs[0] + runs[1]))
    lacking = summaries[0].printed
    assert lacking is not None
    uncounted = [
        summaries[0].model_copy(update={"printed": lacking.model_copy(update={"count": None, "max_ms": None})}),
        summaries[1],
    ]
    figures = pooled(uncounted)
    assert figures is not None
    assert (figures.count, figures.max_ms, figures.min_ms) == (None, None, 1.0)
    assert pooled([]) is None


@pytest.mark.parametrize("kind", ["virtual", "host"])
def test_times_that_are_no_phones_are_marked(kind: str) -> None:
    rows = board_rows([made_run(1, phone=made_phone(kind=kind, soc="Acme CPU"))])
    assert {row.status for row in rows} == {kind}
    assert all(("virtual" if kind == "virtual" else "a computer") in row.device for row in rows)
    assert all(row["kind"] == kind for row in csv.DictReader(io.StringIO(table_text([made_run(1, phone=made_phone(kind=kind))]))))


def test_rows_of_an_old_board_stay_but_those_measured_anew(tmp_path: Path) -> None:
    path = tmp_path / "board.json"
    write_board([made_run(1)], path)
    foreign = {**rows_of(path)[0], "row_id": "litert-community/x:x.tflite@2.2.0/ios/iphone/cpu", "platform": "ios", "new_key": 1}
    board = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(
        json.dumps({**board, "rows": [*board["rows"], foreign], "row_count": len(board["rows"]) + 1}), encoding="utf-8"
    )
    write_board([made_run(2)], path)
    assert len(rows_of(path)) == len(board["rows"]) + 1
    kept = rows_of(path)[-1]
    assert kept == foreign
    assert [row["latency_ms"] for row in rows_of(path)[:-1]] != [row["latency_ms"] for row in board["rows"]]
    assert Board.model_validate_json(path.read_text(encoding="utf-8")) == read_board(path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"rows": 1}', "my diary"])
def test_a_file_that_is_no_board_is_left_as_it_is(content: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KitError, match="--board can't be written"):
        write_board([made_run(1)], path)
    assert path.read_text(encoding="utf-8") == content


def test_throughput_is_the_inputs_bytes_in_a_second() -> None:
    run = made_run(1)
    models = [one.model_copy(update={"input": Tensor(shape=[1, 96, 96, 3], type="float32")}) for one in run.models]
    (row, *_) = board_rows([run.model_copy(update={"models": models})])
    assert row.latency_ms.avg is not None
    assert row.throughput_mb_s == pytest.approx(96 * 96 * 3 * 4 / 2**20 / (row.latency_ms.avg / 1000))


def test_the_table_has_one_row_a_start_with_its_own_figures() -> None:
    run = made_run(3)
    text = table_text([run, made_run(4, phone=made_phone(serial="other"))])
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    starts = [(one, start) for one in run.measurements for start in one.starts]
    assert len(rows) == 2 * len(starts)
    assert all(line.endswith("\r\n") for line in text.splitlines(keepends=True))
    for cells, (measurement, start) in zip(rows, starts, strict=False):
        assert (cells["model"], cells["threads"], cells["order"]) == (
            measurement.model,
            str(measurement.threads),
            str(start.order),
        )
        assert float(cells["median_ms"]) == pytest.approx(median(start.runs_ms))
        assert float(cells["mean_ms"]) == pytest.approx(fmean(start.runs_ms))
        assert (cells["runs"], cells["battery_c"], cells["error"]) == (str(len(start.runs_ms)), "29.0", "")


NAMES = ['a,"b"\r\nc', "=HYPERLINK(1)", "+1", "-1", "@x", "한글; café", " x "]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_stay_one_cell_and_no_formula(name: str) -> None:
    text = table_text([made_run(1, phone=made_phone(model=name))])
    (cells, *_) = csv.DictReader(io.StringIO(text, newline=""))
    assert cells["phone"] == (f"'{name}" if name[0] in "=+-@" else name)
    assert set(cells) == set(COLUMNS)


def test_failed_starts_have_their_reason_and_no_times() -> None:
    run = made_run(1)
    failed = (
        run.measurements[0]
        .starts[0]
        .model_copy(update={"runs_ms": [], "printed": None, "error": Failure(stage="init", type="X", message="no, really")})
    )
    measurements = [run.measurements[0].model_copy(update={"starts": [failed]})]
    (cells,) = csv.DictReader(io.StringIO(table_text([run.model_copy(update={"measurements": measurements})])))
    assert (cells["error_stage"], cells["error"], cells["runs"], cells["median_ms"]) == ("init", "no, really", "", "")
    assert board_rows([run.model_copy(update={"measurements": measurements})]) == []


def test_a_place_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for path in (tmp_path, tmp_path / "file" / "table.csv"):
        with pytest.raises(KitError, match="--csv can't be written"):
            check_writable(path, "--csv")
    check_writable(tmp_path / "new" / "table.csv", "--csv")
    check_writable(Path("/dev/null"), "--csv")
    assert not (tmp_path / "new").exists()
    with pytest.raises(KitError, match="Can't write") as caught:
        write_table([made_run(1)], tmp_path / "file" / "table.csv")
    assert caught.value.fix == "give --csv another path"


def test_a_folder_that_can_not_be_made_is_told_before_and_nothing_is_left(tmp_path: Path) -> None:
    for path in (Path("/proc/new/table.csv"), tmp_path / "new" / ("x" * 254), tmp_path / ("x" * 300) / "table.csv", Path("a\0b")):
        with pytest.raises(KitError, match="--board can't be written"):
            check_writable(path, "--board")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(KitError, match="Can't write"):
        write_table([made_run(1)], tmp_path / "b.csv")
    assert list(tmp_path.iterdir()) == []


def test_the_page_lists_every_column() -> None:
    page = (ROOT / "docs" / "benchmark-tool.md").read_text(encoding="utf-8")
    listed = [line for line in page.splitlines() if line.startswith("| `")]
    for name, meaning in COLUMNS.items():
        assert f"| `{name}` | {meaning} |" in listed
