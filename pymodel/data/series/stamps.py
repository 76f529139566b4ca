"""Stamps as people write them → seconds since 1970, UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from appspec.errors import KitError
from pymodel.data.series.recording import Floats

if TYPE_CHECKING:
    import pandas as pd

MILLISECONDS_FROM = 1e11
"""Larger numbers are milliseconds: as seconds they would lie after the year 5000."""

LATEST = 2.5e11
"""The year 9892, seconds: what lies beyond is no stamp."""


def stamps(column: pd.Series, where: str) -> Floats:
    """(N,) seconds of a pandas column: ISO 8601 (UTC where no zone is written), or numbers of seconds or milliseconds.

    Args:
        where: file and column, for the message.

    Raises:
        KitError: a cell is empty or no stamp; it is named.
    """
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        column = column.astype(str)
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.notna().mean() >= 0.5:
        found = numbers.to_numpy(np.float64).copy()
        if np.nanmedian(np.abs(found)) > MILLISECONDS_FROM:
            found /= 1000
    else:
        parsed = pd.to_datetime(column.astype(str).str.strip(), format="ISO8601", utc=True, errors="coerce")
        found = np.where(parsed.notna(), parsed.astype("datetime64[ns, UTC]").astype("int64") / 1e9, np.nan)
    bad = np.flatnonzero(~(np.abs(found) < LATEST))
    if len(bad):
        cell = column.iloc[bad[0]]
        what = "it is empty" if pd.isna(cell) else f"{str(cell)!r} is no stamp"
        more = f", and {len(bad) - 1} more rows" if len(bad) > 1 else ""
        raise KitError(
            f"Can't read the stamps in {where}",
            f"row {bad[0] + 1}: {what}{more}",
            "write ISO 8601 as 2024-03-01T08:10:00, or numbers of seconds or milliseconds; or name another column as timestamp",
        )
    return np.asarray(found, np.float64)


def moment(value: str | int | float, where: str) -> float:
    """Seconds of one stamp that a setting holds.

    Raises:
        KitError: it is no stamp.
    """
    import pandas as pd

    return float(stamps(pd.Series([value]), where)[0])
