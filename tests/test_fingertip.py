"""The app of two ready models in a row: made without TensorFlow, and what it finds of drawn hands."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appspec.artifacts import Artifacts
from appspec.load import load_app
from appspec.progress import Silent
from appspec.read_contract import read_contract
from appspec.spec import AppSpec
from appspec.stages import ROOT
from codegen import generate, template_folder
from flow.packaged import find_packaged
from flow.screen import Screen
from pages.drawing import bones
from pymodel.inference.chain import Chain
from pymodel.inference.tracker import Tracker
from pymodel.pipeline import build_models
from pymodel.stages.judged import evaluate_folder, predict_image
from pymodel.synthetic import draw_hand

MAKE = """
import sys
from pathlib import Path
from appspec.artifacts import Artifacts
from appspec.load import load_app
from appspec.progress import Silent
from appspec.stages import ROOT
from flow.packaged import find_packaged
from flow.screen import Screen
from pymodel.pipeline import build_models
build_models(load_app(ROOT / "apps", "fingertip", []), Artifacts(Path(sys.argv[1])), Silent(), find_packaged=find_packaged(Screen()))
assert "tensorflow" not in sys.modules
"""

FACE = """[app]
name = "Face"
id = "org.example.face"

[[model]]
name = "face"
task = "detect"
file = "pypi:mediapipe==0.10.21/mediapipe/modules/face_detection/face_detection_short_range.tflite"
input = { mean = 127.5, std = 127.5 }
labels = ["face"]
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The finished models, made in a process that never imports TensorFlow."""
    folder = tmp_path_factory.mktemp("fingertip")
    subprocess.run([sys.executable, "-c", MAKE, str(folder)], check=True, cwd=ROOT, timeout=300)
    return [Artifacts(folder).models / f"{name}.tflite" for name in ("palm", "hand")]


@pytest.fixture(scope="module")
def spec() -> AppSpec:
    return load_app(ROOT / "apps", "fingertip", [])


def test_models_say_where_they_are_from_and_so_does_the_project(models: list[Path], spec: AppSpec, tmp_path: Path) -> None:
    contracts = [read_contract(path) for path in models]
    assert all("PyPI package mediapipe 0.10.21, Apache-2.0" in contract.credit for contract in contracts)
    assert contracts[0].about.license == "Apache-2.0"
    generate(spec, contracts, template_folder(), tmp_path, {path.name: path.read_bytes() for path in models})
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert all(f"- {contract.credit}" in readme for contract in contracts)


@pytest.mark.parametrize("quarters", range(4))
def test_a_drawn_hand_is_found_whichever_side_is_up_and_then_followed(models: list[Path], quarters: int) -> None:
    drawn = draw_hand(np.random.default_rng(SEEN), (640, 480))
    image = np.ascontiguousarray(np.rot90(drawn.image, quarters))
    with Chain(models) as chain:
        upright, turned = chain.answers(drawn.image)[-1], chain.answers(image)[-1]
        assert upright.found
        assert turned.found
        assert (upright.turn - turned.turn) % 4 == quarters
        centre, back = np.array(drawn.image.shape[1::-1]) / 2, math.radians(-90 * quarters)
        right = np.array([[math.cos(back), -math.sin(back)], [math.sin(back), math.cos(back)]])
        expected = (upright.points - centre) @ right.T + np.array(image.shape[1::-1]) / 2
        size = np.ptp(upright.points, axis=0).max()
        assert np.linalg.norm(turned.points - expected, axis=1).max() < 0.05 * size
        tracker = Tracker(chain.models)
        ran = [len(tracker.answers(np.roll(image, 4 * i, axis=1))) for i in range(4)]
        assert ran == [2, 1, 1, 1]
        assert len(tracker.answers(np.full_like(image, 90))) == 1
        assert not tracker.follows


SEEN = 8
"""A drawing whose hand is whole and open."""


def test_points_are_judged_by_name_and_drawn(models: list[Path], spec: AppSpec, tmp_path: Path) -> None:
    image = draw_hand(np.random.default_rng(SEEN), (640, 480)).image
    with Chain(models) as chain:
        found = chain.answers(image)[-1].points
    Image.fromarray(image).save(tmp_path / "hand.png")
    labels = list(read_contract(models[1]).labels)
    far = found.copy()
    far[:8] = (320, 240)  # those that the app doesn't show aren't judged
    (tmp_path / "hands.json").write_text(json.dumps(coco(labels, far, found)), encoding="utf-8")
    evaluate_folder(spec, models, tmp_path, tmp_path / "evaluation")
    document = json.loads((tmp_path / "evaluation" / "evaluation.json").read_text(encoding="utf-8"))
    assert document["metrics"]["pck_0.1"]["value"] == 1.0
    assert document["metrics"]["nme"]["value"] < 0.01
    said = predict_image(spec, models, tmp_path / "hand.png", tmp_path / "answer.png")
    assert [row["point"] for row in said.rows if "point" in row] == labels
    assert said.missed == {}
    Image.fromarray(np.full((480, 640, 3), 128, np.uint8)).save(tmp_path / "grey.png")
    nothing = predict_image(spec, models, tmp_path / "grey.png", tmp_path / "nothing.png")
    assert nothing.missed == {"palm": 0.5, "hand": 0.5}  # though the hand's model always gives points


def coco(labels: list[str], points: np.ndarray, found: np.ndarray) -> dict[str, object]:
    (x0, y0), (x1, y1) = found.min(0).tolist(), found.max(0).tolist()
    keypoints = [number for x, y in points.tolist() for number in (x, y, 2)]
    return {
        "images": [{"id": 1, "file_name": "hand.png", "width": 640, "height": 480}],
        "categories": [{"id": 1, "name": "hand", "keypoints": labels}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [x0, y0, x1 - x0, y1 - y0], "keypoints": keypoints, "iscrowd": 0}
        ],
    }


def test_the_same_decoder_serves_faces(tmp_path: Path) -> None:
    folder = tmp_path / "apps" / "face"
    folder.mkdir(parents=True)
    (folder / "app.toml").write_text(FACE, encoding="utf-8")
    face = load_app(tmp_path / "apps", "face", [])
    made = build_models(face, Artifacts(tmp_path / "build"), Silent(), find_packaged=find_packaged(Screen()))
    with Chain([model.path for model in made.models]) as chain:
        (nothing,) = chain.answers(np.full((120, 160, 3), 90, np.uint8))
    assert not nothing.found
    assert nothing.contract.outputs[0].shape == (1, 896, 16)


def test_fingers_are_joined_from_the_wrist_to_their_tips() -> None:
    names = ["wrist", "thumb1", "thumb2", "pinky_finger1", "pinky_finger2", "nose", "left_ear_1", "left_ear_2"]
    assert bones(names) == [(0, 1), (1, 2), (0, 3), (3, 4)]
