"""A label column: numbers or words that say of each row whether it is abnormal."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from appspec.errors import KitError
from pymodel.data.series.recording import Floats, Table

if TYPE_CHECKING:
    import pandas as pd

TRUE, FALSE = ("1", "true", "yes", "abnormal"), ("0", "false", "no", "normal")
"""What a label column may say where no setting names its words, in any case."""

UNSAID = frozenset({"nan", "null", "na", "n/a", "<na>", "nat"})
"""What programs write for nothing, among numbers or yes and no."""

SHOWN = 12


def read_labels(where: str, column: pd.Series, abnormal: Sequence[str | int | float], notes: list[str]) -> Floats:
    """(N,) 1 abnormal, 0 normal, NaN where the cell is empty; where nothing but abnormal rows say anything, the empty ones are normal.

    Args:
        where: file and column, for the message.
        abnormal: the words that mean it; all others mean normal. Empty: TRUE and FALSE count.
        notes: gets what was decided.

    Raises:
        KitError: the column says something else; all that it says is shown, with the setting that helps.
    """
    import pandas as pd

    codes, cells = pd.factorize(column)
    words = [_word(cell) for cell in cells]
    if abnormal:
        named = {_word(word) for word in abnormal}
        meaning = [float(word in named) if word else np.nan for word in words]
    else:
        meaning = [1.0 if word in TRUE else 0.0 if word in FALSE else np.nan for word in words]
        if any(np.isfinite(meaning)):
            words = ["" if word in UNSAID else word for word in words]
        strange = [i for i, word in enumerate(words) if word and np.isnan(meaning[i])]
        if strange:
            raise _refused(where, Counter({str(cells[i]): int(np.sum(codes == i)) for i in range(len(cells)) if words[i]}), words)
    labels = np.asarray(np.array([*meaning, np.nan])[codes], np.float64)
    silent = np.isnan(labels)
    if 0 < silent.sum() < len(labels) and silent.mean() > 0.5 and not np.any(labels == 0):
        notes.append(
            f"{where}: {int(silent.sum())} rows say nothing, and all others that they are abnormal; the empty ones are taken as normal"
        )
        labels[silent] = 0.0
    return labels


def check_words(label: str, columns: Sequence[pd.Series], abnormal: Sequence[str | int | float]) -> str | None:
    """What to say about words that mean abnormal and that no cell says.

    Raises:
        KitError: no cell says any of them.
    """
    counts = Counter(str(cell) for column in columns for cell in column.dropna())
    there = {_word(cell) for cell in counts}
    unsaid = [str(word) for word in abnormal if _word(word) not in there]
    if not unsaid:
        return None
    if len(unsaid) < len(abnormal):
        return f"abnormal names {', '.join(unsaid)}, which column {label} never says"
    said = ", ".join(f"{word} ({count})" for word, count in counts.most_common(SHOWN))
    close = difflib.get_close_matches(_word(unsaid[0]), there, 1, 0.5)
    rare = close[0] if close else min(counts, key=lambda word: counts[word], default="WORD")
    word = next((one for one in counts if _word(one) == rare), rare)
    raise KitError(
        f"Column {label} never says {', '.join(unsaid)}, which abnormal names",
        f"it says {said}",
        f'name those that mean abnormal in [data.series], such as: abnormal = ["{word}"]',
    )


def tell_the_label(channels: Sequence[str], tables: Sequence[Table]) -> list[str]:
    """A line for each channel of a few values, each of which is either abnormal or normal: it is the label in other words."""
    labels = np.concatenate([table.labels for table in tables if table.labels is not None] or [np.zeros(0)])
    found = []
    for i, channel in enumerate(channels):
        values = np.concatenate([table.values[:, i] for table in tables])
        abnormal, normal = (np.unique(values[np.isfinite(values) & (labels == state)]) for state in (1, 0))
        if len(abnormal) and len(normal) and len(abnormal) + len(normal) <= SHOWN and not np.isin(abnormal, normal).any():
            found.append(
                f"{channel} tells the label by itself: where it is no measurement, leave it out by values in [data.series]"
            )
    return found


def _word(cell: object) -> str:
    """As it is compared: 1, 1.0 and "1.0 " are one word."""
    text = unicodedata.normalize("NFC", str(cell)).strip().strip("\"'").strip().casefold()
    try:
        number = float(text)
    except ValueError:
        return text
    return f"{number:g}" if np.isfinite(number) else text


def _refused(where: str, counts: Counter[str], words: Sequence[str]) -> KitError:
    common = counts.most_common()
    said = ", ".join(f"{word} ({count})" for word, count in common[:SHOWN])
    more = f" and {len(common) - SHOWN} more" if len(common) > SHOWN else ""
    rare = [word for word, _ in common[1:4]] or [common[0][0]]
    example = ", ".join(f'"{word}"' for word in rare)
    return KitError(
        f"{where}, is no label column of 0 and 1",
        f"it says {said}{more}",
        f"name those that mean abnormal in [data.series], such as: abnormal = [{example}]",
    )
