"""The animation that follows a point on the screen, where the user has one in place of the kind's own."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appspec.errors import KitError
from appspec.no_text import HEAD, what_it_is
from appspec.text import NotTextError, decode
from appspec.words import counted
from codegen.animation_checks import NotWholeError, check_whole, is_number, short
from codegen.animation_notes import layer_notes

_NEEDED = ("v", "fr", "ip", "op", "w", "h", "layers")
"""Keys without which no player shows anything (lottie.github.io, the specification's animation object)."""

_REMEDY = "export the animation as Lottie JSON (not dotLottie, not a picture), or leave the key out"
LARGEST = 16384
"""Pixels on a side."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Animation:
    """A user's Lottie file, and what of it the phone will show otherwise than After Effects does, a line each."""

    content: bytes
    notes: tuple[str, ...] = ()


def read_animation(file: Path) -> Animation:
    """The content of a user's Lottie file, which the phone can play whole.

    Raises:
        KitError: it can't be read, is no Lottie animation, or needs what isn't in it; the layer is named.
    """
    document = _document(file)
    missing = [key for key in _NEEDED if key not in document]
    if missing:
        raise _no_animation(file, f"it lacks {', '.join(missing)}")
    for key in ("fr", "ip", "op", "w", "h"):
        if not is_number(document[key]):
            raise _no_animation(file, f"{key} is {short(document[key])}, and must be a number")
    for key, what in (("w", "width"), ("h", "height"), ("fr", "frame rate")):
        if document[key] <= 0:
            raise _no_animation(file, f"its {what} ({key}) is {document[key]}")
        if key != "fr" and document[key] % 1:
            raise _no_animation(
                file, f"its {what} ({key}) is {document[key]}", f"write whole pixels in the file: {round(document[key])}"
            )
        if key != "fr" and document[key] > LARGEST:
            raise _no_animation(file, f"its {what} ({key}) is {document[key]} pixels; a phone draws up to {LARGEST}")
    if document["op"] <= document["ip"]:
        raise _no_animation(file, f"it ends (op {document['op']}) before it begins (ip {document['ip']})")
    try:
        layers = check_whole(document)
    except NotWholeError as error:
        raise _no_animation(file, error.why, error.remedy) from error
    return Animation(
        json.dumps(document, ensure_ascii=False).encode() if _is_marked(file) else file.read_bytes(), _notes(file, layers)
    )


def _document(file: Path) -> Json:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise KitError(f"android.animation: can't read {file}", error.strerror or str(error), "check the path") from error
    if content.startswith(b"\x1f\x8b"):
        remedy = f"unpack it: gunzip < {file.name} > {file.stem}-plain.json, and name that"
        raise KitError(f"android.animation: {file.name} is not JSON", "it is compressed, as stickers (.tgs) are", remedy)
    if content.startswith(b"PK"):
        raise KitError(f"android.animation: {file.name} is not JSON", "it is an archive, as dotLottie files are", _REMEDY)
    try:
        document = json.loads(decode(content, file))
    except (NotTextError, ValueError, RecursionError) as error:
        why, remedy = _what_instead(content) or (str(error), _REMEDY)
        raise KitError(f"android.animation: {file.name} is not JSON", why, remedy) from error
    return document if isinstance(document, dict) else {}


def _is_marked(file: Path) -> bool:
    """Whether the player would stumble over the text's encoding."""
    return file.read_bytes()[:2] in (b"\xef\xbb", b"\xff\xfe", b"\xfe\xff")


def _notes(file: Path, layers: list[tuple[str, Json]]) -> tuple[str, ...]:
    """What looks otherwise, each once, with the first layer and how many more there are."""
    places: dict[str, list[str]] = {}
    for where, layer in layers:
        for note in layer_notes(layer):
            places.setdefault(note, []).append(where)
    more = {note: f" (and {counted(len(those) - 1, 'more layer')})" if len(those) > 1 else "" for note, those in places.items()}
    return tuple(f"{file.name}: {those[0]}{more[note]} {note}" for note, those in places.items())


def _what_instead(content: bytes) -> tuple[str, str] | None:
    """What a file that is no JSON is, and what to do; None where its beginning doesn't tell."""
    if re.match(rb"\s*(?:var|let|const|export|module|window)\b", content):
        return "it is JavaScript around the animation", "keep what stands between the outermost braces, { and }, alone"
    if re.match(rb"\s*<(?:\?xml|svg)", content):
        return "it is a picture (SVG)", _REMEDY
    return what_it_is(content[:HEAD])


def _no_animation(file: Path, why: str, remedy: str | None = None) -> KitError:
    what = "is no Lottie animation" if remedy is None else "can't be played"
    return KitError(f"android.animation: {file.name} {what}", why, remedy or _REMEDY)
