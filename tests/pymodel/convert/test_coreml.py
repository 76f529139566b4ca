"""Core ML packages are read back from disk and say what the source says; what can't be computed here is said."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.errors import KitError
from pymodel.convert.convert import convert
from pymodel.convert.mil import MilProgram
from pymodel.convert.recognize import recognize
from pymodel.convert.request import Request
from pymodel.isolated import run_isolated
from tests.pymodel.convert.kit import convert_here

pytest.importorskip("coremltools")
NOISY = ["ignore::UserWarning", "ignore::RuntimeWarning", "ignore::FutureWarning"]
pytestmark = [pytest.mark.filterwarnings(words) for words in NOISY]


def made(path: Path, folder: Path, **wishes: Any) -> dict[str, Any]:
    """The report of a package, made in a child process, as coremltools changes logging and more."""
    request = Request(path, recognize(path), to="coreml", **wishes)
    return convert(request, folder, folder / "log").report


def test_a_package_has_the_sources_names_and_numbers(models: Path, tmp_path: Path) -> None:
    report = made(models / "net.keras", tmp_path)
    assert [row["output"] for row in report["outputs"]] == ["heat", "scores"]
    assert max(row["relative"] for row in report["outputs"]) < 1e-5
    assert any("takes a Mac" in note for note in report["notes"])
    spec = _spec(tmp_path / "net.mlpackage")
    assert [(one.name, list(one.type.multiArrayType.shape)) for one in spec.description.input] == [("image", [1, 16, 16, 3])]
    assert [one.name for one in spec.description.output] == ["heat", "scores"]


def test_half_precision_is_smaller_and_close(models: Path, tmp_path: Path) -> None:
    whole = made(models / "net.pb", tmp_path / "float32", output_names=("Identity", "Identity_1"))
    half = made(models / "net.pb", tmp_path / "float16", output_names=("Identity", "Identity_1"), quantize="float16")
    assert 1e-6 < max(row["relative"] for row in half["outputs"]) < 1e-2
    assert half["files"][0]["name"] == "net.mlpackage"
    assert max(row["relative"] for row in whole["outputs"]) < 1e-5


def test_other_weights_on_disk_are_noticed(models: Path, tmp_path: Path) -> None:
    """The check reads what was written: another bias on disk is another answer."""
    made(models / "net.keras", tmp_path)
    package, image = tmp_path / "net.mlpackage", np.ones((1, 16, 16, 3), np.float32)
    before = _answers(package, image, tmp_path)
    import keras

    bias = keras.saving.load_model(models / "net.keras").get_layer("heat").get_weights()[1]
    files = [file for file in package.rglob("*") if file.is_file() and file.read_bytes().count(bias.tobytes()) == 1]
    assert len(files) == 1
    files[0].write_bytes(files[0].read_bytes().replace(bias.tobytes(), (bias + 1).tobytes()))
    assert np.allclose(_answers(package, image, tmp_path), before + 1, atol=1e-4)


def test_what_can_not_be_computed_here_is_named_and_the_package_kept(models: Path, tmp_path: Path) -> None:
    report = made(models / "odd", tmp_path, signature="loop")
    assert report["outputs"] == []
    assert "while_loop" in report["unchecked"]
    assert (tmp_path / "odd.mlpackage").is_dir()


def test_what_core_ml_lacks_is_named(models: Path, tmp_path: Path) -> None:
    with pytest.raises(KitError, match="Svd"):
        made(models / "odd", tmp_path, signature="svd")
    with pytest.raises(KitError, match="not as int8"):
        made(models / "net.keras", tmp_path, quantize="int8")


def test_without_coremltools_its_command_is_told(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "coremltools", None)
    with pytest.raises(KitError) as caught:
        convert_here(models / "net.keras", to="coreml")
    assert caught.value.fix == "pip install -e '.[coreml]' -c constraints.txt"


def test_each_operator_computes_what_tensorflow_does(tmp_path: Path) -> None:
    """A network of many layers, against Keras itself, through a package on disk."""
    run_isolated(f"{__name__}:many_layers", {"path": str(tmp_path / "many.keras")}, tmp_path / "log", "Can't make it")
    report = made(tmp_path / "many.keras", tmp_path)
    assert report["unchecked"] == ""
    assert len(report["outputs"]) == 4
    assert max(row["relative"] for row in report["outputs"]) < 1e-4


def test_loops_and_numbers_alone_are_refused_in_words(tmp_path: Path) -> None:
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec([1, 4], name="x")])
    def looped(x: Any) -> dict[str, Any]:
        y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, tf.nn.relu(y) + 1.0), [0, x])[1]
        return {"y": tf.cond(tf.reduce_sum(y) > 10.0, lambda: y * 2.0, lambda: y - 1.0)}

    @tf.function(input_signature=[tf.TensorSpec([], name="by")])
    def scaled(by: Any) -> dict[str, Any]:
        return {"y": by * tf.ones([1, 4])}

    tf.saved_model.save(tf.Module(), str(tmp_path / "two"), signatures={"looped": looped, "scaled": scaled})
    with pytest.raises(KitError, match=r"fails at loops and branches, of which there are .*while"):
        made(tmp_path / "two", tmp_path, signature="looped")
    with pytest.raises(KitError, match="input by is one number without sides"):
        made(tmp_path / "two", tmp_path, signature="scaled")


def many_layers(job: dict[str, str]) -> dict[str, object]:
    import keras
    from keras import layers as k

    keras.utils.set_random_seed(1)
    image = keras.Input((12, 12, 4), name="image")
    x = k.PReLU(shared_axes=[1, 2], alpha_initializer="glorot_uniform")(k.Conv2D(8, 3, padding="same")(image))
    x = k.concatenate([k.MaxPool2D(2, padding="same")(x), k.AveragePooling2D(2)(x)])
    x = k.LeakyReLU()(k.Conv2DTranspose(6, 3, strides=2, padding="same")(x))
    x = k.ZeroPadding2D(((1, 2), (0, 3)))(k.UpSampling2D(2, interpolation="bilinear")(x))
    x = k.Cropping2D(1)(k.UpSampling2D(2, interpolation="nearest")(x))
    gate = k.Dense(6, "sigmoid")(k.GlobalMaxPooling2D(keepdims=True)(x))
    gated = k.Multiply()([x, gate])
    flat = k.Dense(7, "tanh")(k.Flatten()(k.AveragePooling2D(4)(gated)))
    swish = k.Activation("silu")(k.Conv2D(6, 3, dilation_rate=2, groups=2)(gated))
    pooled = k.Permute((3, 1, 2))(k.GlobalAveragePooling2D(keepdims=True)(swish))
    outputs = [
        k.Softmax()(flat),
        pooled,
        k.Reshape((3, 2))(k.GlobalAveragePooling2D()(k.Activation("elu")(gated))),
        k.ReLU(6.0)(swish),
    ]
    keras.Model(image, outputs).save(job["path"])
    return {}


def _spec(package: Path) -> Any:
    import coremltools as ct

    return ct.models.MLModel(str(package), skip_model_load=True).get_spec()


def _answers(package: Path, image: Any, folder: Path) -> Any:
    return np.ravel(MilProgram(package).run({"image": image})["heat"])
