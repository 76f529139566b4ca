"""Whether two runs may be compared at all: what was changed between them on purpose, and what spoils the comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import mean
from typing import get_args

from appspec.benchmark_result import Heat
from appspec.benchmark_run import BenchmarkRun, Condition, Start
from appspec.words import counted
from deploy.benchmark.comparison.types import Comparability

HEATS: tuple[Heat, ...] = get_args(Heat)
HOT = HEATS.index("moderate")
"""From here on Android slows the phone down. Source: PowerManager.THERMAL_STATUS_MODERATE."""

MOSTLY_HOT = 0.5
"""Of the starts: with so many more on one side, the two runs measured two phones."""

WARMER_C, LOW_PERCENT = 5.0, 15
"""Of the battery: what phones take notice of; from 15 % on they offer to save power."""

WAYS = {"app": "the app itself", "tool": "a benchmark tool", "host": "this computer"}


def comparability(a: BenchmarkRun, b: BenchmarkRun) -> Comparability:
    """Of B with A."""
    spoiled = tuple(_spoilers(a, b))
    subject = tuple(_subject(a, b))
    if spoiled:
        return Comparability("not comparable", subject, spoiled)
    reasons = tuple(_reasons(a, b, subject))
    return Comparability("comparable with care" if reasons else "comparable", subject, reasons)


def _subject(a: BenchmarkRun, b: BenchmarkRun) -> Iterator[str]:
    """What people change and then measure again."""
    old, new = ({(one.name, one.variant): one.sha256 for one in run.models} for run in (a, b))
    changed = [
        f"{name} {variant}" for name, variant in old if (name, variant) in new and old[name, variant] != new[name, variant]
    ]
    if changed:
        yield f"the model{'s' * (len(changed) > 1)} {', '.join(changed)}"
    if a.app.version != b.app.version:
        yield f"the app's version {a.app.version} → {b.app.version}"
    elif not changed and a.app.apk_sha256 != b.app.apk_sha256:
        yield "the app's build"
    if a.runtime != b.runtime:
        yield f"the runtime {a.runtime} → {b.runtime}"


def _spoilers(a: BenchmarkRun, b: BenchmarkRun) -> Iterator[str]:
    """What no statistics can take back."""
    if a.phone.kind != b.phone.kind:
        yield f"A is of {_kind(a)}, B of {_kind(b)}"
    elif (a.phone.manufacturer, a.phone.model) != (b.phone.manufacturer, b.phone.model):
        yield f"two phones: {phone_name(a)} and {phone_name(b)}"
    if a.settings.way != b.settings.way:
        yield f"A was measured by {WAYS[a.settings.way]}, B by {WAYS[b.settings.way]}"
    hot_a, hot_b = _hot(a), _hot(b)
    if abs(hot_a - hot_b) > MOSTLY_HOT:
        yield f"the phone was hot in {hot_a:.0%} of A's starts and in {hot_b:.0%} of B's"


def _reasons(a: BenchmarkRun, b: BenchmarkRun, subject: Sequence[str]) -> Iterator[str]:
    """What may be behind a difference beside the subject."""
    if any(one.startswith("the runtime") for one in subject) and len(subject) > 1:
        yield "model or app and runtime were changed together: a difference may come from either"
    if a.app.name != b.app.name:
        yield f"two apps: {a.app.name} and {b.app.name}"
    yield from _other_phone(a, b)
    yield from _other_settings(a, b)
    if a.kit.version != b.kit.version:
        yield f"measured by kit {a.kit.version} and {b.kit.version}"
    if a.tool and b.tool and a.tool.sha256 != b.tool.sha256:
        yield "two builds of the benchmark tool"
    yield from _other_conditions(a, b)
    for name, run in (("A", a), ("B", b)):
        if run.ended in ("stopped", "phone lost"):
            yield f"{name} ended early ({run.ended})"
    if not any(_repeated(run) for run in (a, b)):
        yield "each row was started once: how far one start lies from another can't be seen, 1 % is assumed"


def _other_phone(a: BenchmarkRun, b: BenchmarkRun) -> Iterator[str]:
    if a.phone.kind == "virtual":
        yield "a virtual phone: the times are those of a computer"
    elif a.phone.kind == "host" and a.phone.cores != b.phone.cores:
        yield f"{a.phone.cores} and {b.phone.cores} cores"
    if a.phone.identity != b.phone.identity:
        yield f"two phones of one model, {a.phone.identity} and {b.phone.identity}"
    elif a.phone.fingerprint != b.phone.fingerprint:
        yield f"the phone's system was changed, from {a.phone.fingerprint} to {b.phone.fingerprint}"


def _other_settings(a: BenchmarkRun, b: BenchmarkRun) -> Iterator[str]:
    """Those that move times. Which rows are measured, in which order and for how long does not."""
    for name in ("warmup_runs", "num_runs", "cool_below"):
        one, other = getattr(a.settings, name), getattr(b.settings, name)
        if one != other:
            yield f"{name} {one or 'none'} and {other or 'none'}"


def _other_conditions(a: BenchmarkRun, b: BenchmarkRun) -> Iterator[str]:
    for name, run in (("A", a), ("B", b)):
        hot = [start for start in _starts(run) if _is_hot(start)]
        if hot:
            yield f"the phone was hot in {len(hot)} of {name}'s {counted(len(_starts(run)), 'start')} (up to {_hottest(hot)})"
        if run.phone.kind == "phone" and all(one.thermal is None for one in _conditions(run)):
            yield f"{name}'s heat is not known"
    charging_a, charging_b = _charging(a), _charging(b)
    if charging_a is not None and charging_b is not None and charging_a != charging_b:
        yield f"the battery was charging in {'A' if charging_a else 'B'} only"
    warm_a, warm_b = _battery_c(a), _battery_c(b)
    if warm_a is not None and warm_b is not None and abs(warm_a - warm_b) > WARMER_C:
        yield f"the battery had {warm_a:.0f} °C in A and {warm_b:.0f} °C in B"
    low_a, low_b = _low(a), _low(b)
    if low_a != low_b:
        yield f"{'A' if low_a else 'B'} was measured with the battery below {LOW_PERCENT} %"


def phone_name(run: BenchmarkRun) -> str:
    """For people."""
    return f"{run.phone.manufacturer} {run.phone.model}"


def _kind(run: BenchmarkRun) -> str:
    return {"phone": "a phone", "virtual": "a virtual phone", "host": "this computer"}[run.phone.kind]


def _starts(run: BenchmarkRun) -> list[Start]:
    return [start for row in run.measurements for start in row.starts]


def _conditions(run: BenchmarkRun) -> list[Condition]:
    return [condition for start in _starts(run) for condition in (start.before, start.after)]


def _repeated(run: BenchmarkRun) -> bool:
    return any(
        sum(start.error is None and start.cache == cache for start in row.starts) > 1
        for row in run.measurements
        for cache in {start.cache for start in row.starts}
    )


def _is_hot(start: Start) -> bool:
    return any(one.thermal is not None and HEATS.index(one.thermal) >= HOT for one in (start.before, start.after))


def _hot(run: BenchmarkRun) -> float:
    return mean(map(_is_hot, _starts(run))) if _starts(run) else 0.0


def _hottest(starts: Sequence[Start]) -> Heat:
    heats = [one.thermal for start in starts for one in (start.before, start.after) if one.thermal is not None]
    return max(heats, key=HEATS.index)


def _charging(run: BenchmarkRun) -> bool | None:
    """Most of the time."""
    said = [one.battery.charging for one in _conditions(run) if one.battery and one.battery.charging is not None]
    return mean(said) > 0.5 if said else None


def _battery_c(run: BenchmarkRun) -> float | None:
    said = [one.battery.temperature_c for one in _conditions(run) if one.battery and one.battery.temperature_c is not None]
    return mean(said) if said else None


def _low(run: BenchmarkRun) -> bool:
    return any(one.battery and one.battery.percent is not None and one.battery.percent < LOW_PERCENT for one in _conditions(run))
