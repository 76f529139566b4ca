"""Models that lie in a package: `file = "pypi:NAME==VERSION/PATH"`. Who fetches them is given from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from appspec.model_spec import PYPI

PREFIX = PYPI


@dataclass(frozen=True)
class PackagedModel:
    """A model in a package.

    Attributes:
        sha256: of its file, hex.
        credit: see appspec.contract.ModelContract.
        license: its name.
        fetch: gives its file, which is as its hash says.
    """

    sha256: str
    credit: str
    license: str
    fetch: Callable[[], Path]


FindPackaged = Callable[[str, str], PackagedModel]
"""Package, NAME==VERSION, and the path in it → the model."""


def split_reference(reference: str) -> tuple[str, str]:
    """Package and path of `pypi:NAME==VERSION/PATH`.

    Raises:
        KitError: it is none.
    """
    package, slash, path = reference.removeprefix(PREFIX).partition("/")
    name, equal, version = package.partition("==")
    if not (slash and path and equal and name and version):
        raise KitError(
            f"app.toml: file: {reference} names no file of a package",
            "it is pypi:NAME==VERSION/PATH, the path as it is in the wheel",
            'write it so: file = "pypi:mediapipe==0.10.21/mediapipe/modules/hand_landmark/hand_landmark_lite.tflite"',
        )
    return package, path
