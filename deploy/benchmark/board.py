"""`--board`: what was measured in the schema of LiteRT's board.json, which its leaderboard page reads.

Source: google-ai-edge/litert-samples, benchmark/driver/{collect,build_board}.py and benchmark/leaderboard/{README.md,index.html}.
One row a model file, platform, device and accelerator: of the CPU's rows the one with the fastest number of threads. GPU in 32 bits
and NNAPI have no accelerator there. Times that are no phone's say so in the device's name and have a status of their own, which
that page's build leaves out.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from datetime import datetime, timezone
from math import prod
from pathlib import Path
from statistics import fmean, median

from pydantic import ValidationError

from appspec.benchmark_run import BenchmarkRun, MeasuredModel, Measurement, Start
from appspec.errors import KitError
from appspec.whole_file import write_whole
from deploy.benchmark.board_schema import Board, BoardDevice, BoardPlatform, BoardRow, Footprint, Latency
from deploy.benchmark.pooled import pooled

ACCELERATORS = {"cpu": "cpu", "gpu": "gpu"}
PLATFORMS = {"android": "Android", "linux": "Linux", "macos": "macOS", "windows": "Windows"}
TASKS = {"classify": "image-classification", "landmarks": "keypoint-detection", "box": "object-detection",
         "heatmap": "keypoint-detection", "detect": "object-detection", "mask": "image-segmentation"}  # fmt: skip
"""The kit's task kinds as Hugging Face's pipeline tags, which the board's are."""

_MIB = 2**20


def write_board(runs: Sequence[BenchmarkRun], path: Path) -> None:
    """Writes the rows of the runs; rows of a board that is there already stay, but those measured anew.

    Raises:
        KitError: there is a file that is no board, or it can't be written.
    """
    rows = {row.row_id: row for row in [*(read_board(path).rows if path.is_file() else []), *board_rows(runs)]}
    write_whole(path, make_board(list(rows.values())).model_dump_json(indent=1) + "\n", "give --board another path")


def read_board(path: Path) -> Board:
    """A board's file.

    Raises:
        KitError: it is no board.
    """
    try:
        return Board.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        why = str(error.errors()[0]["msg"]) if isinstance(error, ValidationError) else error.strerror
        raise KitError("--board can't be written", f"{path} is there and is no board.json: {why}", "give another path") from error


