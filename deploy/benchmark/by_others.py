"""One run on a phone by a benchmark tool of others, or on this computer: row by row, as the app's own."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from statistics import median

from appspec.start_times import start_times
from appspec.words import counted
from deploy.benchmark.host import HostStarter, host_phone, host_runtime
from deploy.benchmark.measured_phone import measured_phone
from deploy.benchmark.on_phone import Job, measure_on, new_record
from deploy.benchmark.record import Record
from deploy.benchmark.rounds import run_rounds
from deploy.benchmark.tool import ToolStarter
from deploy.device.choose import Say
from deploy.device.listing import Connected
from deploy.device.stop import Stop


def measure_by_tool(phone: Connected, job: Job, tool: Path, started: Callable[[Record], None], say: Say) -> Record:
    """All rows on one phone by a tool; then the fastest of each file and processor once more, with its profile. See measure_on.

    Raises:
        KitError: nothing could be measured at all.
        KeyboardInterrupt: the user stops it.
    """
    adb, serial = phone.adb, phone.serial
    who = measured_phone(adb, serial)
    starter = ToolStarter(adb, serial, tool, who.abis, job.settings.warmup_runs, job.settings.num_runs, say)
    record = new_record(job, who, lambda: starter.runtime)
    record.tool = starter.described(job.rows[0])
    return measure_on(phone, job, record, starter, lambda: _profile(record, starter, say), started, say)


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
