"""Writes the golden projects anew: `python -m tests.golden.rewrite`, then read the diff before committing it."""

from __future__ import annotations

import shutil
from pathlib import Path

from appspec.contract import DType, ModelContract, TensorContract
from appspec.spec import AppSpec
from codegen import generate, template_folder

GOLDEN = Path(__file__).resolve().parent / "cat_landmarks"
LEFT_OUT = ("gradle/verification-metadata.xml",)
"""Machine-made and copied as it is."""

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
        quantization="float16" if dtype == "float32" else "int8",
        metric="iou" if box else "nme",
        metric_float=0.8,
        metric_value=0.8,
    )


def example_contracts() -> list[ModelContract]:
    """The chain of example_spec: a quantized box model, then float landmarks."""
    corners = ("top_left", "bottom_right")
    return [example_contract("cat_box", 128, corners, (127.5, 127.5, 127.5), "int8"), example_contract()]


def render_golden(target: Path) -> None:
    """The golden project into the existing folder `target`, without models."""
    generate(example_spec(), example_contracts(), template_folder(), target, {})
    for name in LEFT_OUT:
        (target / name).unlink(missing_ok=True)


def main() -> None:
    """Replaces the golden project."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    GOLDEN.mkdir()
    render_golden(GOLDEN)


if __name__ == "__main__":
    main()
