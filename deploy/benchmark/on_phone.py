"""One phone, measured by the app itself: installed if needed, kept awake, row by row, then left as it was."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from appspec.benchmark_run import Kit, MeasuredApp, MeasuredPhone, Settings
from appspec.errors import KitError
from deploy.benchmark.awake import kept_awake
from deploy.benchmark.in_app import PATIENCE, AppStarter, StartPatience
from deploy.benchmark.measured_phone import measured_phone
from deploy.benchmark.record import Record
from deploy.benchmark.restarts import Restarts
from deploy.benchmark.rounds import Plan, Rounds, run_rounds
from deploy.benchmark.rows import Row
from deploy.benchmark.sustained import run_sustained
from deploy.device.choose import Say
from deploy.device.facts import read_facts
from deploy.device.install import install_apk
from deploy.device.listing import Connected
from deploy.device.stop import Stop
from deploy.device.target import DeployTarget, check_fits

END_S = 3.0


@dataclass(frozen=True)
class Job:
    """What is measured on every phone.

    Attributes:
        folder: of the app's results.
    """

    rows: list[Row]
    plan: Plan
    settings: Settings
    kit: Kit
    app: MeasuredApp
    folder: Path
    patience: StartPatience = PATIENCE


def measure_in_app(
    phone: Connected, job: Job, apk: Path, target: DeployTarget, started: Callable[[Record], None], say: Say
) -> Record:
    """All rows on one phone.

    Args:
        started: gets the record once its first start is about to begin; it fills while this runs.

    Raises:
        KitError: nothing could be measured at all. A phone that is lost later is told in the record's rounds.
        KeyboardInterrupt: the user stops it; what was measured is saved.
    """
    adb, serial = phone.adb, phone.serial
    check_fits(target, read_facts(adb, serial))
    done = install_apk(adb, serial, apk, target.application_id, say, arguments=target.arguments)
    say("installed" if done.installed else "the same app is installed: nothing sent")
    runs = (job.settings.warmup_runs, job.settings.num_runs)
    starter = AppStarter(adb, serial, target.application_id, *runs, Restarts(say), job.patience, target.arguments)
    record = new_record(job, measured_phone(adb, serial), lambda: starter.last.runtime if starter.last else "unknown")
    started(record)
    try:
        with kept_awake(adb, serial, say):
            run_rounds(record.rounds, starter, job.plan, adb.stop, say, record.save)
            if job.settings.sustained_s and record.rounds.failure is None:
                run_sustained(record, starter, job.plan, job.settings.sustained_s, say)
    finally:
        with suppress(KitError):  # whoever lost the phone has been told so
            replace(starter, adb=replace(adb, stop=Stop(), timeout_s=END_S)).end()
    if record.rounds.failure is not None and not record.rounds.count:
        raise record.rounds.failure
    return record


def new_record(job: Job, phone: MeasuredPhone, runtime: Callable[[], str]) -> Record:
    """An empty record of one phone."""
    return Record(job.folder, job.kit, job.app, phone, job.settings, Rounds(job.rows), runtime)
