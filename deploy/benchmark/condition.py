"""A phone's heat and battery, as its own services tell them."""

from __future__ import annotations

import re
from typing import get_args

from appspec.benchmark_result import Heat
from appspec.benchmark_run import Battery, Condition
from deploy.device.adb import Adb

HEAT: tuple[Heat, ...] = get_args(Heat)
"""By Android's THERMAL_STATUS_* numbers."""


def read_condition(adb: Adb, serial: str) -> Condition:
    """Now; what the phone doesn't tell is null (no thermal status below Android 10).

    Raises:
        KitError: the phone can't be reached.
    """
    return parse_condition(adb.shell(serial, ("dumpsys", "battery"), ("dumpsys", "thermalservice")).out)


def parse_condition(text: str) -> Condition:
    """From what `dumpsys battery` and `dumpsys thermalservice` print (AOSP: BatteryService.dump, ThermalManagerService.dump)."""
    status = re.search(r"^\s*Thermal Status: (\d+)", text, re.MULTILINE)
    heat = HEAT[int(status[1])] if status is not None and int(status[1]) < len(HEAT) else None
    return Condition(thermal=heat, battery=_battery(text))


def _battery(text: str) -> Battery | None:
    level, scale, tenths = (_number(text, key) for key in ("level", "scale", "temperature"))
    if level is None and tenths is None:
        return None
    percent = min(100, round(100 * level / (scale or 100))) if level is not None and level >= 0 else None
    powered = re.findall(r"^\s*\w+ powered: (true|false)", text, re.MULTILINE)
    return Battery(
        percent=percent,
        temperature_c=tenths / 10 if tenths is not None else None,
        charging="true" in powered if powered else None,
    )


def _number(text: str, key: str) -> int | None:
    found = re.search(rf"^\s*{key}: (-?\d+)\s*$", text, re.MULTILINE)
    return int(found[1]) if found is not None else None
