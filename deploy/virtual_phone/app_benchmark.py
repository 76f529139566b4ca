"""What the app's BenchmarkActivity does: runs a model of the installed APK, here on this computer, and writes the app's JSON.

The times are this computer's, multiplied by what the phone's profile and its heat make of them; `runtime` says `virtual`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Literal, cast

from appspec.benchmark_result import BenchmarkResult, Failure, Moment, Request
from deploy.virtual_phone.benchmark_json import benchmark_result
from deploy.virtual_phone.benchmark_request import Asked, RequestError, damaged, read_request
from deploy.virtual_phone.host_model import ModelJob, ModelRun
from deploy.virtual_phone.phone_speed import factor, heat_status, moments_of, scaled, with_kernels
from deploy.virtual_phone.state import DiskFullError, InstalledApk, PhoneState

Save = Callable[[ModelRun, list[Moment]], None]

ACTIVITY = "io.apkiln.app.bench.BenchmarkActivity"
NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
FIRST_NNAPI_SDK, LAST_NNAPI_SDK = 28, 34
SO_FAR, SAVED_S = "-so-far", 5.0
"""A sustained run leaves what it has under this name every few seconds: the app's process may die."""
XNNPACK, GPU, NNAPI = "TfLiteXNNPackDelegate", "TfLiteGpuDelegateV2", "TfLiteNnapiDelegate"


def run_benchmark(phone: PhoneState, installed: InstalledApk, extras: Mapping[str, object], pid: int) -> None:
    """Begins a benchmark in the package's process."""
    package = installed.info.package
    busy = package in phone.tasks

    async def work() -> None:
        try:
            await _benchmark(phone, installed, extras, pid, busy)
        finally:
            if phone.tasks.get(package) is asyncio.current_task():
                del phone.tasks[package]

    task = asyncio.get_running_loop().create_task(work())
    if not busy:
        phone.tasks[package] = task


async def _benchmark(phone: PhoneState, installed: InstalledApk, extras: Mapping[str, object], pid: int, busy: bool) -> None:
    started_at_ms = int(phone.now() * 1000)
    before, package = heat_status(phone), installed.info.package
    wanted, run_id = extras.get("name", "benchmark"), extras.get("run_id")
    name = wanted if isinstance(wanted, str) and NAME.fullmatch(wanted) else "benchmark"
    valid_id = run_id if isinstance(run_id, str) and NAME.fullmatch(run_id) else None
    asked: Asked | None = None
    run, moments, error = ModelRun(), list[Moment](), None
    try:
        if busy:
            raise RequestError("another benchmark is running")
        if name != wanted:
            raise RequestError(f"name {wanted} is none of letters, digits, - and _")
        if run_id != valid_id:
            raise RequestError(f"run_id {run_id} is none of letters, digits, - and _")
        asked = await asyncio.to_thread(read_request, installed.data, extras)
        error = await asyncio.to_thread(damaged, installed.data, asked.model.contract) or _unusable(phone, asked.request)
        if error is None:

            def save(run: ModelRun, moments: list[Moment]) -> None:
                result = benchmark_result(phone, installed, asked, run, moments, None, started_at_ms, valid_id, before)
                with suppress(DiskFullError):
                    phone.write_file(file_of(package, f"{name}{SO_FAR}"), _text(result), 0o660)

            run, moments, error = await _run(phone, asked, pid, save)
    except RequestError as wrong:
        error = Failure(stage="request", type="IllegalArgumentException", message=str(wrong))
    if error is not None:
        phone.log.write(pid, "W", "ApkilnBenchmark", f"failed at {error.stage}\n{error.type}: {error.message}")
    result = benchmark_result(phone, installed, asked, run, moments, error, started_at_ms, valid_id, before)
    _write(phone, package, name, result, pid)
    if not busy:
        phone.disk.remove(file_of(package, f"{name}{SO_FAR}"))


def file_of(package: str, name: str) -> str:
    """Where the app writes a benchmark."""
    return f"/sdcard/Android/data/{package}/files/benchmark/{name}.json"


