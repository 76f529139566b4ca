"""Numbers as people's programs write them: decimal commas, thousands, a unit behind each; decided over whole columns and files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from appspec.errors import KitError
from pymodel.data.series.recording import Floats

if TYPE_CHECKING:
    import pandas as pd

Mark = Literal[",", "."]
MARKS: tuple[Mark, Mark] = (",", ".")
Decimal = Literal[",", ".", "either"]
"""What stands before the decimals of a column; either: now the one, now the other, and no cell could be read in two ways."""

_BETWEEN = re.compile(r"(?<=\d)[\s'\u2019_\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"([+\-]?\s*(?:\d[\d.,]*|[.,]\d+)(?:[eE][+\-]?\d+)?)\s*(\D{0,20}?)")
_SIGNS = str.maketrans(
    dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\ufe58\ufe63\uff0d", "-") | {"\uff0b": "+", "\uff0e": ".", "\uff0c": ",", "\u066b": ".", "\u066c": ","}
)  # fmt: skip
"""Signs of other scripts and of typesetters: minus, plus, point, comma."""

_BEHIND = re.compile(r"(\d[\d.,\s']*)-")
_BRACKETS = re.compile(r"\((\d[\d.,\s']*)\)")
_FORTRAN = re.compile(r"(?<=\d)[dD](?=[+\-]\d)")
_FORMULA = re.compile(r'="(.*)"')


@dataclass(frozen=True)
class Cells:
    """The different cells of one column, taken apart.

    Attributes:
        codes: (N,) number of each row's cell among the different ones; -1 where it says nothing.
        digits: of each different cell the number in it, without blanks and apostrophes between thousands; "" where it is none.
        unit: what stands behind all numbers.
    """

    codes: np.typing.NDArray[np.int64]
    digits: tuple[str, ...]
    unit: str

    def decimals(self) -> set[Mark]:
        """Which marks can't but stand before decimals."""
        return {mark for text in self.digits for mark in MARKS if _is_decimal(text, mark)}

    def thousands(self) -> set[Mark]:
        """Which marks can't but stand between thousands."""
        return {mark for text in self.digits for mark in MARKS if _is_thousands(text, mark)}

    def open(self, mark: Mark) -> str | None:
        """A number that has this mark once, with three digits behind: it could be both."""
        return next((text for text in self.digits if text.count(mark) == 1 and not _told(text, mark)), None)

    def numbers(self, decimal: Decimal) -> Floats:
        """(N,) with this mark before decimals, the other one between thousands; NaN where a cell is no number."""
        if decimal == "either":
            found = np.array([_number(text.replace(",", "."), ".") for text in self.digits] + [np.nan])
        else:
            found = np.array([_number(text, decimal) for text in self.digits] + [np.nan])
        return np.asarray(found[self.codes], np.float64)


def take_apart(column: pd.Series) -> Cells:
    """The cells of a column of text."""
    import pandas as pd

    codes, words = pd.factorize(column)
    found = [_NUMBER.fullmatch(_BETWEEN.sub("", _plain(str(word)))) for word in words]
    units = {match[2].strip() for match in found if match}
    unit = units.pop() if len(units) == 1 else ""
    if units:  # several: a number with any is none, unless nearly all have none
        counts: dict[str, int] = {}
        weights = np.bincount(codes[codes >= 0], minlength=len(words))
        for match, weight in zip(found, weights, strict=True):
            if match:
                counts[match[2].strip()] = counts.get(match[2].strip(), 0) + int(weight)
        unit = max(counts, key=lambda one: counts[one])
    digits = tuple(re.sub(r"\s", "", match[1]) if match and match[2].strip() == unit else "" for match in found)
    return Cells(np.asarray(codes, np.int64), digits, unit)


def _plain(word: str) -> str:
    """With signs and digits of ASCII, and a minus in front: -21.5 of 21.5-, (21.5), -2.15D+01 and ="-21.5" too."""
    text = word.strip()
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text.translate(_SIGNS))
    formula = _FORMULA.fullmatch(text)
    text = (formula[1] if formula else text).strip("\"'").strip()
    negative = _BEHIND.fullmatch(text) or _BRACKETS.fullmatch(text)
    return _FORTRAN.sub("e", f"-{negative[1].strip()}" if negative else text)


