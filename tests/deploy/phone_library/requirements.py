"""Whether tests on the phones' libraries run on this machine."""

from __future__ import annotations

import os

import pytest

from deploy.phone_library.library import missing_parts

REQUIRED = "APKILN_PHONE_LIBRARIES" in os.environ
"""Set where they must run, as in CI: then what this machine lacks is a failure, not a skip."""

on_x86_64 = pytest.mark.skipif(bool(missing_parts("x86_64")) and not REQUIRED, reason=f"needs {missing_parts('x86_64')}")
on_arm64 = pytest.mark.skipif(bool(missing_parts()) and not REQUIRED, reason=f"needs {missing_parts()}")
