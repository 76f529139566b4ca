"""Writes results.json anew: `python -m tests.golden_results.rewrite`, after a version was raised; read the diff."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.golden_results.stages import APPS, GOLDEN, results


def main() -> None:
    """Runs every tiny app."""
    with tempfile.TemporaryDirectory() as folder:
        found = {subject: {name: asdict(one) for name, one in results(subject, Path(folder)).items()} for subject in APPS}
    GOLDEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
