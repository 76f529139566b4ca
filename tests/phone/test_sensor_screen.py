"""A sensor's app as Android runs it, on a phone that is made up: its sensors, recording, GPU and large letters."""

from __future__ import annotations

import pytest

from tests.phone.app import PhoneRun
from tests.phone.runs import SENSOR, STOPPED, stopped


@pytest.mark.parametrize("test", SENSOR)
def test_the_app_on_a_phone_that_is_made_up(sensor_run: PhoneRun, test: str) -> None:
    assert sensor_run.failures(test) == []


@pytest.mark.parametrize("number", range(len(STOPPED)))
def test_what_is_broken_is_said(sensor_run: PhoneRun, number: int) -> None:
    assert sensor_run.failures(stopped(number)) == []
