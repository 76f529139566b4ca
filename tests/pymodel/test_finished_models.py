"""Finished models on this machine: alone and in a chain, judged and drawn; both heads, and what a training starts from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from appspec.artifacts import Artifacts
from appspec.contract import Coordinates, CropPolicy
from appspec.data_spec import Data, Split
from appspec.errors import KitError
from appspec.load import load_app
from appspec.progress import Silent
from appspec.read_contract import read_contract
from pages.drawing import FOUND, Drawing
from pymodel.data.formats.cat import POINTS
from pymodel.data.inspection import inspect
from pymodel.data.store import ExampleStore
from pymodel.evaluate.chain import evaluate_chain, evaluate_model, evaluate_stages, store_samples
from pymodel.evaluate.judge import Judge
from pymodel.evaluate.metrics import nme
from pymodel.evaluate.page import write_page
from pymodel.evaluate.predict import predict
from pymodel.inference.chain import Chain
from pymodel.inference.interpreter import HostModel
from pymodel.networks.fused import weights_of
from pymodel.networks.mobilenet_v2 import build_model
from pymodel.pipeline import build_models
from pymodel.preprocess.geometry import box_region, frame_region, iou
from pymodel.stages.chosen import chosen_models
from pymodel.tasks.task import find_task
from tests.kit import Kit

LANDMARKS_ALONE = """
[app]
name = "Alone"
id = "org.example.alone"
[[model]]
name = "marks"
task = "landmarks"
input = { size = [32, 32] }
head = "regress"
pooling = "POOLING"
backbone = { weights = "WEIGHTS" }
train = { epochs = 1, batch_size = 16 }
[data]
format = "drawn"
pictures = 60
split = { validation = 0.2, test = 0.2 }
[convert]
quantize = "none"
"""


BOX, LANDMARKS = find_task("box"), find_task("landmarks")
assert isinstance(BOX, Judge)
assert isinstance(LANDMARKS, Judge)
JUDGES = (BOX, LANDMARKS)


@pytest.fixture(scope="module")
def models(trained: Kit) -> list[Path]:
    return chosen_models(load_app(trained.folder / "apps", "tiny"), trained.artifacts())


@pytest.fixture(scope="module")
def store(trained: Kit) -> ExampleStore:
    return ExampleStore(trained.artifacts().examples)


@pytest.fixture
def photograph(trained: Kit) -> Path:
    return sorted(trained.artifacts().data.glob("*.jpg"))[3]


def build_alone(folder: Path, trained: Kit, pooling: str = "max", weights: str = "none") -> list[Path]:
    """A landmark model without a box model before it, on the pictures that are drawn already."""
    text = LANDMARKS_ALONE.replace("POOLING", pooling).replace("WEIGHTS", weights)
    text = text.replace('format = "drawn"', f'format = "cat"\npath = "{trained.artifacts().data.as_posix()}"')
    file = folder / "apps" / "alone" / "app.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    spec, artifacts = load_app(folder / "apps", "alone"), Artifacts(folder / "build" / "alone")
    build_models(spec, artifacts, Silent())
    return chosen_models(spec, artifacts)


def shape_of(picture: Path) -> tuple[int, int]:
    with Image.open(picture) as image:
        assert image.format == "PNG"
        return image.size


def test_a_chain_is_its_models_one_after_the_other(models: list[Path], store: ExampleStore) -> None:
    image = np.ascontiguousarray(store.image(0))
    height, width = image.shape[:2]
    with Chain(models) as chain, HostModel(models[0]) as box_model, HostModel(models[1]) as landmark_model:
        box, landmarks = chain.answers(image)
        alone = box_model.answer(image, frame_region(width, height))
        np.testing.assert_array_equal(alone.box, box.box)
        assert box.region == frame_region(width, height)
        margin = landmark_model.contract.crop_policy.margin
        first = landmark_model.answer(image, box_region(alone.box, margin))
        assert landmarks.region == box_region(alone.box if landmarks.looks == 1 else first.box, margin)
        np.testing.assert_array_equal(landmark_model.answer(image, landmarks.region).points, landmarks.points)
    assert landmarks.points.shape == (9, 2)


def test_points_follow_the_region_that_a_model_looks_at(models: list[Path], store: ExampleStore) -> None:
    image = np.ascontiguousarray(store.image(1))
    with HostModel(models[1]) as model:
        near = model.answer(image, (20.0, 10.0, 64.0, 64.0))
        crop = model.crop(image, (20.0, 10.0, 64.0, 64.0))
        inside = model.answer(crop, (0.0, 0.0, *map(float, model.size)))
    np.testing.assert_allclose(near.points, inside.points / model.size * 64.0 + (20.0, 10.0), atol=1e-3)


def test_evaluation_is_the_mean_of_its_pictures(models: list[Path], store: ExampleStore) -> None:
    evaluation, judged = evaluate_chain(models, store_samples(store), LANDMARKS)
    answers = [one.answers for one in judged]
    examples = [store.examples[i] for i in store.indices("test")]
    ious = [float(iou(found[-1].box, example.box)) for found, example in zip(answers, examples, strict=True)]
    nmes = [float(nme(found[1].points, example.points, example.box)) for found, example in zip(answers, examples, strict=True)]
    assert evaluation.pictures == len(examples) > 4
    assert evaluation.metrics["iou"].value == pytest.approx(np.mean(ious), abs=1e-4)
    assert evaluation.metrics["nme"].value == pytest.approx(np.mean(nmes), abs=1e-4)
    assert evaluation.metrics["nme"].low <= evaluation.metrics["nme"].value <= evaluation.metrics["nme"].high
    with HostModel(models[0]) as model:
        alone = evaluate_model(model, store.pictures("test"), BOX).value
        boxes = [
            model.answer(store.image(i), frame_region(e.width, e.height)).box
            for i, e in zip(store.indices("test"), examples, strict=True)
        ]
    assert alone == pytest.approx(np.mean([float(iou(box, e.box)) for box, e in zip(boxes, examples, strict=True)]), abs=1e-6)
    assert evaluate_stages(dict(zip(models, JUDGES, strict=True)), store)["cat_box"] == alone


def test_predict_draws_a_picture_and_names_every_point(models: list[Path], photograph: Path, tmp_path: Path) -> None:
    found = predict(models, JUDGES, photograph, tmp_path / "new" / "answer.png")
    assert [row["model"] for row in found.rows] == ["cat_box"] * 2 + ["cat_landmarks"] * 9
    assert [row["point"] for row in found.rows[:3]] == ["top_left", "bottom_right", "left_eye"]
    assert 960 <= max(shape_of(found.picture)) <= 1010
    assert json.loads(json.dumps(found.rows)) == list(found.rows)
    assert 0 < found.duration_ms < 1000


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (2000, 8)])
def test_predict_takes_pictures_of_every_shape(models: list[Path], tmp_path: Path, size: tuple[int, int]) -> None:
    file = tmp_path / "odd.png"
    Image.new("RGB", size, (200, 180, 90)).save(file)
    found = predict(models, JUDGES, file, tmp_path / "answer.png")
    assert all(np.isfinite([row["x"], row["y"]]).all() for row in found.rows)
    assert 960 <= max(shape_of(found.picture)) <= 1010


def test_predict_names_what_it_cannot_read(models: list[Path], tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    for name, says in (("cut.jpg", "Can't read the image"), ("none.jpg", "There is no image")):
        with pytest.raises(KitError, match=says):
            predict(models, JUDGES, tmp_path / name, tmp_path / "answer.png")


def test_the_sheet_of_an_evaluation_shows_every_picture(models: list[Path], store: ExampleStore, tmp_path: Path) -> None:
    samples = list(store_samples(store))
    evaluation, _ = evaluate_chain(models, samples, LANDMARKS)
    write_page("Tiny", evaluation.as_document(), models, samples, LANDMARKS, tmp_path)
    width, height = shape_of(tmp_path / "worst.png")
    assert width > 1500
    assert height > 280 * (evaluation.pictures // 6)


def test_inspect_counts_and_draws(trained: Kit, tmp_path: Path) -> None:
    data = Data(format="cat", path=".", split=Split(validation=0.2, test=0.2))
    found = inspect(trained.artifacts().data, data, tmp_path / "sheet.png", 12)
    assert sum(found.counts.values()) == 60
    assert found.counts == ExampleStore(trained.artifacts().examples).counts()
    assert found.problems == ()
    assert found.box_share is not None
    assert 0 < found.box_share[0] <= found.box_share[1] <= found.box_share[2] <= 1
    assert found.points == dict.fromkeys(POINTS, 60)
    assert any("few" in finding for finding in found.findings)
    assert shape_of(tmp_path / "sheet.png")[0] > 1000


def test_a_box_as_small_as_a_point_is_drawn() -> None:
    drawing = Drawing(np.zeros((20, 30, 3), np.uint8), 120)
    drawing.box(np.array([10, 10, 10, 10], np.float32), FOUND)
    assert drawing.image.getpixel((40, 40)) == FOUND


@pytest.mark.parametrize(("pooling", "weights"), [("max", "none"), ("avg", "start.keras")])
def test_a_regressed_landmark_model_goes_all_the_way_alone(
    trained: Kit, tmp_path: Path, pooling: str, weights: str, photograph: Path
) -> None:
    """With either pooling, from nothing and from a file of weights."""
    if weights != "none":
        start = tmp_path / "apps" / "alone" / weights
        start.parent.mkdir(parents=True)
        shutil.copyfile(trained.artifacts().train("cat_landmarks") / "model.keras", start)
    (model,) = build_alone(tmp_path, trained, pooling, weights)
    contract = read_contract(model)
    assert (contract.decoder, contract.crop) == (Coordinates(box_margin=0.1), CropPolicy())
    assert contract.output.shape == (1, 9, 2)
    found = predict([model], [LANDMARKS], photograph, tmp_path / "answer.png")
    with Image.open(photograph) as image:
        x0, y0, side, _ = frame_region(*image.size)
    assert len(found.rows) == 9
    assert all(x0 <= float(str(row["x"])) <= x0 + side and y0 <= float(str(row["y"])) <= y0 + side for row in found.rows)


def test_pooling_changes_the_model() -> None:
    pools = [
        {type(layer).__name__ for layer in build_model(None, 0.35, "none", "regress", 9, pooling).layers}
        for pooling in ("max", "avg")
    ]
    assert "GlobalMaxPooling2D" in pools[0]
    assert "GlobalAveragePooling2D" in pools[1]


def test_weights_of_a_file_are_taken_layer_by_layer(trained: Kit) -> None:
    import keras

    file = trained.artifacts().train("cat_landmarks") / "model.keras"
    source = keras.saving.load_model(file, compile=False)
    fresh, other = build_model(None, 0.35, "none", "regress", 9), build_model(None, 0.35, file, "regress", 9)
    layer = "block_5_expand"
    wanted = source.get_layer(layer).get_weights()[0]
    np.testing.assert_array_equal(weights_of(other)[layer][0], wanted)
    assert not np.array_equal(weights_of(fresh)[layer][0], wanted)


@pytest.mark.parametrize(
    ("content", "weights", "says"),
    [
        (None, "missing.keras", "does not exist"),
        (b"no weights at all", "start.keras", ""),
        (b"", "start.keras", ""),
    ],
)
def test_weights_that_cannot_be_used_are_told(
    trained: Kit, tmp_path: Path, content: bytes | None, weights: str, says: str
) -> None:
    if content is not None:
        (tmp_path / "apps" / "alone").mkdir(parents=True)
        (tmp_path / "apps" / "alone" / weights).write_bytes(content)
    with pytest.raises(KitError, match="Can't load the") as caught:
        build_alone(tmp_path, trained, weights=weights)
    assert says in caught.value.why
    assert "\n" not in caught.value.why


@pytest.mark.filterwarnings("ignore:.*input_shape.*:UserWarning")
def test_imagenet_weights_out_of_reach_are_told(trained: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> str:
        raise Exception("URL fetch failure on https://storage.example/w.h5: None -- [Errno -3] no network")  # as Keras does

    monkeypatch.setattr("keras.src.applications.mobilenet_v2.file_utils.get_file", fail)
    with pytest.raises(KitError, match="ImageNet") as caught:
        build_alone(tmp_path, trained, weights="imagenet")
    assert "URL fetch failure" in caught.value.why
    assert "none" in caught.value.fix
    assert not list((tmp_path / "build").rglob("*.making"))
