"""What a phone says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from appspec.errors import KitError
from deploy.device.adb import Adb

PROPERTIES = (
    "ro.product.model",
    "ro.product.cpu.abilist",
    "ro.product.cpu.abi",
    "ro.build.version.sdk",
    "ro.build.version.release",
)


@dataclass(frozen=True)
class PhoneFacts:
    """One phone: `abis` best first, `sdk` its Android API level, `release` its version as people say it."""

    serial: str
    model: str
    abis: tuple[str, ...]
    sdk: int
    release: str


def read_facts(adb: Adb, serial: str) -> PhoneFacts:
    """Asks the phone, in one command.

    Raises:
        KitError: it can't be reached, or is not yet up.
    """
    reply = adb.shell(serial, *(("getprop", name) for name in PROPERTIES))
    values = [line.strip() for line in reply.out.splitlines()]
    known = dict(zip(PROPERTIES, values, strict=True)) if len(values) == len(PROPERTIES) else {}
    sdk = known.get("ro.build.version.sdk", "")
    abis = known.get("ro.product.cpu.abilist") or known.get("ro.product.cpu.abi", "")
    if not sdk.isdigit() or not abis:
        raise KitError(
            f"the phone {serial} doesn't say what it is",
            "its Android version or processor is unknown; it may still be starting",
            "wait until its home screen shows, then the same command again",
        )
    return PhoneFacts(
        serial=serial,
        model=known["ro.product.model"] or serial,
        abis=tuple(abis.split(",")),
        sdk=int(sdk),
        release=known["ro.build.version.release"] or "?",
    )
