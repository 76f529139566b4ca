"""Whether a Lottie document is whole, and of the types at which the phone's player doesn't stop."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]

PRECOMPOSITION, SOLID, IMAGE, NULL, SHAPE, TEXT = range(6)
"""Types of layers (the specification's layer types)."""

KINDS = range(6)
_SEEN = (PRECOMPOSITION, SOLID, IMAGE, SHAPE, TEXT)

_PROPERTIES = ("o", "r", "p", "a", "s", "sk", "sa", "rx", "ry", "rz")
"""What a transform may hold."""

_LISTS = ("assets", "chars", "markers")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"BM")
"""How files begin that Android's BitmapFactory reads."""

EXPORT_AGAIN = "export it again with all compositions and images"


class NotWholeError(ValueError):
    """Why a document can't be played.

    Attributes:
        remedy: what to do about it; None: it is no animation at all.
    """

    def __init__(self, why: str, remedy: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.remedy = remedy


def check_whole(document: Json) -> list[tuple[str, Json]]:
    """Every layer with its name in words, those of compositions too.

    Raises:
        NotWholeError: something isn't in the file, is of the wrong type, or nothing would be seen; the layer is named.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+", str(document["v"])):
        raise NotWholeError(
            f'v is {short(document["v"])}; the player reads three numbers, as "5.7.4"', 'write "v": "5.7.4" in the file'
        )
    for key in _LISTS:
        if key in document and not isinstance(document[key], list):
            raise NotWholeError(f"{key} is {short(document[key])}, and must be a list")
    fonts = document.get("fonts", {})
    if not isinstance(fonts, dict) or not isinstance(fonts.get("list", []), list):
        raise NotWholeError(f"fonts is {short(fonts)}, and must be an object with a list")
    layers = document["layers"]
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        raise NotWholeError("layers is no list of objects")
    if not layers:
        raise NotWholeError("it has no layer: nothing would be seen")
    assets = _assets(document.get("assets", []))
    names = [str(font.get("fName") or font.get("fFamily")) for font in fonts.get("list", []) if isinstance(font, dict)]
    found = list(_all_layers(layers, assets))
    for where, layer in found:
        _check_layer(where, layer, assets, names, bool(document.get("chars")))
    _check_cycles(layers, assets)
    begin, end = document["ip"], document["op"]
    if not any(layer.get("op", end) > max(begin, layer.get("ip", begin)) for layer in layers):
        raise NotWholeError("each of its layers ends before it begins: nothing would be seen")
    if not any(layer["ty"] in _SEEN and layer.get("hd") is not True and layer.get("ip", begin) < end for layer in layers):
        raise NotWholeError(
            "each of its layers is hidden, of a kind without a picture, or begins after the end: nothing would be seen"
        )
    return found


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9


def short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:40]


def _assets(listed: list[Any]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for asset in listed:
        if not isinstance(asset, dict) or not isinstance(asset.get("id"), (str, int)):
            raise NotWholeError(f"an asset is {short(asset)}, and must be an object with an id")
        found[str(asset["id"])] = asset
    return found


def _all_layers(layers: list[Json], assets: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    for i, layer in enumerate(layers):
        yield f"layer {_name(layer, i)}", layer
    for name, asset in assets.items():
        if "layers" not in asset:
            continue
        inner = asset["layers"]
        if not isinstance(inner, list) or not all(isinstance(layer, dict) for layer in inner):
            raise NotWholeError(f"layers of composition {short(name)} is no list of objects")
        for i, layer in enumerate(inner):
            yield f"layer {_name(layer, i)} of composition {name}", layer


def _check_layer(where: str, layer: Json, assets: Mapping[str, Json], fonts: list[str], has_shapes: bool) -> None:
    kind = layer.get("ty")
    if not isinstance(kind, int) or isinstance(kind, bool):
        raise NotWholeError(f"{where} has the type {short(kind)}, and a type is a whole number")
    for key in ("ip", "op", "st", "ind", "parent"):
        if key in layer and not is_number(layer[key]):
            raise NotWholeError(f"{key} of {where} is {short(layer[key])}, and must be a number")
    if not isinstance(layer.get("hd", False), bool):
        raise NotWholeError(
            f"hd of {where} is {short(layer['hd'])}, and must be true or false",
            f'write "hd": {"true" if layer["hd"] else "false"}',
        )
    if kind == SOLID and not re.fullmatch(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{8})", str(layer.get("sc"))):
        raise NotWholeError(
            f"the colour (sc) of {where} is {short(layer.get('sc'))}, and must be as #RRGGBB", 'write "sc": "#ff8800"'
        )
    if layer.get("op", 1) <= layer.get("ip", 0) and "op" in layer:
        raise NotWholeError(f"{where} ends (op {layer['op']}) before it begins (ip {layer.get('ip', 0)})")
    if kind in KINDS:
        _check_transform(where, layer.get("ks"))
    for key in ("masksProperties", "ef"):
        if key in layer and not isinstance(layer[key], list):
            raise NotWholeError(f"{key} of {where} is {short(layer[key])}, and must be a list")
    slot = _slot(layer)
    if slot is not None:
        raise NotWholeError(
            f"{where} needs the slot {short(slot)}, which the phone doesn't fill", "put its value in, and export again"
        )
    if kind == SHAPE:
        _check_shapes(where, layer.get("shapes"))
    if kind in (PRECOMPOSITION, IMAGE):
        _check_reference(where, kind, layer.get("refId"), assets)
    if kind == TEXT and not has_shapes:
        raise NotWholeError(
            f"{where} needs the font {', '.join(fonts) or '(not named)'}, which isn't in the file",
            "turn the text into shapes (After Effects: Create Shapes from Text), or export it with glyphs",
        )


def _check_reference(where: str, kind: int, wanted: object, assets: Mapping[str, Json]) -> None:
    asset = assets.get(str(wanted))
    if asset is None:
        what = "composition" if kind == PRECOMPOSITION else "image"
        raise NotWholeError(f"{where} needs the {what} {short(wanted)}, which isn't in the file", EXPORT_AGAIN)
    if kind == PRECOMPOSITION:
        if "layers" not in asset:
            raise NotWholeError(f"{where} needs the composition {short(wanted)}, which has no layers", EXPORT_AGAIN)
        return
    picture = str(asset.get("p") or "")
    if not picture.startswith("data:"):
        raise NotWholeError(
            f"{where} needs the picture {asset.get('u') or ''}{picture or short(wanted)}, a file of its own, which an app can't find",
            "export it with the pictures inside (bodymovin: Assets > Include in json), or draw it with shapes",
        )
    _, mark, content = picture.partition("base64,")
    try:
        begins = base64.b64decode(content[:64]) if mark else b""
    except (binascii.Error, ValueError):
        begins = b""
    if not begins.startswith(_PICTURES):
        raise NotWholeError(
            f"{where} needs the picture {short(wanted)}, which begins {picture[:30]} and is none that a phone reads",
            "put it in as PNG, JPEG or WebP in base64",
        )


def _check_transform(where: str, transform: object) -> None:
    if not isinstance(transform, dict):
        raise NotWholeError(f"ks of {where} is {short(transform)}, and must be an object")
    for key in _PROPERTIES:
        if key in transform:
            _check_property(f"{key} in ks of {where}", transform[key])


def _check_property(where: str, value: object) -> None:
    """A number, a list of numbers, or keyframes; a position may be parted into x and y."""
    if isinstance(value, dict) and "k" not in value and {"x", "y"} <= set(value):
        for axis in ("x", "y"):
            _check_property(f"{axis} of {where}", value[axis])
        return
    k = value.get("k") if isinstance(value, dict) else None
    is_list = isinstance(k, list) and bool(k) and (all(map(_is_finite, k)) or all(isinstance(one, dict) for one in k))
    if not is_list and not _is_finite(k):
        raise NotWholeError(f"{where} is {short(value)}, and must be an object whose k is a number, some numbers, or keyframes")


def _is_finite(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and (isinstance(value, int) or math.isfinite(value))


def _check_shapes(where: str, shapes: object) -> None:
    waiting = [shapes]
    while waiting:
        some = waiting.pop()
        if not isinstance(some, list):
            raise NotWholeError(f"the shapes of {where} are {short(some)}, and must be a list")
        for shape in some:
            if not isinstance(shape, dict) or not isinstance(shape.get("ty"), str):
                raise NotWholeError(f"a shape of {where} is {short(shape)}, and must be an object whose ty is text")
            if shape["ty"] == "gr":
                waiting.append(shape.get("it"))


def _slot(layer: Json) -> object:
    """The name of a slot in place of a value; None where there is none."""
    waiting: list[object] = [layer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "sid" in one and "k" not in one:
                return one["sid"]
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return None


def _check_cycles(layers: list[Json], assets: Mapping[str, Json]) -> None:
    """Compositions that hold themselves, and layers that follow themselves, keep the player busy for ever."""
    inside = {
        name: {str(layer.get("refId")) for layer in asset.get("layers", []) if layer["ty"] == PRECOMPOSITION}
        for name, asset in assets.items()
    }
    for name in inside:
        if name in _reached(inside, name):
            raise NotWholeError(f"composition {short(name)} holds itself", "take it out of itself in the program that made it")
    for some in (layers, *(asset.get("layers", []) for asset in assets.values())):
        parents = {str(layer.get("ind")): {str(layer["parent"])} for layer in some if "parent" in layer}
        for name in parents:
            if name in _reached(parents, name):
                raise NotWholeError(
                    f"the layer with ind {name} follows itself (parent)", "mend the parents in the program that made it"
                )


def _reached(graph: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += graph.get(one, ())
    return found


def _name(layer: Json, i: int) -> str:
    return str(layer.get("nm") or i + 1)
