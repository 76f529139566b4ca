"""Writes the golden projects anew: `python -m tests.golden.rewrite`, then read the diff before committing it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from appspec.contract import DType, ModelContract, TensorContract
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


def example_contract(
    name: str = "cat_landmarks",
    size: int = 96,
    points: tuple[str, ...] = POINTS,
    mean: tuple[float, float, float] = (123.675, 116.28, 103.53),
    dtype: DType = "float32",
) -> ModelContract:
    """A model as read_contract would give it."""
    scale, zero_point = (0.0, 0) if dtype == "float32" else (0.0078125, -1)
    box = len(points) == 2
    return ModelContract(
        name=name,
        file=f"{name}.tflite",
        sha256="0123456789abcdef" * 4,
        size_bytes=1000,
        description="an example",
        author="APKiln",
        version="1",
        task="box" if box else "landmarks",
        decode="points",
        labels=points,
        input=TensorContract("image", (1, size, size, 3), dtype, scale, zero_point),
        output=TensorContract("heatmaps", (1, size // 8, size // 8, len(points)), dtype, scale, zero_point),
        mean=mean,
        std=(127.5, 127.5, 127.5),
        region="frame" if box else "box",
        margin=0.0 if box else 0.25,
        box_margin=0.0 if box else 0.1,
        look_again=0.0 if box else 0.7,
        closer_margin=0.0,
        vote_scale=0.0,
        search_below=0.0 if box else 0.6,
        search_side=0.0 if box else 0.6,
        threshold=0.3 if box else 0.0,
        quantization="float16" if dtype == "float32" else "int8",
        metric="iou" if box else "nme",
        metric_float=0.8,
        metric_value=0.8,
    )


def example_contracts() -> list[ModelContract]:
    """The chain of example_spec: a quantized box model, then float landmarks."""
    corners = ("top_left", "bottom_right")
    return [example_contract("cat_box", 128, corners, (127.5, 127.5, 127.5), "int8"), example_contract()]


IN_FRAME = {"region": "frame", "margin": 0.0, "box_margin": 0.0, "look_again": 0.0, "search_below": 0.0, "search_side": 0.0}
HAND = ("wrist", *(f"{finger}_{joint}" for finger in ("thumb", "index") for joint in (1, 2, 3, 4)))
CHANNELS = ("temperature", "vibration $x", "pressure")


def heatmap_contract(dtype: DType = "float32", grid: int = 32) -> ModelContract:
    """Joints of a hand in the whole picture."""
    base = example_contract("hand_joints", 4 * grid, HAND, dtype=dtype)
    output = replace(base.output, shape=(1, grid, grid, len(HAND)))
    picture = IN_FRAME | {"box_margin": 0.1}
    return replace(base, task="heatmap", decode="peak", output=output, metric="pck", threshold=0.2, **picture)  # type: ignore[arg-type]


def classify_contract(dtype: DType = "float32") -> ModelContract:
    """What is in the whole picture."""
    base = example_contract("pet", 96, ("cat", "dog", "토끼"), dtype=dtype)
    scale, zero_point = (0.0, 0) if dtype == "float32" else (1 / 256, -128)
    output = TensorContract("probabilities", (1, 3), dtype, scale, zero_point)
    picture = IN_FRAME
    return replace(base, task="classify", decode="probabilities", output=output, metric="accuracy", threshold=0.6, **picture)  # type: ignore[arg-type]


def window_contract(dtype: DType = "float32", length: int = 48) -> ModelContract:
    """A machine that is about to fail."""
    scale, zero_point = (0.0, 0) if dtype == "float32" else (1 / 255, -128 if dtype == "int8" else 0)
    probability = (0.0, 0) if dtype == "float32" else (1 / 256, -128 if dtype == "int8" else 0)
    return replace(
        example_contract("pump", dtype=dtype),
        task="window",
        decode="abnormal",
        labels=("Normal", "Abnormal"),
        input=TensorContract("window", (1, length, len(CHANNELS)), dtype, scale, zero_point),
        output=TensorContract("abnormal", (1, 1), dtype, *probability),
        mean=(-10.0, 0.0, 980.25),
        std=(95.5, 4.0, 61.0),
        region="window",
        margin=0.0,
        box_margin=0.0,
        look_again=0.0,
        closer_margin=0.0,
        vote_scale=0.0,
        search_below=0.0,
        search_side=0.0,
        metric="pr_auc",
        channels=CHANNELS,
        interval_s=3600.0,
        threshold=0.4,
        hold=3,
    )


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
