"""Damaged models through convert and build-apk: made or refused in words, never a crash of the kit, a traceback or a hang.

APKILN_DAMAGED sets how many; each goes both ways.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COUNT = int(os.environ.get("APKILN_DAMAGED", "400"))


@pytest.mark.skipif(sys.platform != "linux", reason="children are forked and limited as Linux does it")
def test_damaged_models_are_made_or_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.damaged_paths", str(COUNT), "1", str(tmp_path / "found")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    for ends in found["ends"].values():
        assert set(ends) == {"made", "refused"}
        assert sum(ends.values()) == COUNT
        assert min(ends.values()) > COUNT / 20
