"""A phone's own library on this machine, as the rooms speak of it: one gives it, another asks it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class RefusedByPhoneError(Exception):
    """The phone's library does not run a model; the message is its own words."""


class PhoneRuntime(Protocol):
    """A library that phones run models with."""

    @property
    def name(self) -> str:
        """Library, version and processor, for messages and stamps."""

    def run(self, model: Path, inputs: bytes, runs: int) -> bytes:
        """Answers a model gives.

        Args:
            model: a `.tflite`.
            inputs: the bytes of all input tensors of each run, one after the other.

        Returns:
            Likewise the output tensors.

        Raises:
            RefusedByPhoneError: it can't be loaded, or fails.
        """

    def instructions(self, model: Path, inputs: bytes) -> int | None:
        """How many instructions one inference takes: a count, no time, equal from run to run to about 0.1 %.

        Args:
            inputs: the bytes of all input tensors of one run.

        Returns:
            None where this machine can't count them.

        Raises:
            RefusedByPhoneError: as run.
        """
