"""Seconds of a deploy: over bare `adb install` and `am start`, and of eight phones of which one hangs and one is offline.

    python benchmarks/deploy_to_phones.py APK

The phones are virtual, the adb is real; each way is taken in turn, ROUNDS times, and the medians of the paired differences and ratios
are printed as JSON. The eight take bytes and answer commands as slowly as phones at a USB 2 cable do: six that are as fast as this
computer would only wait for its cores. Needs a machine that does nothing else.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.apk.facts import inspect_apk
from deploy.device.adb import Adb
from deploy.device.choose import Selection, choose_phones
from deploy.device.deploy import DeployResult, deploy
from deploy.device.fleet import Outcome, on_each
from deploy.device.target import DeployTarget
from deploy.virtual_phone import Faults, PhoneState, PrivateAdbServer, VirtualPhone

ROUNDS = 5
PHONES = 8
CABLE = Faults(receive_bytes_per_s=20e6, command_delay_s=0.05)
ACTIVITY = "io.apkiln.app.MainActivity"


@dataclass(frozen=True)
class Bench:
    """What is deployed, and over which adb."""

    apk: Path
    target: DeployTarget
    adb: Adb
    server: PrivateAdbServer


def main(apk: Path) -> None:
    """Prints both as one JSON object."""
    facts = inspect_apk(apk)
    target = DeployTarget(facts.application_id, ACTIVITY, tuple(facts.abis), facts.min_sdk)
    with private_server() as server:
        bench = Bench(apk, target, Adb.bundled(), server)
        overhead = [one_overhead(bench) for _ in range(ROUNDS)]
        together = [one_fleet(bench) for _ in range(ROUNDS)]
    result = {
        "apk_mb": round(apk.stat().st_size / 1e6, 1),
        "deploy_s": round(statistics.median(ours for ours, _ in overhead), 2),
        "install_and_start_s": round(statistics.median(bare for _, bare in overhead), 2),
        "overhead_s": round(statistics.median(ours - bare for ours, bare in overhead), 2),
        "one_phone_s": round(statistics.median(one for one, _ in together), 2),
        "last_of_six_s": round(statistics.median(six for _, six in together), 2),
        "ratio": round(statistics.median(six / one for one, six in together), 2),
    }
    print(json.dumps(result, indent=1))


def one_overhead(bench: Bench) -> tuple[float, float]:
    """Seconds of a first deploy to an empty phone, and of the two commands alone to another."""
    with phones(bench, 1):
        start = time.monotonic()
        _deploy_all(bench)
        ours = time.monotonic() - start
    with phones(bench, 1) as (phone,):
        start = time.monotonic()
        bench.server.run("-s", phone.serial, "install", "-r", str(bench.apk))
        bench.server.run("-s", phone.serial, "shell", f"am start -n {bench.target.application_id}/{ACTIVITY}")
        bare = time.monotonic() - start
    return ours, bare


def one_fleet(bench: Bench) -> tuple[float, float]:
    """Seconds of a deploy to one phone, and until the last of the six that work is done, while one hangs and one is offline."""
    with phones(bench, 1, CABLE):
        start = time.monotonic()
        _deploy_all(bench)
        alone = time.monotonic() - start
    with phones(bench, PHONES, CABLE) as eight:
        eight[0].state.faults = Faults(command_delay_s=3600)
        eight[1].switch_off()
        start = time.monotonic()
        done: list[float] = []
        outcomes = _deploy_all(bench, lambda line: done.append(time.monotonic() - start) if " runs (process" in line else None)
        assert sum(outcome.result is not None for outcome in outcomes) == PHONES - 2 == len(done), outcomes
    return alone, max(done)


def _deploy_all(bench: Bench, say: object = None) -> list[Outcome[DeployResult]]:
    tell = say if callable(say) else lambda line: None
    chosen = choose_phones(Selection(every=True), tell)
    return on_each(chosen, lambda phone, tell_one: deploy(bench.apk, bench.target, phone, tell_one), tell)


@contextmanager
def phones(bench: Bench, count: int, like: Faults | None = None) -> Iterator[list[VirtualPhone]]:
    """Empty phones, connected; `like`: each one's speeds."""
    with ExitStack() as stack:
        made = [
            stack.enter_context(VirtualPhone(PhoneState(model=f"Virtual {place}"), like and replace(like)))
            for place in range(count)
        ]
        for phone in made:
            bench.server.connect(phone)
        yield made
        bench.server.run("disconnect")


@contextmanager
def private_server() -> Iterator[PrivateAdbServer]:
    """The real adb's server, apart from the user's own, for this process alone."""
    with tempfile.TemporaryDirectory() as home, PrivateAdbServer(Adb.bundled().program, Path(home)) as server:
        os.environ.pop("ANDROID_SERIAL", None)
        os.environ["ANDROID_ADB_SERVER_PORT"] = server.environment["ANDROID_ADB_SERVER_PORT"]
        yield server


if __name__ == "__main__":
    main(Path(sys.argv[1]))