def choose_decimal(columns: Mapping[str, Cells], setting: Mark | None) -> dict[str, Decimal]:
    """Of each column the mark before its decimals.

    A column's own numbers tell it; what all others of the file agree on tells it where they don't.

    Args:
        columns: by "file, column".
        setting: what [data.series] says.

    Raises:
        KitError: numbers could be read both ways.
    """
    if setting is not None:
        return dict.fromkeys(columns, setting)
    chosen: dict[str, Decimal] = {}
    unsure: dict[str, tuple[Mark, str]] = {}
    for name, cells in columns.items():
        evidence = cells.decimals() | {_other(mark) for mark in cells.thousands()}
        if len(evidence) == 1:
            chosen[name] = evidence.pop()
        elif len(evidence) > 1 and not cells.thousands() and all(cells.open(mark) is None for mark in MARKS):
            chosen[name] = "either"
        elif len(evidence) > 1:
            with_comma, with_point = (next(text for text in cells.digits if _says(text, mark)) for mark in MARKS)
            raise _ask(name, f"{with_point!r} and {with_comma!r} don't go together")
        else:
            for mark in MARKS:
                text = cells.open(mark)
                if text is not None:
                    unsure[name] = (mark, text)
                    break
            else:
                chosen[name] = "."
    agreed: set[Decimal] = {chosen[name] for name in chosen if columns[name].decimals() | columns[name].thousands()}
    for name, (mark, text) in unsure.items():
        if len(agreed) != 1 or "either" in agreed:
            plain = mark == "." and not _jumps(columns[name])
            if not plain:
                as_decimal, as_thousands = (_number(text, one) for one in (mark, _other(mark)))
                raise _ask(name, f"{text!r} could be {as_decimal:g} or {as_thousands:g}")
            chosen[name] = "."
        else:
            (chosen[name],) = agreed
    return chosen


def may_hide_thousands(values: Floats) -> bool:
    """Whether numbers that were read with decimal points could have points between thousands: whole ones from 100 to 999 beside
    others below 100 that have three decimals at most, and nothing between."""
    known = values[np.isfinite(values)]
    if not len(known):
        return False
    size = np.abs(known)
    broken = size % 1 > 0
    if not broken.any() or size.max() >= 1000:
        return False
    whole = size[~broken]
    high = whole[whole >= 100]
    if len(high) < 2 or size[broken].max() >= 100 or len(high) < 0.01 * len(known):
        return False
    thousandfold = size[broken] * 1000
    return bool(np.all(np.abs(thousandfold - np.round(thousandfold)) < 1e-6)) and bool(np.all(whole[whole < 100] > 0))


def _jumps(cells: Cells) -> bool:
    """Whether whole numbers of three digits stand beside those with a point and three digits behind: 980, 1.204."""
    whole = any(len(text.lstrip("+-")) == 3 and text.lstrip("+-").isdigit() for text in cells.digits)
    return whole and all(text.count(".") == 1 or text.lstrip("+-").isdigit() or not text for text in cells.digits)


def _says(text: str, mark: Mark) -> bool:
    """Whether a number tells that this mark stands before its decimals."""
    return _is_decimal(text, mark) or _is_thousands(text, _other(mark))


def _told(text: str, mark: Mark) -> bool:
    return _is_decimal(text, mark) or _is_thousands(text, mark)


def _is_decimal(text: str, mark: Mark) -> bool:
    """The mark stands once, last, and not as it would between thousands."""
    if text.count(mark) != 1:
        return False
    before, _, after = text.partition(mark)
    if _other(mark) in after:
        return False
    if _other(mark) in before:
        return True
    whole = before.lstrip("+-")
    return len(after) != 3 or not after.isdigit() or not 1 <= len(whole) <= 3 or whole.startswith("0")


def _is_thousands(text: str, mark: Mark) -> bool:
    """The mark stands several times, or before the other one."""
    return text.count(mark) > 1 or (mark in text and _other(mark) in text.partition(mark)[2])


def _number(text: str, decimal: Mark) -> float:
    thousands = _other(decimal)
    if thousands in text:
        whole, _, rest = text.partition(decimal)
        groups = whole.lstrip("+-").split(thousands)
        lengths = {len(group) for group in groups[1:-1]}
        indian = lengths == {2} and len(groups[0]) <= 2  # 1,20,500
        if thousands in rest or not 1 <= len(groups[0]) <= 3 or len(groups[-1]) != 3 or not (indian or lengths <= {3}):
            return float("nan")
        text = text.replace(thousands, "")
    try:
        return float(text.replace(decimal, "."))
    except ValueError:
        return float("nan")


def _other(mark: Mark) -> Mark:
    return "." if mark == "," else ","


def _ask(name: str, why: str) -> KitError:
    return KitError(
        f"The numbers in {name} can be read in two ways",
        why,
        'say in [data.series] what stands before decimals: decimal = "," or decimal = "."',
    )
