"""One way to read stamps: in the rows, in lists of failures, in settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from appspec.errors import KitError
from pymodel.data.series.recording import Floats, format_stamp
from pymodel.data.series.stamp_units import Unit, numbers_of, to_seconds
from pymodel.data.series.written_dates import Order, read_dates
from pymodel.data.series.zones import from_local, zone_of

if TYPE_CHECKING:
    import pandas as pd

EARLIEST, LATEST = 631152000.0, 4102444800.0
"""1990 and 2100, seconds: no stamp lies outside."""

NO_STAMP = "write ISO 8601 as 2024-03-01T08:10:00, or numbers of seconds or milliseconds; or name another column as timestamp"


@dataclass(frozen=True)
class Clock:
    """One way to read stamps.

    Attributes:
        unit: of numbers; None: dates in words and digits.
        order: of day, month and year in dates.
        begin_s: what second 0 is, of numbers that count from the beginning of the recording; None: they count from 1970.
        zones: that the dates of the data say, as +09:00 or Europe/Berlin; none where they say none.
        step_s: seconds of what is counted from there.
    """

    unit: Unit | None = None
    order: Order = "ymd"
    begin_s: float | None = None
    zones: tuple[str, ...] = ()
    step_s: float = 1.0

    def seconds(self, column: pd.Series, said: list[str] | None = None) -> Floats:
        """(N,) seconds since 1970, UTC where no zone is written; NaN where a cell is no stamp.

        Args:
            said: gets what is said about hours that a zone's clocks tell twice or skip.
        """
        if self.unit is None:
            return read_dates(column, self.order, said)
        return np.asarray(to_seconds(numbers_of(column), self.unit) * self.step_s + (self.begin_s or 0.0), np.float64)

    def moment(self, value: str | int | float, where: str) -> float:
        """Seconds of one stamp that a setting or a list holds: written as in the data, or as ISO 8601.

        Without a zone it is in that of the data.

        Raises:
            KitError: it is no stamp, lies where none does, or doesn't say which zone of several it is in.
        """
        import pandas as pd

        written = str(value).strip().strip("\"'")
        text = pd.Series([written], dtype=object)
        found = float(self.seconds(text)[0])
        if not np.isfinite(found) or not within(found):
            other = float(read_dates(text, self.order)[0])
            found = other if np.isfinite(other) else found
        if not np.isfinite(found):
            raise KitError(f"Can't read the stamps in {where}", f"{str(value)!r} is no stamp", NO_STAMP)
        if self.zones and zone_of(written) is None:
            if len(self.zones) > 1:
                raise KitError(
                    f"{written!r} in {where} says no zone",
                    f"the stamps of the data are in several: {', '.join(self.zones)}",
                    f"write the zone behind it, as {written}{'' if self.zones[0][0] in '+-' else ' '}{self.zones[0]}",
                )
            found = float(from_local(np.array([found]), self.zones[0])[0])
        if not within(found):
            raise outside(where, f"{str(value)!r}", found)
        return found


ISO = Clock()


def within(seconds: float) -> bool:
    """Whether it is a stamp of our time."""
    return EARLIEST <= seconds < LATEST


def outside(where: str, what: str, seconds: float) -> KitError:
    """The error for a stamp before 1990 or after 2100."""
    if abs(seconds) < 2.5e11:
        side = "before 1990" if seconds < EARLIEST else "after 2100"
        moment = f"would be {format_stamp(seconds)}"
    else:
        side, moment = ("before 1990" if seconds < 0 else "after 2100"), "would lie far from our time"
    return KitError(
        f"The stamps in {where} would lie {side}",
        f"{what} {moment}",
        'mend the stamps, or name another column as timestamp; where they count seconds from the start: begin = "2024-03-01T00:00" in [data.series]',
    )
