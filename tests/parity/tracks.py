"""Cases of one chain that is followed through a drawn sequence: a hand of three discs and models that see colours.

Their answers are formulas of the pixels (centres of mass), so that no training is needed and rounding moves little.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np

from appspec.contract import Anchors, Coordinates, CropPolicy, Decoder, Grid, ModelContract, Square
from deploy.jvm.camera import camera_picture
from pymodel.inference.interpreter import Answer, HostModel
from pymodel.inference.tracker import Tracker
from tests.parity import reference
from tests.parity.cases import LAYOUTS
from tests.parity.chains import crop_of
from tests.parity.change import with_input, with_output
from tests.parity.reference import Doubles, Frame
from tests.parity.writer import CaseWriter, contract_values

FRAMES = 50
LIMIT = 1e-3
"""Of points, as a share of the hand's size."""

NEAR = 0.02
"""A presence or a score that is nearer to its threshold may be told either way."""

DETECTOR, POINTS = 64, 48
"""Sides of the models' inputs, pixels."""

CELLS = 8
COLORS = (255, 30, 30), (30, 255, 30), (30, 30, 255)
"""Of the discs: wrist, knuckle, tip."""

SQUARE = Square(((0,), (1,)), (), -0.125, 1.5)
AGAIN = Square(((0,), (1, 1, 2)), (0, 1, 2), -0.125, 2.0)
"""Their numbers are float32, as the app has them."""


@dataclass(frozen=True)
class Pose:
    """Where a drawn hand is: its middle and its size as shares of the picture's shorter side, and which way it points.

    Attributes:
        degrees: clockwise from up.
        size: from wrist to tip; 0.0: there is none.
    """

    x: float
    y: float
    size: float
    degrees: float


def pose_of(n: int) -> Pose:
    """Of the nth picture: a hand that turns round, jumps, is gone, comes back close up."""
    if n < 18:
        return Pose(0.5 + 0.2 * np.sin(n / 4), 0.6 + 0.15 * np.cos(n / 5), 0.42 + 0.01 * n, 20.0 * n)
    if n < 26:
        return Pose(0.3, 0.95 - 0.01 * n, 0.3, 200.0 - 9 * n)  # elsewhere, smaller: it is lost for one picture
    if n < 30:
        return Pose(0.5, 0.5, 0.0, 0.0)
    if n < 38:
        return Pose(0.5 + 0.01 * (n - 30), 0.6, 0.8, 5.0 * (n - 33))  # too large for the detector
    return Pose(0.55 - 0.01 * (n - 38), 0.6, 0.4, 60.0 + 10 * n)


def camera_of(n: int) -> tuple[tuple[int, int], int, bool, str]:
    """Width and height of the upright picture, the sensor's rotation, whether it is mirrored, the layout."""
    return ((240, 320), 270, True, "nv12") if n < 44 else ((256, 192), 0, False, "planar")


def write_tracks(root: Path) -> int:
    """One case a picture of the sequence, to be read one after the other."""
    models = make_models(root)
    writer, told = CaseWriter(root, "track"), []
    tracker = Tracker(models)
    for n in range(FRAMES):
        frame, discs = draw(n)
        upright, ran = reference.upright_rgb(frame), []
        with patch.object(HostModel, "crop", crop_of(frame)), patch.object(HostModel, "answer", noted(ran)):
            last = tracker.answers(upright)[-1]  # type: ignore[arg-type]
        for answer in ran:
            assert abs(answer.mean_confidence - answer.contract.threshold) > NEAR or not len(answer.confidence), (
                "too near to tell"
            )
        size = float(np.linalg.norm(discs[2] - discs[0])) or 1.0
        if last.found:
            assert np.linalg.norm(last.points - discs, axis=1).max() < 0.1 * size, n
        runs = [sum(answer.contract is model.contract for answer in ran) for model in models]
        told.append((last.found, *runs, last.turn))
        values: dict[str, object] = {"found": last.found, "runs": runs, "limit": LIMIT * size}
        values |= {"points": last.points.ravel() if last.found else []}
        for k, model in enumerate(models):
            values |= contract_values(model.contract, f"contract.{k}") | {f"model.{k}": root / f"{model.contract.name}.tflite"}
        writer.write(f"{n}", values, {}, None, frame)
    check_story(told)
    return writer.count


def check_story(told: list[tuple[bool | int, ...]]) -> None:
    """Everything that the state machine does has happened."""
    found = [bool(found) for found, *_ in told]
    looks = [tuple(runs) for _, *runs, _ in told]
    print("".join("+" if there else "-" for there in found), "".join("d" if detector else "." for detector, _ in looks))
    assert (1, 1) in looks, "the detector and the points"
    assert (0, 1) in looks, "the points alone"
    assert (1, 2) in looks, "the second resort, with a look more"
    assert any(look == (0, 1) and not there for look, there in zip(looks, found, strict=True)), "lost"
    assert looks[44][0] == 1, "another camera"
    assert looks[43][0] == 0, "it was followed before"
    assert {turn for *_, turn in told} == {0, 1, 2, 3}


