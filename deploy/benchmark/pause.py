"""Waiting that ends when the user wants to stop."""

from __future__ import annotations

import threading


class StoppedError(Exception):
    """The user wants no more."""


class Pause:
    """Shared by all who wait in one run of `invoke benchmark`."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ends every wait, now and from now on."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Waits that long.

        Raises:
            StoppedError: `stop` was called.
        """
        if self._stop.wait(seconds):
            raise StoppedError
