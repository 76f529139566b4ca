"""Made-up runs of `invoke benchmark`, with noise of the shape that phones show.

Lines of benchmark_model that others published of their phones (microseconds of 50 runs) give the shape:

| min | median or mean | max | std | |
|---|---|---|---|---|
| 42134 | 42430 | 72635 | 11 % | CPU: a narrow body, and a few runs far to the right (p95 49447) |
| 390939 | 392865 | 416049 | 0.9 % | CPU: the same |
| 911877 | 971535 | 1112273 | 4 % | CPU: a wide body, skewed to the right |
| 113737 | 119375 | 124776 | 1.6 % | GPU |
| 102850 | 150805 | 197072 | 16 % | a body as wide as all of it |

Sources: issues 41128, 43541 and 63111 of TensorFlow, and outputs that lie in repositories on GitHub.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
from scipy.signal import lfilter

from appspec.benchmark_result import Nodes
from appspec.benchmark_run import (
    Battery,
    BenchmarkRun,
    Condition,
    Delegate,
    Kit,
    MeasuredApp,
    MeasuredModel,
    MeasuredPhone,
    Measurement,
    OperationTime,
    Settings,
    Start,
)

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
APK = hashlib.sha256(b"apk").hexdigest()


@dataclass(frozen=True)
class Noise:
    """How times differ from their row's true one; shares of it.

    Attributes:
        body: standard deviation of most runs.
        starts: how far one start's runs lie from another's, standard deviation.
        correlation: of each run with the one before it in its start.
        spikes: share of the runs that something else held up …
        spike: … by how much at most.
        skew: 0: the body is as long to the left as to the right; 1: exponential.
    """

    body: float
    starts: float = 0.0
    correlation: float = 0.2
    spikes: float = 0.03
    spike: float = 0.5
    skew: float = 0.5

    def factors(self, random: np.random.Generator, count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """(count,) one start's runs, each as a multiple of the row's true time; their median is that of the start."""
        fresh = random.standard_normal(count) * (1 - self.skew) + (random.standard_exponential(count) - np.log(2)) * self.skew
        fresh /= np.hypot(1 - self.skew, self.skew)
        before = [self.correlation * random.standard_normal()]
        wave, _ = lfilter([np.sqrt(1 - self.correlation**2)], [1, -self.correlation], fresh, zi=before)
        held_up = 1 + self.spike * random.random(count) * (random.random(count) < self.spikes)
        factors: np.ndarray[Any, np.dtype[np.float64]] = (
            np.exp(self.body * wave + self.starts * random.standard_normal()) * held_up
        )
        return factors


QUIET = Noise(body=0.002, spikes=0.0)
CPU, BUSY_CPU = Noise(body=0.02, starts=0.01), Noise(body=0.06, starts=0.01)
GPU = Noise(body=0.16, starts=0.01, spikes=0.0)


@dataclass(frozen=True)
class MadeRow:
    """A row and its truth. `cache` as in Start; None on the CPU."""

    model: str
    variant: str
    delegate: Delegate
    threads: int
    ms: float
    noise: Noise
    init_ms: float = 8.0
    peak_mb: float = 60.0


ROWS = (
    *(MadeRow("cat_box", variant, "cpu", threads, ms / threads**0.7, CPU if threads < 4 else BUSY_CPU)
      for variant, ms in (("int8", 6.0), ("float16", 11.0)) for threads in (1, 2, 4)),
    *(MadeRow("cat_box", variant, "gpu", 0, ms, GPU, 400.0, 140.0) for variant, ms in (("int8", 3.1), ("float16", 2.8))),
    *(MadeRow("cat_landmarks", "int8", "cpu", threads, 9.0 / threads**0.7, CPU if threads < 4 else BUSY_CPU)
      for threads in (1, 2, 4)),
    MadeRow("cat_landmarks", "int8", "gpu", 0, 4.2, GPU, 420.0, 150.0),
)  # fmt: skip
"""Twelve rows: two models, CPU with 1, 2 and 4 threads, GPU; with the spread of a real board, 2 to 6 % and 16 %."""

Shares = Mapping[tuple[str, str, Delegate, int], float]
COOL = Condition(thermal="none", battery=Battery(percent=80, temperature_c=29.0, charging=False))


def made_phone(**changes: Any) -> MeasuredPhone:
    """A phone that nobody makes."""
    phone = MeasuredPhone(
        kind="phone", serial="0A1B2C3D", manufacturer="Acme", model="Nine", soc="Acme S9", gpu="Acmeno 9", android="15", sdk=35,
        abis=["arm64-v8a"], cores=8, fingerprint="acme/nine/nine:15/AP4A.250105.002/1:user/release-keys",
    )  # fmt: skip
    return phone.model_copy(update=changes)


def made_settings(**changes: Any) -> Settings:
    """Those without any flag."""
    settings = Settings(
        way="app", delegates=["cpu", "gpu"], threads=[1, 2, 4], warmup_runs=10, num_runs=50, precision=0.05, limit_s=600, seed=7,
        cool_below="light", sustained_s=None,
    )  # fmt: skip
    return settings.model_copy(update=changes)


def made_model(name: str, variant: str, version: str = "1") -> MeasuredModel:
    """Another `version` is another file."""
    sha = hashlib.sha256(f"{name} {variant} {version}".encode()).hexdigest()
    return MeasuredModel(
        name=name, variant=variant, file=f"{name}_{variant}.tflite", sha256=sha, size_bytes=600_000, task="box", input=None,
        outputs=[],
    )  # fmt: skip


def made_run(
    seed: int,
    rows: Sequence[MadeRow] = ROWS,
    *,
    starts: int = 3,
    runs: int = 50,
    slower: float | Shares = 0.0,
    model_version: str = "1",
    both_caches: bool = False,
    condition: Condition = COOL,
    **changes: Any,
) -> BenchmarkRun:
    """A run of all rows.

    Args:
        seed: of the noise; the same one gives the same run.
        starts, runs: of each row; runs of each start.
        slower: by which share, of all rows or of those named; negative: faster.
        model_version: of the models' files.
        both_caches: the GPU's starts are cold and warm in turn, a cold one takes three times as long to get ready.
        changes: of the run's own fields.
    """
    random = np.random.default_rng(seed)
    order = iter(random.permutation(starts * len(rows)).tolist())
    measurements = []
    for row in rows:
        share = slower if isinstance(slower, float) else slower.get((row.model, row.variant, row.delegate, row.threads), 0.0)
        made = [_start(random, row, row.ms * (1 + share), runs, next(order), condition) for _ in range(starts)]
        if both_caches and row.threads == 0:
            made = [one.model_copy(update=_as_cold(one)) if place % 2 else one for place, one in enumerate(made)]
        operations = [
            OperationTime(type="CONV_2D", name="features", ms=0.7 * row.ms, share=0.7),
            OperationTime(type="DEPTHWISE_CONV_2D", name="features/depthwise", ms=0.3 * row.ms, share=0.3),
        ]
        measurements.append(
            Measurement(
                model=row.model, variant=row.variant, delegate=row.delegate, threads=row.threads, starts=made, operations=operations
            )
        )  # fmt: skip
    files = sorted({(row.model, row.variant) for row in rows})
    run = BenchmarkRun(
        schema=1,
        started_at=NOON.isoformat(),
        seconds=240.0,
        kit=Kit(version="0.1.0", revision="0123abc"),
        app=MeasuredApp(name="cat_landmarks", id="io.apkiln.catlandmarks", version="1.0.0", apk_sha256=APK),
        phone=made_phone(),
        runtime="TensorFlow Lite 2.16.1",
        settings=made_settings(num_runs=runs),
        tool=None,
        models=[made_model(name, variant, model_version) for name, variant in files],
        measurements=measurements,
        sustained=[],
        ended="precise",
    )
    return run.model_copy(update=changes)


def _start(random: np.random.Generator, row: MadeRow, ms: float, runs: int, order: int, condition: Condition) -> Start:
    gpu = row.threads == 0
    times = ms * row.noise.factors(random, runs)
    return Start(
        order=order,
        started_at=(NOON + timedelta(seconds=5 * order)).isoformat(),
        cache="warm" if gpu else None,
        init_ms=row.init_ms * float(np.exp(0.05 * random.standard_normal())),
        first_ms=2 * ms * float(np.exp(0.1 * random.standard_normal())),
        warmup_ms=(ms * row.noise.factors(random, 10)).tolist(),
        runs_ms=times.tolist(),
        frame_ms=(1.5 + ms * row.noise.factors(random, runs)).tolist(),
        printed=None,
        difference_from_cpu=0.0004 if gpu else None,
        nodes=Nodes(delegated=60, total=62, partitions=1) if gpu else None,
        memory=[],
        peak_bytes=int(1e6 * row.peak_mb * float(np.exp(0.004 * random.standard_normal()))),
        before=condition,
        after=condition,
        error=None,
    )  # fmt: skip


def _as_cold(start: Start) -> dict[str, Any]:
    assert start.init_ms is not None
    return {"cache": "cold", "init_ms": 3 * start.init_ms}
