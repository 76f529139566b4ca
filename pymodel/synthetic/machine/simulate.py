"""A simulated machine: what its sensors say over months, written as a user's CSV, and when it failed.

Each failure announces itself in some channels only, for 12 to 48 hours: first weaker than the daily rhythm, then by far
stronger. What else raises a channel (shifts, heat, a hurried order, a passing truck) is no failure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Progress = Callable[[str, int, int], None]

STEP_MIN = 10
DAY = 24 * 60 // STEP_MIN
HOUR = DAY / 24
"""Samples a day and an hour."""

START = datetime(2024, 1, 1)
CHANNELS = ("temperature", "vibration", "current", "cafeteria_menu")
"""°C, mm/s, A, and the number of the dish of the day, which means nothing."""

CRITICAL_H = (12, 14)
"""How long before a failure its signs leave the daily rhythm."""

KINDS = ("bearing", "cooling", "electrical")


@dataclass(frozen=True)
class Failure:
    """One failure.

    Attributes:
        begins: sample at which it starts to announce itself, hidden in the daily rhythm.
        critical: sample about which it becomes as strong as that rhythm, to grow from there.
        at: sample from which on the machine stands still.
        mended: first sample at which the machine runs again.
    """

    kind: str
    begins: int
    critical: int
    at: int
    mended: int


def simulate_machine(folder: Path, days: int, seed: int, progress: Progress) -> None:
    """Writes machine.csv (one sample every 10 minutes, with outages) and failures.txt (one ISO stamp a line).

    Args:
        progress: (what, done, total).
    """
    rng = np.random.default_rng(seed)
    failures = plan_failures(days, rng)
    values = channels(days, failures, rng)
    missing = _outages(days, rng)
    with (folder / "machine.csv").open("w", encoding="ascii") as file:
        file.write(f"timestamp,{','.join(CHANNELS)}\n")
        for i, row in enumerate(values):
            if not missing[i].all():
                cells = ("" if gone else f"{value:.6g}" for value, gone in zip(row, missing[i], strict=True))
                file.write(f"{_stamp(i)},{','.join(cells)}\n")
            if (i + 1) % DAY == 0:
                progress("days simulated", (i + 1) // DAY, days)
    (folder / "failures.txt").write_text("".join(f"{_stamp(failure.at)}\n" for failure in failures), encoding="ascii")


def plan_failures(days: int, rng: np.random.Generator) -> list[Failure]:
    """Failures 5 to 15 days apart, each kind as often as the others."""
    found: list[Failure] = []
    at = 0
    kinds: list[str] = []
    while True:
        at += int(rng.uniform(5, 15) * DAY)
        if at >= days * DAY - DAY // 2:
            return found
        kinds = kinds or [KINDS[i] for i in rng.permutation(len(KINDS))]
        critical = at - round(rng.uniform(*CRITICAL_H) * HOUR)
        begins = min(critical, at - round(rng.uniform(12, 48) * HOUR))
        found.append(Failure(kinds.pop(), begins, critical, at, at + round(rng.uniform(3, 8) * HOUR)))


def channels(days: int, failures: list[Failure], rng: np.random.Generator) -> Floats:
    """(days * 144, 4) values of CHANNELS."""
    count = days * DAY
    running = _running(count, failures)
    load = _load(count, rng) * running
    heat = _outdoors(count, rng)
    signs = {kind: np.zeros(count) for kind in KINDS}
    for failure in failures:
        signs[failure.kind][failure.begins : failure.at] = announcement(failure)
    temperature = 24 + heat + _slow(14 * load + 10 * running, 6) + 30 * signs["cooling"] * (0.7 + 0.4 * load)
    temperature += _wander(count, 0.9, 0.5, rng)
    vibration = 0.15 + running * (1.5 + 1.1 * load + _wander(count, 0.95, 0.07, rng) + _bumps(count, rng))
    vibration += 4.5 * signs["bearing"] * rng.uniform(0.7, 1.3, count)
    vibration *= rng.lognormal(0, 0.09, count)
    spikes = (0.4 + rng.exponential(0.6, count)) * (rng.random(count) < 0.015 * running + 0.7 * signs["electrical"])
    current = 0.3 + running * (4 + 9 * load + _wander(count, 0.9, 0.25, rng)) + 5.0 * spikes + rng.normal(0, 0.25, count)
    menu = np.repeat(rng.integers(1, 13, days), DAY)
    return np.stack([temperature, np.maximum(vibration, 0), np.maximum(current, 0), menu], 1)


def announcement(failure: Failure) -> Floats:
    """(samples before the failure,) how far it shows: up to 0.1, about half from the critical point on, then up to 1."""
    sample = np.arange(failure.begins, failure.at)
    weak = 0.1 * (sample - failure.begins) / len(sample)
    grown = 0.45 + 0.45 * np.clip((sample - failure.critical) / (failure.at - failure.critical), 0, 1)
    return np.asarray(weak + grown / (1 + np.exp((failure.critical - sample) / (HOUR / 3))), np.float64)


def _running(count: int, failures: list[Failure]) -> Floats:
    running = np.ones(count)
    for failure in failures:
        running[failure.at : failure.mended] = 0.0
    return running


def _load(count: int, rng: np.random.Generator) -> Floats:
    """(count,) share of full load: shifts, weekends, hurried orders."""
    hour, weekday = np.arange(count) * 24 / DAY % 24, np.arange(count) // DAY % 7
    shift = 0.5 + 0.5 * np.tanh(np.sin((hour - 7) / 24 * 2 * np.pi) * 2.5)
    load = (0.25 + 0.6 * shift) * np.where(weekday >= 5, 0.55, 1.0)
    for _ in range(count // (3 * DAY)):
        begin, length = int(rng.integers(count)), int(rng.uniform(2, 9) * HOUR)
        load[begin : begin + length] += rng.uniform(-0.3, 0.5)
    return _slow(np.clip(load + _wander(count, 0.97, 0.015, rng), 0.05, 1.4), 3)


def _outdoors(count: int, rng: np.random.Generator) -> Floats:
    """(count,) °C that season, day and weather add."""
    day = np.arange(count) / DAY
    weather = _wander(count, 0.998, 0.06, rng)
    season, daylight = -4 * np.cos(day / 365 * 2 * np.pi), 2.5 * np.sin((day - 0.35) * 2 * np.pi)
    return np.asarray(season + daylight + weather, np.float64)


def _bumps(count: int, rng: np.random.Generator) -> Floats:
    """(count,) mm/s: trucks that pass, for minutes up to two hours."""
    bumps = np.zeros(count)
    for _ in range(count // DAY):
        begin = int(rng.integers(count))
        bumps[begin : begin + int(rng.integers(1, DAY // 12))] += rng.uniform(0.4, 2.0)
    return bumps


def _wander(count: int, memory: float, noise: float, rng: np.random.Generator) -> Floats:
    """(count,) AR(1): each value is `memory` of the last one plus normal noise."""
    steps, found = rng.normal(0, noise, count), np.empty(count)
    value = 0.0
    for i in range(count):
        value = memory * value + steps[i]
        found[i] = value
    return found


def _slow(values: Floats, samples: float) -> Floats:
    """(count,) low-pass of the first order: what heavy metal does with a change."""
    found, value = np.empty(len(values)), float(values[0])
    for i, wanted in enumerate(values):
        value += (float(wanted) - value) / samples
        found[i] = value
    return found


def _outages(days: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """(days * 144, 4) where no value came: the logger off for minutes or hours, single sensors silent."""
    missing = np.zeros((days * DAY, len(CHANNELS)), bool)
    for _ in range(max(1, days // 9)):
        begin, length = int(rng.integers(len(missing))), int(rng.exponential(6)) + 1
        missing[begin : begin + length] = True
    for _ in range(days // 2):
        begin, channel = int(rng.integers(len(missing))), int(rng.integers(3))
        missing[begin : begin + int(rng.integers(1, 4)), channel] = True
    return missing


def _stamp(sample: int) -> str:
    return (START + timedelta(minutes=STEP_MIN * sample)).isoformat()
