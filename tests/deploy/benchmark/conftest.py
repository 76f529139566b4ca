"""A virtual phone under the real adb, an APK with one small model in it, and a job that measures that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from appspec.benchmark_run import BenchmarkRun, Kit, MeasuredApp, read_run
from appspec.stages import hash_file
from deploy.benchmark.in_app import ACTIVITY, StartPatience
from deploy.benchmark.on_phone import Job, measure_in_app
from deploy.benchmark.record import Record
from deploy.benchmark.rounds import Plan
from deploy.benchmark.rows import make_rows
from deploy.device.choose import Selection, choose_phones
from deploy.device.fleet import Outcome, on_each
from deploy.device.target import DeployTarget
from deploy.virtual_phone import PhoneState, PrivateAdbServer, VirtualPhone
from deploy.virtual_phone.host_model import ModelJob, ModelRun
from tests.deploy.benchmark.made_runs import made_settings
from tests.deploy.device.conftest import adb, phone
from tests.deploy.tiny_apk import TinyApk

__all__ = ["adb", "phone"]

MODEL = Path(__file__).parents[2] / "appspec" / "models" / "version_3.tflite"
PACKAGE = "org.example.cats"
TARGET = DeployTarget(PACKAGE, "io.apkiln.app.MainActivity", (), 24)
QUICK = StartPatience(limit_s=20.0, poll_s=0.02, gone_s=0.1, reconnect_s=3.0)

ONE_START = Plan(seed=1, precision=0.05, limit_s=0.0, cool_below=None)


@dataclass(frozen=True)
class ModelApk(TinyApk):
    """An APK with the model."""

    activity: str = ACTIVITY
    payload_bytes: int = 10

    def _files(self) -> dict[str, bytes]:
        return {**super()._files(), "assets/cats.tflite": MODEL.read_bytes()}


class QuickModel:
    """Runs no model: what it answers is known."""

    async def run(self, model: bytes, job: ModelJob) -> ModelRun:
        runs = tuple(2.0 + 0.01 * (number % 3) for number in range(400 if job.min_seconds else job.num_runs))
        times = runs if job.frames else ()
        return ModelRun("frame", None, 5.0, 3.0, (2.5,) * job.warmup_runs, runs, times, (9, 10, 1), (10, 20, 30), 40, ())


def quick_phone(**values: object) -> PhoneState:
    """A phone that answers at once."""
    return PhoneState(**{"host_model": QuickModel(), **values})


@dataclass
class Bench:
    """Measures on all connected phones, one start of one row unless changed."""

    folder: Path
    apk: Path
    adb_timeout_s: float = 30.0
    patience: StartPatience = QUICK
    plan: Plan = ONE_START
    said: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    def outcomes(self, **changes: object) -> list[Outcome[Record]]:
        """What became of each phone; changes are of the settings."""
        job = self.job(**changes)
        phones = [
            replace(phone, adb=replace(phone.adb, timeout_s=self.adb_timeout_s))
            for phone in choose_phones(Selection(every=True), self.said.append)
        ]
        self.records.clear()
        return on_each(
            phones,
            lambda phone, say: measure_in_app(phone, job, self.apk, TARGET, self.records.append, say),
            self.said.append,
        )

    def run(self, **changes: object) -> BenchmarkRun:
        """The result of the only phone, as its file has it.

        Raises:
            KitError: it failed, or was lost.
        """
        (outcome,) = self.outcomes(**changes)
        if outcome.error is not None:
            raise outcome.error
        assert outcome.result is not None
        if outcome.result.rounds.failure is not None:
            raise outcome.result.rounds.failure
        return read_run(outcome.result.path)

    def job(self, **changes: object) -> Job:
        settings = made_settings(**{"delegates": ["cpu"], "threads": [2], "num_runs": 5, "warmup_runs": 2, **changes})
        app = MeasuredApp(name="cats", id=PACKAGE, version="1.0.0", apk_sha256=hash_file(self.apk))
        rows = make_rows([("cats", MODEL)], settings.delegates, settings.threads)
        return Job(rows, self.plan, settings, Kit(version="0", revision=None), app, self.folder, self.patience)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    apk = tmp_path / "cats.apk"
    apk.write_bytes(ModelApk().build())
    return Bench(tmp_path / "results" / "cats", apk)


@pytest.fixture
def connect(server: PrivateAdbServer) -> Iterator[Callable[..., VirtualPhone]]:
    """Switches phones on and connects them."""
    phones: list[VirtualPhone] = []

    def make(**values: object) -> VirtualPhone:
        phone = VirtualPhone(quick_phone(**{"serialno": f"V{len(phones)}", **values}))
        phone.__enter__()
        phones.append(phone)
        server.connect(phone)
        return phone

    yield make
    for one in phones:
        one.__exit__()
