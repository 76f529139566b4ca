"""Which phone measures, as it says itself."""

from __future__ import annotations

import re

from appspec.benchmark_run import MeasuredPhone
from deploy.device.adb import Adb
from deploy.device.listing import own_number

PROPERTIES = (
    "ro.product.manufacturer",
    "ro.product.model",
    "ro.soc.model",
    "ro.board.platform",
    "ro.build.version.release",
    "ro.build.version.sdk",
    "ro.product.cpu.abilist",
    "ro.build.fingerprint",
    "ro.serialno",
    "ro.apkiln.virtual",
    "ro.boot.qemu",
    "ro.kernel.qemu",
)
MADE_OF_SOFTWARE = ("ro.apkiln.virtual", "ro.boot.qemu", "ro.kernel.qemu")
"""Emulators are no phones either: their times are this computer's."""


def measured_phone(adb: Adb, serial: str) -> MeasuredPhone:
    """Asks the phone.

    Raises:
        KitError: it can't be reached.
    """
    reply = adb.shell(serial, *(("getprop", name) for name in PROPERTIES))
    known = dict(zip(PROPERTIES, (line.strip() for line in reply.out.splitlines()), strict=False))
    rest = adb.shell(serial, ("cat", "/sys/devices/system/cpu/possible"), ("nproc",), ("dumpsys", "SurfaceFlinger")).out
    gpu = re.search(r"^\s*GLES: (.+?)\s*$", rest, re.MULTILINE)
    possible = re.search(r"^0-(\d+)\s*$", rest, re.MULTILINE)
    cores = int(possible[1]) + 1 if possible is not None else int(next(iter(re.findall(r"^(\d+)\s*$", rest, re.MULTILINE)), 1))
    return MeasuredPhone(
        kind="virtual" if any(known.get(name) == "1" for name in MADE_OF_SOFTWARE) else "phone",
        serial=serial,
        manufacturer=known.get("ro.product.manufacturer") or "unknown",
        model=known.get("ro.product.model") or serial,
        soc=known.get("ro.soc.model") or known.get("ro.board.platform") or None,
        gpu=gpu[1] if gpu is not None else None,
        android=known.get("ro.build.version.release") or None,
        sdk=int(known["ro.build.version.sdk"]) if known.get("ro.build.version.sdk", "").isdigit() else None,
        abis=[abi for abi in known.get("ro.product.cpu.abilist", "").split(",") if abi],
        cores=cores,
        fingerprint=known.get("ro.build.fingerprint") or None,
        serial_number=own_number(serial, known.get("ro.serialno", "")),
        adb_server=adb.server.name if adb.server is not None else None,
    )
