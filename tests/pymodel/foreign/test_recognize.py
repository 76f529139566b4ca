"""What a ready model does, and which of its outputs is which: by operator, shape, value and name, never by index."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from appspec.contract import Anchors, Classes, Coordinates, CropPolicy, Detections, Grid, Mask, Raw
from appspec.errors import KitError
from appspec.read_contract import read_contract
from pymodel.inference.interpreter import HostModel
from tests.pymodel.foreign.models import PIXELS, SIDE, adopted, anchored, constant_outputs, postprocessed, sigmoid_model

ROW = np.array([[0.1, 0.7, 0.2]])
BOXES = np.array([[[0.1, 0.1, 0.5, 0.5], [0.2, 0.2, 0.6, 0.6]]])
FOUND = {"a": BOXES, "b": np.array([[4.0, 1.0]]), "c": np.array([[0.9, 0.4]]), "d": np.array([2.0])}


def contract_of(content: bytes, folder: Path, **said: object):  # type: ignore[no-untyped-def]
    made = adopted(content, folder, **said)
    file = folder / "made.tflite"
    file.write_bytes(made.content)
    return read_contract(file), made


@pytest.mark.parametrize("order", list(permutations("abcd")), ids="".join)
def test_boxes_classes_scores_and_count_are_told_apart_in_every_order(order: tuple[str, ...], tmp_path: Path) -> None:
    contract, made = contract_of(constant_outputs({name: FOUND[name] for name in order}), tmp_path)
    assert made.task == "detect"
    assert contract.decoder == Detections(0.5)
    assert [tensor.name for tensor in contract.outputs] == ["boxes", "classes", "scores", "count"]
    assert [tensor.shape for tensor in contract.outputs] == [(1, 2, 4), (1, 2), (1, 2), (1,)]
    from pymodel.inference.interpreter import HostModel

    with HostModel(tmp_path / "made.tflite") as host:
        found = host.decoded(np.zeros((SIDE, SIDE, 3), np.uint8)).objects
    assert found.classes.tolist() == [4]
    assert found.scores.tolist() == pytest.approx([0.9])


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 3, 0, 1), (3, 2, 1, 0)])
def test_the_operators_own_order_counts_whatever_the_graphs(order: tuple[int, ...], tmp_path: Path) -> None:
    contract, made = contract_of(postprocessed(order), tmp_path, labels=("???", "cat", "dog", "cow"))
    assert made.task == "detect"
    assert contract.labels == ("cat", "dog", "cow")
    assert [tensor.shape for tensor in contract.outputs] == [(1, 2, 4), (1, 2), (1, 2), (1,)]
    assert any("without '???'" in note for note in made.notes)


def test_as_many_labels_as_the_operator_counts_are_kept_and_others_refused(tmp_path: Path) -> None:
    contract, _ = contract_of(postprocessed((0, 1, 2, 3)), tmp_path, labels=("background", "cat", "dog"))
    assert contract.labels == ("background", "cat", "dog")
    with pytest.raises(KitError, match=r"they are 2 .* the model has 3 classes"):
        adopted(postprocessed((0, 1, 2, 3)), tmp_path, labels=("cat", "dog"))


def test_values_that_tell_nothing_are_asked_about(tmp_path: Path) -> None:
    nothing = {"a": BOXES, "b": np.zeros((1, 2)), "c": np.zeros((1, 2)), "d": np.array([0.0])}
    with pytest.raises(KitError) as asked:
        adopted(constant_outputs(nothing), tmp_path)
    assert "--outputs a,CLASSES,SCORES,d" in asked.value.fix
    contract, _ = contract_of(constant_outputs(nothing), tmp_path, outputs=("a", "c", "b", "d"))
    assert contract.task == "detect"


@pytest.mark.parametrize("scores_first", [False, True])
def test_anchors_are_read_from_the_graph(scores_first: bool, tmp_path: Path) -> None:
    contract, made = contract_of(anchored(scores_first=scores_first), tmp_path, overlap=0.4, score=0.6)
    assert made.task == "detect"
    assert contract.decoder == Anchors((Grid(4, 4, 2), Grid(2, 2, 3)), 0.6, 0.4)
    assert [tensor.shape for tensor in contract.outputs] == [(1, 44, 6), (1, 44, 1)]
    assert contract.crop == CropPolicy()


def test_anchors_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    rows = {"rows": np.zeros((1, 44, 6)), "scores": np.zeros((1, 44, 1))}
    with pytest.raises(KitError, match=r"What does given.tflite do"):
        adopted(constant_outputs(rows), tmp_path)
    with pytest.raises(KitError, match="don't add up to 44 rows"):
        adopted(constant_outputs(rows), tmp_path, task="detect")


def test_classes(tmp_path: Path) -> None:
    contract, _ = contract_of(constant_outputs({"x": ROW}), tmp_path, labels=("0 Cat", "1 Dog", "2 Cow"))
    assert (contract.task, contract.decoder) == ("classify", Classes(0.5, logits=False))
    assert contract.labels == ("Cat", "Dog", "Cow")
    assert contract.crop == CropPolicy(follows="centre")
    logits, _ = contract_of(constant_outputs({"logits": np.array([[-3.0, 2.0, 4.0]])}), tmp_path)
    assert logits.decoder == Classes(0.5, logits=True)
    assert logits.labels == ("class 0", "class 1", "class 2")


@pytest.mark.parametrize(("number", "chance"), [(0.3, 1 / (1 + np.exp(-0.3))), (-2.0, 1 / (1 + np.exp(2.0)))])
def test_one_number_is_the_second_of_two_classes(number: float, chance: float, tmp_path: Path) -> None:
    """A Dense(1) without an activation, as Keras' tutorials end: a logit, whatever its value."""
    content = constant_outputs({"dense": np.array([[number]])})
    made = adopted(content, tmp_path, labels=("cat", "dog"))
    (tmp_path / "made.tflite").write_bytes(made.content)
    with HostModel(tmp_path / "made.tflite") as host:
        assert host.contract.labels == ("cat", "dog")
        (found,) = host.infer(np.zeros((SIDE, SIDE, 3), np.uint8))
    logits = np.exp(found.ravel())
    assert np.allclose(logits / logits.sum(), [1 - chance, chance], atol=1e-6)
    with pytest.raises(KitError, match=r"Which two classes does given.tflite tell apart"):
        adopted(content, tmp_path, task="classify")
    with pytest.raises(KitError, match=r"What does given.tflite do"):
        adopted(content, tmp_path)


