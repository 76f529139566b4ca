"""Finds the file that an annotation means, however its name is written: on another machine, in another form of Unicode, with another suffix."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, unquote_plus, unquote_to_bytes

from appspec.file_tree import SURROGATES

OLD_ENCODINGS = ("cp949", "gb18030", "cp932", "big5", "cp1252")
"""In which unpackers and servers of our time leave names that aren't UTF-8."""

LABEL_STUDIO = re.compile(r"[0-9a-f]{8}-(?=.)")
"""What Label Studio puts before the name of each file that it takes in."""


class Lookup:
    """Files by the names that annotations give them.

    A name counts from its end: `C:\\media\\cats\\1.jpg` means `cats/1.jpg`, or `1.jpg` where only one file is called so. What fits
    exactly comes first; then NFC and NFD, upper and lower case, `%20` and blanks are alike, then names in old encodings.

    Args:
        files: relative paths with `/`.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self._files = frozenset(files)
        self._ends: dict[str, list[str]] = defaultdict(list)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for file in sorted(self._files):
            for name in dict.fromkeys((_alike(file).rsplit("/", 1)[-1], *_meant(file.rsplit("/", 1)[-1]))):
                self._ends[name].append(file)
                self._stems[_stem(name)].append(file)

    def find(self, name: str) -> tuple[str, ...]:
        """The files that a name can mean: one where it is certain, none, or several that fit alike."""
        plain = name.replace("\\", "/").strip()
        if name in self._files:
            return (name,)
        forms = dict.fromkeys(form for address in _addresses(plain) for form in _written(address))
        for exact in forms:
            if exact in self._files:
                return (exact,)
        for form in dict.fromkeys(_alike(form) for form in forms):
            found = _best(form, self._ends.get(form.rsplit("/", 1)[-1], []))
            if found:
                return found
        folder, slash, last = plain.rpartition("/")
        return self.find(f"{folder}{slash}{LABEL_STUDIO.sub('', last, count=1)}") if LABEL_STUDIO.match(last) else ()

    def find_stem(self, name: str) -> tuple[str, ...]:
        """As find, whatever the suffix is, and whether there is one: `frame.1` means frame.1.png as well as frame.png."""
        exact = self.find(name)
        if exact:
            return exact
        plain = _alike(name.replace("\\", "/").strip())
        whole = self._stems.get(plain.rsplit("/", 1)[-1], [])
        if whole:
            return _best(plain, whole)
        return _best(plain, self._stems.get(_stem(plain.rsplit("/", 1)[-1]), []))


def nearest(found: tuple[str, ...], annotation: str) -> tuple[str, ...]:
    """Of several pictures of one name those whose folders are most like the annotation's: train/images/1.jpg of train/labels/1.xml."""
    if len(found) < 2:
        return found
    own = annotation.split("/")[:-1]
    scores = [_shared(own, file.split("/")[:-1]) for file in found]
    return tuple(file for file, score in zip(found, scores, strict=True) if score == max(scores))


def _shared(one: list[str], other: list[str]) -> tuple[bool, int]:
    """Whether two folders are one, and how many of their parts are alike, from the top and from the end."""
    top = 0
    while top < min(len(one), len(other)) and one[top] == other[top]:
        top += 1
    one, other, end = one[top:], other[top:], 0
    while end < min(len(one), len(other)) and one[-1 - end] == other[-1 - end]:
        end += 1
    return not one and not other, top + end


def _addresses(name: str) -> tuple[str, ...]:
    """A name as it stands; of an address also without what follows ? or #, and what ?d= names (Label Studio's local files)."""
    if "?" not in name and "#" not in name:
        return (name,)
    _, _, local = name.partition("?d=")
    return (name, *([local] if local else []), re.split(r"[?#]", name, maxsplit=1)[0])


def _written(name: str) -> Iterator[str]:
    """What a name can stand for: as it is, with signs of HTML, with %20, also in an old encoding, also written so twice."""
    yield name
    if "&" in name:
        yield html.unescape(name)
    if "%" in name:
        once = unquote(name)
        yield once
        yield unquote(once)
        if "\ufffd" in once:
            yield from _decoded(unquote_to_bytes(name))
    if "+" in name:
        yield unquote_plus(name)


def _meant(name: str) -> list[str]:
    """What a file was called before an unpacker took its name for that of another encoding."""
    if name.isascii():
        return []
    try:  # CP437 is what names in a ZIP are where nothing else is said
        raw = name.encode("utf-8", "surrogateescape") if SURROGATES.search(name) else name.encode("cp437")
    except UnicodeEncodeError:
        return []
    return [_alike(text) for text in dict.fromkeys(_decoded(raw))]


def _decoded(raw: bytes) -> Iterator[str]:
    for encoding in ("utf-8", *OLD_ENCODINGS):
        try:
            yield raw.decode(encoding)
        except UnicodeDecodeError:
            continue


def _best(wanted: str, candidates: list[str]) -> tuple[str, ...]:
    """Those that share most folders with the wanted path, counted from the end."""
    if len(candidates) < 2:
        return tuple(candidates)
    *parts, name = wanted.split("/")
    scores = []
    for file in candidates:
        *own, own_name = _alike(file).split("/")
        same = 0
        while same < min(len(parts), len(own)) and parts[-1 - same] == own[-1 - same]:
            same += 1
        scores.append((own_name == name, same))
    best = max(scores)
    return tuple(file for file, score in zip(candidates, scores, strict=True) if score == best)


def _alike(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0] if "." in name[1:] else name
