"""What of a whole Lottie document the phone's player draws otherwise than the program that made it, in words.

Source: lottie-android 6.6 (LayerParser, ContentModelParser, MaskParser, LBlendMode) and airbnb.io/lottie, supported features.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codegen.animation_checks import KINDS

Json = dict[str, Any]

_UNSEEN = {6: "sound", 13: "a camera"}
"""Types of layers that nothing is shown of."""

_SHAPES = frozenset({"gr", "st", "gs", "fl", "gf", "tr", "sh", "el", "rc", "tm", "sr", "mm", "rp", "rd"})
_OTHER_SHAPES = {"zz": "a zig zag", "pb": "pucker and bloat", "tw": "a twist", "op": "an offset path"}

_EFFECTS = (25, 29)
"""Drop shadow, Gaussian blur."""

_BLENDED = (0, 1, 2, 3, 4, 5, 16)
"""Blend modes that all of Android has: normal, multiply, screen, overlay, darken, lighten, add."""

_LUMA = (3, 4)


def layer_notes(layer: Json) -> Iterator[str]:
    """What of a layer looks otherwise, as it goes on behind the layer's name."""
    kind = layer.get("ty")
    if _has_expression(layer):
        yield "moves by an expression, which the phone ignores; bake it into keyframes"
    if kind in _UNSEEN:
        yield f"is {_UNSEEN[kind]}, which the phone doesn't play"
    elif kind not in KINDS:
        yield f"has the type {kind}, which the phone doesn't know"
    if layer.get("ddd") == 1:
        yield "is 3D, which the phone shows flat"
    if layer.get("tt") in _LUMA:
        yield "has a luma matte, which the phone can't draw; use an alpha matte"
    effects = [
        effect
        for effect in layer.get("ef", [])
        if isinstance(effect, dict) and effect.get("ty") not in _EFFECTS and effect.get("en", 1) != 0
    ]
    if effects:
        names = ", ".join(str(effect.get("nm") or "one without a name") for effect in effects[:3])
        yield f"has effects ({names}), which the phone leaves out; draw them as fills, strokes or shapes"
    if layer.get("bm") not in (None, *_BLENDED):
        yield f"has the blend mode {layer['bm']}, which the phone draws as normal"
    if any(isinstance(mask, dict) and mask.get("mode") == "i" for mask in layer.get("masksProperties", [])):
        yield "has an intersecting mask, which the phone adds in place of it"
    if layer.get("cl") == "ai" or str(layer.get("nm", "")).endswith(".ai"):
        yield "is an Illustrator layer, which the phone can't draw; After Effects: Create Shapes from Vector Layer"
    shapes = set(_shape_types(layer.get("shapes", [])))
    if "mm" in shapes:
        yield "merges paths, which the phone draws one by one; merge them into one path before the export"
    for strange in sorted(shapes - _SHAPES):
        yield f"has {_OTHER_SHAPES.get(strange, f'a shape of the type {strange}')}, which the phone leaves out"


def _shape_types(shapes: object) -> Iterator[str]:
    waiting = [shapes]
    while waiting:
        some = waiting.pop()
        for shape in some if isinstance(some, list) else []:
            if isinstance(shape, dict) and shape.get("hd") is not True:
                yield str(shape.get("ty"))
                waiting.append(shape.get("it"))


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
