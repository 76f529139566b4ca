"""Marks of tests that need optional parts: skipped where these are missing, unless APKILN_PHONE_LIBRARIES is set, as in CI."""

from __future__ import annotations

import os

import pytest

from deploy.phone_library.jvm import missing_gpu_parts, missing_opencl_parts
from deploy.phone_library.library import missing_parts


def needs(missing: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        bool(missing) and "APKILN_PHONE_LIBRARIES" not in os.environ, reason=f"this machine lacks {missing}"
    )


here = needs(missing_parts("x86_64"))
on_arm64 = needs(missing_parts())
gpu_here = needs(missing_gpu_parts())
opencl_here = needs(missing_opencl_parts())
