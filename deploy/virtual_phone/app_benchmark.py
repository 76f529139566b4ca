"""What the app's BenchmarkActivity does: runs a model of the installed APK, here on this computer, and writes the app's JSON.

The times are this computer's, multiplied by what the phone's profile and its heat make of them; `runtime` says `virtual`.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Literal, cast

from appspec.benchmark_result import (
    App,
    BenchmarkResult,
    Failure,
    Heat,
    Memory,
    Model,
    Moment,
    Nodes,
    Phone,
    Request,
    Tensor,
    Thermal,
)
from appspec.contract import ModelContract, TensorContract
from appspec.errors import KitError
from appspec.read_contract import read_contract
from deploy.virtual_phone.heat import STATUS
from deploy.virtual_phone.host_model import ModelJob, ModelRun
from deploy.virtual_phone.state import DiskFullError, InstalledApk, PhoneState

ACTIVITY = "io.apkiln.app.bench.BenchmarkActivity"
NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
DELEGATES = ("cpu", "gpu", "gpu_32", "nnapi")
FIRST_NNAPI_SDK, LAST_NNAPI_SDK = 28, 34
MOST_RUNS, MOST_SECONDS, MOST_SUSTAINED_SECONDS = 100_000, 600.0, 7200.0
XNNPACK, GPU, NNAPI = "TfLiteXNNPackDelegate", "TfLiteGpuDelegateV2", "TfLiteNnapiDelegate"
NATIVE_SHARE = 0.6
SCHEMA = 4
COMPILING = 6.0
"""A GPU's start without stored kernels takes this many times as long; made up."""


class RequestError(Exception):
    """The extras are invalid; the message is the app's."""


@dataclass(frozen=True)
class ShippedModel:
    """A model's file in an APK; `name` is that of the app's model of which it is a variant."""

    name: str
    contract: ModelContract
    data: bytes


@dataclass(frozen=True)
class Asked:
    """A valid request: which file, on what, how often."""

    model: ShippedModel
    request: Request


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
    before = _status(phone)
    name, run_id = extras.get("name", "benchmark"), extras.get("run_id")
    valid_id = run_id if isinstance(run_id, str) and NAME.fullmatch(run_id) else None
    asked: Asked | None = None
    run, moments, error = ModelRun(), list[Moment](), None
    try:
        if busy:
            raise RequestError("another benchmark is running")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise RequestError(f"name {name} is none of letters, digits, - and _")
        if run_id != valid_id:
            raise RequestError(f"run_id {run_id} is none of letters, digits, - and _")
        asked = await asyncio.to_thread(read_request, installed.data, extras)
        error = await asyncio.to_thread(_damaged, installed.data, asked.model.contract) or _unusable(phone, asked.request)
        if error is None:
            run, moments, error = await _run(phone, asked, pid)
    except RequestError as wrong:
        error = Failure(stage="request", type="IllegalArgumentException", message=str(wrong))
    if error is not None:
        phone.log.write(pid, "W", "ApkilnBenchmark", f"failed at {error.stage}\n{error.type}: {error.message}")
    result = _result(phone, installed, asked, run, moments, error, started_at_ms, valid_id, before)
    _write(phone, installed.info.package, name if isinstance(name, str) and NAME.fullmatch(name) else "benchmark", result, pid)


async def _run(phone: PhoneState, asked: Asked, pid: int) -> tuple[ModelRun, list[Moment], Failure | None]:
    request = asked.request
    job = ModelJob(request.threads, request.warmup_runs, request.num_runs, request.min_seconds)
    if request.sustained_s:
        job = ModelJob(request.threads, request.warmup_runs, 1, request.sustained_s, frames=False)
    model = f"{asked.model.contract.file} on {request.delegate}, {request.threads} threads"
    phone.say(f"benchmark: {model}")
    package = phone.front
    run = await phone.host_model.run(asked.model.data, job)
    sustained = run.runs_ms if request.sustained_s else ()
    run = scaled(phone, replace(run, runs_ms=()) if sustained else run, request.delegate)
    run = _with_kernels(phone, asked, run)
    moments = _moments(phone, [ms * _factor(phone, request.delegate) for ms in sustained], request.sustained_s)
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


def _with_kernels(phone: PhoneState, asked: Asked, run: ModelRun) -> ModelRun:
    """A GPU compiles at its first start of a file, and at one that is asked to be cold."""
    key = f"{phone.front} {asked.model.contract.sha256}"
    if asked.request.cold:
        phone.kernels = {stored for stored in phone.kernels if not stored.startswith(f"{phone.front} ")}
    if asked.request.delegate not in ("gpu", "gpu_32") or key in phone.kernels or run.init_ms is None:
        return run
    phone.kernels.add(key)
    return replace(run, init_ms=round(run.init_ms * COMPILING, 4))


