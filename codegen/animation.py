"""The animation that follows a point on the screen, where the user has one in place of the kind's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appspec.errors import KitError
from appspec.text import NotTextError, decode
from codegen.animation_checks import KINDS, NotWholeError, check_whole, is_number, short

_NEEDED = ("v", "fr", "ip", "op", "w", "h", "layers")
"""Keys without which no player shows anything (lottie.github.io, the specification's animation object)."""

_REMEDY = "export the animation as Lottie JSON (not dotLottie, not a picture), or leave the key out"
LARGEST = 16384
"""Pixels on a side."""

_UNSEEN = {6: "sound", 13: "a camera"}
"""Types of layers that Lottie for Android shows nothing of (airbnb.io/lottie, supported features)."""

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
    except NotTextError as error:
        raise KitError(f"android.animation: {file.name} is not JSON", error.why, _REMEDY) from error
    except (ValueError, RecursionError) as error:
        raise KitError(f"android.animation: {file.name} is not JSON", str(error), _REMEDY) from error
    return document if isinstance(document, dict) else {}


def _is_marked(file: Path) -> bool:
    """Whether the player would stumble over the text's encoding."""
    return file.read_bytes()[:2] in (b"\xef\xbb", b"\xff\xfe", b"\xfe\xff")


def _notes(file: Path, layers: list[tuple[str, Json]]) -> tuple[str, ...]:
    found = []
    for where, layer in layers:
        if _has_expression(layer):
            found.append(f"{file.name}: {where} moves by an expression, which the phone ignores; bake it into keyframes")
        if layer.get("ty") in _UNSEEN:
            found.append(f"{file.name}: {where} is {_UNSEEN[layer['ty']]}, which the phone doesn't play")
        elif layer.get("ty") not in KINDS:
            found.append(f"{file.name}: {where} has the type {layer.get('ty')}, which the phone doesn't know")
        if layer.get("ddd") == 1:
            found.append(f"{file.name}: {where} is 3D, which the phone shows flat")
    return tuple(found)


def _has_expression(value: object) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if isinstance(one.get("x"), str):
                return True
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return False


def _no_animation(file: Path, why: str, remedy: str | None = None) -> KitError:
    what = "is no Lottie animation" if remedy is None else "can't be played"
    return KitError(f"android.animation: {file.name} {what}", why, remedy or _REMEDY)
