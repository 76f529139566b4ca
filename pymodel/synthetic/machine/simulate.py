"""A simulated machine: its sensor readings over months as a CSV file, and the times at which it failed.

Each failure has a precursor of 12 to 48 hours in some of the channels: first weaker than the daily rhythm, later much
stronger. Other things raise channels too (shifts, hot weather, rush orders, passing trucks) and are not followed by a failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.progress import Reporter
from pymodel.synthetic.arrays import Doubles

STEP_MIN = 10
SAMPLES_PER_DAY = 24 * 60 // STEP_MIN
SAMPLES_PER_HOUR = SAMPLES_PER_DAY / 24
"""Samples per day and per hour."""

START = datetime(2024, 1, 1)
CHANNELS = ("temperature", "vibration", "current", "cafeteria_menu")
"""In °C, mm/s, A, and the number of the cafeteria's dish of the day, which has nothing to do with the machine."""

CRITICAL_HOURS = (12, 14)
"""How long before a failure its precursor becomes stronger than the daily rhythm, at least and at most."""

FAILURE_KINDS = ("bearing", "cooling", "electrical")


@dataclass(frozen=True)
class Failure:
    """One failure and its precursor, in samples since the start.

    Attributes:
        starts_at: where the precursor begins, hidden in the daily rhythm.
        critical_at: where the precursor becomes as strong as that rhythm, and grows from there.
        failed_at: where the machine stops.
        repaired_at: where the machine runs again.
    """

    kind: str
    starts_at: int
    critical_at: int
    failed_at: int
    repaired_at: int


