"""What people write in app.toml that isn't TOML, and what to write in its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_QUOTES = "“”„‟«»＂"
_SINGLE_QUOTES = "‘’‚‹›`´＇"
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff]")
_WIDE = str.maketrans("＝［］｛｝，．", "=[]{},.")
_BARE_TEXT = re.compile(r"([\w.-]+\s*=\s*)([A-Za-z/~$][^#,}\]]*?|\d[\d.:]*[A-Za-z][^#,}\]]*?)\s*((?:[,}\]#].*)?)$")


def mend_line(text: str, error: str) -> str:
    """What to do about the line that a parser's message names.

    Args:
        text: of the whole file.
        error: the parser's message, which ends in `(at line N, column N)`.
    """
    found = re.search(r"line (\d+)", error)
    lines = text.splitlines()
    line = lines[int(found[1]) - 1].strip(" \t") if found and int(found[1]) <= len(lines) else ""
    if text.lstrip().startswith("{"):
        return 'this is JSON: TOML writes sections as [app] and values as name = "Pump" (docs/app-toml.md)'
    if "overwrite" in error or "twice" in error:
        return f"it stands in the file twice: leave one of them out, as this line: {line}"
    for mend in (_of_signs, _of_brackets, _of_values, _of_words):
        better = mend(line)
        if better:
            return better
    return f"mend that line: {line}" if line.strip("\0 ") else "mend that line"


def as_duration(value: object) -> str:
    """A duration as app.toml writes it: 12h of `12 hours`, PT12H, 12:00:00; "" where it is none."""
    text = str(value).strip().lower()
    clock = re.fullmatch(r"(\d+):(\d{2})(?::(\d{2}))?", text)
    if clock:
        return _with_unit(int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0))
    parts = re.findall(r"(\d+(?:[.,]\d+)?)\s*([a-zµ]+)", text.removeprefix("p").removeprefix("t").replace("t", " ", 1))
    left = re.sub(r"(\d+(?:[.,]\d+)?)\s*([a-zµ]+)|[\s,]|^pt?", "", text)
    sizes = [next((size for unit, size in _UNITS if word.startswith(unit)), None) for _, word in parts]
    if not parts or left or None in sizes:
        return ""
    return _with_unit(sum(float(number.replace(",", ".")) * (size or 0) for (number, _), size in zip(parts, sizes, strict=True)))


_UNITS = (("ms", 0.001), ("mil", 0.001), ("mo", None), ("m", 60.0), ("s", 1.0), ("h", 3600.0), ("d", 86400.0), ("w", 604800.0))


def _with_unit(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds * 1000:g}ms"


def _of_signs(line: str) -> str:
    """Signs that only look like those of TOML."""
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return "these are the marks of a merge in git that isn't finished: keep one of the two parts, and remove the marks"
    if any(sign in line for sign in _QUOTES + _SINGLE_QUOTES):
        straight = re.sub(f"[{_QUOTES}]", '"', line)
        straight = re.sub(f"[{_SINGLE_QUOTES}]", '"' if '"' not in straight else "'", straight)
        return f'type straight quotes (") in place of curly ones: {straight}'
    clean = _BLANKS.sub(" ", line).translate(_WIDE)
    if clean != line:
        strange = next(sign for sign, other in zip(line, _BLANKS.sub(" ", line).translate(_WIDE), strict=True) if sign != other)
        name = unicodedata.name(strange, "a sign").lower()
        return f"a {name} (U+{ord(strange):04X}) stands in it: type the line anew, {' '.join(clean.split())}"
    key = re.match(r"[^=\"'\[{]*", line)
    letters = [sign for sign in (key[0] if key else "") if sign.isalpha() and not sign.isascii()]
    if letters and "=" in line:
        name = unicodedata.name(letters[0], "a sign").lower()
        return f"the letter {letters[0]} in the key is a {name}: type the key anew"
    return ""


def _of_brackets(line: str) -> str:
    if re.match(r"\[\s*\[+\s*[\w.]+\s*\]+\s*\]", line):
        return f"two brackets, without blanks between: [[{re.sub(r'[^A-Za-z_.]', '', line)}]]"
    if re.match(r"[\w.-]+\s*:\s*$", line):
        return f"TOML writes sections in brackets: [{line.rstrip(': ')}]; and = where YAML writes a colon"
    if re.match(r"[\w.-]+\s*:", line):
        return f"TOML writes = where YAML writes a colon: {re.sub(':', ' =', line, count=1)}"
    if "{" in line and re.search(r"[{,]\s*\"?[\w-]+\"?\s*:", line):
        better = re.sub(r'([{,]\s*)"?([\w-]+)"?\s*:', r"\1\2 =", line)
        return f"TOML writes = where YAML and JSON write a colon: {better}"
    return ""


def _of_values(line: str) -> str:
    if re.search(r'"[^"]*\\', line):
        path = re.sub(r'"([^"]*)"', lambda quoted: f"'{quoted[1]}'", line)
        return f"in double quotes a backslash begins an escape: write single quotes, {path}, or / in place of it"
    if line.count('"') % 2:
        return f"a quote isn't closed: {line}"
    if re.search(r"=\s*(True|False|None|null|TRUE|FALSE)\b", line):
        return "TOML writes true and false; a key without a value is left out"
    comment = re.search(r"\s(;|//)\s*\D", line)
    if comment:
        return f"# begins a comment: {line[: comment.start(1)]}# {line[comment.end(1) :].strip()}"
    rules: tuple[tuple[str, Callable[[re.Match[str]], str], str], ...] = (
        (r"=\s*-?\d+,\d+\b(?!\s*[\]\w])", lambda found: found[0].replace(",", "."), "numbers have a point before their decimals"),
        (r"=\s*(\d+(?:\.\d+)?)\s*%", lambda found: f"= {float(found[1]) / 100:g}", "a share is a number"),
        (r"=\s*(\d+)\s*/\s*([1-9]\d*)", lambda found: f"= {int(found[1]) / int(found[2]):g}", "a fraction is a number"),
        (r"=\s*0+(\d+)\b", lambda found: f"= {found[1]}", "whole numbers begin with no 0"),
        (r"(?<=[\"'\]}\w])\s*,\s*$", lambda found: "", "nothing stands behind a value, no comma either"),
        (r"(\[\s*\d+)\s+(\d+\s*\])", lambda found: f"{found[1]}, {found[2]}", "values of a list have commas between"),
        (r"([\"'])\s+([\"'])", lambda found: f"{found[1]}, {found[2]}", "values of a list have commas between"),
    )
    for pattern, better, why in rules:
        if re.search(pattern, line):
            return f"{why}: {re.sub(pattern, better, line)}"
    return ""


def _of_words(line: str) -> str:
    bare = _BARE_TEXT.match(line)
    return f'text stands in quotes: {bare[1]}"{bare[2]}"{" " if bare[3] else ""}{bare[3]}' if bare else ""
