"""A label column: numbers or words that say of each row whether it is abnormal."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from appspec.errors import KitError
from pymodel.data.series.recording import Floats

if TYPE_CHECKING:
    import pandas as pd

TRUE, FALSE = ("1", "true", "yes", "abnormal"), ("0", "false", "no", "normal")
"""What a label column may say where no setting names its words, in any case."""

SHOWN = 12


def read_labels(where: str, column: pd.Series, abnormal: Sequence[str | int | float]) -> Floats:
    """(N,) 1 abnormal, 0 normal, NaN where the cell is empty.

    Args:
        where: file and column, for the message.
        abnormal: the words that mean it; all others mean normal. Empty: TRUE and FALSE count.

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
        strange = [i for i, word in enumerate(words) if word and np.isnan(meaning[i])]
        if strange:
            raise _refused(where, Counter({str(cells[i]): int(np.sum(codes == i)) for i in range(len(cells)) if words[i]}), words)
    return np.asarray(np.array([*meaning, np.nan])[codes], np.float64)


def missing_words(columns: Sequence[pd.Series], abnormal: Sequence[str | int | float]) -> list[str]:
    """Those of the words that mean abnormal which no cell says."""
    there = {_word(cell) for column in columns for cell in column.dropna().unique()}
    return [str(word) for word in abnormal if _word(word) not in there]


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
