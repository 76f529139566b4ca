"""What computes a model: chosen by measuring, remembered for this phone, given up where it fails; plain Kotlin in a JVM."""

from __future__ import annotations

from pathlib import Path

from tests.phone.conftest import PhoneApp


def test_the_tuner_on_phones_that_are_made_up(finger_app: PhoneApp, tmp_path: Path) -> None:
    assert finger_app.failures(["tuning.TunerTest"], tmp_path) == []
