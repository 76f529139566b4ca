"""One run on a phone by a benchmark tool of others, or on this computer: row by row, as the app's own."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from statistics import median

from appspec.errors import KitError
from appspec.start_times import start_times
from appspec.words import counted
from deploy.benchmark.awake import kept_awake
from deploy.benchmark.host import HostStarter, host_phone, host_runtime
from deploy.benchmark.measured_phone import measured_phone
from deploy.benchmark.on_phone import END_S, Job, new_record
from deploy.benchmark.record import Record
from deploy.benchmark.rounds import run_rounds
from deploy.benchmark.tool import ToolStarter
from deploy.device.choose import Say
from deploy.device.listing import Connected
from deploy.device.stop import Stop


def measure_by_tool(phone: Connected, job: Job, tool: Path, started: Callable[[Record], None], say: Say) -> Record:
    """All rows on one phone by a tool; then the fastest of each file and processor once more, with its profile.

    Args:
        started: gets the record once its first start is about to begin; it fills while this runs.

    Raises:
        KitError: nothing could be measured at all. A phone that is lost later is told in the record's rounds.
        KeyboardInterrupt: the user stops it; what was measured is saved.
    """
    adb, serial = phone.adb, phone.serial
    who = measured_phone(adb, serial)
    starter = ToolStarter(adb, serial, tool, who.abis, job.settings.warmup_runs, job.settings.num_runs, say)
    record = new_record(job, who, lambda: starter.runtime)
    record.tool = starter.described(job.rows[0])
    started(record)
    try:
        with kept_awake(adb, serial, say):
            run_rounds(record.rounds, starter, job.plan, adb.stop, say, record.save)
            if record.rounds.failure is None:
                _profile(record, starter, say)
    finally:
        with suppress(KitError):  # whoever lost the phone has been told so
            replace(starter, adb=replace(adb, stop=Stop(), timeout_s=END_S)).end()
    if record.rounds.failure is not None and not record.rounds.count:
        raise record.rounds.failure
    return record


def measure_on_host(job: Job, started: Callable[[Record], None], say: Say) -> Record:
    """All rows on this computer.

    Raises:
        KitError: nothing could be measured at all.
        KeyboardInterrupt: the user stops it; what was measured is saved.
    """
    stop = Stop()
    starter = HostStarter(job.settings.warmup_runs, job.settings.num_runs, stop)
    record = new_record(job, host_phone(), host_runtime)
    started(record)
    run_rounds(record.rounds, starter, job.plan, stop, say, record.save)
    if record.rounds.failure is not None:
        raise record.rounds.failure
    return record


def _profile(record: Record, starter: ToolStarter, say: Say) -> None:
    rounds = record.rounds
    fastest: dict[tuple[str, str], tuple[float, int]] = {}
    for index, row in enumerate(rounds.rows):
        times = [ms for start in rounds.starts[index] for ms in start_times(start)]
        if times:
            key = (row.model.sha256, row.delegate)
            fastest[key] = min(fastest.get(key, (math.inf, index)), (median(times), index))
    if fastest:
        say(f"profiling {counted(len(fastest), 'row')}")
    for _, index in fastest.values():
        rounds.operations[index] = starter.profile(rounds.rows[index])
        record.save()
