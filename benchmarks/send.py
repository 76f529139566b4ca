"""Sending 100 MB to a phone as the kit does, by hash and checked, against plain `adb push`; the real adb, a virtual phone.

    python benchmarks/send.py [MB_PER_S] [ROUNDS]

The push alone, and with both hashes: the one made here, and the one that the phone makes of what it got. In pairs, in turn, with
new bytes each time. MB_PER_S slows the phone down to a cable's speed: 40 is USB 2 in practice; without it the phone takes bytes as
fast as this computer gives them, and hashes weigh as they never do behind a cable.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from deploy.device.adb import Adb, Reply
from deploy.device.send import send_file
from deploy.virtual_phone import Faults, PrivateAdbServer, VirtualPhone

SIZE = 100_000_000


@dataclass(frozen=True)
class TimedAdb(Adb):
    """Keeps how long each push took."""

    push_s: list[float] = field(default_factory=list)

    def run(self, *arguments: str, serial: str | None = None, timeout_s: float | None = None) -> Reply:
        start = time.perf_counter()
        reply = super().run(*arguments, serial=serial, timeout_s=timeout_s)
        if arguments[0] == "push":
            self.push_s.append(time.perf_counter() - start)
        return reply


def main(mb_per_s: float | None, rounds: int) -> None:
    """Prints both medians, and the median of the paired ratios of speed."""
    adb = TimedAdb.bundled()
    assert isinstance(adb, TimedAdb)
    faults = Faults(receive_bytes_per_s=mb_per_s * 1e6 if mb_per_s else None)
    with (
        tempfile.TemporaryDirectory() as name,
        PrivateAdbServer(adb.program, Path(name)) as server,
        VirtualPhone(faults=faults) as phone,
    ):
        os.environ.update(server.environment)
        serial = server.connect(phone)
        file = Path(name, "model.tflite")
        rounds_s = []
        for _ in range(rounds):
            plain = _seconds(file, lambda: adb.run("push", str(file), "/data/local/tmp/plain", serial=serial, timeout_s=300))
            checked = _seconds(file, lambda: send_file(adb, serial, file, lambda _: None))
            rounds_s.append((plain, adb.push_s[-1], checked))
            phone.state.files.clear()
    plain, pushed, checked = (statistics.median(column) for column in zip(*rounds_s, strict=True))
    told = {
        "mb_per_s": mb_per_s,
        "adb_push_s": round(plain, 3),
        "kits_push_s": round(pushed, 3),
        "with_both_hashes_s": round(checked, 3),
        "push_speed_ratio": round(statistics.median(one / other for one, other, _ in rounds_s), 3),
        "whole_speed_ratio": round(statistics.median(one / other for one, _, other in rounds_s), 3),
    }
    print(json.dumps(told, indent=1))


def _seconds(file: Path, work: Callable[[], object]) -> float:
    file.write_bytes(os.urandom(SIZE))
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else None, int(sys.argv[2]) if len(sys.argv) > 2 else 7)
