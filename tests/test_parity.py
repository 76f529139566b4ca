"""The app's own Kotlin, run in a JVM, gives Python's numbers: frames, windows, decoders, overlay, and chains with real models."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from appspec.model_spec import Model
from appspec.read_contract import read_contract
from appspec.spec import Convert
from codegen import generate, template_folder
from deploy.jvm.compile import FRAME_SOURCES, MODEL_SOURCES, compile_for_jvm
from deploy.jvm.junit import run_junit
from deploy.jvm.libraries import model_libraries
from deploy.phone_library.jvm import DESKTOP, JvmLibrary, jvm_library
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.toolchain import prepare_toolchain
from flow.build import BuildReport
from flow.screen import Screen
from pymodel.inference.interpreter import HostModel
from pymodel.networks.hourglass import build_hourglass
from pymodel.preprocess.geometry import ZOOM_MARGIN, crop_region
from pymodel.quantize.variants import make_variants
from pymodel.tasks.task import find_task
from tests.conftest import open_tiny
from tests.golden.rewrite import (
    anchors_contract,
    classify_contract,
    example_contracts,
    example_spec,
    heatmap_contract,
    mask_contract,
    raw_contract,
)
from tests.kinds import APPS, Built
from tests.overlays import add_kind
from tests.parity import answers, cases, chains, foreign, reference, tracks
from tests.parity.change import with_input

KOTLIN = Path(__file__).parent / "parity" / "kotlin"
ROUNDING = {"mean": 0.3, "most": 2.0}
"""How far crop_region may be from the formula, in levels of 255, on noise: positions and values are rounded."""
FRAME_ROUNDING = {"mean": 0.5, "most": 4.0}
"""The same of the app's own crop of a camera's noise, whose chroma, which is rounded too, counts up to 1.8 times."""
LIMITS = {
    "float32": chains.Limits(output=1e-4, exact=1e-4, host=0.03, confidence=1e-4),
    "float16": chains.Limits(output=1e-4, exact=1e-4, host=0.03, confidence=1e-4),
    "dynamic": chains.Limits(output=0.2, exact=0.03, host=0.04, confidence=0.06),
    "int8": chains.Limits(output=8.0, exact=0.1, host=0.05, confidence=0.06),
}
"""By quantization of the last model. Quantizing turns the last bit of a float into a whole step, so these differ more."""


CONTRACTS = [
    *example_contracts(),
    heatmap_contract(),
    classify_contract(),
    anchors_contract(),
    mask_contract(),
    raw_contract(),
]
"""One of each kind that a camera screen shows."""

WRITERS: dict[str, Callable[[Path], int]] = {
    "frame": cases.write_frames,
    "region": cases.write_regions,
    "element": cases.write_elements,
    "decoder": cases.write_decoders,
    "overlay": cases.write_overlays,
    "smoothing": cases.write_smoothings,
    "classify": cases.write_classes,
    "detect": foreign.write_objects,
    "mask": foreign.write_masks,
    "raw": foreign.write_raw,
    "window": cases.write_windows,
    "alarm": cases.write_alarms,
    "recording": cases.write_recordings,
}
"""By kind of case, whose test class is named alike."""


@dataclass(frozen=True)
class Compiled:
    """The app's classes and the tests', ready to run."""

    jdk: Jdk
    classpath: list[Path]

    def run(self, tests: Sequence[str], folder: Path, library: JvmLibrary = DESKTOP, **properties: str) -> list[str]:
        """What failed of test classes of io.apkiln.app.parity."""
        names = [f"io.apkiln.app.parity.{name}" for name in tests]
        return run_junit(self.jdk, self.classpath, names, properties, folder, folder / "junit.log", library=library)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("parity")
    project = folder / "android"
    project.mkdir()
    generate(example_spec(), CONTRACTS, template_folder(), project, {})
    toolchain = prepare_toolchain()
    # The kind of windows needs nothing of the sensor screen: one compilation serves both screens.
    add_kind(project, "window")
    sources, log = [MODEL_SOURCES, FRAME_SOURCES, KOTLIN], folder / "gradle.log"
    classpath = compile_for_jvm(project, sources, model_libraries(), toolchain, log)
    return Compiled(toolchain.jdk, classpath)


def library(variant: str) -> JvmLibrary:
    """What computes models of a variant: the phone's own library, where it can be.

    For dynamic range its release rounds activations in another way than Python's; whether that is near enough is not asked
    here but of the ARM64 library.
    """
    return DESKTOP if variant == "dynamic" else jvm_library("tensorflow-lite")


def answer(
    compiled: Compiled, folder: Path, written: dict[str, int], tests: Sequence[str], variant: str = "float32"
) -> list[str]:
    """Runs the Kotlin tests on the cases below `folder`; every case that was written must have been compared."""
    failed = compiled.run(tests, folder, library(variant), **{"apkiln.cases": str(folder)})
    rows = [line.split("\t") for line in (folder / "report.tsv").read_text(encoding="utf-8").splitlines()]
    differences: dict[str, list[float]] = {}
    for kind, _, what, most, limit in rows:
        unit = f"at most {float(limit):g}" if kind != "chain" else "as a share of what is allowed"
        differences.setdefault(f"{kind}: {what} ({unit})", []).append(float(most) / (float(limit) or 1 if kind == "chain" else 1))
    print(*(f"{key}: {max(most):.3g}, {len(most)} cases" for key, most in differences.items()), sep="\n")
    assert Counter(kind for kind, _ in {(row[0], row[1]) for row in rows}) == written
    assert all(written.values())
    return failed


def test_kotlin_computes_what_python_computes(compiled: Compiled, tmp_path: Path) -> None:
    written = {kind: write(tmp_path) for kind, write in WRITERS.items()}
    assert answer(compiled, tmp_path, written, [f"{kind.capitalize()}Parity" for kind in written]) == []


@pytest.fixture(scope="module")
def variants(tiny_root: Path, tiny_report: BuildReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """QUANTIZATION/NAME.tflite of both models of the tiny app, the second one with the regress head."""
    app, target = open_tiny(tiny_root), tmp_path_factory.mktemp("variants")
    spec = app.spec.model_copy(update={"convert": Convert(quantize="auto")})
    for model in spec.model:
        made = target / model.name
        made.mkdir()
        keras_file = app.artifacts.train(model.name) / "model.keras"
        plan = find_task(model.task).plan_conversion(spec, model, keras_file.parent, app.artifacts.examples)
        make_variants(model.name, keras_file, plan, Convert(max_metric_loss=1.0), made, target / "converter.log", Screen())
    return target


@pytest.mark.parametrize("variant", LIMITS)
def test_real_models_from_a_frame_to_points(compiled: Compiled, tmp_path: Path, variants: Path, variant: str) -> None:
    check_chain(compiled, tmp_path, [variants / name / variant / f"{name}.tflite" for name in ("cat_box", "cat_landmarks")])


def test_a_model_with_several_outputs(compiled: Compiled, tmp_path: Path) -> None:
    """Of several sizes and types, by a rectangular input; in the order in which its file has them."""
    path = tmp_path / "two.tflite"
    path.write_bytes(two_outputs_model())
    with patch.object(chains, "HostModel", described):
        written = {"runner": chains.write_runs(tmp_path, [path], LIMITS["float32"])}
    assert answer(compiled, tmp_path, written, ["RunnerParity"]) == []


def two_outputs_model() -> bytes:
    """(1, 12, 20, 3) → a mean a channel and a map: float32; where that map is highest: int32."""
    import tensorflow as tf

    def answers(picture: tf.Tensor) -> tuple[tf.Tensor, ...]:
        grey = tf.reduce_mean(picture, 3, keepdims=True)
        cells = tf.nn.avg_pool2d(grey, 4, 4, "VALID")
        highest = tf.argmax(tf.reshape(cells, (1, -1)), 1, output_type=tf.int32)
        return tf.reduce_mean(picture, (1, 2)), cells, highest

    concrete = tf.function(answers, input_signature=[tf.TensorSpec((1, 12, 20, 3), tf.float32)]).get_concrete_function()
    return bytes(tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert())


def described(path: Path) -> HostModel:
    """A model whose file doesn't say how its input is normalized."""
    model = HostModel(path)
    model.contract = with_input(model.contract, mean=(127.5,) * 3, std=(127.5,) * 3)
    return model


