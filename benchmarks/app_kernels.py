"""The app's own Kotlin on this machine's JVM: a camera frame to a tensor, and output tensors to points.

    python benchmarks/app_kernels.py

JMH measures the generated app's classes. FrameToTensor is measured against the ImageProcessor of tensorflow-lite-support
(ResizeOp, NormalizeOp), which begins with a Bitmap and so has no YUV to convert, and stretches the picture; and once more with
what FrameToTensor does besides (pad to a square, turn by 90°). Android's Bitmap is Robolectric's, with Android's own native
graphics code. All run in one JVM (C2 on) inside Robolectric's class loader, so without forks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from appspec.contract import ModelContract
from appspec.errors import KitError
from appspec.spec import AppSpec
from benchmarks.app_kernels_libraries import TABLE
from codegen import generate, template_folder
from deploy.jvm.camera import CameraPicture, camera_picture, write_frame
from deploy.jvm.compile import FRAME_SOURCES, MODEL_SOURCES, compile_for_jvm
from deploy.jvm.junit import run_junit
from deploy.jvm.libraries import android_folder, screen_libraries
from deploy.toolchain.artifacts import kit_artifacts
from deploy.toolchain.downloads import fetch
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.process import child_environment
from deploy.toolchain.toolchain import prepare_toolchain
from tests.golden.rewrite import POINTS, example_contract, heatmap_contract

JAVA = Path(__file__).with_name("java")
WARMUPS, ITERATIONS = 4, 7
"""Of a second each."""

CORNERS = ("top_left", "bottom_right")


def main(include: str = ".*", warmups: int = WARMUPS, iterations: int = ITERATIONS) -> dict[str, Any]:
    """Medians in milliseconds and bytes allocated per call, by benchmark, and the ratio to the ImageProcessor.

    `bytes_per_call` is what the calling thread allocated; JMH's own figure has JMH's threads and samples in it.

    Args:
        include: regular expression of benchmarks.
        warmups, iterations: of a second each.

    Raises:
        KitError: the toolchain or a library can't be had, or a benchmark throws.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jdk, classpath = _compiled(folder)
        _write_frames(folder / "frames")
        result, counted = folder / "result.json", folder / "bytes.txt"
        properties = {
            "apkiln.include": include,
            "apkiln.warmups": str(warmups),
            "apkiln.iterations": str(iterations),
            "apkiln.frames": str(folder / "frames"),
            "apkiln.result": str(result),
            "apkiln.bytes": str(counted),
            "jmh.ignoreLock": "true",
            "robolectric.offline": "true",
            "robolectric.dependency.dir": str(android_folder()),
        }
        log = folder / "jmh.log"
        test = "io.apkiln.app.kernels.Kernels"
        failed = run_junit(jdk, classpath, [test], properties, folder, log, ["-XX:TieredStopAtLevel=4"])
        if failed or not result.is_file():
            said = log.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise KitError("the benchmark failed", "; ".join(failed) or "it measured nothing", said)
        lines = counted.read_text(encoding="utf-8").splitlines()
        allocated = {key: float(value) for key, _, value in (line.partition("=") for line in lines)}
        return _told(json.loads(result.read_text(encoding="utf-8")), allocated)


def contracts() -> list[ModelContract]:
    """Models of the sizes of the apps in apps/, and a larger heatmap."""
    fingertip = ("forefinger4",)
    small, large = (heatmap_contract(grid=grid) for grid in (24, 32))
    return [
        example_contract("photo", 224, POINTS),
        example_contract("box", 128, CORNERS),
        example_contract("box_int8", 128, CORNERS, dtype="int8"),
        example_contract("landmarks", 128, POINTS),
        *(
            replace(
                contract,
                name=name,
                outputs=(replace(contract.output, labels=fingertip, shape=(*contract.output.shape[:3], 1)),),
            )
            for name, contract in (("fingertip", small), ("fingertip_32", large))
        ),
    ]


