"""`weights = "imagenet"` offline: with a file where Keras looks for its download, frozen epochs and tuning run; a bad one is told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.stages import ROOT
from tests.pymodel.test_transfer import store

FILE = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5"
"""Keras' name of it; Keras knows no hash of this file, and takes what lies there."""

LAYERS = ("Conv1", "block_5_expand", "block_12_project")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of Keras' own form and of the same architecture. The weights are ours: ImageNet's are out of the tests' reach."""
    import h5py
    import keras
    from keras.src.legacy.saving import legacy_h5_format

    keras.utils.set_random_seed(5)
    backbone = keras.applications.MobileNetV2(input_shape=(224, 224, 3), alpha=0.35, include_top=False, weights=None)
    path = tmp_path_factory.mktemp("imagenet") / FILE
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, backbone)
    return path


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store(tmp_path_factory.mktemp("examples"), 40, 3, inked=False)


def train(examples: Path, folder: Path, epochs: int, frozen: int, weights: Path | None) -> subprocess.CompletedProcess[str]:
    """A training whose Keras finds `weights` in place of a download, and reaches no network."""
    (folder / "home" / "models").mkdir(parents=True)
    if weights:
        shutil.copy(weights, folder / "home" / "models" / FILE)
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    return subprocess.run(
        [sys.executable, "-m", "tests.pymodel.imagenet_training", str(examples), str(folder), str(epochs), str(frozen)],
        env={**os.environ, **nowhere, "KERAS_HOME": str(folder / "home")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def kernels(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Of LAYERS, from a weights file or a trained model."""
    import h5py
    import keras

    if path.suffix == ".keras":
        model = keras.saving.load_model(path, compile=False)
        return {name: np.asarray(model.get_layer(name).get_weights()[0]) for name in LAYERS}
    with h5py.File(path) as file:
        return {name: np.asarray(file[name][file[name].attrs["weight_names"][0]]) for name in LAYERS}


def test_frozen_epochs_keep_the_weights_and_tuning_moves_them(weights: Path, examples: Path, tmp_path: Path) -> None:
    given = kernels(weights)
    frozen = train(examples, tmp_path / "frozen", 1, 1, weights)
    assert frozen.returncode == 0, frozen.stderr[-2000:]
    tuned = train(examples, tmp_path / "tuned", 2, 1, weights)
    assert tuned.returncode == 0, tuned.stderr[-2000:]
    kept, moved = (kernels(tmp_path / name / "out" / "model.keras") for name in ("frozen", "tuned"))
    for name in LAYERS:
        np.testing.assert_allclose(kept[name], given[name], atol=1e-7)
        assert np.abs(moved[name] - given[name]).max() > 1e-5


def test_without_the_file_and_a_network_the_error_says_so(examples: Path, tmp_path: Path) -> None:
    done = train(examples, tmp_path / "run", 1, 1, None)
    assert done.returncode == 1
    assert "Can't get the ImageNet weights" in done.stderr
    assert "could not download" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("damage", ["no weights at all", "cut off", "other architecture"])
def test_a_file_that_is_not_the_weights_is_told_with_its_place(
    weights: Path, examples: Path, tmp_path: Path, damage: str
) -> None:
    import h5py

    bad = tmp_path / "bad.h5"
    if damage == "cut off":
        bad.write_bytes(weights.read_bytes()[:100_000])
    elif damage == "no weights at all":
        bad.write_bytes(b"<html>Not found</html>")
    else:
        with h5py.File(bad, "w") as file:
            file.attrs["layer_names"] = [b"dense"]
    done = train(examples, tmp_path / "run", 1, 1, bad)
    assert done.returncode == 1
    assert "Can't use the ImageNet weights" in done.stderr
    assert str(tmp_path / "run" / "home" / "models") in done.stderr
    assert "Traceback" not in done.stderr
