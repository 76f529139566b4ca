"""How the speed falls while the phone heats: the fastest rows of each model, each without a pause for minutes."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress

from appspec.benchmark_result import BenchmarkResult, Failure
from appspec.benchmark_run import Sustained
from appspec.errors import KitError
from deploy.benchmark.in_app import AppStarter
from deploy.benchmark.record import Record
from deploy.benchmark.rounds import Plan, cool_down
from deploy.benchmark.rows import Row
from deploy.benchmark.summary import Summary
from deploy.benchmark.verdict import model_verdicts
from deploy.device.choose import Say

COMPILE_S = 120.0
"""For all that is not the run itself: the app's start, kernels of the GPU, warm-up."""

PATIENCES = 5
"""A phone that ran for minutes may cool down for so many times as long as before a start."""


def run_sustained(record: Record, starter: AppStarter, plan: Plan, seconds: float, say: Say) -> None:
    """Adds a sustained run of each model's fastest accelerated row and of its fastest one on the CPU: which of both is the faster
    one may change with heat. Each begins with a cool phone, and the record is saved after each.

    An app that dies, and a phone that is lost and comes back, leave what was measured until some seconds before. A phone that is
    lost ends the record's rounds.
    """
    rows = sustained_rows(record)
    for place, row in enumerate(rows):
        say(f"sustained, {place + 1} of {len(rows)}: {row.model.name} ({row.model.variant}) on {row.delegate}, {seconds:.0f} s")
        extras = {"warmup_runs": starter.warmup_runs, "sustained_s": float(seconds)}
        run_id = f"{secrets.token_hex(6)}-sustained-{place}"
        try:
            cool_down(starter, plan, starter.adb.stop, time.monotonic() + PATIENCES * plan.cool_patience_s, say)
            result, failure = starter.run(row, run_id, None, extras, seconds + COMPILE_S)
            if result is None:
                result = starter.so_far(run_id)
        except KitError as error:
            record.rounds.ended, record.rounds.failure = "phone lost", error
            result, failure = None, Failure(stage="process", type="PhoneLost", message=error.what)
            with suppress(KitError):  # one that restarted may be back
                result = starter.so_far(run_id)
        if result is not None or record.rounds.failure is None:
            record.sustained.append(_told(row, result, failure))
        record.save()
        if record.rounds.failure is not None:
            return


def _told(row: Row, result: BenchmarkResult | None, failure: Failure | None) -> Sustained:
    return Sustained(
        model=row.model.name,
        variant=row.model.variant,
        delegate=row.delegate,
        threads=row.threads,
        moments=result.sustained if result else [],
        error=failure or (result.error if result else None),
    )


def sustained_rows(record: Record) -> list[Row]:
    """Rows worth the time, by what was measured."""
    best = [one for verdict in model_verdicts(record.run()) for one in (verdict.accelerated, verdict.cpu) if one is not None]
    return [row for one in best for row in record.rounds.rows if _is(row, one)]


def _is(row: Row, one: Summary) -> bool:
    of_row = (row.model.name, row.model.variant, row.delegate, row.threads)
    return of_row == (one.model, one.variant, one.delegate, one.threads)
