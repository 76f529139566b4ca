"""Phones and rows in the page's words; times that are no phone's are never named without saying so."""

from __future__ import annotations

from datetime import datetime

from appspec.benchmark_run import BenchmarkRun, Delegate, MeasuredPhone
from appspec.words import counted

MARKS = {"phone": "", "virtual": "virtual", "host": "this computer"}
"""By kind of phone."""

KINDS: dict[Delegate, str] = {"cpu": "c1", "gpu": "c2", "gpu_32": "c5", "nnapi": "c3"}
"""The colour's class of each delegate's dots."""

DELEGATES: dict[Delegate, str] = {"cpu": "CPU", "gpu": "GPU", "gpu_32": "GPU, 32-bit floats", "nnapi": "NNAPI"}


def mark(phone: MeasuredPhone) -> str:
    """What its times must not be read without; empty of a phone."""
    return MARKS[phone.kind]


def bare_name(phone: MeasuredPhone) -> str:
    """Without a mark."""
    name = phone.model if phone.kind == "host" else f"{phone.manufacturer} {phone.model}".strip()
    return name or phone.serial or "a phone"


def phone_name(phone: MeasuredPhone) -> str:
    """With its mark."""
    name = bare_name(phone)
    return name if not mark(phone) or name == mark(phone) else f"{name} ({mark(phone)})"


def processor(delegate: Delegate, threads: int) -> str:
    """CPU, 4 threads."""
    return f"{DELEGATES[delegate]}, {counted(threads, 'thread')}" if threads else DELEGATES[delegate]


def milliseconds(value: float) -> str:
    """With its unit."""
    return f"{digits(value)} ms"


def digits(value: float) -> str:
    """Three digits, noughts at the end too: 2.30, 12.2, 391."""
    return f"{value:#.3g}".rstrip(".") if value < 1000 else f"{value:.0f}"


def moment(text: str) -> str:
    """ISO 8601 as a person writes it."""
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return text


def who_measured(run: BenchmarkRun) -> str:
    """The way the times were taken."""
    if run.settings.way == "app":
        return "the app itself"
    if run.settings.way == "tool":
        return run.tool.file if run.tool else "a benchmark tool"
    return "this computer"
