"""What the flags of `invoke benchmark` ask for, checked before anything is built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from appspec.benchmark_run import Delegate, Way
from appspec.durations import seconds
from appspec.errors import KitError
from appspec.spec import AppSpec, Benchmark
from deploy.benchmark.tool_program import check_tool
from deploy.device.choose import Selection
from flow.arguments import number, whole_number

LIMIT = "10min"
PRECISION = "5%"


@dataclass(frozen=True)
class Wishes:
    """The flags as they were given; None or empty where they weren't."""

    phones: Selection
    models: str = ""
    delegates: str = ""
    threads: str = ""
    runs: str | None = None
    limit: str = LIMIT
    precision: str = PRECISION
    cold: bool = False
    sustained: str | None = None
    tool: str | None = None
    host: bool = False
    apply: bool = False
    board: str | None = None
    csv: str | None = None
    seed: str | None = None


@dataclass(frozen=True)
class Asked:
    """What they mean.

    Attributes:
        models: their names, in the app's order.
        precision: a share.
        seed: of the order; None: a new one.
    """

    way: Way
    models: list[str]
    delegates: list[Delegate]
    threads: list[int]
    warmup_runs: int
    num_runs: int
    limit_s: float
    precision: float
    sustained_s: float | None
    tool: Path | None
    seed: int | None


def asked(wishes: Wishes, spec: AppSpec) -> Asked:
    """The flags, with what app.toml's [benchmark] says where they say nothing.

    Raises:
        KitError: one of them can't be, or two can't be together.
    """
    if wishes.tool and wishes.host:
        raise KitError("--tool and --host can't be given together", "the tool runs on phones", "leave one of them out")
    if wishes.host and (wishes.phones.serials or wishes.phones.every or wishes.phones.servers):
        raise KitError("--host measures no phone", "--device, --all and --adb choose phones", "leave --host or these out")
    if wishes.host and wishes.apply:
        why = "this computer's times say nothing of a phone's"
        raise KitError("--host can't choose what an app runs on", why, "invoke benchmark --apply with a phone")
    if wishes.apply and wishes.models:
        raise KitError("--apply needs all models", "an app has one default for all of them", "leave --models out")
    if wishes.sustained and (wishes.tool or wishes.host):
        raise KitError("--sustained is measured in the app", "--tool and --host have no such mode", "leave one of them out")
    tool = Path(wishes.tool).expanduser() if wishes.tool else None
    if tool is not None:
        check_tool(tool, ())  # for which phone, is seen there
    benchmark = _with_flags(spec.benchmark, wishes)
    return Asked(
        way="host" if wishes.host else "tool" if tool is not None else "app",
        models=_models(wishes.models, spec),
        delegates=list(benchmark.delegates),
        threads=list(benchmark.threads),
        warmup_runs=benchmark.warmup_runs,
        num_runs=benchmark.num_runs,
        limit_s=_duration("--limit", wishes.limit),
        precision=_share(wishes.precision),
        sustained_s=_duration("--sustained", wishes.sustained, most_h=2) if wishes.sustained else None,
        tool=tool,
        seed=whole_number("--seed", wishes.seed, "7") if wishes.seed is not None else None,
    )


def _with_flags(section: Benchmark, wishes: Wishes) -> Benchmark:
    flags: dict[str, tuple[str, object]] = {}
    if wishes.delegates:
        flags["delegates"] = ("--delegates", _words(wishes.delegates))
    if wishes.threads:
        flags["threads"] = ("--threads", [_whole(word) for word in _words(wishes.threads)])
    if wishes.runs:
        flags["num_runs"] = ("--runs", _whole(wishes.runs))
    try:
        return Benchmark.model_validate({**section.model_dump(), **{key: value for key, (_, value) in flags.items()}})
    except ValidationError as error:
        wrong: dict[str, list[str]] = {}
        for one in error.errors(include_url=False):
            told = wrong.setdefault(str(one["loc"][0]), [])
            if not isinstance(one["input"], (list, tuple)):
                told.append(str(one["input"]))
        what = " and ".join(
            f"{flags[key][0]} {', '.join(dict.fromkeys(inputs)) or 'without a value'}" for key, inputs in wrong.items()
        )
        why = "; ".join(f"{flags[key][0]} takes {_TAKES[key]}" for key in wrong)
        raise KitError(f"{what} can't be used", why, "give other values, or leave the flag out for those of app.toml") from error


_TAKES = {
    "delegates": f"one or several of {', '.join(get_args(Delegate))}",
    "threads": "whole numbers from 1 to 16",
    "num_runs": "a whole number from 1 to 100000",
}


def _models(text: str, spec: AppSpec) -> list[str]:
    names = [model.name for model in spec.model]
    wanted = _words(text) if text else names
    if not wanted:
        raise KitError(f"--models {text} can't be used", "no model is named", f"it has {', '.join(names)}")
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise KitError(
            f"--models {text} can't be used", f"the app has no model {', '.join(unknown)}", f"it has {', '.join(names)}"
        )
    return [name for name in names if name in wanted]


def _words(text: str) -> Sequence[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _whole(word: str) -> object:
    return int(word) if word.isdecimal() else word


def _duration(flag: str, text: str, most_h: int = 24) -> float:
    try:
        value = seconds(text)
    except ValueError as error:
        raise KitError(f"{flag} {text} can't be used", f"it {error}", f"give it as {flag} 10min or {flag} 90s") from error
    if not 0 < value <= most_h * 3600:
        raise KitError(f"{flag} {text} can't be used", f"it is no time between 0 and {most_h} h", f"give it as {flag} 10min")
    return value


def _share(text: str) -> float:
    value = number("--precision", text.removesuffix("%"), PRECISION) / (100 if text.endswith("%") else 1)
    if not 0 < value < 1:
        raise KitError(f"--precision {text} can't be used", "it is no share between 0 and 100 %", "give it as --precision 5%")
    return value
