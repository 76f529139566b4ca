"""A stage whose result changes must raise its version, or users would keep what the older code made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.golden_results.stages import APPS, GOLDEN, results

REWRITE = "python -m tests.golden_results.rewrite"


@pytest.mark.parametrize("subject", APPS)
def test_a_result_changes_only_with_its_version(subject: str, tmp_path: Path) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))[subject]
    found = results(subject, tmp_path)
    assert sorted(found) == sorted(golden), REWRITE
    for name, now in found.items():
        before = golden[name]
        assert now.version == before["version"], f"{name}: the version was raised; {REWRITE}"
        assert sorted(now.numbers) == sorted(before["numbers"]), f"{name}: raise {now.where}; then {REWRITE}"
        for key, value in now.numbers.items():
            wanted = pytest.approx(before["numbers"][key], rel=now.tolerance, abs=now.tolerance)
            assert value == wanted, f"{name}, {key}: raise {now.where}; then {REWRITE}"
