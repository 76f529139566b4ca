"""Contracts of models that the kit made, of older versions of its facts, and of models that it has never seen."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from appspec.contract import Classes, CropPolicy, ElementType, Peak, Points, Window
from appspec.errors import KitError
from appspec.kit_facts import FACTS_FILE, VERSION, KitFacts, Measured, read_facts, write_facts
from appspec.read_contract import read_contract

MODELS = Path(__file__).parent / "models"
"""Small models that our own code trained, one for each version of the kit's facts: see make_models.py."""


def test_every_version_of_the_facts_has_a_model_here() -> None:
    assert sorted(path.name for path in MODELS.glob("*.tflite") if path.name.startswith("version")) == [
        f"version_{version}.tflite" for version in range(1, VERSION + 1)
    ]


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_model_of_each_version_says_the_same(version: int) -> None:
    contract = read_contract(MODELS / f"version_{version}.tflite")
    assert contract.task == "box"
    assert contract.decoder == Points(threshold=0.3)
    assert contract.crop == CropPolicy(zoom_margin=0.6)
    assert contract.quantization == "int8"
    assert contract.labels == ("top_left", "bottom_right")
    assert contract.normalization == ((127.5,) * 3, (127.5,) * 3)
    assert (contract.input.shape, contract.output.shape) == ((1, 32, 32, 3), (1, 4, 4, 2))
    assert contract.about.metric == "iou"
    with zipfile.ZipFile(MODELS / f"version_{version}.tflite") as archive:
        assert json.loads(archive.read(FACTS_FILE)).get("version", 1) == version


FLAT = {
    "task": "heatmap",
    "decode": "peak",
    "region": "box",
    "margin": 0.25,
    "box_margin": 0.1,
    "look_again": 0.7,
    "closer_margin": 0.0,
    "vote_scale": 1.25,
    "search_below": 0.6,
    "search_side": 0.7,
    "quantization": "float16",
    "metric": "pck",
    "metric_float": 0.9,
    "metric_value": 0.8,
    "interval_s": 0.0,
    "threshold": 0.2,
    "hold": 1,
}
"""As version 1 wrote them."""


def test_the_words_of_version_1_are_those_of_today() -> None:
    facts = read_facts(json.dumps(FLAT))
    assert facts.decoder == Peak(0.2, 0.1)
    assert facts.crop == CropPolicy("box", 0.25, 0.7, 0.0, 0.6, 0.7)
    assert facts.measured == Measured("pck", 0.9, 0.8)
    window = {**FLAT, "task": "window", "decode": "abnormal", "region": "window", "interval_s": 600.0, "hold": 3}
    assert read_facts(json.dumps(window)).decoder == Window(600.0, 0.2, 3)
    assert read_facts(json.dumps(window)).crop is None


def test_what_is_written_is_read_back() -> None:
    facts = KitFacts("classify", Classes(0.6), CropPolicy(zoom_margin=0.5), "dynamic", Measured("accuracy", 0.9, 0.8))
    assert read_facts(write_facts(facts)) == facts


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "no JSON object"),
        ('{"version": 99}', "version 99, this kit reads versions up to"),
        ('{"version": "two"}', "version 'two'"),
        ('{"version": 2, "task": "box"}', FACTS_FILE),
        ('{"version": 2, "task": "box", "decoders": [{"type": "masks"}]}', "no decoder is called 'masks'"),
        ('{"version": 3, "task": "box", "decoder": "mask"}', "says no decoder"),
        ('{"version": 2, "task": "box", "decoders": [{"type": "points", "threshold": "high"}]}', FACTS_FILE),
    ],
)
def test_facts_that_cannot_be_are_named(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=FACTS_FILE) as caught:
        read_facts(text)
    assert says in str(caught.value)


DTYPES: tuple[ElementType, ...] = ("float32", "int32", "int64", "bool", "int16", "uint8", "int8")


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two inputs, one of them wider than high, seven outputs of every element type, a signature, no metadata."""
    import tensorflow as tf

    class Several(tf.Module):
        @tf.function(
            input_signature=[tf.TensorSpec((None, 48, 80, 3), tf.float32, "picture"), tf.TensorSpec((1,), tf.int32, "count")]
        )
        def serve(self, picture: tf.Tensor, count: tf.Tensor) -> dict[str, tf.Tensor]:
            mean = tf.reduce_mean(picture, (1, 2, 3))
            kinds = {name: getattr(tf, name) for name in DTYPES if name != "bool"}
            found = {name: tf.cast(mean, kind) for name, kind in kinds.items()}
            return found | {"bool": mean > tf.cast(count, tf.float32)}

    module, folder = Several(), tmp_path_factory.mktemp("foreign")
    tf.saved_model.save(module, str(folder / "saved"), signatures={"serve": module.serve})
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved"))
    path = folder / "several.tflite"
    path.write_bytes(converter.convert())
    return path


def test_a_foreign_model_is_read_and_what_it_lacks_is_none(foreign: Path) -> None:
    contract = read_contract(foreign)
    inputs = {tensor.argument: tensor for tensor in contract.inputs}
    assert contract.signature == "serve"
    assert inputs["picture"].shape == (1, 48, 80, 3)
    assert inputs["picture"].dynamic_axes == (0,)
    assert inputs["count"].dtype == "int32"
    assert {tensor.argument: tensor.dtype for tensor in contract.outputs} == {name: name for name in DTYPES}
    assert (contract.task, contract.crop, contract.quantization) == (None, None, None)
    assert (contract.input.mean, contract.input.std, contract.labels) == (None, None, ())
    assert contract.decoder is None


@pytest.mark.parametrize("fact", ["reading", "kind", "crop_policy", "normalization"])
def test_who_needs_what_it_lacks_says_so(foreign: Path, fact: str) -> None:
    with pytest.raises(KitError, match=r"several.tflite can't be used here") as caught:
        getattr(read_contract(foreign), fact)
    assert "its metadata doesn't say" in caught.value.why


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file"),
        (b"", "does not start with TFL3"),
        (b"\xff\xd8\xff\xe0JFIF", "does not start with TFL3"),
        (b"\x1c\0\0\0TFL3" + b"\xff" * 64, "can't be read"),
    ],
)
def test_what_is_no_model_is_one_clear_error(tmp_path: Path, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / "m.tflite").write_bytes(content)
    with pytest.raises(KitError) as caught:
        read_contract(tmp_path / "m.tflite")
    assert says in caught.value.why
    assert caught.value.fix