def check_chain(compiled: Compiled, folder: Path, paths: Sequence[Path], zoom_margin: float = 0.0) -> None:
    variant = read_contract(paths[-1]).quantization
    limits = LIMITS[variant]
    frames = chains.camera_frames(50, seed=5)
    written = {
        "runner": chains.write_runs(folder, paths, limits),
        "chain": chains.write_chains(folder, paths, frames, limits, zoom_margin),
    }
    print(written)
    assert written["chain"] >= len(frames)
    assert answer(compiled, folder, written, ["RunnerParity", "ChainParity"], variant) == []


@pytest.mark.parametrize("variant", LIMITS)
@pytest.mark.parametrize("kind", APPS)
def test_real_models_of_the_other_kinds(
    compiled: Compiled, tmp_path: Path, builds: Callable[[str], Built], kind: str, variant: str
) -> None:
    built = builds(kind)
    name = built.app.spec.model[0].name
    path = built.app.artifacts.convert(name) / variant / f"{name}.tflite"
    limits, limit = LIMITS[variant], 3e-3 if variant in chains.QUANTIZED else 1e-4
    if kind == "window":
        limit = 4e-3 if variant in chains.QUANTIZED else limit  # a step of an 8-bit probability is 1/256
        written = {"recorded": answers.write_recorded(tmp_path, path, limit)}
    elif kind == "heatmap" and variant in chains.QUANTIZED:  # a step more, and another cell is the highest one
        written = {"runner": chains.write_runs(tmp_path, [path], limits)}
    else:
        frames = chains.camera_frames(50, seed=6)
        written = {"answer": answers.write_answers(tmp_path, path, frames, limit)}
    assert answer(compiled, tmp_path, written, [f"{what.capitalize()}Parity" for what in written], variant) == []


