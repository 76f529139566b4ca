"""This computer's times as a phone's: by its processors' factors, by its heat from one run to the next, by its store of kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from appspec.benchmark_result import Heat, Moment
from deploy.virtual_phone.benchmark_request import Asked
from deploy.virtual_phone.heat import STATUS
from deploy.virtual_phone.host_model import ModelRun
from deploy.virtual_phone.state import PhoneState

FIRST_THERMAL_SDK = 29
COMPILING = 6.0
"""A GPU's start without stored kernels takes this many times as long; made up."""


def scaled(phone: PhoneState, run: ModelRun, delegate: str) -> ModelRun:
    """This computer's times as the phone's: by the processor's factor and, from one run to the next, by its heat."""
    times = factor(phone, delegate)
    warms = phone.faults.heats

    def time_ms(value: float) -> float:
        taken = value * times * phone.heat.slowdown
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


def moments_of(phone: PhoneState, runs_ms: Sequence[float], seconds: float, begun_s: float = 0.0) -> tuple[list[Moment], float]:
    """The median of each second of runs, which warm the phone and take the longer the warmer it is; as many as the time holds.

    Args:
        begun_s: when the first run begins.

    Returns:
        The seconds, and when the last run ended.
    """
    moments, second, now_s, end_s = list[Moment](), list[float](), begun_s, begun_s + seconds
    for number, time_ms in enumerate(runs_ms, 1):
        second.append(time_ms * phone.heat.slowdown)
        now_s += second[-1] / 1000
        if phone.faults.heats is not None:
            phone.heat.compute(second[-1] / 1000, phone.faults.heats)
        if now_s - begun_s >= 1 or (number == len(runs_ms) and not moments):
            celsius = round(phone.heat.now_c(), 1)
            moments.append(
                Moment(at_s=begun_s, ms=sorted(second)[len(second) // 2], thermal=heat_status(phone), temperature_c=celsius)
            )
            second, begun_s = [], now_s
        if now_s >= end_s and moments:
            break
    return moments, now_s


def with_kernels(phone: PhoneState, asked: Asked, run: ModelRun) -> ModelRun:
    """A GPU compiles at its first start of a file, and at one that is asked to be cold."""
    key = f"{phone.front} {asked.model.contract.sha256}"
    if asked.request.cold:
        phone.kernels = {stored for stored in phone.kernels if not stored.startswith(f"{phone.front} ")}
    if asked.request.delegate not in ("gpu", "gpu_32") or key in phone.kernels or run.init_ms is None:
        return run
    phone.kernels.add(key)
    return replace(run, init_ms=round(run.init_ms * COMPILING, 4))


def factor(phone: PhoneState, delegate: str) -> float:
    """How many times as long a processor takes as this computer."""
    return {"cpu": phone.speed.cpu, "nnapi": phone.speed.nnapi}.get(delegate, phone.speed.gpu) or 1.0


def heat_status(phone: PhoneState) -> Heat | None:
    """Android's thermal status in its own terms, from Android 10 on."""
    return cast(Heat, STATUS[phone.heat.status]) if phone.sdk >= FIRST_THERMAL_SDK else None
