"""Which encoding a text is in that is no UTF-8: by the words of machines, by what letters make words in one language, by a guesser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from appspec.encoding_words import encoding_by_words, words_said

GUESSED = (
    "cp949", "shift_jis", "euc_jp", "gb18030", "big5", "utf_16_le", "utf_16_be", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254",
    "cp1255", "cp1256", "koi8_r", "tis_620",
)  # fmt: skip
"""Encodings that programs of our time write: what charset-normalizer may say."""

CASED = (
    "cp1252", "cp1250", "cp1251", "cp1254", "cp1253", "cp1255", "cp1257", "koi8_r", "iso8859_2", "cp850", "mac_roman", "cp852", "cp866", "cp857",
    "mac_cyrillic", "mac_latin2", "iso8859_5", "cp437",
)  # fmt: skip
"""Encodings of one byte a letter, most of scripts with small and capital letters: those of Windows first, then of DOS and the Mac."""

ALPHABETS = (
    "äöüß", "äöüßé", "åäöé", "æøåé", "àâæçéèêëîïôœùûüÿ", "áéíóúüñªº", "áâãàçéêíóôõúüªº", "àèéìíòóùú", "éëïóöüè", "àçéèíïóòúü",
    "áðéíóúýþæö", "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "çğıöşüâîû", "ąčęėįšųūž",
    "āčēģīķļņšūž", "äõöüšž", "абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "абвгдђежзијклљмнњопрстћуфхцчџш",
    "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ", "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
)  # fmt: skip
"""Letters beyond ASCII of languages."""

UNITS = frozenset("°µ²³±·×‰Ωμ½¼¾")
"""Signs that stand beside letters in names of quantities."""

QUOTES = frozenset("’“”„«»¿¡…–—§©®™€£÷ªº‘‚")

MANY_BYTES = ("cp949", "shift_jis", "gb18030", "big5", "euc_jp")

MOST_RUNS, LONGEST, MOST_COST, NEAR = 400, 40, 1.0, 1.5
"""Different words that are looked at, and how many bytes of each; what a word may cost for its encoding to be believed; and what others may cost more than the
best one to be named beside it."""

WORTH, SURE = 2.0, 2
"""What a word that tables of machines say speaks for an encoding; and so many such words leave no doubt."""

MOST_CONTROLS = 0.01
"""Share of the bytes that control characters may be in a text."""

SHOWN, WORDS_SHOWN = 4, 3
LOOKED_AT = 1 << 18
"""Bytes from which an unknown encoding is guessed."""

_RUN = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_OWN = re.compile("[\ue000-\uf8ff]")
"""Letters of nobody's but a program's own."""

_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f]+[^\W\d_]*")


@dataclass(frozen=True)
class Guess:
    """An encoding, and words that the text says in it, such as tell it from others."""

    encoding: str
    words: tuple[str, ...]


def guess_encodings(data: bytes) -> tuple[Guess, ...]:
    """The likeliest encoding first, behind it others that are nearly as likely; none where the bytes seem to be no text."""
    data = data[:LOOKED_AT]
    if len(_CONTROLS.findall(data)) > MOST_CONTROLS * len(data) and not _is_wide(data):
        return ()
    by_words = encoding_by_words(data)
    if by_words is not None and by_words[0] not in CASED:
        encoding, count = by_words
        return tuple(_with_words(one, data) for one in ([encoding] if count >= SURE else _and_alike(encoding, data)))
    runs = list(dict.fromkeys(run[:LONGEST] for run in _RUN.findall(data)))[:MOST_RUNS]
    costs: dict[tuple[str, ...], tuple[float, float, str]] = {}
    for encoding in CASED:
        try:
            words = tuple(run.decode(encoding) for run in runs)
        except UnicodeDecodeError:
            continue
        odd = _cost(words)
        costs.setdefault(words, (odd - WORTH * words_said("\n".join(words)), odd, encoding))
    ranked = sorted(costs.values(), key=lambda one: (one[0], CASED.index(one[2])))
    near = [encoding for cost, _, encoding in ranked if cost <= ranked[0][0] + NEAR]
    says_words = bool(ranked) and ranked[0][0] < ranked[0][1]
    is_believed = bool(ranked) and b"\0" not in data and (says_words or ranked[0][1] <= MOST_COST * len(runs))
    if is_believed and (says_words or not _may_be_pairs(runs)):
        found = near
    else:
        other = _by_statistics(data)
        found = [] if other is None else _and_alike(other, data)
        found += [encoding for encoding in near if is_believed and encoding not in found]
    return tuple(_with_words(encoding, data) for encoding in found[:SHOWN])


def _may_be_pairs(runs: Sequence[bytes]) -> bool:
    """Whether all words are pairs of high bytes, as those of Chinese, Japanese and Korean are."""
    return all(len(run) % 2 == 0 and min(run) >= 0xA1 for run in runs)


def _and_alike(encoding: str, data: bytes) -> list[str]:
    """Behind an encoding others, of several bytes a letter, in which the text can be read."""
    found = [encoding]
    whole = data[: data.rfind(b"\n") + 1] or data
    for other in () if encoding.startswith("utf") else MANY_BYTES:
        try:
            text = whole.decode(other)
        except UnicodeDecodeError:
            continue
        found += [other] if other not in found and not _OWN.search(text) else []
    return found[:SHOWN]


def _is_wide(data: bytes) -> bool:
    """Whether every other byte may be the first of a letter of two: then controls are no such."""
    return max(half.count(0) for half in (data[0::2], data[1::2])) > 0.1 * len(data) / 2


def _by_statistics(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    matches = from_bytes(data, cp_isolation=list(GUESSED))
    best = matches.best()
    if best is None:
        return None
    alike = {match.encoding for match in matches if match.chaos <= best.chaos} | set(best.could_be_from_charset)
    return next((name for name in GUESSED if name in alike), best.encoding)


def _with_words(encoding: str, data: bytes) -> Guess:
    text = data.decode(encoding, "ignore")
    return Guess(encoding, tuple(list(dict.fromkeys(word[:24] for word in _WORD.findall(text)))[:WORDS_SHOWN]))


def _cost(words: tuple[str, ...]) -> float:
    """How odd words look; 0 where all are of one language, with capital letters at their beginning or throughout, and no sign within."""
    cost, letters = 0.0, Counter[str]()
    for word in words:
        small = any(letter.islower() for letter in word)
        for i, letter in enumerate(word):
            before, after = word[max(0, i - 1) : i], word[i + 1 : i + 2]
            if letter.isascii():
                if letter.isupper() and before.islower() and not before.isascii() and before not in UNITS:
                    cost += 3  # øC
                continue
            if letter in UNITS or letter in QUOTES or not letter.isalpha():
                cost += _cost_of_sign(letter, before, after) + 3 * (not before.isascii() and not before.isalpha())
                continue
            letters[letter.lower()] += 1
            cost += 3 * (letter.isupper() and small and bool(before) and before.isalpha())
            cost += 5 * any(one.isascii() and one.isalpha() for one in (before, after) if _is_other_script(letter))
            cost += len(word) <= 2
    foreign = min(sum(count for letter, count in letters.items() if letter not in alphabet) for alphabet in map(set, ALPHABETS))
    return cost + 3 * foreign


def _cost_of_sign(sign: str, before: str, after: str) -> float:
    within = before.isalpha() and after.isalpha()
    if sign in UNITS:
        letter = not (before + after).isascii() and sign != "°"
        return (0.0 if not within or sign in "²³·°" else 1.0) + 2 * letter
    if sign in QUOTES:
        return (0.0 if sign == "’" else 5.0) if within else 0.5
    if sign == "\xa0":
        return 5.0 if within else 0.5
    return 5.0 if within else 3.0


def _is_other_script(letter: str) -> bool:
    """Whether it is no Latin letter."""
    return "\u0370" <= letter <= "\u1dff"
