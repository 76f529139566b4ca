"""A phone's heat and battery are read as phones print them."""

from __future__ import annotations

import pytest

from appspec.benchmark_run import Battery
from deploy.benchmark.condition import parse_condition

BATTERY = """Current Battery Service state:
  AC powered: false
  USB powered: {usb}
  Wireless powered: false
  Max charging current: 0
  status: 2
  health: 2
  present: true
  level: {level}
  scale: {scale}
  voltage: 4063
  temperature: 326
  technology: Li-ion
  mSavedBatteryMaxTemp: 490
"""
THERMAL = """IsStatusOverride: false
ThermalEventListeners:
\tcallbacks: 1
Thermal Status: {status}
Cached temperatures:
\tTemperature{{mValue=25.6, mType=0, mName=AP, mStatus=3}}
HAL Ready: true
"""


def text(usb: str = "true", level: int = 84, scale: int = 100, status: int = 0) -> str:
    return BATTERY.format(usb=usb, level=level, scale=scale) + THERMAL.format(status=status)


@pytest.mark.parametrize(("status", "heat"), [(0, "none"), (1, "light"), (3, "severe"), (6, "shutdown"), (7, None)])
def test_the_thermal_status_is_androids(status: int, heat: str | None) -> None:
    assert parse_condition(text(status=status)).thermal == heat


def test_the_battery_is_told_in_percent_and_degrees() -> None:
    assert parse_condition(text()).battery == Battery(percent=84, temperature_c=32.6, charging=True)
    assert parse_condition(text(usb="false", level=100, scale=200)).battery == Battery(
        percent=50, temperature_c=32.6, charging=False
    )


@pytest.mark.parametrize("nothing", ["", "Can't find service: battery\nCan't find service: thermalservice\n"])
def test_a_phone_that_tells_nothing_is_none(nothing: str) -> None:
    found = parse_condition(nothing)
    assert (found.thermal, found.battery) == (None, None)
    assert parse_condition(THERMAL.format(status=2)).battery is None
