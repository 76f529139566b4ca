"""Finds the file that an annotation means, however its name is written: on another machine, in another form of Unicode, with another suffix."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import unquote


class Lookup:
    """Files by the names that annotations give them.

    A name counts from its end: `C:\\media\\cats\\1.jpg` means `cats/1.jpg`, or `1.jpg` where only one file is called so. What fits
    exactly comes first; then NFC and NFD, upper and lower case, `%20` and blanks are alike.

    Args:
        files: relative paths with `/`.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self._files = frozenset(files)
        self._ends: dict[str, list[str]] = defaultdict(list)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for file in sorted(self._files):
            name = _alike(file).rsplit("/", 1)[-1]
            self._ends[name].append(file)
            self._stems[_stem(name)].append(file)

    def find(self, name: str) -> tuple[str, ...]:
        """The files that a name can mean: one where it is certain, none, or several that fit alike."""
        plain = name.replace("\\", "/").strip()
        forms = dict.fromkeys(form for address in _addresses(plain) for form in (address, unquote(address)))
        for exact in (name, *forms):
            if exact in self._files:
                return (exact,)
        for form in dict.fromkeys(_alike(form) for form in forms):
            found = _best(form, self._ends.get(form.rsplit("/", 1)[-1], []))
            if found:
                return found
        return ()

    def find_stem(self, name: str) -> tuple[str, ...]:
        """As find, whatever the suffix is."""
        exact = self.find(name)
        if exact:
            return exact
        plain = _alike(name.replace("\\", "/").strip())
        return _best(_without_suffix(plain), self._stems.get(_stem(plain.rsplit("/", 1)[-1]), []), suffixes=False)


def _addresses(name: str) -> tuple[str, ...]:
    """A name as it stands; of an address also without what follows ? or #, and what ?d= names (Label Studio's local files)."""
    if "?" not in name and "#" not in name:
        return (name,)
    _, _, local = name.partition("?d=")
    return (name, *([local] if local else []), re.split(r"[?#]", name, maxsplit=1)[0])


def _best(wanted: str, candidates: list[str], suffixes: bool = True) -> tuple[str, ...]:
    """Those that share most folders with the wanted path, counted from the end."""
    if len(candidates) < 2:
        return tuple(candidates)
    parts = wanted.split("/")
    scores = []
    for file in candidates:
        own = (_alike(file) if suffixes else _without_suffix(_alike(file))).split("/")
        same = 0
        while same < min(len(parts), len(own)) and parts[-1 - same] == own[-1 - same]:
            same += 1
        scores.append(same)
    best = max(scores)
    return tuple(file for file, score in zip(candidates, scores, strict=True) if score == best)


def _alike(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0] if "." in name[1:] else name


def _without_suffix(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{_stem(name)}"
