"""What follows a fingertip: the kind's own animation, or the user's, if it is one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appspec.errors import KitError
from codegen import ANIMATION, generate, read_animation, template_folder
from tests.golden.rewrite import classify_contract, heatmap_contract, small_spec

OWN = template_folder() / "app/src/heatmap/assets" / ANIMATION
CONTRACTS = "app/src/main/kotlin/io/apkiln/app/model/ModelContracts.kt"


def test_the_kinds_own_animation_is_small_and_loops_without_a_jump() -> None:
    document = json.loads(read_animation(OWN))
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


def test_heatmaps_bring_it_and_other_apps_do_not(tmp_path: Path) -> None:
    for contract, wanted in ((heatmap_contract(), True), (classify_contract(), False)):
        folder = tmp_path / contract.name
        folder.mkdir()
        generate(small_spec("x", "camera", contract), [contract], template_folder(), folder, {})
        assert (folder / "app/src/main/assets" / ANIMATION).is_file() == wanted
    kind = template_folder() / "app/src/heatmap/kotlin/io/apkiln/app/heatmap/HeatmapKind.kt"
    assert f'animation = "{ANIMATION}"' in kind.read_text(encoding="utf-8")


def test_the_users_animation_replaces_it(tmp_path: Path) -> None:
    mine = tmp_path / "mine.json"
    mine.write_bytes(OWN.read_bytes().replace(b"follow", b"sparks"))
    folder = tmp_path / "project"
    folder.mkdir()
    contract = heatmap_contract()
    assets = {ANIMATION: read_animation(mine)}
    generate(small_spec("x", "camera", contract), [contract], template_folder(), folder, assets)
    assert (folder / "app/src/main/assets" / ANIMATION).read_bytes() == mine.read_bytes()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "can't read"),
        (b"\x89PNG\r\n", "is not JSON"),
        (b"[]", "lacks v, fr"),
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


@pytest.mark.parametrize(("camera", "written"), [(None, "back"), ("front", "front")])
def test_the_camera_to_begin_with(tmp_path: Path, camera: str | None, written: str) -> None:
    contract = heatmap_contract()
    spec = small_spec("x", "camera", contract)
    spec = spec.model_copy(update={"android": spec.android.model_copy(update={"camera": camera})})
    generate(spec, [contract], template_folder(), tmp_path, {})
    assert f'CAMERA = "{written}"' in (tmp_path / CONTRACTS).read_text(encoding="utf-8")
