"""Zones by their names in the IANA database, as Europe/Berlin: the offset of each moment, also in the hour that is told twice."""

from __future__ import annotations

import functools
import zoneinfo
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np
import numpy.typing as npt

from appspec.words import counted
from pymodel.data.series.recording import Floats

Mask = npt.NDArray[np.bool_]

STEP_S = 900.0
"""Zones change their offset at whole quarters of an hour."""

UTC = frozenset(
    {
        "Etc/UTC",
        "Etc/UCT",
        "Etc/GMT",
        "Etc/GMT0",
        "Etc/Greenwich",
        "Etc/Universal",
        "Etc/Zulu",
        "Greenwich",
        "UCT",
        "Universal",
        "Zulu",
    }
)
"""Names of UTC itself."""


@dataclass(frozen=True)
class Moments:
    """Stamps of a zone's clocks.

    Attributes:
        seconds: (N,) since 1970, UTC.
        by_order: (N,) of an hour that was told twice; which telling is meant, the order of the rows says.
        untold: (N,) of such an hour, and nothing says which telling is meant: the first is taken.
        skipped: (N,) of an hour that the zone's clocks skip: taken as if they had been put forward later.
    """

    seconds: Floats
    by_order: Mask
    untold: Mask
    skipped: Mask


@functools.cache
def database() -> dict[str, str]:
    """Names by their lower-case letters; the system's, or those of the package tzdata."""
    return {name.casefold(): name for name in zoneinfo.available_timezones() if name not in ("Factory", "localtime")}


def iana_name(text: str) -> str | None:
    """A zone's name as the database writes it (`america/new york` too); None where it holds none of that name."""
    return database().get("_".join(text.split()).casefold())


def to_utc(local: Floats, zone: str) -> Moments:
    """What a zone's clocks say → moments.

    Args:
        local: (N,) seconds since 1970 by these clocks, in the order of the rows, NaN where there is none.
        zone: a name of the database.
    """
    seconds = local.copy()
    by_order, untold, skipped = (np.zeros(len(local), bool) for _ in range(3))
    rows = np.flatnonzero(np.isfinite(local) & (np.abs(local) < 1e11))
    if np.sum(np.diff(local[rows]) < 0) > np.sum(np.diff(local[rows]) > 0):
        rows = rows[::-1]  # the newest row stands first
    told = local[rows]
    first, second = _offsets(told, zone)
    offset = first.copy()
    twice = np.flatnonzero(first > second)
    for run in np.split(twice, np.flatnonzero(np.diff(twice) > 1) + 1) if len(twice) else []:
        again = _told_again(told, run, float(first[run[0]] - second[run[0]]))
        (untold if again is None else by_order)[rows[run]] = True
        if again is not None:
            offset[run] = np.where(again, second[run], first[run])
    skipped[rows] = first < second
    seconds[rows] = told - offset
    return Moments(seconds, by_order, untold, skipped)


def _offsets(told: Floats, zone: str) -> tuple[Floats, Floats]:
    """(N,) seconds east of Greenwich, of the first and of the second moment at which the clocks say so."""
    clock = zoneinfo.ZoneInfo(zone)
    quarters, place = np.unique(np.floor(told / STEP_S), return_inverse=True)
    begin = datetime(1970, 1, 1)
    moments = [begin + timedelta(seconds=float(one) * STEP_S) for one in quarters]
    found = [
        np.array([moment.replace(tzinfo=clock, fold=fold).utcoffset() / timedelta(seconds=1) for moment in moments], np.float64)  # type: ignore[operator]
        for fold in (0, 1)
    ]
    return found[0][place], found[1][place]


def _told_again(told: Floats, run: npt.NDArray[np.intp], length_s: float) -> Mask | None:
    """(rows of the run,) which of them are of the second telling; None where their order doesn't say it.

    Either the clock is seen going back, or each stamp stands there twice as often as those around.

    Args:
        run: rows one after another that lie in an hour told twice, of length_s seconds.
    """
    times = told[run]
    back = np.flatnonzero(np.diff(times) <= -length_s / 2)
    if len(back) == 1:
        return np.asarray(np.arange(len(run)) > back[0], np.bool_)
    around = told[run[0] - 1] if run[0] > 0 else told[run[-1] + 1] if run[-1] + 1 < len(told) else np.nan
    each = int(np.sum(told == around))
    _, place, counts = np.unique(times, return_inverse=True, return_counts=True)
    if len(back) or not each or not np.all(counts == 2 * each):
        return None
    order = np.argsort(place, kind="stable")
    rank = np.empty(len(run), np.int64)
    rank[order] = np.arange(len(run)) % (2 * each)
    return np.asarray(rank >= each, np.bool_)


def words(found: Moments, zone: str) -> list[str]:
    """What to say about the hours that clocks tell twice or skip."""
    said = []
    for rows, text in (
        (found.by_order, "lie in an hour that {zone} tells twice, as {when}: which one is meant, their order says"),
        (
            found.untold,
            "lie in an hour that {zone} tells twice, as {when}, and stand there once: the first one is taken; "
            "write the offset behind the stamp if it is the second",
        ),
        (found.skipped, "lie in an hour that the clocks of {zone} skip, as {when}: taken as if they had been put forward later"),
    ):
        if rows.any():
            when = datetime.fromtimestamp(float(found.seconds[rows][0]), timezone.utc).astimezone(zoneinfo.ZoneInfo(zone))
            said.append(f"{counted(int(rows.sum()), 'row')} " + text.format(zone=zone, when=f"{when:%Y-%m-%d %H:%M}"))
    return said
