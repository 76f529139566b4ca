"""The animation that follows a point on the screen, where the user has one in place of the kind's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appspec.errors import KitError
from appspec.text import NotTextError, decode

_NEEDED = ("v", "fr", "ip", "op", "w", "h", "layers")
"""Keys without which no player shows anything (lottie.github.io, the specification's animation object)."""

_REMEDY = "export the animation as Lottie JSON (not dotLottie, not a picture), or leave the key out"
_PRECOMPOSITION, _IMAGE, _TEXT = 0, 2, 5
"""Types of layers that need something beside themselves (the specification's layer types)."""

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
        if not _is_number(document[key]):
            raise _no_animation(file, f"{key} is {_short(document[key])}, and must be a number")
    for key, what in (("w", "width"), ("h", "height"), ("fr", "frame rate")):
        if document[key] <= 0:
            raise _no_animation(file, f"its {what} ({key}) is {document[key]}")
    if document["op"] <= document["ip"]:
        raise _no_animation(file, f"it ends (op {document['op']}) before it begins (ip {document['ip']})")
    layers = document["layers"]
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        raise _no_animation(file, "layers is no list of objects")
    if not layers:
        raise _no_animation(file, "it has no layer: nothing would be seen")
    assets = document.get("assets") or []
    if not isinstance(assets, list):
        raise _no_animation(file, f"assets is {_short(assets)}, and must be a list")
    known = {asset.get("id"): asset for asset in assets if isinstance(asset, dict)}
    fonts = document.get("fonts")
    names = fonts.get("list") if isinstance(fonts, dict) else None
    fonts_needed = [str(font.get("fName") or font.get("fFamily")) for font in names or () if isinstance(font, dict)]
    for where, layer in _all_layers(file, layers, known):
        _check_layer(file, where, layer, known, fonts_needed, bool(document.get("chars")))
    if not any(layer.get("op", 1) > layer.get("ip", 0) for layer in layers):
        raise _no_animation(file, "each of its layers ends before it begins: nothing would be seen")
    return Animation(
        json.dumps(document, ensure_ascii=False).encode() if _is_marked(file) else file.read_bytes(), _notes(file, layers, known)
    )


def _document(file: Path) -> Json:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise KitError(f"android.animation: can't read {file}", error.strerror or str(error), "check the path") from error
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


def _all_layers(file: Path, layers: list[Json], assets: dict[object, Json]) -> Iterator[tuple[str, Json]]:
    """Each layer with its name in words, those of compositions too."""
    for i, layer in enumerate(layers):
        yield f"layer {_name(layer, i)}", layer
    for asset in assets.values():
        inner = asset.get("layers")
        if inner is None:
            continue
        if not isinstance(inner, list) or not all(isinstance(layer, dict) for layer in inner):
            raise _no_animation(file, f"layers of composition {_short(asset.get('id'))} is no list of objects")
        for i, layer in enumerate(inner):
            yield f"layer {_name(layer, i)} of composition {asset.get('id')}", layer


def _check_layer(file: Path, where: str, layer: Json, assets: dict[object, Json], fonts: list[str], has_shapes: bool) -> None:
    kind = layer.get("ty")
    if not isinstance(kind, int) or isinstance(kind, bool):
        raise _no_animation(file, f"{where} has the type {_short(kind)}, and a type is a whole number")
    for key in ("ip", "op", "st"):
        if key in layer and not _is_number(layer[key]):
            raise _no_animation(file, f"{key} of {where} is {_short(layer[key])}, and must be a number")
    if "ks" in layer and not isinstance(layer["ks"], dict):
        raise _no_animation(file, f"ks of {where} is {_short(layer['ks'])}, and must be an object")
    if layer.get("op", 1) <= layer.get("ip", 0) and "op" in layer:
        raise _no_animation(file, f"{where} ends (op {layer['op']}) before it begins (ip {layer.get('ip', 0)})")
    wanted = layer.get("refId")
    if kind in (_PRECOMPOSITION, _IMAGE) and wanted not in assets:
        what = "composition" if kind == _PRECOMPOSITION else "image"
        raise _needs(
            file,
            where,
            f"the {what} {_short(wanted)}, which isn't in the file",
            "export it again with all compositions and images",
        )
    if kind == _PRECOMPOSITION and "layers" not in assets[wanted]:
        raise _needs(
            file, where, f"the composition {_short(wanted)}, which has no layers", "export it again with all compositions"
        )
    if kind == _IMAGE and not str(assets[wanted].get("p", "")).startswith("data:"):
        picture = f"{assets[wanted].get('u', '')}{assets[wanted].get('p', '')}"
        raise _needs(
            file,
            where,
            f"the picture {picture}, a file of its own, which an app can't find",
            "export it with the pictures inside (bodymovin: Assets > Include in json), or draw it with shapes",
        )
    if kind == _TEXT and not has_shapes:
        raise _needs(
            file,
            where,
            f"the font {', '.join(fonts) or '(not named)'}, which isn't in the file",
            "turn the text into shapes (After Effects: Create Shapes from Text), or export it with glyphs",
        )


def _notes(file: Path, layers: list[Json], assets: dict[object, Json]) -> tuple[str, ...]:
    found = []
    for where, layer in _all_layers(file, layers, assets):
        if _has_expression(layer):
            found.append(f"{file.name}: {where} moves by an expression, which the phone ignores; bake it into keyframes")
        if layer.get("ty") in _UNSEEN:
            found.append(f"{file.name}: {where} is {_UNSEEN[layer['ty']]}, which the phone doesn't play")
        if layer.get("ddd") == 1:
            found.append(f"{file.name}: {where} is 3D, which the phone shows flat")
    return tuple(found)


def _has_expression(value: object) -> bool:
    if isinstance(value, dict):
        return isinstance(value.get("x"), str) or any(_has_expression(inner) for inner in value.values())
    return isinstance(value, list) and any(_has_expression(inner) for inner in value)


def _no_animation(file: Path, why: str) -> KitError:
    return KitError(f"android.animation: {file.name} is no Lottie animation", why, _REMEDY)


def _needs(file: Path, where: str, what: str, remedy: str) -> KitError:
    return KitError(f"android.animation: {file.name} is not whole", f"{where} needs {what}", remedy)


def _name(layer: Json, i: int) -> str:
    return str(layer.get("nm") or i + 1)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9


def _short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:40]
