"""A camera's app as Android runs it, on a phone that is made up: its cameras, permissions, frames, GPU and large letters."""

from __future__ import annotations

import pytest

from tests.phone.app import PhoneRun
from tests.phone.runs import CAMERA, DAMAGED, WHOLE


@pytest.mark.parametrize("test", CAMERA)
def test_the_app_on_a_phone_that_is_made_up(camera_run: PhoneRun, test: str) -> None:
    assert camera_run.failures(test) == []


def test_a_damaged_model_is_said(camera_run: PhoneRun) -> None:
    assert camera_run.failures(DAMAGED) == []
    assert camera_run.failures(WHOLE) != [], "the test could not fail"
