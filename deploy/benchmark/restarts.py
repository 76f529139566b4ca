"""Whether a phone restarted between two starts: a start before it and one after it meet two states of the same phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

BOOT_ID = "/proc/sys/kernel/random/boot_id"
"""Another one after each restart."""


@dataclass
class Restarts:
    """Of one phone.

    Attributes:
        say: gets a line for each.
    """

    say: Callable[[str], None]
    _boot: str = ""

    def see(self, boot: str) -> None:
        """What BOOT_ID holds now; empty where it may not be read."""
        if boot and self._boot and boot != self._boot:
            self.say("the phone restarted between two starts: the measurement goes on; earlier and later starts may differ")
        self._boot = boot or self._boot
