"""One phone, measured by the app itself: installed if needed, kept awake, row by row, then left as it was."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from appspec.benchmark_run import Kit, MeasuredApp, MeasuredPhone, Settings
from appspec.errors import KitError
from deploy.benchmark.awake import kept_awake
from deploy.benchmark.in_app import PATIENCE, AppStarter, StartPatience
from deploy.benchmark.measured_phone import measured_phone
from deploy.benchmark.record import Record
from deploy.benchmark.restarts import Restarts
from deploy.benchmark.rounds import Plan, Rounds, run_rounds
from deploy.benchmark.rows import Row, Starter
from deploy.benchmark.sustained import run_sustained
from deploy.device.adb import Adb
from deploy.device.choose import Say
from deploy.device.deploy import put_app
from deploy.device.listing import Connected
from deploy.device.stop import Stop
from deploy.device.target import DeployTarget

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


class PhoneStarter(Starter, Protocol):
    """One whose program runs on a phone."""

    adb: Adb

    def end(self) -> None:
        """Ends that program where it still runs.

        Raises:
            KitError: the phone can't be reached.
        """


def measure_in_app(
    phone: Connected, job: Job, apk: Path, target: DeployTarget, started: Callable[[Record], None], say: Say
) -> Record:
    """All rows on one phone; see measure_on.

    Raises:
        KitError: nothing could be measured at all.
        KeyboardInterrupt: the user stops it.
    """
    adb, serial = phone.adb, phone.serial
    put_app(phone, apk, target, say)
    runs = (job.settings.warmup_runs, job.settings.num_runs)
    starter = AppStarter(adb, serial, target.application_id, *runs, Restarts(say), job.patience, target.arguments)
    record = new_record(job, measured_phone(adb, serial), lambda: starter.last.runtime if starter.last else "unknown")

    def then() -> None:
        if job.settings.sustained_s:
            run_sustained(record, starter, job.plan, job.settings.sustained_s, say)

    return measure_on(phone, job, record, starter, then, started, say)


def measure_on(
    phone: Connected,
    job: Job,
    record: Record,
    starter: PhoneStarter,
    then: Callable[[], None],
    started: Callable[[Record], None],
    say: Say,
) -> Record:
    """All rows on one phone that is kept awake, then what comes after them.

    Args:
        then: called where the phone wasn't lost in the rows.
        started: gets the record once its first start is about to begin; it fills while this runs.

    Raises:
        KitError: nothing could be measured at all. A phone that is lost later is told in the record's rounds.
        KeyboardInterrupt: the user stops it; what was measured is saved.
    """
    adb, rounds = phone.adb, record.rounds
    started(record)
    try:
        with kept_awake(adb, phone.serial, say):
            run_rounds(rounds, starter, job.plan, adb.stop, say, record.save)
            if rounds.failure is None:
                then()
    finally:
        with suppress(KitError):  # whoever lost the phone has been told so
            starter.adb = replace(adb, stop=Stop(), timeout_s=END_S)
            starter.end()
    if rounds.failure is not None and not rounds.count:
        raise rounds.failure
    return record


def new_record(job: Job, phone: MeasuredPhone, runtime: Callable[[], str]) -> Record:
    """An empty record of one phone."""
    return Record(job.folder, job.kit, job.app, phone, job.settings, Rounds(job.rows), runtime)
