"""Writes the golden projects anew: `python -m tests.golden.rewrite`, then read the diff before committing it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from appspec.contract import (
    About,
    Anchors,
    Classes,
    CropPolicy,
    Decoder,
    Detections,
    ElementType,
    Grid,
    InputContract,
    Mask,
    ModelContract,
    OutputContract,
    Peak,
    Points,
    Raw,
    Window,
)
from appspec.spec import AppSpec
from codegen import generate, template_folder
from codegen.context import make_context
from codegen.render import template_files

GOLDEN = Path(__file__).resolve().parent
COPIED = "COPIED"
"""Lists the files of a project that are copied byte by byte: sha256 and name. Those that are rendered are kept whole."""

POINTS = (
    "left_eye",
    "right_eye",
    "mouth",
    *(f"{side}_ear_{number}" for side in ("left", "right") for number in (1, 2, 3)),
)


def example_spec() -> AppSpec:
    """The app of apps/cat_landmarks, with a name that needs escaping."""
    return AppSpec.model_validate(
        {
            "app": {"name": 'Cat\'s "Ears" & 고양이', "id": "io.apkiln.catlandmarks", "version": "1.2.3"},
            "model": [
                {"name": "cat_box", "task": "box", "input": {"size": [128, 128]}},
                {"name": "cat_landmarks", "task": "landmarks", "input": {"size": [96, 96]}},
            ],
            "data": {"format": "drawn"},
        }
    )


def contract_of(
    name: str,
    task: str,
    shapes: tuple[tuple[int, ...], tuple[int, ...]],
    labels: tuple[str, ...],
    decoder: Decoder,
    crop: CropPolicy | None,
    dtype: ElementType = "float32",
    scales: tuple[tuple[float, int], tuple[float, int]] = ((0.0078125, -1), (0.0078125, -1)),
    mean: tuple[float, ...] = (123.675, 116.28, 103.53),
    std: tuple[float, ...] = (127.5, 127.5, 127.5),
    channels: tuple[str, ...] = (),
    names: tuple[str, str] = ("image", "heatmaps"),
) -> ModelContract:
    """A model as read_contract would give it.

    Args:
        shapes, scales, names: of input and output; the scales where dtype is an integer.
    """
    if dtype == "float32":
        scales = ((0.0, 0), (0.0, 0))
    return ModelContract(
        name=name,
        file=f"{name}.tflite",
        sha256="0123456789abcdef" * 4,
        inputs=(InputContract(names[0], shapes[0], dtype, *scales[0], mean=mean, std=std, channels=channels),),
        outputs=(OutputContract(names[1], shapes[1], dtype, *scales[1], labels=labels),),
        task=task,
        decoder=decoder,
        crop=crop,
        quantization="float16" if dtype == "float32" else "int8",
        about=About("an example", "APKiln", "1", size_bytes=1000),
    )


def example_contract(
    name: str = "cat_landmarks",
    size: int = 96,
    points: tuple[str, ...] = POINTS,
    mean: tuple[float, float, float] = (123.675, 116.28, 103.53),
    dtype: ElementType = "float32",
) -> ModelContract:
    """A box model where there are two points, else landmarks that look at its box."""
    shapes = (1, size, size, 3), (1, size // 8, size // 8, len(points))
    if len(points) == 2:
        return contract_of(name, "box", shapes, points, Points(threshold=0.3), CropPolicy(), dtype, mean=mean)
    crop = CropPolicy("box", margin=0.25, refine_below_iou=0.7, tile_below_confidence=0.6, tile_side=0.6)
    return contract_of(name, "landmarks", shapes, points, Points(box_margin=0.1), crop, dtype, mean=mean)


def example_contracts() -> list[ModelContract]:
    """The chain of example_spec: a quantized box model, then float landmarks."""
    corners = ("top_left", "bottom_right")
    return [example_contract("cat_box", 128, corners, (127.5, 127.5, 127.5), "int8"), example_contract()]


HAND = ("wrist", *(f"{finger}_{joint}" for finger in ("thumb", "index") for joint in (1, 2, 3, 4)))
CHANNELS = ("temperature", "vibration $x", "pressure")


def heatmap_contract(dtype: ElementType = "float32", grid: int = 32) -> ModelContract:
    """Joints of a hand in the whole picture."""
    shapes = (1, 4 * grid, 4 * grid, 3), (1, grid, grid, len(HAND))
    return contract_of("hand_joints", "heatmap", shapes, HAND, Peak(threshold=0.2, box_margin=0.1), CropPolicy(), dtype)


def classify_contract(dtype: ElementType = "float32") -> ModelContract:
    """What is in the whole picture."""
    scales = (0.0078125, -1), (1 / 256, -128)
    labels, names = ("cat", "dog", "토끼"), ("image", "probabilities")
    return contract_of(
        "pet", "classify", ((1, 96, 96, 3), (1, 3)), labels, Classes(0.6), CropPolicy(), dtype, scales, names=names
    )


def window_contract(dtype: ElementType = "float32", length: int = 48) -> ModelContract:
    """A machine that is about to fail."""
    return contract_of(
        "pump",
        "window",
        ((1, length, len(CHANNELS)), (1, 1)),
        ("Normal", "Abnormal"),
        Window(interval_s=3600.0, threshold=0.4, hold=3),
        None,
        dtype,
        ((1 / 255, -128 if dtype == "int8" else 0), (1 / 256, -128 if dtype == "int8" else 0)),
        mean=(-10.0, 0.0, 980.25),
        std=(95.5, 4.0, 61.0),
        channels=CHANNELS,
        names=("window", "abnormal"),
    )


def anchors_contract(points: int = 6, classes: int = 1, labels: tuple[str, ...] = ("face",)) -> ModelContract:
    """Faces in a picture wider than high."""
    grids = (Grid(4, 8, 2), Grid(2, 4, 6))
    anchors = sum(grid.rows * grid.columns * grid.anchors for grid in grids)
    shapes = (1, 64, 128, 3), (1, anchors, 4 + 2 * points)
    base = contract_of("faces", "detect", shapes, (), Anchors(grids), CropPolicy(), names=("image", "rows"))
    scores = OutputContract("scores", (1, anchors, classes), "float32", labels=labels)
    return replace(base, outputs=(*base.outputs, scores))


def detections_contract(rows: int = 10, dtype: ElementType = "uint8") -> ModelContract:
    """Objects by a quantized detector with its post-processing inside, in the middle of the picture."""
    shapes = (1, 96, 128, 3), (1, rows, 4)
    labels, middle = ("cat", "dog", "토끼"), CropPolicy("centre")
    base = contract_of("objects", "detect", shapes, (), Detections(0.4), middle, dtype, names=("image", "boxes"))
    others = (("classes", (1, rows), labels), ("scores", (1, rows), ()), ("count", (1,), ()))
    outputs = tuple(OutputContract(name, shape, "float32", labels=texts) for name, shape, texts in others)
    return replace(base, outputs=(OutputContract("boxes", shapes[1], "float32"), *outputs))


def mask_contract(maps: int = 1, labels: tuple[str, ...] = ("person",)) -> ModelContract:
    """Who is in a picture, or which class each part of it is."""
    shapes = (1, 144, 256, 3), (1, 18, 32, maps)
    decoder = Mask(threshold=0.02, logits=maps == 1)
    return contract_of("people", "mask", shapes, labels, decoder, CropPolicy(), names=("image", "mask"))


def raw_contract(outputs: int = 8) -> ModelContract:
    """Outputs of every shape, whose meaning nobody told."""
    base = contract_of("features", "raw", ((1, 64, 96, 3), (1, 5)), (), Raw(), CropPolicy(), mean=(0.0,) * 3, std=(1.0,) * 3)
    shapes = ((1, 5), (1, 8, 6, 4), (1,), (1, 1000), (2, 3), (1, 1, 1, 1), (1, 16), (1, 3, 3, 2))
    named = (f"output_{k}" for k in range(outputs))
    tensors = tuple(OutputContract(name, shape, "float32") for name, shape in zip(named, shapes, strict=False))
    return replace(base, outputs=(replace(tensors[0], labels=("a", "b", "c", "d", "e")), *tensors[1:]))


def small_spec(name: str, screen: str, contract: ModelContract) -> AppSpec:
    """An app of one model."""
    return AppSpec.model_validate(
        {
            "app": {"name": name, "id": f"org.example.{contract.name.replace('_', '')}", "screen": screen},
            "model": [{"name": contract.name, "task": contract.task}],
            "data": {"format": "drawn"},
        }
    )


@dataclass(frozen=True)
class Golden:
    """A golden project: an app and its models."""

    spec: AppSpec
    contracts: Sequence[ModelContract]

    def render(self, target: Path) -> None:
        """Into the existing folder `target`, without models."""
        generate(self.spec, self.contracts, template_folder(), target, {})

    def rendered(self) -> set[str]:
        """Names of the files that are made of templates."""
        files = template_files(template_folder(), make_context(self.spec, self.contracts).overlays)
        return {str(file.target) for file in files if file.rendered}


PROJECTS = {
    "cat_landmarks": Golden(example_spec(), example_contracts()),
    "hand_joints": Golden(small_spec("Hand", "camera", heatmap_contract()), [heatmap_contract()]),
    "pet": Golden(small_spec("Pet", "camera", classify_contract("int8")), [classify_contract("int8")]),
    "faces": Golden(small_spec("Faces", "camera", anchors_contract()), [anchors_contract()]),
    "people": Golden(small_spec("People", "camera", mask_contract()), [mask_contract()]),
    "pump": Golden(small_spec("Pump", "sensor", window_contract()), [window_contract()]),
}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def golden_contents(project: Golden, folder: Path) -> dict[str, bytes]:
    """What is kept of a project that was rendered into `folder`: rendered files, and the list of the copied ones."""
    files, rendered = contents(folder), project.rendered()
    copied = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files) if name not in rendered)
    return {name: files[name] for name in rendered} | {COPIED: "".join(copied).encode()}


def main() -> None:
    """Replaces the golden projects."""
    for name, project in PROJECTS.items():
        with tempfile.TemporaryDirectory() as folder:
            project.render(Path(folder))
            files = golden_contents(project, Path(folder))
        shutil.rmtree(GOLDEN / name, ignore_errors=True)
        for file, content in files.items():
            (GOLDEN / name / file).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / name / file).write_bytes(content)


if __name__ == "__main__":
    main()
