"""A recording of one's own for the app's sensor screen to play."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from appspec.contract import ModelContract, Window
from appspec.data_spec import Series
from appspec.errors import KitError
from appspec.whole_file import whole_file
from pymodel.data.series.played import read_played


def write_recording(source: Path, series: Series, model: ModelContract, target: Path) -> list[str]:
    """Reads a CSV file as the data is read, and writes the plain one that the app's Recording.kt plays.

    Args:
        model: the window model that looks at it.

    Returns:
        What was mended or passed over, in words.

    Raises:
        KitError: the file can't be read, holds no table, or lacks a channel.
    """
    channels, decoder = tuple(model.input.channels), model.reading
    assert isinstance(decoder, Window)
    if not source.is_file():
        why = "there is no such file" if not source.exists() else "it is no file"
        fix = f"give a CSV file with the columns timestamp,{','.join(channels)}"
        raise KitError(f"Can't read {source}", why, fix)
    played = read_played(source, series, channels, decoder.interval_s)
    with whole_file(target) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("timestamp", *channels))
        for stamp, row in zip(played.stamps, played.values, strict=True):
            writer.writerow((stamp, *(f"{value:.9g}" if np.isfinite(value) else "" for value in row)))
    return played.notes
