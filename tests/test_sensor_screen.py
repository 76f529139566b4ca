"""The sensor screen on the JVM: the real activity plays a recording through a real model, calm first, then not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from deploy.jvm.preview import DRAWN, draw_screens
from tests.phone.formula_models import pump_project

GREEN, RED = (0x2E, 0x7D, 0x32), (0xC6, 0x28, 0x28)
"""What is behind the words Normal and Abnormal: src/sensor/res/values/colors.xml."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("펌프 app")
    pump_project(folder)
    return folder


def test_the_sensor_screen_tells_calm_from_alarm(project: Path, tmp_path: Path) -> None:
    screens = {path.stem: path for path in draw_screens(project, "key", tmp_path, tmp_path, screen="sensor")}
    assert tuple(screens) == DRAWN["sensor"].screens
    shares = {}
    for name, path in screens.items():
        pixels = np.asarray(Image.open(path).convert("RGB"))
        assert pixels.shape[:2] == ((1080, 2340) if name == "landscape" else (2340, 1080)), name
        shares[name] = {color: float((pixels == color).all(-1).mean()) for color in (GREEN, RED)}
    # The threshold's line is red too, but thin.
    for name in ("portrait", "landscape", "dark", "large-korean"):
        assert shares[name][RED] > 0.01, name
        assert shares[name][GREEN] == 0, name
    assert shares["normal"][GREEN] > 0.01
    assert shares["normal"][RED] < 0.005
