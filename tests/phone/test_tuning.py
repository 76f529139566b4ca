"""What computes a model: chosen by measuring, remembered for this phone, given up where it fails; plain Kotlin in a JVM."""

from __future__ import annotations

import pytest

from tests.phone.app import PhoneRun
from tests.phone.runs import TUNER


@pytest.mark.parametrize("test", TUNER)
def test_the_tuner_on_phones_that_are_made_up(camera_run: PhoneRun, test: str) -> None:
    assert camera_run.failures(test) == []
