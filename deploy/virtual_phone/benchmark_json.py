"""The JSON that the app writes of a benchmark, from how it went."""

from __future__ import annotations

from importlib.metadata import version
from typing import Literal

from appspec.benchmark_result import App, BenchmarkResult, Failure, Heat, Memory, Model, Moment, Nodes, Phone, Tensor, Thermal
from appspec.contract import ModelContract, TensorContract
from deploy.virtual_phone.benchmark_request import Asked, ShippedModel
from deploy.virtual_phone.host_model import ModelRun
from deploy.virtual_phone.phone_speed import heat_status
from deploy.virtual_phone.state import InstalledApk, PhoneState

SCHEMA = 4
FIRST_SOC_SDK = 31
NATIVE_SHARE = 0.6
"""Of a process's memory; made up: this computer's allocator doesn't tell."""


def benchmark_result(
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
    """The result; what a failed run did not come to is null or empty."""
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
            soc=phone.soc if phone.sdk >= FIRST_SOC_SDK else None,
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
        "thermal": Thermal(before=before, after=heat_status(phone)),
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
    shape = contract.inputs[0].shape
    if contract.crop is None and len(shape) == 3:  # (1, samples, channels); a picture has one axis more
        return f"a sample of {shape[-1]} channels, {shape[1]} a window"
    return "RGB 640 × 480"
