"""MediaPipe's own models become adopted ones, projects and answers, or are refused with the operators that phones lack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from appspec.artifacts import Artifacts
from appspec.contract import Anchors, Coordinates, Grid
from appspec.errors import KitError
from appspec.progress import Silent
from appspec.read_contract import read_contract
from appspec.spec import AppSpec
from codegen import generate, template_folder
from pymodel.pipeline import build_models
from pymodel.stages.judged import predict_image
from pymodel.synthetic import draw_hand
from tests.wheels import mediapipe_models

FACE = {"name": "face", "task": "detect", "file": "face_detection/face_detection_short_range.tflite"}
PALM = {"name": "palm", "task": "detect", "file": "palm_detection/palm_detection_full.tflite"}
HAND = {
    "name": "hand",
    "task": "landmarks",
    "file": "hand_landmark/hand_landmark_lite.tflite",
    "outputs": ["Identity", "Identity_1"],
}
MESH = {"name": "mesh", "task": "landmarks", "file": "face_landmark/face_landmark.tflite", "labels": 468}
POSE = {
    "name": "pose",
    "task": "landmarks",
    "file": "pose_landmark/pose_landmark_full.tflite",
    "labels": 39,
    "input": {"mean": 0, "std": 255},
}
FINDER = {"name": "pose", "task": "detect", "file": "pose_detection/pose_detection.tflite"}

CASES: dict[str, tuple[list[dict[str, Any]], Any]] = {
    "face detector": ([FACE], Anchors((Grid(16, 16, 2), Grid(8, 8, 6)))),
    "palm detector": ([PALM], Anchors((Grid(24, 24, 2), Grid(12, 12, 6)))),
    "pose detector": ([FINDER], Anchors((Grid(28, 28, 2), Grid(14, 14, 2), Grid(7, 7, 6)))),
    "hand landmarks after palms": ([PALM, HAND], Coordinates(0.5, 0.0, 3, "pixel", "probability")),
    "face mesh after faces": ([FACE, MESH], Coordinates(0.5, 0.0, 3, "pixel", "logit")),
    "pose": ([POSE], Coordinates(0.5, 0.0, 5, "pixel", "probability")),
}


@pytest.mark.parametrize("case", CASES)
def test_it_becomes_a_project_and_a_picture(case: str, tmp_path: Path) -> None:
    models, decoder = CASES[case]
    for model in models:
        assert (mediapipe_models() / model["file"]).is_file()
    placed = [{**model, "file": str(mediapipe_models() / model["file"])} for model in models]
    spec = AppSpec.model_validate({"app": {"name": case, "id": "org.example.ready"}, "model": placed})
    made = build_models(spec, Artifacts(tmp_path / "build"), Silent())
    contracts = [read_contract(model.path) for model in made.models]
    assert contracts[-1].decoder == decoder
    assert made.evaluation is None
    project = tmp_path / "android"
    project.mkdir()
    generate(spec, contracts, template_folder(), project, {model.path.name: model.path.read_bytes() for model in made.models})
    assert all((project / "app/src/main/assets" / f"{model['name']}.tflite").is_file() for model in models)
    picture = tmp_path / "hand.png"
    import numpy as np

    Image.fromarray(draw_hand(np.random.default_rng(3), (480, 640)).image).save(picture)
    found = predict_image(spec, [model.path for model in made.models], picture, tmp_path / "answer.png")
    assert found.duration_ms > 0
    with Image.open(tmp_path / "answer.png") as drawn:
        assert drawn.width > 500


@pytest.mark.parametrize(
    ("file", "operator"),
    [
        ("selfie_segmentation/selfie_segmentation.tflite", "Convolution2DTransposeBias"),
        ("face_landmark/face_landmark_with_attention.tflite", "Landmarks2TransformMatrix"),
    ],
)
def test_operators_that_no_phone_has_are_named(file: str, operator: str, tmp_path: Path) -> None:
    model = {"name": "it", "task": "mask", "file": str(mediapipe_models() / file)}
    spec = AppSpec.model_validate({"app": {"name": "It", "id": "org.example.it"}, "model": [model]})
    with pytest.raises(KitError) as told:
        build_models(spec, Artifacts(tmp_path / "build"), Silent())
    assert operator in told.value.why


def test_outputs_described_in_another_order_are_asked_about(tmp_path: Path) -> None:
    asked = {key: value for key, value in HAND.items() if key != "outputs"}
    spec = AppSpec.model_validate(
        {
            "app": {"name": "It", "id": "org.example.it"},
            "model": [{**asked, "file": str(mediapipe_models() / str(asked["file"]))}],
        }
    )
    with pytest.raises(KitError, match="tells whether the points are there"):
        build_models(spec, Artifacts(tmp_path / "build"), Silent())
