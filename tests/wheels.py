"""Models out of packages on PyPI, for tests: fetched as apps fetch theirs."""

from __future__ import annotations

from pathlib import Path

from deploy.toolchain.model_packages import packaged_models

MEDIAPIPE = "mediapipe==0.10.21"
"""The newest that holds its models (Apache-2.0)."""


def mediapipe_models() -> Path:
    """The folder with MediaPipe's `.tflite` files, as they lie in its wheel below mediapipe/modules."""
    return packaged_models(MEDIAPIPE) / "mediapipe" / "modules"