async def _run(phone: PhoneState, asked: Asked, pid: int, save: Save) -> tuple[ModelRun, list[Moment], Failure | None]:
    request = asked.request
    model = f"{asked.model.contract.file} on {request.delegate}, {request.threads} threads"
    phone.say(f"benchmark: {model}")
    package = phone.front
    moments = list[Moment]()
    if request.sustained_s:
        run, moments = await _sustained(phone, asked, save)
    else:
        job = ModelJob(request.threads, request.warmup_runs, request.num_runs, request.min_seconds)
        run = with_kernels(phone, asked, scaled(phone, await phone.host_model.run(asked.model.data, job), request.delegate))
    if run.memory:
        phone.resident[package] = run.memory[-1]
    if run.nodes is not None:
        delegate = {"cpu": XNNPACK, "nnapi": NNAPI}.get(request.delegate, GPU)
        taken, total, partitions = run.nodes
        line = f"Replacing {taken} out of {total} node(s) with delegate ({delegate}) node, yielding {partitions} partitions"
        phone.log.write(pid, "I", "tflite", f"{line} for subgraph 0.")
    if run.error is not None:
        stage = cast(Literal["init", "run", "frame"], run.stage)
        return run, moments, Failure(stage=stage, type=run.error[0], message=run.error[1])
    if phone.front != package or not phone.awake:
        return run, moments, Failure(stage="run", type="LeftFront", message="the app did not stay in front")
    return run, moments, None


async def _sustained(phone: PhoneState, asked: Asked, save: Save) -> tuple[ModelRun, list[Moment]]:
    """Piece by piece, each saved: the start of the first piece, and the seconds of all."""
    request, times = asked.request, factor(phone, asked.request.delegate)
    began, moments, now_s = ModelRun(), list[Moment](), 0.0
    while not moments or now_s < request.sustained_s:
        seconds = min(SAVED_S, request.sustained_s - now_s) / min(1.0, times)  # enough of them for the phone's own seconds
        job = ModelJob(request.threads, 0 if moments else request.warmup_runs, 1, max(seconds, 0.1), frames=False)
        run = await phone.host_model.run(asked.model.data, job)
        if not moments:
            began = with_kernels(phone, asked, scaled(phone, replace(run, runs_ms=()), request.delegate))
        if run.error is not None or not run.runs_ms:
            return replace(began, stage=run.stage, error=run.error), moments
        more, now_s = moments_of(phone, [ms * times for ms in run.runs_ms], request.sustained_s - now_s, now_s)
        moments += more
        save(began, moments)
    return began, moments


def _unusable(phone: PhoneState, request: Request) -> Failure | None:
    if request.delegate == "nnapi" and not (FIRST_NNAPI_SDK <= phone.sdk <= LAST_NNAPI_SDK and phone.speed.nnapi):
        message = f"NNAPI is not for Android {phone.release}"
        return Failure(stage="init", type="UnsupportedProcessor", message=message)
    if request.delegate in ("gpu", "gpu_32") and not phone.speed.gpu:
        message = "Internal error: Failed to apply delegate: Can not open OpenCL library on this device"
        return Failure(stage="init", type="IllegalArgumentException", message=message)
    return None


def _write(phone: PhoneState, package: str, name: str, result: BenchmarkResult, pid: int) -> None:
    path = file_of(package, name)
    try:
        phone.write_file(path, _text(result), 0o660)
    except DiskFullError:
        trace = [
            "FATAL EXCEPTION: benchmark",
            f"Process: {package}, PID: {pid}",
            "java.io.IOException: write failed: ENOSPC (No space left on device)",
            "\tat io.apkiln.app.bench.BenchmarkActivity.write(BenchmarkActivity.kt:150)",
        ]
        phone.log.write(pid, "E", "AndroidRuntime", "\n".join(trace), "crash")
        phone.end_process(package)
        return
    median = sorted(result.runs_ms)[len(result.runs_ms) // 2] if result.runs_ms else None
    phone.say(f"wrote {path}: " + (f"{result.error.stage}: {result.error.message}" if result.error else f"median {median} ms"))


def _text(result: BenchmarkResult) -> bytes:
    return result.model_dump_json(by_alias=True, indent=1).encode()