def make_board(rows: Sequence[BoardRow], now: datetime | None = None) -> Board:
    """Rows in the board's order: platform, task, device, accelerator, median."""
    order = list(PLATFORMS)
    ordered = sorted(
        rows,
        key=lambda row: (
            order.index(row.platform) if row.platform in order else len(order),
            row.task,
            row.device,
            row.accelerator,
            row.latency_ms.median if row.latency_ms.median is not None else float("inf"),
        ),
    )
    platforms = dict.fromkeys(row.platform for row in ordered)
    devices = dict.fromkeys((row.device_id, row.device, row.platform) for row in ordered)
    return Board(
        generated_at=(now or datetime.now(timezone.utc)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        runtime="litert",
        runtime_versions=sorted({row.runtime_version for row in ordered}, key=_version_key),
        row_count=len(ordered),
        models=sorted({row.model for row in ordered}),
        platforms=[
            BoardPlatform(id=one, name=PLATFORMS.get(one, one), rows=sum(row.platform == one for row in ordered))
            for one in platforms
        ],
        devices=[BoardDevice(id=one, name=name, platform=where) for one, name, where in devices],
        rows=ordered,
    )


def board_rows(runs: Sequence[BenchmarkRun]) -> list[BoardRow]:
    """What has a place on the board, the fastest number of threads for each file."""
    best: dict[str, BoardRow] = {}
    for run in runs:
        for measurement in run.measurements:
            row = _row(run, measurement)
            if row is not None and (row.row_id not in best or _median(row) < _median(best[row.row_id])):
                best[row.row_id] = row
    return list(best.values())


def _row(run: BenchmarkRun, measurement: Measurement) -> BoardRow | None:
    accelerator = ACCELERATORS.get(measurement.delegate)
    model = next((one for one in run.models if (one.name, one.variant) == (measurement.model, measurement.variant)), None)
    starts = [start for start in measurement.starts if start.error is None]
    latency = _latency(starts)
    if accelerator is None or model is None or latency.median is None:
        return None
    where, device_id, device, os_name = _device(run)
    name, version = f"{run.app.name}/{model.name}", _version(run.runtime)
    nodes = next((start.nodes for start in starts if start.nodes is not None), None)
    peaks = [start.peak_bytes for start in starts if start.peak_bytes is not None]
    figures = pooled(starts)
    warmups = sum(len(start.warmup_ms) for start in starts)
    return BoardRow(
        row_id=f"{name}:{model.file}@{version}/{where}/{device_id}/{accelerator}",
        model=name,
        file=model.file,
        task=TASKS.get(model.task or "", model.task or "unknown"),
        model_size_mb=model.size_bytes / 1e6,
        platform=where,
        device_id=device_id,
        device=device,
        os=os_name,
        accelerator=accelerator,
        delegate=None,
        nodes_delegated=nodes.delegated if nodes else None,
        nodes_total=nodes.total if nodes else None,
        partitions=nodes.partitions if nodes else None,
        latency_ms=latency,
        memory_mb=Footprint(init_footprint=None, overall_footprint=round(max(peaks) / _MIB, 2) if peaks else None),
        runs=figures.count if figures else None,
        warmup_runs=warmups or None,
        throughput_mb_s=_throughput(model, latency.avg),
        source=f"apkiln {run.kit.version}",
        runtime="litert" if "litert" in run.runtime.lower() else "tflite",
        runtime_version=version,
        binary=run.tool.file if run.tool else None,
        runner="app" if run.settings.way == "app" else "local",
        session=f"apkiln-{re.sub(r'[^0-9]', '', run.started_at)[:14]}",
        job=f"{accelerator}{measurement.threads or ''}-{device_id}",
        status="measured" if run.phone.kind == "phone" else run.phone.kind,
        date=run.started_at[:10],
    )


def _latency(starts: Sequence[Start]) -> Latency:
    """Of all runs of all starts; what is one value a start is the median over them."""
    figures = pooled(starts)

    def middle(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return median(known) if known else None

    def told(name: str) -> float | None:
        return getattr(figures, name, None)

    warmups = [ms for start in starts for ms in start.warmup_ms]
    return Latency(
        median=told("median_ms") if told("median_ms") is not None else told("mean_ms"),
        avg=told("mean_ms"),
        p5=told("p5_ms"),
        p95=told("p95_ms"),
        min=told("min_ms"),
        max=told("max_ms"),
        stddev=told("std_ms"),
        init=middle([start.init_ms for start in starts]),
        first_inference=middle([start.first_ms for start in starts]),
        warm_up_avg=fmean(warmups) if warmups else None,
    )


def _device(run: BenchmarkRun) -> tuple[str, str, str, str | None]:
    """Platform, id, name and operating system; a phone's id is its code name and API level, as the board's are."""
    phone = run.phone
    if phone.kind == "host":
        system = {"Darwin": "macos"}.get(platform.system(), platform.system().lower() or "unknown")
        return system, f"host-{_slug(phone.soc or phone.model)}", f"{phone.soc or phone.model} (a computer)", phone.fingerprint
    parts = (phone.fingerprint or "").split("/")
    code_name = parts[1] if len(parts) > 2 and parts[1] else f"{phone.manufacturer} {phone.model}"
    mark = "" if phone.kind == "phone" else f" ({phone.kind})"
    id_words = [phone.kind] * bool(mark) + [code_name, str(phone.sdk or "")]
    name = f"Android {phone.android} (API {phone.sdk})" if phone.android else None
    return "android", _slug(" ".join(id_words)), f"{phone.model}{mark}", name


def _throughput(model: MeasuredModel, mean_ms: float | None) -> float | None:
    """Input bytes a second, as benchmark_model tells them."""
    bits = re.search(r"(\d+)$", model.input.type) if model.input else None
    if model.input is None or bits is None or not mean_ms or min(model.input.shape, default=1) < 1:
        return None
    return prod(model.input.shape) * int(bits[1]) / 8 / _MIB / (mean_ms / 1000)


def _version(runtime: str) -> str:
    found = re.search(r"\d+(?:\.\d+)+", runtime)
    return found.group() if found is not None else "unknown"


def _version_key(version: str) -> list[tuple[int, int, str]]:
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in version.split(".")]


def _median(row: BoardRow) -> float:
    return row.latency_ms.median if row.latency_ms.median is not None else float("inf")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "unknown"
