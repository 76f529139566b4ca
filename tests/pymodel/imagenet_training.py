"""A short training from `weights = "imagenet"`, in a process of its own: Keras reads where its files lie when it is imported."""

from __future__ import annotations

import sys
from pathlib import Path

from appspec.errors import KitError
from tests.pymodel.test_transfer import spec, trained


def main(examples: str, out: str, epochs: str, frozen: str) -> None:
    """Trains into `out`; an error of the kit is said in three lines."""
    try:
        trained(Path(out), spec(int(epochs), int(frozen)), Path(examples), "imagenet")
    except KitError as error:
        sys.exit(f"{error.what}\n{error.why}\n{error.fix}")


if __name__ == "__main__":
    main(*sys.argv[1:])
