"""What is done on each phone: check that the app fits, install it, start it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from deploy.device.choose import Say
from deploy.device.facts import PhoneFacts, read_facts
from deploy.device.install import Installation, install_apk
from deploy.device.launch import PATIENCE, Patience, launch
from deploy.device.listing import Connected
from deploy.device.target import DeployTarget, check_fits


@dataclass(frozen=True)
class DeployResult:
    """What was done: `installed` is False when the phone had the same bytes; `seconds` is all of it."""

    serial: str
    model: str
    installed: bool
    sent_bytes: int
    seconds: float
    pid: int


def deploy(
    apk: Path,
    expected: DeployTarget,
    phone: Connected,
    say: Say,
    patience: Patience = PATIENCE,
    replace_data: bool = False,
) -> DeployResult:
    """Puts an APK on a phone and starts it.

    Args:
        apk: the file to install.
        expected: what is in it.
        say: gets what happens, a line each.
        patience: how long to watch the app's start.
        replace_data: see install_apk.

    Raises:
        KitError: anything that keeps the app from running on the phone, with its remedy. What the phone held
            before is then still there, or the app is installed whole.
    """
    start = time.monotonic()
    facts, done = put_app(phone, apk, expected, say, replace_data)
    pid = launch(phone.adb, facts.serial, expected, say, patience)
    say(f"{expected.application_id} runs (process {pid})")
    return DeployResult(
        serial=facts.serial,
        model=facts.model,
        installed=done.installed,
        sent_bytes=done.sent_bytes,
        seconds=time.monotonic() - start,
        pid=pid,
    )


def put_app(
    phone: Connected, apk: Path, expected: DeployTarget, say: Say, replace_data: bool = False
) -> tuple[PhoneFacts, Installation]:
    """Brings an APK onto a phone that can run it.

    Raises:
        KitError: it can't run there, or wasn't installed.
    """
    facts = read_facts(phone.adb, phone.serial)
    say(f"{facts.model}: Android {facts.release}, {facts.abis[0]}")
    check_fits(expected, facts)
    done = install_apk(phone.adb, facts.serial, apk, expected.application_id, say, replace_data, expected.arguments)
    say("installed" if done.installed else "the same app is installed: nothing sent")
    return facts, done
