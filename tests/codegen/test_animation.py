"""What follows a fingertip: the kind's own animation, or the user's, if it is one."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appspec.contract import Coordinates
from appspec.errors import KitError
from codegen import ANIMATION, generate, read_animation, template_folder
from tests.golden.rewrite import classify_contract, example_contract, heatmap_contract, small_spec

OWN = template_folder() / "app/src/follow/assets" / ANIMATION
CONTRACTS = "app/src/main/kotlin/io/apkiln/app/model/ModelContracts.kt"


def test_the_kinds_own_animation_is_small_and_loops_without_a_jump() -> None:
    document = json.loads(read_animation(OWN).content)
    assert OWN.stat().st_size < 20_000
    assert (document["w"], document["h"]) == (200, 200)
    for layer in document["layers"]:
        assert (layer["ip"], layer["op"]) == (document["ip"], document["op"])
        scale = layer["ks"]["s"]["k"]
        if layer["nm"] != "wave":  # the wave has faded away when it begins anew
            assert scale[0]["s"] == scale[-1]["s"]
    wave = document["layers"][-1]
    assert wave["nm"] == "wave"
    assert wave["ks"]["o"]["k"][-1]["s"] == [0]


def test_apps_bring_it_whose_models_point_at_something(tmp_path: Path) -> None:
    points = replace(example_contract(), name="points", decoder=Coordinates())
    tip = replace(points, name="tip", decoder=Coordinates(shown=(3,)))
    for contract, wanted in ((heatmap_contract(), True), (classify_contract(), False), (points, False), (tip, True)):
        folder = tmp_path / contract.name
        folder.mkdir()
        generate(small_spec("x", "camera", contract), [contract], template_folder(), folder, {})
        assert (folder / "app/src/main/assets" / ANIMATION).is_file() == wanted
    follower = template_folder() / "app/src/camera/kotlin/io/apkiln/app/overlay/Follower.kt"
    assert f'ANIMATION = "{ANIMATION}"' in follower.read_text(encoding="utf-8")


def test_the_users_animation_replaces_it(tmp_path: Path) -> None:
    mine = tmp_path / "mine.json"
    mine.write_bytes(OWN.read_bytes().replace(b"follow", b"sparks"))
    folder = tmp_path / "project"
    folder.mkdir()
    contract = heatmap_contract()
    assets = {ANIMATION: read_animation(mine).content}
    generate(small_spec("x", "camera", contract), [contract], template_folder(), folder, assets)
    assert (folder / "app/src/main/assets" / ANIMATION).read_bytes() == mine.read_bytes()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "can't read"),
        (b"\x89PNG\r\n", "is not JSON"),
        (b"[]", "lacks v, fr"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"<svg/>", "a picture (SVG)"),
        (b"var animationData = {};", "JavaScript"),
        (b'{"v": "5", "fr": 30, "ip": 0, "op": 9, "w": 1, "h": 1}', "lacks layers"),
    ],
)
def test_what_is_no_animation_is_refused(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "a.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(KitError) as caught:
        read_animation(file)
    assert says in f"{caught.value.what} {caught.value.why}"
    assert "android.animation" in caught.value.what


WHOLE = {"v": "5.7.4", "fr": 30, "ip": 0, "op": 60, "w": 200, "h": 200}
SHAPE = {"ty": 4, "nm": "dot", "ip": 0, "op": 60, "st": 0, "ks": {}, "shapes": []}
PICTURE = {"id": "image_0", "w": 9, "h": 9, "u": "images/", "p": "img_0.png", "e": 0}


def written(folder: Path, **changed: object) -> Path:
    """An animation of one shape, with some keys changed."""
    file = folder / "fx.json"
    file.write_text(json.dumps({**WHOLE, "layers": [SHAPE], **changed}), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"layers": [{**SHAPE, "ty": 2, "refId": "image_0"}], "assets": [PICTURE]}, "dot needs the picture images/img_0.png"),
        ({"layers": [{**SHAPE, "ty": 2, "refId": "image_7"}], "assets": [PICTURE]}, 'dot needs the image "image_7"'),
        ({"layers": [{**SHAPE, "ty": 0, "refId": "comp_9"}]}, 'dot needs the composition "comp_9"'),
        ({"layers": [{**SHAPE, "ty": 5}], "fonts": {"list": [{"fName": "Round-Bold"}]}}, "dot needs the font Round-Bold"),
        ({"w": 0}, "its width (w) is 0"),
        ({"fr": "30"}, 'fr is "30", and must be a number'),
        ({"layers": []}, "it has no layer"),
        ({"layers": {}}, "layers is no list"),
        ({"op": 0}, "it ends (op 0) before it begins (ip 0)"),
        ({"layers": [{**SHAPE, "op": -1}]}, "layer dot ends (op -1)"),
        ({"layers": [{**SHAPE, "ty": "4"}]}, 'layer dot has the type "4"'),
        ({"layers": [{**SHAPE, "ks": []}]}, "ks of layer dot is []"),
        ({"layers": [{key: value for key, value in SHAPE.items() if key != "ks"}]}, "ks of layer dot is null"),
        ({"layers": [{**SHAPE, "ks": {"p": {"a": 0, "k": "left"}}}]}, "p in ks of layer dot"),
        ({"layers": [{**SHAPE, "ks": {"p": {"s": True, "x": {"a": 0, "k": 1}, "y": {"a": 1, "k": []}}}}]}, "y of p in ks"),
        ({"layers": [{**SHAPE, "shapes": "ring"}]}, 'the shapes of layer dot are "ring"'),
        ({"layers": [{**SHAPE, "shapes": [{"ty": "gr", "it": [{"ty": 4}]}]}]}, "a shape of layer dot"),
        ({"layers": [{**SHAPE, "ty": 0, "refId": ["a"]}]}, 'the composition ["a"]'),
        (
            {
                "layers": [{**SHAPE, "ty": 0, "refId": "a"}],
                "assets": [
                    {"id": "a", "layers": [{**SHAPE, "ty": 0, "refId": "b"}]},
                    {"id": "b", "layers": [{**SHAPE, "ty": 0, "refId": "a"}]},
                ],
            },
            "holds itself",
        ),
        ({"layers": [{**SHAPE, "ind": 1, "parent": 2}, {**SHAPE, "ind": 2, "parent": 1}]}, "follows itself"),
        ({"layers": [{**SHAPE, "hd": True}]}, "nothing would be seen"),
        ({"layers": [{**SHAPE, "ty": 3}]}, "nothing would be seen"),
        ({"layers": [{**SHAPE, "ip": 100, "op": 200}]}, "nothing would be seen"),
        (
            {"layers": [{**SHAPE, "ty": 2, "refId": "i"}], "assets": [{"id": "i", "p": "data:image/svg+xml;base64,PHN2Zz4="}]},
            "none that a phone reads",
        ),
        ({"assets": [{"id": []}]}, "an asset is"),
        ({"fonts": {"list": 3}}, "fonts is"),
        ({"v": "5"}, "three numbers"),
        ({"layers": [{**SHAPE, "hd": 0}]}, "hd of layer dot is 0"),
        ({"layers": [{**SHAPE, "ty": 1, "sc": "red"}]}, 'the colour (sc) of layer dot is "red"'),
        ({"layers": [{**SHAPE, "shapes": [{"ty": "fl", "c": {"sid": "tint"}}]}]}, 'needs the slot "tint"'),
        ({"w": 200.5}, "its width (w) is 200.5"),
        ({"w": 10**8}, "a phone draws up to"),
    ],
)
def test_what_the_phone_could_not_play_is_named_by_its_layer(tmp_path: Path, changed: dict[str, object], says: str) -> None:
    with pytest.raises(KitError) as caught:
        read_animation(written(tmp_path, **changed))
    assert says in caught.value.why


def test_changed_files_end_in_one_error_or_none(tmp_path: Path) -> None:
    """Values of other types, and keys that are missing, anywhere."""
    rng = random.Random(1)
    inside = {**PICTURE, "u": "", "p": "data:image/png;base64,iVBORw0KGgo=", "e": 1}
    layers = [SHAPE, {**SHAPE, "ty": 0, "refId": "c"}, {**SHAPE, "ty": 2, "refId": "image_0"}, {**SHAPE, "ty": 5}]
    whole = {
        **WHOLE,
        "layers": layers,
        "assets": [inside, {"id": "c", "layers": [SHAPE]}],
        "chars": [{}],
        "fonts": {"list": [{"fName": "a"}]},
    }
    file = tmp_path / "fx.json"
    for _ in range(1500):
        document = copy.deepcopy(whole)
        for _ in range(rng.randint(1, 3)):
            holder, key = rng.choice(list(places(document)))
            if rng.random() < 0.3:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(rng.choice([None, True, -1, 1e308, "", [], {}, "a", [1], {"k": 1}]))
        file.write_text(json.dumps(document), encoding="utf-8")
        with contextlib.suppress(KitError):
            read_animation(file)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(holder, key) of everything in a document."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


def test_what_brings_all_that_it_needs_is_taken(tmp_path: Path) -> None:
    inside = {**PICTURE, "u": "", "p": "data:image/png;base64,iVBORw0KGgo=", "e": 1}
    layers = [{**SHAPE, "ty": 2, "refId": "image_0"}, {**SHAPE, "ty": 5}]
    file = written(tmp_path, layers=layers, assets=[inside], chars=[{"ch": "a"}], fonts={"list": [{"fName": "Round"}]})
    assert read_animation(file).content == file.read_bytes()


def test_a_byte_order_mark_does_not_reach_the_player(tmp_path: Path) -> None:
    file = written(tmp_path)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert json.loads(read_animation(file).content)["w"] == 200


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"shapes": [{"ty": "gr", "it": [{"ty": "mm", "mm": 1}]}]}, "merges paths"),
        ({"shapes": [{"ty": "zz"}]}, "a zig zag, which the phone leaves out"),
        ({"tt": 3}, "a luma matte"),
        ({"ef": [{"ty": 5, "nm": "Glow"}, {"ty": 25, "nm": "Drop Shadow"}]}, "effects (Glow)"),
        ({"bm": 12}, "the blend mode 12"),
        ({"cl": "ai"}, "an Illustrator layer"),
        ({"masksProperties": [{"mode": "i"}]}, "an intersecting mask"),
        ({"shapes": [{"ty": "mm", "hd": True}], "tt": 1, "bm": 3, "ef": [{"ty": 29}, {"ty": 5, "en": 0}]}, ""),
    ],
)
def test_what_looks_otherwise_is_told_once(tmp_path: Path, changed: dict[str, object], says: str) -> None:
    """Each in two of three layers."""
    layers = [SHAPE, {**SHAPE, "nm": "ring", **changed}, {**SHAPE, "nm": "star", **changed}]
    notes = read_animation(written(tmp_path, layers=layers)).notes
    if says:
        (note,) = notes
        assert note.startswith("fx.json: layer ring (and 1 more layer) ")
        assert says in note
    else:
        assert notes == ()


def test_an_expression_is_told(tmp_path: Path) -> None:
    file = written(tmp_path, layers=[{**SHAPE, "ks": {"r": {"a": 0, "k": 0, "x": "time * 360"}}}])
    assert read_animation(file).notes == (
        "fx.json: layer dot moves by an expression, which the phone ignores; bake it into keyframes",
    )


@pytest.mark.parametrize(("camera", "written"), [(None, "back"), ("front", "front")])
def test_the_camera_to_begin_with(tmp_path: Path, camera: str | None, written: str) -> None:
    contract = heatmap_contract()
    spec = small_spec("x", "camera", contract)
    spec = spec.model_copy(update={"android": spec.android.model_copy(update={"camera": camera})})
    generate(spec, [contract], template_folder(), tmp_path, {})
    assert f'CAMERA = "{written}"' in (tmp_path / CONTRACTS).read_text(encoding="utf-8")
