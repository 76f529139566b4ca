"""A sensor's app as Android runs it, on a phone that is made up: its sensors, recording, GPU and large letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen import RECORDING
from tests.phone.conftest import PhoneApp


@pytest.mark.parametrize("test", ["SensorScreenTest", "sensors.PhoneSensorsTest"])
def test_the_app_on_a_phone_that_is_made_up(pump_app: PhoneApp, tmp_path: Path, test: str) -> None:
    assert pump_app.failures([test], tmp_path) == []


@pytest.mark.parametrize(
    ("asset", "content", "says"),
    [
        (RECORDING, b"", "The recording is empty."),
        (RECORDING, b"timestamp,temperature,vibration $x,pressure\n\n", "The recording is empty."),
        (RECORDING, b"timestamp,temperature,pressure\n0,1,2\n", "no column"),
        (RECORDING, b"timestamp,temperature,vibration $x,pressure\n0,1,2,3\n1,2\n", "Line 3"),
        ("pump.tflite", b"", "pump.tflite"),
        ("pump.tflite", b"TFL3 is not all of it", "pump.tflite"),
    ],
)
def test_what_is_broken_is_said(pump_app: PhoneApp, tmp_path: Path, asset: str, content: bytes, says: str) -> None:
    broken = pump_app.with_asset(asset, content, tmp_path)
    assert broken.failures(["StoppedTest"], tmp_path, {"apkiln.says": says}) == []