@pytest.mark.parametrize("io", ["float32", "uint8", "int8"])
def test_a_sigmoid_of_one_number_is_a_probability_in_any_type(io: str, tmp_path: Path) -> None:
    content = sigmoid_model(io)
    made = adopted(content, tmp_path, labels=("cat", "dog"), **(PIXELS if io == "float32" else {"mean": None, "std": None}))
    (tmp_path / "made.tflite").write_bytes(made.content)
    with HostModel(tmp_path / "made.tflite") as host:
        assert host.contract.decoder == Classes(0.5, logits=False)
        (found,) = host.infer(np.full((SIDE, SIDE, 3), 200, np.uint8))
    assert found.ravel().sum() == pytest.approx(1, abs=1e-6)
    assert found.ravel()[1] == pytest.approx(1 / (1 + np.exp(-200 / 255)), abs=0.02)


@pytest.mark.parametrize(("labels", "says"), [(("a", "b"), "they are 2"), (("background", "a", "b", "c"), "remove that line")])
def test_a_wrong_count_of_labels_is_told_with_both_numbers(labels: tuple[str, ...], says: str, tmp_path: Path) -> None:
    with pytest.raises(KitError) as told:
        adopted(constant_outputs({"x": ROW}), tmp_path, labels=labels)
    words = f"{told.value.why} {told.value.fix}"
    assert says in words
    assert "the model has 3 classes" in words


def test_a_background_class_is_kept_where_the_counts_say_so(tmp_path: Path) -> None:
    contract, _ = contract_of(constant_outputs({"x": ROW}), tmp_path, labels=("background", "cat", "dog"))
    assert contract.labels == ("background", "cat", "dog")


