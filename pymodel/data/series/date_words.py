"""Words in dates: months, halves of the day, eras, and what may stand between the numbers."""

from __future__ import annotations

import re
from datetime import date, timedelta

MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "jän": 1, "mär": 3, "mae": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12,
    "fév": 2, "fev": 2, "avr": 4, "juin": 6, "juil": 7, "aoû": 8, "aou": 8, "déc": 12,
    "ene": 1, "abr": 4, "ago": 8, "dic": 12, "gen": 1, "mag": 5, "giu": 6, "lug": 7, "set": 9, "ott": 10, "out": 10,
    "mrt": 3, "maa": 3, "mei": 5, "maj": 5,
    "sty": 1, "lut": 2, "kwi": 4, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "lis": 11, "gru": 12,
    "oca": 1, "şub": 2, "nis": 4, "haz": 6, "tem": 7, "ağu": 8, "eyl": 9, "eki": 10, "kas": 11, "ara": 12,
    "янв": 1, "фев": 2, "мар": 3, "апр": 4, "мая": 5, "май": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12,
}  # fmt: skip
"""How the names of months begin: English, German, French, Spanish, Italian, Portuguese, Dutch, Scandinavian, Polish, Turkish, Russian."""

_MONTH = re.compile(r"(?<![^\W\d_])(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")[^\W\d_]*\.?", re.IGNORECASE)

_HALF = re.compile(
    r"((?<![^\W\d_])[ap]\.?\s?m(?:\.|(?![^\W\d_]))|[πμ]\.?μ\.?|오전|오후|午前|午後|上午|下午"
    r"|[قب]\.?\s?ظ\.?|(?<=\d\s)[صم](?!\w)|(?<=:\d\d\s)(?:SA|CH)(?!\w))",
    re.IGNORECASE,
)
_AFTERNOON = ("p", "μ", "오후", "午後", "下午", "ب", "م", "ch")

_ERA = re.compile(r"^(令和|平成|昭和|(?:中華)?民[國国]|[RHS])\s*(\d{1,3}|元)(?=\s*[年./\-])")
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925, "民國": 1911, "民国": 1911}
"""Years before the first one of an era of Japan, and of the republic in Taiwan."""

_WEEK = re.compile(r"^(\d{4})-?W(\d{2})-?(\d)(?=T|\s|$)")
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})[ _\-](\d{2}):?(\d{2})(?::?(\d{2}))?(?!\d)")
_DAY_OF_YEAR = re.compile(r"^(\d{4})-(\d{3})(?=T|\s|$)")

_BETWEEN = frozenset(
    [
        "t",
        "h",
        "hr",
        "hrs",
        "min",
        "mins",
        "s",
        "sec",
        "m",
        "d",
        "st",
        "nd",
        "rd",
        "th",
        "de",
        "del",
        "of",
        "at",
        "um",
        "uhr",
        "klo",
        "kl",
        "à",
        "às",
        "le",
        "den",
        "el",
        "la",
        "las",
        "ore",
        "года",
        "г",
        "в",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thur",
        "thurs",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mo",
        "di",
        "mi",
        "do",
        "fr",
        "sa",
        "so",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonnabend",
        "sonntag",
        "年",
        "月",
        "日",
        "時",
        "时",
        "分",
        "秒",
        "点",
        "號",
        "号",
        "년",
        "월",
        "일",
        "시",
        "분",
        "초",
    ]
)
"""Words that may stand between numbers; a weekday in any language may stand in front, or in brackets."""

_WORD = re.compile(r"[^\W\d_]+")
_IN_BRACKETS = re.compile(r"\([^()\d]*\)")
_IN_FRONT = re.compile(r"^[^\W\d_]{2,}\.?(?:,\s*|\s+)(?=\S)")


def find_month(text: str) -> tuple[int, int, int] | None:
    """(number, where its name begins, where it ends); the last one, for `mar.` is a Tuesday too."""
    found = list(_MONTH.finditer(text))
    return (MONTHS[found[-1][1].lower()], found[-1].start(), found[-1].end()) if found else None


def take_half(text: str) -> tuple[str, int]:
    """(the text without AM or PM, hours that it adds); -1 where there is none."""
    found = _HALF.search(text)
    if found is None:
        return text, -1
    half = 12 if found[1].lower().startswith(_AFTERNOON) else 0
    return (text[: found.start()] + " " + text[found.end() :]).strip(), half


def in_our_calendar(text: str) -> str:
    """With year, month and day in place of an era, a week, the day of a year or eight digits; the text itself where there is none of them."""
    era = _ERA.match(text)
    if era:
        return f"{_ERAS[era[1][-2:]] + (1 if era[2] == '元' else int(era[2]))}{text[era.end() :]}"
    compact = _COMPACT.match(text)
    if compact:
        year, month, day_of_month, hour, minute, second = compact.groups()
        return f"{year}-{month}-{day_of_month} {hour}:{minute}:{second or '00'}{text[compact.end() :]}"
    week, day = _WEEK.match(text), _DAY_OF_YEAR.match(text)
    try:
        if week:
            return f"{date.fromisocalendar(int(week[1]), int(week[2]), int(week[3]))}{text[week.end() :]}"
        if day:
            return f"{date(int(day[1]), 1, 1) + timedelta(int(day[2]) - 1)}{text[day.end() :]}"
    except ValueError:
        return ""
    return text


def has_strange_words(text: str) -> bool:
    """Whether words stand in it that a date doesn't hold: then its numbers may mean anything."""
    if text.isascii() and not any(letter.isalpha() for letter in text):
        return False
    rest = _IN_FRONT.sub("", _IN_BRACKETS.sub(" ", text))
    return any(word.casefold() not in _BETWEEN and not word.endswith(("曜日", "요일")) for word in _WORD.findall(rest))
