"""Measures by the app itself: starts its BenchmarkActivity and waits for the file that this very start writes."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone

from appspec.benchmark_result import BenchmarkResult, Failure, read_result
from appspec.benchmark_run import Condition, Start
from appspec.errors import KitError
from deploy.benchmark.condition import read_condition
from deploy.benchmark.restarts import BOOT_ID, Restarts
from deploy.benchmark.rows import Cache, Row
from deploy.device.adb import Adb
from deploy.device.crash import Crash, read_crash

ACTIVITY = "io.apkiln.app.bench.BenchmarkActivity"
NAME = "apkiln"
SO_FAR = "-so-far"
MARK = "apkiln-then:"


@dataclass(frozen=True)
class StartPatience:
    """How long to wait for one start's file, and how often to look for it; seconds. Looking costs the phone some milliseconds."""

    limit_s: float = 180.0
    poll_s: float = 1.0
    gone_s: float = 2.0
    """After the process's end: the log may come late."""
    reconnect_s: float = 15.0
    """The app goes on measuring while adb has lost the phone; Wi-Fi loses it now and then."""


PATIENCE = StartPatience()


@dataclass
class AppStarter:
    """The app of a package on one phone.

    Attributes:
        arguments: as those of a DeployTarget.
        restarts: told of before each start.
        last: what the app wrote last: it names the runtime, which nobody else knows.
    """

    adb: Adb
    serial: str
    package: str
    warmup_runs: int
    num_runs: int
    restarts: Restarts
    patience: StartPatience = PATIENCE
    arguments: str = ""
    last: BenchmarkResult | None = None
    _run: str = field(default_factory=lambda: secrets.token_hex(6))

    def condition(self) -> Condition:
        """Heat and battery now."""
        return read_condition(self.adb, self.serial)

    def start(self, row: Row, order: int, cache: Cache | None) -> Start:
        """One start of the app; see deploy.benchmark.rows.Starter."""
        extras = {"warmup_runs": self.warmup_runs, "num_runs": self.num_runs}
        before = self.condition()
        started_at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        result, failure = self.run(row, f"{self._run}-{order}", cache, extras, self.patience.limit_s)
        after = self.condition()
        if result is not None:
            failure = failure or _told_clearly(result.error)
        return Start(
            order=order,
            started_at=started_at,
            cache=cache,
            init_ms=result.init_ms if result else None,
            first_ms=result.first_ms if result else None,
            warmup_ms=result.warmup_ms if result else [],
            runs_ms=result.runs_ms if result else [],
            frame_ms=result.frame_ms if result else [],
            printed=None,
            difference_from_cpu=result.difference_from_cpu if result else None,
            nodes=result.nodes if result else None,
            memory=result.memory if result else [],
            peak_bytes=result.peak_bytes if result else None,
            before=before,
            after=after,
            error=failure,
        )

    def run(
        self, row: Row, run_id: str, cache: Cache | None, extras: Mapping[str, int | float], limit_s: float
    ) -> tuple[BenchmarkResult | None, Failure | None]:
        """One start of the activity: what it wrote, or why it wrote nothing.

        Args:
            extras: numbers besides those that name the row.
            limit_s: how long to wait for the file.

        Raises:
            KitError: the phone is gone, the app can't be started, or it wrote what this kit can't read.
            KeyboardInterrupt: the user stops it.
        """
        boot, since = self._prepare()
        self.restarts.see(boot)
        self._am_start(row, run_id, cache, extras)
        deadline = time.monotonic() + limit_s
        gone_at: float | None = None
        while True:
            text, alive = self._look_patiently()
            if run_id in text and (result := self._read(text)) is not None and result.run_id == run_id:
                self.last = result
                return result, _other_than_asked(result, row, extras)
            now = time.monotonic()
            if not alive:
                gone_at = now if gone_at is None else gone_at
                crash = read_crash(self.adb, self.serial, self.package, since)
                if crash is not None:
                    self._check_space(crash)
                    return None, Failure(stage="process", type="Crash", message=crash.cause)
                if now - gone_at >= self.patience.gone_s:
                    self._check_boot(boot)
                    return None, Failure(stage="process", type="Ended", message="the app ended, and no crash is in the log")
            if now > deadline:
                self.end()
                return None, Failure(stage="process", type="Hang", message=f"the app gave no answer for {limit_s:.0f} s")
            self.adb.stop.wait(self.patience.poll_s)

    def so_far(self, run_id: str) -> BenchmarkResult | None:
        """What a sustained run had left before it died, by this name; None where there is nothing of it.

        Raises:
            KitError: the phone can't be reached.
        """
        text = self.adb.shell(self.serial, ("cat", self._file.replace(".json", f"{SO_FAR}.json"))).out
        with suppress(KitError):
            result = _whole(text)
            return result if result is not None and result.run_id == run_id else None
        return None

    def end(self) -> None:
        """Ends the app, so that it doesn't stand on the phone's screen.

        Raises:
            KitError: the phone can't be reached.
        """
        self._shell("am", "force-stop", self.package)

    @property
    def _file(self) -> str:
        return f"/sdcard/Android/data/{self.package}/files/benchmark/{NAME}.json"

    def _shell(self, *words: str) -> None:
        self.adb.shell(self.serial, words)

    def _look(self) -> tuple[str, bool]:
        """The file's text, empty while it isn't there, and whether the app's process stands."""
        out = self.adb.shell(self.serial, ("cat", self._file), ("echo", MARK), ("pidof", self.package)).out
        text, _, pid = out.rpartition(MARK)
        return text, bool(pid.strip())

    def _look_patiently(self) -> tuple[str, bool]:
        """The same, also where adb loses the phone for a moment.

        Raises:
            KitError: it doesn't come back.
        """
        deadline = time.monotonic() + self.patience.reconnect_s
        while True:
            try:
                return self._look()
            except KitError:
                if time.monotonic() > deadline:
                    raise
            self.adb.stop.wait(self.patience.poll_s)

    def _read(self, text: str) -> BenchmarkResult | None:
        """The result in a file's text; None where that is not what the phone holds.

        Raises:
            KitError: it is whole and no result.
        """
        result = _whole(text)
        if result is None:
            return None
        told = self.adb.shell(self.serial, ("sha256sum", self._file))
        found = re.match(r"[0-9a-f]{64}\b", told.out)
        if found is None:  # Android 7 has no such program
            return result
        return result if found.group() == hashlib.sha256(text.encode()).hexdigest() else None

    def _prepare(self) -> tuple[str, str]:
        """Removes an older file; which start of the phone this is (empty where that may not be read), and its time for the log."""
        words = (("cat", BOOT_ID), ("echo", MARK), ("rm", "-f", self._file), ("date", "+%m-%d %H:%M:%S"))
        boot, _, now = self.adb.shell(self.serial, *words).out.partition(MARK)
        return boot.strip(), f"{now.strip()}.000"

    def _check_boot(self, before: str) -> None:
        if self._prepare()[0] != before:
            raise KitError(
                f"the phone {self.serial} restarted", "in the middle of a measurement", "unlock it, then the same command again"
            )

    def _check_space(self, crash: Crash) -> None:
        if any("ENOSPC" in line for line in crash.lines):
            raise KitError(
                f"the phone {self.serial} has no space left",
                "the app can't write what it measured",
                "free some space on it (Settings > Storage), then the same command again",
            )

    def _am_start(self, row: Row, run_id: str, cache: Cache | None, extras: Mapping[str, int | float]) -> None:
        words = ["am", "start", "-S", "-W", "-n", f"{self.package}/{ACTIVITY}"]
        texts = {"model": row.model.name, "variant": row.model.variant, "delegate": row.delegate, "name": NAME, "run_id": run_id}
        for key, text in texts.items():
            words += ["--es", key, text]
        if row.threads:
            words += ["--ei", "threads", str(row.threads)]
        for key, number in extras.items():
            words += ["--ef" if isinstance(number, float) else "--ei", key, str(number)]
        if cache == "cold":
            words += ["--ez", "cold", "true"]
        reply = self.adb.shell(self.serial, words)
        error = re.search(r"^(?:Error\b(?! type)|.*Exception:).*", reply.text, re.MULTILINE)
        if reply.code != 0 or error is not None:
            why = error.group().strip() if error is not None else f"am start gave exit code {reply.code}"
            raise KitError(
                f"the benchmark doesn't start on {self.serial}",
                why,
                f"invoke build-apk{self.arguments}, then the same command again",
            )


def _whole(text: str) -> BenchmarkResult | None:
    """The result, None while its last byte isn't there: `cat` may meet the file while it is replaced.

    Raises:
        KitError: it is whole and no result.
    """
    try:
        json.loads(text)
    except ValueError:
        return None
    return read_result(text)


def _other_than_asked(result: BenchmarkResult, row: Row, extras: Mapping[str, int | float]) -> Failure | None:
    """Where the app measured something else: another file than this computer's, or a request that reached it damaged."""
    if result.error is not None or result.request is None or result.model is None:
        return None
    done = {**result.request.model_dump(), "model": result.model.name, "sha256": result.model.sha256}
    asked = {
        "model": row.model.name, "sha256": row.model.sha256, "delegate": row.delegate, "threads": row.threads, **extras
    }  # fmt: skip
    wrong = [f"{key} {done[key]} in place of {value}" for key, value in asked.items() if done[key] != value]
    return Failure(stage="request", type="OtherThanAsked", message=f"the app measured {', '.join(wrong)}") if wrong else None


def _told_clearly(error: Failure | None) -> Failure | None:
    if error is not None and error.type == "LeftFront":
        return error.model_copy(update={"message": "another app or the lock screen came to the front: leave the phone alone"})
    return error