def _moments(phone: PhoneState, runs_ms: Sequence[float], seconds: float) -> list[Moment]:
    """The median of each second of runs, which warm the phone and take the longer the warmer it is; as many as the time holds."""
    moments, second, begun_s, now_s = list[Moment](), list[float](), 0.0, 0.0
    for number, time_ms in enumerate(runs_ms, 1):
        second.append(time_ms * phone.heat.slowdown)
        now_s += second[-1] / 1000
        if phone.faults.heats is not None:
            phone.heat.compute(second[-1] / 1000, phone.faults.heats)
        if now_s - begun_s >= 1 or (number == len(runs_ms) and not moments):
            celsius = round(phone.heat.now_c(), 1)
            moments.append(
                Moment(at_s=begun_s, ms=sorted(second)[len(second) // 2], thermal=_status(phone), temperature_c=celsius)
            )
            second, begun_s = [], now_s
        if now_s >= seconds and moments:
            break
    return moments


def scaled(phone: PhoneState, run: ModelRun, delegate: str) -> ModelRun:
    """This computer's times as the phone's: by the processor's factor and, from one run to the next, by its heat."""
    factor = _factor(phone, delegate)
    warms = phone.faults.heats

    def time_ms(value: float) -> float:
        taken = value * factor * phone.heat.slowdown
        if warms is not None:
            phone.heat.compute(taken / 1000, warms)
        return round(taken, 4)

    def times_ms(values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(map(time_ms, values))

    return ModelRun(
        run.stage,
        run.error,
        None if run.init_ms is None else time_ms(run.init_ms),
        None if run.first_ms is None else time_ms(run.first_ms),
        times_ms(run.warmup_ms),
        times_ms(run.runs_ms),
        times_ms(run.frame_ms),
        run.nodes,
        run.memory,
        run.peak_bytes,
        run.inputs,
    )


def _factor(phone: PhoneState, delegate: str) -> float:
    return {"cpu": phone.speed.cpu, "nnapi": phone.speed.nnapi}.get(delegate, phone.speed.gpu) or 1.0


def read_request(apk: bytes, extras: Mapping[str, object]) -> Asked:
    """What the extras ask for, as BenchmarkRequest.kt reads them.

    Raises:
        RequestError: they are invalid.
    """
    shipped = models_in(apk)
    if not shipped:
        raise RequestError("this APK has no model")
    names = list(dict.fromkeys(one.name for one in shipped))
    name = extras.get("model", names[0])
    files = {str(one.contract.quantization): one for one in shipped if one.name == name}
    if not files:
        raise RequestError(f"no model {name}, but {', '.join(names)}")
    variant = extras.get("variant", next(iter(files)))
    if variant not in files:
        raise RequestError(f"no variant {variant}, but {', '.join(files)}")
    delegate = extras.get("delegate", "cpu")
    threads = _number(extras, "threads", 1, 1, 16)
    if delegate not in DELEGATES:
        raise RequestError(f"no delegate {delegate}, but {', '.join(DELEGATES)}")
    request = Request(
        delegate=cast(Literal["cpu", "gpu", "gpu_32", "nnapi"], delegate),
        threads=threads if delegate == "cpu" else 0,
        warmup_runs=_number(extras, "warmup_runs", 10, 0, MOST_RUNS),
        num_runs=_number(extras, "num_runs", 50, 1, MOST_RUNS),
        min_seconds=_seconds(extras, "min_seconds", MOST_SECONDS),
        cold=extras.get("cold") is True,
        sustained_s=_seconds(extras, "sustained_s", MOST_SUSTAINED_SECONDS),
    )
    return Asked(files[str(variant)], request)


def models_in(apk: bytes) -> list[ShippedModel]:
    """The models in an APK's assets: those first that look at the whole picture, and of each the file that bears its name alone."""
    with zipfile.ZipFile(io.BytesIO(apk)) as packed, tempfile.TemporaryDirectory(prefix="virtual-phone-") as folder:
        found: list[tuple[ModelContract, bytes]] = []
        for entry in packed.namelist():
            if re.fullmatch(r"assets/[^/]+\.tflite", entry):
                path = Path(folder) / entry.removeprefix("assets/")
                path.write_bytes(packed.read(entry))
                with contextlib.suppress(KitError):  # no model, whatever its name says
                    found.append((read_contract(path), path.read_bytes()))
    known = {contract.name for contract, _ in found}

    def name(contract: ModelContract) -> str:
        short = contract.name.removesuffix(f"_{contract.quantization}")
        return short if short in known else contract.name

    def place(one: ShippedModel) -> tuple[bool, str, bool]:
        crop = one.contract.crop
        return crop is not None and crop.follows == "box", one.name, one.contract.name != one.name

    return sorted((ShippedModel(name(contract), contract, data) for contract, data in found), key=place)


def _number(extras: Mapping[str, object], key: str, usual: int, least: int, most: int) -> int:
    value = extras.get(key, usual)
    if not isinstance(value, int) or isinstance(value, bool):  # getIntExtra: the default where the type is another
        return usual
    if not least <= value <= most:
        raise RequestError(f"{key} {value} is not in {least}..{most}")
    return value


def _seconds(extras: Mapping[str, object], key: str, most: float) -> float:
    value = extras.get(key, 0.0)
    seconds = value if isinstance(value, float) else 0.0
    if not 0 <= seconds <= most:
        raise RequestError(f"{key} {seconds} is not in 0.0..{most}")
    return seconds


def _damaged(apk: bytes, contract: ModelContract) -> Failure | None:
    """The app knows the model's sha256 from its code."""
    with zipfile.ZipFile(io.BytesIO(apk)) as packed:
        code = [packed.read(name) for name in packed.namelist() if re.fullmatch(r"classes\d*\.dex", name)]
    if not code or any(contract.sha256.encode() in part for part in code):
        return None
    return Failure(stage="model", type="DamagedModel", message=f"{contract.file} is damaged, or another model")


def _unusable(phone: PhoneState, request: Request) -> Failure | None:
    if request.delegate == "nnapi" and not (FIRST_NNAPI_SDK <= phone.sdk <= LAST_NNAPI_SDK and phone.speed.nnapi):
        message = f"NNAPI is not for Android {phone.release}"
        return Failure(stage="init", type="UnsupportedProcessor", message=message)
    if request.delegate in ("gpu", "gpu_32") and not phone.speed.gpu:
        message = "Internal error: Failed to apply delegate: Can not open OpenCL library on this device"
        return Failure(stage="init", type="IllegalArgumentException", message=message)
    return None


def _status(phone: PhoneState) -> Heat | None:
    return cast(Heat, STATUS[phone.heat.status]) if phone.sdk >= 29 else None


def _result(
    phone: PhoneState,
    installed: InstalledApk,
    asked: Asked | None,
    run: ModelRun,
    moments: list[Moment],
    error: Failure | None,
    started_at_ms: int,
    run_id: str | None,
    before: Heat | None,
) -> BenchmarkResult:
    info, contract = installed.info, asked.model.contract if asked else None
    is_cpu = asked is None or asked.request.delegate == "cpu"
    held: tuple[Literal["before", "after_init", "after_runs"], ...] = ("before", "after_init", "after_runs")
    values = {
        "schema": SCHEMA,
        "run_id": run_id,
        "started_at_ms": started_at_ms,
        "app": App(
            id=info.package, version=info.version_name or None, version_code=info.version_code, debuggable=info.debuggable
        ),
        "phone": Phone(
            manufacturer=phone.manufacturer,
            model=phone.model,
            soc=phone.soc if phone.sdk >= 31 else None,
            fingerprint=phone.fingerprint,
            android=phone.release,
            sdk=phone.sdk,
            abi=phone.abis[0],
            cores=phone.cores,
        ),
        "runtime": f"virtual (ai-edge-litert {version('ai-edge-litert')} on this computer)",
        "request": asked.request if asked else None,
        "model": _model(asked.model) if asked else None,
        "init_ms": run.init_ms,
        "first_ms": run.first_ms,
        "warmup_ms": list(run.warmup_ms),
        "runs_ms": list(run.runs_ms),
        "frame": _frame(contract) if contract and run.first_ms is not None else None,
        "frame_ms": list(run.frame_ms),
        "sustained": moments,
        "difference_from_cpu": None if is_cpu or error is not None else 0.0,  # it was computed by the very same kernels
        "memory": [
            Memory(moment=moment, pss_bytes=size, native_heap_bytes=int(size * NATIVE_SHARE))
            for moment, size in zip(held, run.memory, strict=False)
        ],
        "peak_bytes": run.peak_bytes,
        "thermal": Thermal(before=before, after=_status(phone)),
        "nodes": Nodes(delegated=run.nodes[0], total=run.nodes[1], partitions=run.nodes[2]) if run.nodes else None,
        "error": error,
    }
    return BenchmarkResult.model_validate(values)


def _model(shipped: ShippedModel) -> Model:
    contract = shipped.contract
    return Model(
        name=shipped.name,
        file=contract.file,
        sha256=contract.sha256,
        task=contract.task or "raw",
        quantization=contract.quantization or "float32",
        input=_tensor(contract.inputs[0]),
        outputs=[_tensor(output) for output in contract.outputs],
    )


def _tensor(tensor: TensorContract) -> Tensor:
    return Tensor(shape=list(tensor.shape), type=tensor.dtype)


def _frame(contract: ModelContract) -> str:
    if contract.crop is None and contract.task == "window":
        return f"a sample of {contract.inputs[0].shape[-1]} channels, {contract.inputs[0].shape[1]} a window"
    return "RGB 640 × 480"


def _write(phone: PhoneState, package: str, name: str, result: BenchmarkResult, pid: int) -> None:
    text = result.model_dump_json(by_alias=True, indent=1)
    path = f"/sdcard/Android/data/{package}/files/benchmark/{name}.json"
    try:
        phone.write_file(path, text.encode(), 0o660)
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