def _compiled(folder: Path) -> tuple[Jdk, list[Path]]:
    """The generated app's classes and the benchmarks."""
    project, classes = folder / "android", folder / "classes"
    project.mkdir()
    classes.mkdir()
    models = contracts()
    spec = AppSpec.model_validate(
        {
            "app": {"name": "Kernels", "id": "org.example.kernels"},
            "model": [{"name": model.name, "task": model.kind} for model in models],
            "data": {"format": "drawn"},
        }
    )
    generate(spec, models, template_folder(), project, {})
    toolchain = prepare_toolchain()
    libraries = [*fetch(kit_artifacts("jmh", TABLE)), *_classes(fetch(kit_artifacts("support", TABLE)), folder)]
    sources = [MODEL_SOURCES, FRAME_SOURCES]
    app = compile_for_jvm(project, sources, [*screen_libraries(), *libraries], toolchain, folder / "gradle.log")
    classpath = [path for path in app if path.exists()]
    joined = os.pathsep.join(map(str, classpath))
    command: list[str | Path] = [toolchain.jdk.javac, "-nowarn", "-encoding", "UTF-8", "-cp", joined, "-d", classes]
    command += ["-processor", "org.openjdk.jmh.generators.BenchmarkProcessor", *sorted(JAVA.rglob("*.java"))]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=child_environment(toolchain.jdk))
    if run.returncode:
        raise KitError("could not compile the benchmarks", run.stderr[:2000], "report it")
    return toolchain.jdk, [classes, *classpath]


def _classes(archives: Sequence[Path], folder: Path) -> list[Path]:
    """The classes inside of AARs."""
    jars = []
    for archive in archives:
        jars.append(folder / f"{archive.stem}.jar")
        with zipfile.ZipFile(archive) as aar:
            jars[-1].write_bytes(aar.read("classes.jar"))
    return jars


def _write_frames(folder: Path) -> None:
    """Noise: no two pixels alike, so nothing can be skipped."""
    image = np.random.default_rng(3).integers(0, 256, (480, 640, 3), np.uint8)
    for name, rotation in (("planar", 0), ("nv21", 0), ("nv21-turned", 90)):
        upright = np.ascontiguousarray(np.rot90(image, -rotation // 90))
        picture = camera_picture(upright, rotation)
        write_frame(picture, folder / name)
        if name != "planar":
            _interleave(picture, folder / name)


def _interleave(picture: CameraPicture, folder: Path) -> None:
    """NV21: V, U, V, U … in one piece of memory; each plane ends with its last pixel."""
    joined = np.stack([picture.v, picture.u], -1).tobytes()
    (folder / "v.bin").write_bytes(joined[:-1])
    (folder / "u.bin").write_bytes(joined[1:])
    properties, width = folder / "frame.properties", picture.u.shape[1]
    text = properties.read_text(encoding="utf-8").replace("uvPixelStride=1", "uvPixelStride=2")
    properties.write_text(text.replace(f"uvRowStride={width}", f"uvRowStride={2 * width}"), encoding="utf-8")


def _told(rows: Sequence[dict[str, Any]], allocated: Mapping[str, float]) -> dict[str, Any]:
    measured = {}
    for row in rows:
        name = ".".join([row["benchmark"].rpartition(".")[2], *row.get("params", {}).values()])
        secondary = {key.lstrip("·"): value for key, value in row["secondaryMetrics"].items()}
        measured[name] = {
            "median_ms": round(row["primaryMetric"]["scorePercentiles"]["50.0"] / 1e3, 5),
            "p95_ms": round(row["primaryMetric"]["scorePercentiles"]["95.0"] / 1e3, 5),
            "bytes_per_call": allocated[name],
            "jmh_gc_alloc_rate_norm": round(secondary["gc.alloc.rate.norm"]["score"], 2),
        }
    told: dict[str, Any] = {"frame": "640x480", "input": "224x224 float32", "kernels": measured}
    ours = {name: row["median_ms"] for name, row in measured.items() if name.startswith("frameToTensor")}
    for theirs in (name for name in measured if name.startswith("imageProcessor")):
        times = {name: round(measured[theirs]["median_ms"] / ms, 2) for name, ms in ours.items()}
        told.setdefault("times_faster", {})[theirs] = times
    return told


if __name__ == "__main__":
    try:
        print(json.dumps(main(*sys.argv[1:2]), indent=1))
    except KitError as error:
        sys.exit(f"{error.what}: {error.why}; {error.fix}")
