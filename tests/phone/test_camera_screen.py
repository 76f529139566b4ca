"""A camera's app as Android runs it, on a phone that is made up: its cameras, permissions, frames, GPU and large letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.phone.conftest import PhoneApp


@pytest.mark.parametrize(
    "test",
    [
        "CameraScreenTest",
        "ResultScreenTest",
        "CameraReadableTest",
        "camera.CameraChoiceTest",
        "settings.SettingsTest",
        "settings.NoGpuTest",
    ],
)
def test_the_app_on_a_phone_that_is_made_up(finger_app: PhoneApp, tmp_path: Path, test: str) -> None:
    assert finger_app.failures([test], tmp_path) == []


def test_a_damaged_model_is_said(finger_app: PhoneApp, tmp_path: Path) -> None:
    content = bytearray((finger_app.project / "app/src/main/assets" / finger_app.contract.file).read_bytes())
    content[len(content) // 2] ^= 1
    damaged = finger_app.with_asset(finger_app.contract.file, bytes(content), tmp_path)
    assert damaged.failures(["DamagedModelTest"], tmp_path) == []
    assert finger_app.failures(["DamagedModelTest"], tmp_path) != [], "the test could not fail"
