"""`invoke devices`: which phones are there, what they are, and what to do where one can't be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from appspec.benchmark_run import Condition, MeasuredPhone
from appspec.errors import KitError
from deploy.benchmark.condition import read_condition
from deploy.benchmark.measured_phone import measured_phone
from deploy.device.choose import HOW_TO_CONNECT, list_all
from deploy.device.connection import is_emulator, is_wireless
from deploy.device.listing import Connected, joined
from deploy.device.side_by_side import side_by_side
from flow.screen import Screen

ANSWER_S = 3.0
"""For each question; a phone that takes longer hangs."""

TOLD = ("model", "kind", "android", "sdk", "abis", "soc", "gpu", "battery", "temperature")


def devices(servers: Sequence[str], screen: Screen) -> None:
    """A row for each phone; it is no error that one can't be used.

    Args:
        servers: HOST:PORT of each adb server whose phones are meant; none: this machine's.

    Raises:
        KitError: no adb, no server that can be used, or no phone at all: as JSON, that is an empty list.
    """
    phones = joined(list_all(servers))
    if not phones and screen.as_json:
        screen.json([])
        return
    if not phones:
        raise KitError("no phone is connected", "adb sees none", HOW_TO_CONNECT)
    rows = side_by_side(_row, phones)
    if not screen.as_json:
        rows = [{key: _text(key, value) for key, value in _in_words(row).items()} for row in rows]
    columns = [column for column in rows[0] if any(row[column] for row in rows)]
    screen.table("Phones", columns, rows)


def _row(phone: Connected) -> dict[str, object]:
    """What a phone is; values that it doesn't tell, or can't, are None."""
    asked = replace(phone, adb=replace(phone.adb, timeout_s=ANSWER_S))
    state, remedy = phone.phone.state, phone.remedy
    told: dict[str, object] = dict.fromkeys(TOLD) | {"model": phone.phone.model if phone.phone.model != "?" else None}
    if phone.phone.ready:
        try:
            told = _told(measured_phone(asked.adb, phone.serial), read_condition(asked.adb, phone.serial))
        except KitError as error:
            state, remedy = "does not answer", error.fix
    server = phone.adb.server
    return {
        "serial": phone.serial,
        "server": server.name if server is not None else None,
        "by": _by(phone.serial) if phone.error is None else None,
        "state": state,
        **told,
        "also": [entry.name for entry in phone.also],
        "remedy": remedy or None,
    }


def _told(facts: MeasuredPhone, now: Condition) -> dict[str, object]:
    battery = now.battery
    return {
        "model": facts.model,
        "kind": facts.kind,
        "android": facts.android,
        "sdk": facts.sdk,
        "abis": facts.abis,
        "soc": facts.soc,
        "gpu": facts.gpu,
        "battery": battery.percent if battery is not None else None,
        "temperature": battery.temperature_c if battery is not None else None,
    }


def _by(serial: str) -> str:
    return "emulator" if is_emulator(serial) else "Wi-Fi" if is_wireless(serial) else "cable"


def _in_words(row: dict[str, object]) -> dict[str, object]:
    """What belongs together in one cell."""
    words = {key: value for key, value in row.items() if key not in ("kind", "sdk")}
    if row["kind"] not in (None, "phone"):
        words["model"] = f"{row['model']} ({row['kind']})"
    if row["android"] is not None:
        words["android"] = f"{row['android']} (API {row['sdk']})"
    return words


def _text(key: str, value: object) -> object:
    if value is None or value == []:
        return ""
    if key == "also":
        return f"{', '.join(map(str, value))}: the same phone, not used" if isinstance(value, list) else value
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value} %" if key == "battery" else f"{value} °C" if key == "temperature" else value