def test_real_models_of_a_heatmap_within_a_box(
    compiled: Compiled, tmp_path: Path, variants: Path, builds: Callable[[str], Built]
) -> None:
    """The heatmaps are those of seeded weights that nothing trained: training so little makes maps too flat to tell cells apart."""
    app = builds("heatmap").app
    tip = app.spec.model[0]
    chained = (tip.model_copy(update={"name": "hand", "task": "box"}), tip)
    spec = app.spec.model_copy(update={"model": chained, "convert": Convert(quantize="none")})
    (tmp_path / "tip").mkdir()
    keras_file = tmp_path / "seeded.keras"
    save_seeded_hourglass(tip, len(app.spec.data.points), keras_file)
    plan = find_task(tip.task).plan_conversion(spec, tip, tmp_path, app.artifacts.examples)
    make_variants(tip.name, keras_file, plan, Convert(quantize="none"), tmp_path / "tip", tmp_path / "converter.log", Screen())
    path = tmp_path / "tip" / "float32" / f"{tip.name}.tflite"
    contract = read_contract(path)
    crop = contract.crop_policy
    assert (crop.follows, crop.refine_below_iou, crop.tile_below_confidence) == ("box", 0.0, contract.threshold)
    box = variants / "cat_box" / "float32" / "cat_box.tflite"
    assert read_contract(box).crop_policy.zoom_margin == 0.0, "its landmarks put it right"
    check_chain(compiled, tmp_path / "cases", [box, path], ZOOM_MARGIN)


def save_seeded_hourglass(model: Model, points: int, path: Path) -> None:
    import keras

    keras.utils.set_random_seed(7)
    network = build_hourglass(model.input.size[0], model.backbone.width, model.backbone.stages, points, exported=points)
    rng = np.random.default_rng(7)
    for layer in network.layers:
        if layer.name.startswith("head_"):  # zeros else
            layer.set_weights([rng.normal(size=values.shape) for values in layer.get_weights()])
    network.save(path)


def test_what_is_too_small_is_searched_in_tiles(compiled: Compiled, tmp_path: Path) -> None:
    assert compiled.run(["TileSearch"], tmp_path) == []


def test_what_is_found_is_followed_lost_and_found_again(compiled: Compiled, tmp_path: Path) -> None:
    written = {"track": tracks.write_tracks(tmp_path)}
    assert answer(compiled, tmp_path, written, ["TrackParity"]) == []


def test_the_tests_in_kotlin_can_fail(compiled: Compiled, tmp_path: Path) -> None:
    """Inputs of another scale, as if one side had another mean; alarms that come a window later."""
    written = {
        "frame": cases.write_frames(tmp_path),
        "window": cases.write_windows(tmp_path),
        "alarm": cases.write_alarms(tmp_path),
    }
    for kind, right, wrong in (
        ("frame", "contract.inputs.0.mean=123.675", "contract.inputs.0.mean=124.675"),
        ("window", "contract.inputs.0.mean=-10.0", "contract.inputs.0.mean=-12.0"),
        ("alarm", "hold=2", "hold=3"),
    ):
        for file in tmp_path.glob(f"{kind}/*/case.properties"):
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace(right, wrong), encoding="utf-8")
    failed = answer(compiled, tmp_path, written, [f"{kind.capitalize()}Parity" for kind in written])
    for test, at_least in (("sameTensor", written["frame"] / 2), ("sameWindows", written["window"] / 2), ("sameAlarms", 2)):
        assert sum(test in line for line in failed) > at_least, test


def test_python_crops_as_its_formula_says() -> None:
    rng = np.random.default_rng(3)
    differences = []
    for place in cases.CROPS.values():
        image = rng.integers(0, 256, (39, 53, 3), np.uint8)
        region = place(53, 39)
        exact = reference.crop(image, region, (16, 16), np.array([124.0, 116.0, 104.0]))
        differences.append(np.abs(exact - crop_region(image, region, (16, 16), (124, 116, 104))))
    print(f"crop_region: mean {np.mean(differences):.3g}, most {np.max(differences):.3g} levels of 255")
    assert np.mean(differences) < ROUNDING["mean"]
    assert np.max(differences) < ROUNDING["most"]


def test_a_frame_is_rounded_no_coarser_than_a_picture() -> None:
    rng = np.random.default_rng(4)
    differences = []
    for place, (rotation, mirror) in itertools.product(
        cases.CROPS.values(), ((0, False), (90, True), (180, False), (270, False))
    ):
        frame = cases.random_frame(rng, (53, 39), rotation, mirror, "planar")
        region, fill = place(*frame.upright_size), np.array([124.0, 116.0, 104.0])
        exact = reference.crop(reference.upright_rgb(frame), region, (16, 16), fill)
        differences.append(np.abs(exact - reference.frame_crop(frame, region, (16, 16), fill)))
    print(f"frame_crop: mean {np.mean(differences):.3g}, most {np.max(differences):.3g} levels of 255")
    assert np.mean(differences) < FRAME_ROUNDING["mean"]
    assert np.max(differences) < FRAME_ROUNDING["most"]
