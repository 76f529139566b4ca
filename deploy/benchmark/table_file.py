"""`--csv`: one row a start, for spreadsheets and notebooks (RFC 4180, UTF-8, dots in numbers whatever the locale)."""

from __future__ import annotations

import csv
import errno
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import fmean, median, pstdev

from appspec.benchmark_run import BenchmarkRun, Measurement, Printed, Start
from appspec.distribution import distribution
from appspec.errors import KitError
from appspec.whole_file import write_whole

Cell = str | int | float | None

COLUMNS: dict[str, str] = {
    "run": "when the run began, ISO 8601, UTC",
    "app": "the app's folder",
    "app_id": "its Android applicationId",
    "app_version": "its version",
    "apk_sha256": "of the APK that measured; empty where none did",
    "kit": "the kit's version",
    "kind": "phone, virtual or host: the times of the last two are a computer's",
    "serial": "adb's name of the phone",
    "manufacturer": "who made it",
    "phone": "its model",
    "soc": "its chip",
    "gpu": "its GPU",
    "android": "its Android",
    "sdk": "its API level",
    "way": "who took the time: app, tool or host",
    "runtime": "the library that ran the model",
    "tool": "the tool's file",
    "model": "the model",
    "variant": "its quantization",
    "file": "its file",
    "sha256": "of the file",
    "size_bytes": "of the file",
    "delegate": "cpu, gpu, gpu_32 or nnapi",
    "threads": "of the CPU; 0 where it is another processor",
    "order": "the start's place among all of the run",
    "started_at": "when it began",
    "cache": "cold or warm: the GPU's store of compiled kernels",
    "init_ms": "interpreter and delegate, from nothing to ready",
    "first_ms": "the first inference",
    "runs": "measured inferences",
    "min_ms": "the fastest",
    "p5_ms": "5th percentile",
    "median_ms": "median",
    "p95_ms": "95th percentile",
    "max_ms": "the slowest",
    "mean_ms": "mean",
    "std_ms": "standard deviation",
    "rounded": "true: a tool printed the mean with few digits",
    "frame_median_ms": "a whole frame or sample, median",
    "difference": "from the CPU's answer, as a share of its range",
    "nodes_delegated": "nodes that the delegate took",
    "nodes_total": "of so many",
    "partitions": "in so many runs of consecutive nodes",
    "peak_bytes": "the most memory that the process held",
    "thermal_before": "Android's thermal status",
    "thermal_after": "afterwards",
    "battery_percent": "before",
    "battery_c": "before, degrees Celsius",
    "charging": "true or false, before",
    "error_stage": "where it failed; empty where it didn't",
    "error": "what failed",
}
"""Every column with what it holds, in order; docs/benchmark-tool.md lists them from here."""


def write_table(runs: Sequence[BenchmarkRun], path: Path) -> None:
    """Writes the file whole or not at all.

    Raises:
        KitError: it can't be written.
    """
    write_whole(path, table_text(runs), "give --csv another path")


def table_text(runs: Sequence[BenchmarkRun]) -> str:
    """The header and one line a start, each ending in CR LF. Unknown is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for run in runs:
        for measurement in run.measurements:
            for start in measurement.starts:
                row = dict(_cells(run, measurement, start))
                writer.writerow([_text(row[name]) for name in COLUMNS])
    return text.getvalue()


def check_writable(path: Path, what: str, fix: str = "give another path") -> None:
    """Before minutes are spent on what goes there: makes a file there, with the folders above it, and removes all of it again.

    Args:
        what: the flag that names it, or what it is.

    Raises:
        KitError: no file can be written there.
    """
    made: list[Path] = []
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        if path.exists() and not path.is_file():  # /dev/stdout
            return
        for folder in reversed([folder for folder in path.absolute().parents if not folder.exists()]):
            folder.mkdir()
            made.append(folder)
        _part(path).write_bytes(b"x")
    except (OSError, ValueError) as error:
        raise _not_writable(path, what, fix, error) from error
    finally:
        with suppress(OSError, ValueError):
            _part(path).unlink(missing_ok=True)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _not_writable(path: Path, what: str, fix: str, error: Exception) -> KitError:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    place = f" ({error.filename})" if isinstance(error, OSError) and error.filename not in (None, str(path)) else ""
    return KitError(f"{what} can't be written", f"{path}: {why}{place}", fix)


def _cells(run: BenchmarkRun, measurement: Measurement, start: Start) -> Iterator[tuple[str, Cell]]:
    phone, nodes, battery = run.phone, start.nodes, start.before.battery
    model = next((one for one in run.models if (one.name, one.variant) == (measurement.model, measurement.variant)), None)
    yield from {
        "run": run.started_at,
        "app": run.app.name,
        "app_id": run.app.id,
        "app_version": run.app.version,
        "apk_sha256": run.app.apk_sha256,
        "kit": run.kit.version,
        "kind": phone.kind,
        "serial": phone.serial,
        "manufacturer": phone.manufacturer,
        "phone": phone.model,
        "soc": phone.soc,
        "gpu": phone.gpu,
        "android": phone.android,
        "sdk": phone.sdk,
        "way": run.settings.way,
        "runtime": run.runtime,
        "tool": run.tool.file if run.tool else None,
        "model": measurement.model,
        "variant": measurement.variant,
        "file": model.file if model else None,
        "sha256": model.sha256 if model else None,
        "size_bytes": model.size_bytes if model else None,
        "delegate": measurement.delegate,
        "threads": measurement.threads,
        "order": start.order,
        "started_at": start.started_at,
        "cache": start.cache,
        "init_ms": start.init_ms,
        "first_ms": start.first_ms,
        "frame_median_ms": median(start.frame_ms) if start.frame_ms else None,
        "difference": start.difference_from_cpu,
        "nodes_delegated": nodes.delegated if nodes else None,
        "nodes_total": nodes.total if nodes else None,
        "partitions": nodes.partitions if nodes else None,
        "peak_bytes": start.peak_bytes,
        "thermal_before": start.before.thermal,
        "thermal_after": start.after.thermal,
        "battery_percent": battery.percent if battery else None,
        "battery_c": battery.temperature_c if battery else None,
        "charging": battery.charging if battery else None,
        "error_stage": start.error.stage if start.error else None,
        "error": start.error.message if start.error else None,
    }.items()
    yield from _times(start).items()


def _times(start: Start) -> dict[str, Cell]:
    printed = printed_or_counted(start)
    names = ("min_ms", "p5_ms", "median_ms", "p95_ms", "max_ms", "mean_ms", "std_ms")
    if printed is None:
        return dict.fromkeys(("runs", *names, "rounded"))
    return {"runs": printed.count, **{name: getattr(printed, name) for name in names}, "rounded": printed.rounded}


def printed_or_counted(start: Start) -> Printed | None:
    """The figures of one start: what a tool printed, or from its single times; None without either."""
    return counted(start.runs_ms) if start.runs_ms else start.printed


def counted(times: Sequence[float]) -> Printed:
    """The figures of at least one time."""
    found = distribution(times)
    return Printed(
        count=len(times),
        first_ms=times[0],
        min_ms=min(times),
        p5_ms=found.p5,
        median_ms=found.median,
        p95_ms=found.p95,
        max_ms=max(times),
        mean_ms=fmean(times),
        std_ms=pstdev(times),
        rounded=False,
    )


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):  # a spreadsheet would take a phone's name that begins so for a formula
        return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
    return repr(cell)