def simulate_machine(folder: Path, days: int, seed: int, reporter: Reporter) -> None:
    """Writes machine.csv (one sample every 10 minutes, with outages) and failures.txt (one ISO 8601 timestamp per line).

    Args:
    """
    rng = np.random.default_rng(seed)
    failures = plan_failures(days, rng)
    values = simulate_channels(days, failures, rng)
    missing = _outages(days, rng)
    with (folder / "machine.csv").open("w", encoding="ascii") as file:
        file.write(f"timestamp,{','.join(CHANNELS)}\n")
        for i, row in enumerate(values):
            if not missing[i].all():
                cells = ("" if gone else f"{value:.6g}" for value, gone in zip(row, missing[i], strict=True))
                file.write(f"{_timestamp(i)},{','.join(cells)}\n")
            if (i + 1) % SAMPLES_PER_DAY == 0:
                reporter.progress("days simulated", (i + 1) // SAMPLES_PER_DAY, days)
    (folder / "failures.txt").write_text("".join(f"{_timestamp(failure.failed_at)}\n" for failure in failures), encoding="ascii")


def plan_failures(days: int, rng: np.random.Generator) -> list[Failure]:
    """Random failures 5 to 15 days apart, each kind equally often."""
    found: list[Failure] = []
    failed_at = 0
    kinds: list[str] = []
    while True:
        failed_at += int(rng.uniform(5, 15) * SAMPLES_PER_DAY)
        if failed_at >= days * SAMPLES_PER_DAY - SAMPLES_PER_DAY // 2:
            return found
        kinds = kinds or [FAILURE_KINDS[i] for i in rng.permutation(len(FAILURE_KINDS))]
        critical_at = failed_at - round(rng.uniform(*CRITICAL_HOURS) * SAMPLES_PER_HOUR)
        starts_at = min(critical_at, failed_at - round(rng.uniform(12, 48) * SAMPLES_PER_HOUR))
        found.append(
            Failure(kinds.pop(), starts_at, critical_at, failed_at, failed_at + round(rng.uniform(3, 8) * SAMPLES_PER_HOUR))
        )


def simulate_channels(days: int, failures: list[Failure], rng: np.random.Generator) -> Doubles:
    """Random values of CHANNELS, (days * 144, 4)."""
    count = days * SAMPLES_PER_DAY
    running = _running(count, failures)
    load = _load(count, rng) * running
    heat = _outdoors(count, rng)
    precursors = {kind: np.zeros(count) for kind in FAILURE_KINDS}
    for failure in failures:
        precursors[failure.kind][failure.starts_at : failure.failed_at] = precursor(failure)
    temperature = 24 + heat + _low_pass(14 * load + 10 * running, 6) + 30 * precursors["cooling"] * (0.7 + 0.4 * load)
    temperature += _ar1(count, 0.9, 0.5, rng)
    vibration = 0.15 + running * (1.5 + 1.1 * load + _ar1(count, 0.95, 0.07, rng) + _passing_trucks(count, rng))
    vibration += 4.5 * precursors["bearing"] * rng.uniform(0.7, 1.3, count)
    vibration *= rng.lognormal(0, 0.09, count)
    spikes = (0.4 + rng.exponential(0.6, count)) * (rng.random(count) < 0.015 * running + 0.7 * precursors["electrical"])
    current = 0.3 + running * (4 + 9 * load + _ar1(count, 0.9, 0.25, rng)) + 5.0 * spikes + rng.normal(0, 0.25, count)
    menu = np.repeat(rng.integers(1, 13, days), SAMPLES_PER_DAY)
    return np.stack([temperature, np.maximum(vibration, 0), np.maximum(current, 0), menu], 1)


def precursor(failure: Failure) -> Doubles:
    """Strength of a failure's precursor, (samples,) from its start to the failure: up to 0.1, about 0.5 at the critical point, then up to 1."""
    sample = np.arange(failure.starts_at, failure.failed_at)
    weak = 0.1 * (sample - failure.starts_at) / len(sample)
    grown = 0.45 + 0.45 * np.clip((sample - failure.critical_at) / (failure.failed_at - failure.critical_at), 0, 1)
    return np.asarray(weak + grown / (1 + np.exp((failure.critical_at - sample) / (SAMPLES_PER_HOUR / 3))), np.float64)


def _running(count: int, failures: list[Failure]) -> Doubles:
    running = np.ones(count)
    for failure in failures:
        running[failure.failed_at : failure.repaired_at] = 0.0
    return running


def _load(count: int, rng: np.random.Generator) -> Doubles:
    """(count,) share of full load: shifts, weekends, rush orders."""
    hour, weekday = np.arange(count) * 24 / SAMPLES_PER_DAY % 24, np.arange(count) // SAMPLES_PER_DAY % 7
    shift = 0.5 + 0.5 * np.tanh(np.sin((hour - 7) / 24 * 2 * np.pi) * 2.5)
    load = (0.25 + 0.6 * shift) * np.where(weekday >= 5, 0.55, 1.0)
    for _ in range(count // (3 * SAMPLES_PER_DAY)):
        begin, length = int(rng.integers(count)), int(rng.uniform(2, 9) * SAMPLES_PER_HOUR)
        load[begin : begin + length] += rng.uniform(-0.3, 0.5)
    return _low_pass(np.clip(load + _ar1(count, 0.97, 0.015, rng), 0.05, 1.4), 3)


def _outdoors(count: int, rng: np.random.Generator) -> Doubles:
    """(count,) °C added by season, time of day and weather."""
    day = np.arange(count) / SAMPLES_PER_DAY
    weather = _ar1(count, 0.998, 0.06, rng)
    season, daylight = -4 * np.cos(day / 365 * 2 * np.pi), 2.5 * np.sin((day - 0.35) * 2 * np.pi)
    return np.asarray(season + daylight + weather, np.float64)


def _passing_trucks(count: int, rng: np.random.Generator) -> Doubles:
    """(count,) mm/s added by passing trucks, for 10 minutes to two hours."""
    bumps = np.zeros(count)
    for _ in range(count // SAMPLES_PER_DAY):
        begin = int(rng.integers(count))
        bumps[begin : begin + int(rng.integers(1, SAMPLES_PER_DAY // 12))] += rng.uniform(0.4, 2.0)
    return bumps


def _ar1(count: int, memory: float, noise: float, rng: np.random.Generator) -> Doubles:
    """(count,) AR(1) process: each value is `memory` times the last one plus normal noise."""
    steps, found = rng.normal(0, noise, count), np.empty(count)
    value = 0.0
    for i in range(count):
        value = memory * value + steps[i]
        found[i] = value
    return found


def _low_pass(values: Doubles, samples: float) -> Doubles:
    """(count,) first-order low-pass filter: heavy metal warms up and cools down slowly."""
    found, value = np.empty(len(values)), float(values[0])
    for i, wanted in enumerate(values):
        value += (float(wanted) - value) / samples
        found[i] = value
    return found


def _outages(days: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """(days * 144, 4) mask of missing values: the logger is off for minutes or hours, or a single sensor is silent."""
    missing = np.zeros((days * SAMPLES_PER_DAY, len(CHANNELS)), bool)
    for _ in range(max(1, days // 9)):
        begin, length = int(rng.integers(len(missing))), int(rng.exponential(6)) + 1
        missing[begin : begin + length] = True
    for _ in range(days // 2):
        begin, channel = int(rng.integers(len(missing))), int(rng.integers(3))
        missing[begin : begin + int(rng.integers(1, 4)), channel] = True
    return missing


def _timestamp(sample: int) -> str:
    return (START + timedelta(minutes=STEP_MIN * sample)).isoformat()
