"""How warm a phone is, what Android makes of it, and how much slower it runs then.

A body with one temperature: computing warms it at a given rate, and it loses what it has above the room's at a given share a
second. The steps of Android's thermal status are those of a phone's skin sensor (AOSP, Pixel's thermal_info_config: 39 °C, 43 °C,
45 °C, 46.5 °C, 52 °C, 55 °C); what a step costs is made up.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

ROOM_C = 25.0
STEPS_C = (39.0, 43.0, 45.0, 46.5, 52.0, 55.0)
STATUS = ("none", "light", "moderate", "severe", "critical", "emergency", "shutdown")
SLOWDOWN = (1.0, 1.1, 1.35, 1.8, 2.5, 4.0, 4.0)


@dataclass
class Heat:
    """Attributes: skin_c: the temperature at `told_at`, on the clock `seconds`; cools: share of the difference lost in a second."""

    skin_c: float = 29.0
    cools: float = 1 / 120
    told_at: float | None = None
    seconds: Callable[[], float] = time.monotonic

    def now_c(self) -> float:
        """The temperature now; a phone that was never warmed keeps the one it has."""
        if self.told_at is None:
            return self.skin_c
        elapsed = self.seconds() - self.told_at
        return ROOM_C + (self.skin_c - ROOM_C) * math.exp(-self.cools * elapsed)

    def compute(self, seconds: float, warms: float) -> None:
        """Something has computed for this long, which warms by so many °C a second."""
        limit = ROOM_C + warms / self.cools
        self.skin_c = limit + (self.now_c() - limit) * math.exp(-self.cools * seconds)
        self.told_at = self.seconds()

    @property
    def status(self) -> int:
        """Android's thermal status, PowerManager.THERMAL_STATUS_*."""
        return sum(self.now_c() >= step for step in STEPS_C)

    @property
    def slowdown(self) -> float:
        """How many times longer everything takes."""
        return SLOWDOWN[self.status]