def noted(ran: list[Answer]) -> Callable[..., Answer]:
    """HostModel.answer that writes down its answers."""
    answer = HostModel.answer

    def wrapped(model: HostModel, *arguments: object) -> Answer:
        ran.append(answer(model, *arguments))  # type: ignore[arg-type]
        return ran[-1]

    return wrapped


def draw(n: int) -> tuple[Frame, Doubles]:
    """The nth picture as its camera gives it, and the centres (3, 2) of the discs in the upright one, pixels."""
    (width, height), rotation, mirror, layout = camera_of(n)
    pose, side = pose_of(n), min(width, height)
    image = np.full((height, width, 3), 110, np.uint8)
    image[:: 1 + n % 7] = 90  # what nobody looks for
    angle = np.radians(pose.degrees)
    up = np.array([np.sin(angle), -np.cos(angle)])
    middle = np.array([pose.x * width, pose.y * height])
    discs = np.stack([middle + share * pose.size * side * up for share in (-0.5, 0.0, 0.5)])
    if pose.size:
        for centre, color in zip(discs, COLORS, strict=True):
            at = [round(16 * float(value - 0.5)) for value in centre]
            cv2.circle(image, at, round(16 * 0.14 * pose.size * side), color, -1, cv2.LINE_AA, 4)
    seen = camera_picture(image, rotation, mirror)
    return Frame(seen.y, seen.u, seen.v, rotation, mirror, **LAYOUTS[layout]), discs  # type: ignore[arg-type]


def make_models(root: Path) -> tuple[HostModel, HostModel]:
    """The detector and the points model, as files below `root`, with contracts that say what each does."""
    import tensorflow as tf

    def saved(name: str, side: int, function: Callable[..., object]) -> HostModel:
        concrete = tf.function(
            function, autograph=False, input_signature=[tf.TensorSpec((1, side, side, 3), tf.float32)]
        ).get_concrete_function()
        path = root / f"{name}.tflite"
        path.write_bytes(tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert())
        return HostModel(path)

    detector, points = saved("finder", DETECTOR, _detector), saved("joints", POINTS, _points)
    anchors = Anchors((Grid(CELLS, CELLS, 1),), 0.5, 0.3)
    detector.contract = described(detector.contract, "finder", "detect", anchors, CropPolicy())
    shown = Coordinates(0.5, 0.0, 3, "pixel", "probability", (2,))
    crop = CropPolicy("box", square=SQUARE, again=AGAIN)
    points.contract = described(points.contract, "joints", "landmarks", shown, crop)
    points.contract = with_output(points.contract, labels=("wrist", "knuckle", "tip"))
    return detector, points


def described(contract: ModelContract, name: str, task: str, decoder: Decoder, crop: CropPolicy) -> ModelContract:
    made = replace(contract, name=name, file=f"{name}.tflite", task=task, decoder=decoder, crop=crop)
    return with_input(made, mean=(0.0,) * 3, std=(255.0,) * 3)


def _masses(picture: object) -> tuple[object, object]:
    """How much (3,) there is of each disc's colour, as a share of the picture, and where (3, 2), in [0, 1]."""
    import tensorflow as tf

    side = picture.shape[1]  # type: ignore[attr-defined]
    weights = tf.nn.relu(1.5 * picture - 0.5 * tf.reduce_sum(picture, 3, keepdims=True) - 0.25)  # type: ignore[operator]
    line = (tf.range(side, dtype=tf.float32) + 0.5) / side
    mass = tf.reduce_mean(weights, (0, 1, 2))
    x = tf.reduce_mean(weights * line[None, None, :, None], (0, 1, 2)) / (mass + 1e-6)
    y = tf.reduce_mean(weights * line[None, :, None, None], (0, 1, 2)) / (mass + 1e-6)
    return mass, tf.stack([x, y], -1)


def _detector(picture: object) -> tuple[object, object]:
    """One sure row, that of the first anchor, unless the hand is far away or fills the picture."""
    import tensorflow as tf

    mass, centres = _masses(picture)
    smallest, largest = tf.reduce_min(mass), tf.reduce_max(mass)
    sure = tf.minimum(4000 * (smallest - 0.001), 400 * (0.011 - largest))
    middle = (centres[0] + centres[2]) / 2  # type: ignore[index]
    sides = tf.abs(centres[2] - centres[0]) + 0.1  # type: ignore[index]
    anchor = 0.5 / CELLS
    row = DETECTOR * tf.reshape(tf.concat([middle - anchor, sides, tf.reshape(centres - anchor, (6,))], 0), (1, 1, 10))
    first = tf.concat([tf.ones((1, 1, 1)), tf.zeros((1, CELLS**2 - 1, 1))], 1)
    return first * row, first * (sure + 20) - 20


def _points(picture: object) -> tuple[object, object]:
    import tensorflow as tf

    mass, centres = _masses(picture)
    rows = tf.concat([POINTS * centres, tf.zeros((3, 1))], 1)  # type: ignore[operator]
    return tf.reshape(rows, (1, 9)), tf.sigmoid(tf.reshape(2000 * (tf.reduce_min(mass) - 0.003), (1, 1)))