def test_a_map_as_large_as_the_picture_is_a_mask(tmp_path: Path) -> None:
    contract, _ = contract_of(constant_outputs({"m": np.full((1, 24, 40, 1), 0.2)}, (40, 24)), tmp_path)
    assert (contract.task, contract.decoder) == ("mask", Mask())
    assert contract.input.shape == (1, 24, 40, 3)
    many, _ = contract_of(constant_outputs({"m": np.full((1, SIDE, SIDE, 3), 7.0)}), tmp_path, labels=("none", "cat", "dog"))
    assert many.labels == ("none", "cat", "dog")
    logits, _ = contract_of(constant_outputs({"m": np.full((1, SIDE, SIDE, 1), -3.0)}), tmp_path, task="mask")
    assert logits.decoder == Mask(logits=True)


@pytest.mark.parametrize(("channels", "most"), [(1, 900.0), (3, 0.9)])
def test_a_map_that_could_be_depth_or_a_picture_is_asked_about(channels: int, most: float, tmp_path: Path) -> None:
    values = np.random.default_rng(0).uniform(0, most, (1, SIDE, SIDE, channels))
    with pytest.raises(KitError, match="What does"):
        adopted(constant_outputs({"Identity": values}), tmp_path)
    assert contract_of(constant_outputs({"segmentation_mask": values}), tmp_path)[0].task == "mask"


@pytest.mark.parametrize("shape", [(1, 84, 30), (1, 30, 85), (1, 300, 6)])
def test_boxes_and_scores_in_one_output_are_told(shape: tuple[int, ...], tmp_path: Path) -> None:
    with pytest.raises(KitError) as told:
        adopted(constant_outputs({"output0": np.random.default_rng(0).random(shape)}), tmp_path, task="detect")
    assert "as YOLO's" in told.value.fix
    assert "--task raw" in told.value.fix


def test_points(tmp_path: Path) -> None:
    points = np.arange(12.0).reshape(1, 12)
    with pytest.raises(KitError, match="6 points of x, y, or 4 of x, y, z"):
        adopted(constant_outputs({"p": points}), tmp_path, task="landmarks")
    four = ("a", "b", "c", "d")
    contract, _ = contract_of(constant_outputs({"here": np.array([[0.2]]), "p": points}), tmp_path, task="landmarks", labels=four)
    assert contract.decoder == Coordinates(0.5, 0.0, 3, "pixel", "logit")
    assert [tensor.name for tensor in contract.outputs] == ["points", "presence"]
    assert contract.labels == four
    shares, _ = contract_of(constant_outputs({"p": np.full((1, 5, 2), 0.5)}), tmp_path, task="landmarks")
    assert shares.decoder == Coordinates(0.0, 0.0, 2, "share", "none")


def test_points_whose_y_comes_first_are_turned_round(tmp_path: Path) -> None:
    given = np.random.default_rng(0).random((1, 1, 5, 3))  # MoveNet: y, x, score
    flat = constant_outputs({"p": given.reshape(1, 15)})
    for content, said in ((constant_outputs({"p": given}), {}), (flat, {"order": "yx", "labels": tuple("abcde")})):
        made = adopted(content, tmp_path, task="landmarks", **said)
        assert any("y comes before x" in note for note in made.notes)
        (tmp_path / "made.tflite").write_bytes(made.content)
        with HostModel(tmp_path / "made.tflite") as host:
            (found,) = host.infer(np.zeros((SIDE, SIDE, 3), np.uint8))
        assert np.allclose(found.reshape(5, 3), given[0, 0][:, [1, 0, 2]], atol=1e-6)
    plain = adopted(constant_outputs({"p": given}), tmp_path, task="landmarks", order="xy")
    assert not any("y comes before x" in note for note in plain.notes)


def test_anything_else_is_asked_about_and_can_be_shown_as_it_is(tmp_path: Path) -> None:
    odd = constant_outputs({"p": np.zeros((1, 2, 3)), "q": np.zeros((1, 7))})
    with pytest.raises(KitError) as asked:
        adopted(odd, tmp_path)
    assert all(f"--task {kind}" in asked.value.fix for kind in ("classify", "landmarks", "heatmap", "detect", "mask", "raw"))
    contract, _ = contract_of(odd, tmp_path, task="raw")
    assert (contract.decoder, [tensor.name for tensor in contract.outputs]) == (Raw(), ["p", "q"])


def test_points_are_no_classes(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="What does"):
        adopted(constant_outputs({"x": np.zeros((1, 6))}), tmp_path, labels=("a", "b", "c"))
