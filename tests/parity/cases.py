"""Cases for what computes without a model: frames, regions, decoders, overlay."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.contract import DType, ModelContract, TensorContract
from pymodel.decode import decode_points
from pymodel.geometry import Region, box_around, box_region, frame_region
from tests.golden.rewrite import example_contract
from tests.parity import reference
from tests.parity.reference import Frame
from tests.parity.writer import CaseWriter

ROTATIONS = (0, 90, 180, 270)
LAYOUTS: dict[str, dict[str, object]] = {
    "planar": {},
    "padded": {"y_strides": (-13, 1), "uv_strides": (-5, 1)},
    "nv12": {"uv_strides": (0, 2), "interleaved": "uv"},
    "nv21-padded": {"y_strides": (-32, 1), "uv_strides": (-7, 2), "interleaved": "vu"},
    "sparse": {"y_strides": (-3, 2), "uv_strides": (-1, 3)},
}
SIZES = ((37, 29), (64, 48), (31, 45), (1, 1), (90, 67))
"""Width and height of the sensor's picture; odd ones have half a block of chroma at their edges."""


def write_frames(root: Path) -> int:
    """Every rotation, mirrored or not, into every type; every layout with crops inside, across and beyond the edges."""
    writer, rng = CaseWriter(root, "frame"), np.random.default_rng(7)
    layouts, sizes = itertools.cycle(LAYOUTS), itertools.cycle(SIZES)
    dtypes: tuple[DType, ...] = ("float32", "int8", "uint8")
    for rotation, mirror, dtype in itertools.product(ROTATIONS, (False, True), dtypes):
        layout = next(layouts)
        frame = random_frame(rng, next(sizes), rotation, mirror, layout)
        width, height = frame.upright_size
        region = (float(rng.uniform(-5, width / 2)), float(rng.uniform(-5, height / 2)), float(rng.uniform(8, 60)))
        _write_frame(writer, f"{rotation}{'-mirror' * mirror}-{dtype}-{layout}", frame, region, input_contract(dtype))
    for layout, (crop, place) in itertools.product(LAYOUTS, CROPS.items()):
        rotation, mirror = int(rng.choice(ROTATIONS)), bool(rng.integers(2))
        frame = random_frame(rng, (53, 39), rotation, mirror, layout)
        region = place(*frame.upright_size)
        _write_frame(writer, f"{crop}-{layout}", frame, region, input_contract("float32"))
    return writer.count


CROPS = {
    "whole": lambda width, height: frame_region(width, height),
    "inside": lambda width, height: (5.3, 4.7, 17.9),
    "left-top": lambda width, height: (-9.25, -6.5, 30.0),
    "right-bottom": lambda width, height: (width - 11.5, height - 8.75, 25.0),
    "around": lambda width, height: (-20.0, -31.7, 120.3),
    "far-away": lambda width, height: (width + 40.0, -90.0, 24.0),
    "pixel-by-pixel": lambda width, height: (3.0, 2.0, 16.0),
    "enlarged": lambda width, height: (12.4, 9.1, 2.5),
    "shrunk": lambda width, height: (-100.0, -100.0, 400.0),
}
"""x0, y0, side from the upright size; the input's side is 16."""


def input_contract(dtype: DType, size: int = 16) -> ModelContract:
    """A model with uneven means and deviations; an integer one whose range ends inside what pixels can be."""
    contract = example_contract(size=size)
    scale, zero_point = {"float32": (0.0, 0), "int8": (0.0157, -3), "uint8": (0.0157, 121)}[dtype]
    stored = replace(contract.input, dtype=dtype, scale=float(np.float32(scale)), zero_point=zero_point)
    return replace(contract, input=stored, std=(58.395, 57.12, 57.375))


def random_frame(rng: np.random.Generator, size: tuple[int, int], rotation: int, mirror: bool, layout: str) -> Frame:
    """Noise: neighbouring pixels differ as much as they can."""
    width, height = size
    half = ((height + 1) // 2, (width + 1) // 2)
    y, u, v = (rng.integers(0, 256, shape, np.uint8) for shape in ((height, width), half, half))
    return Frame(y, u, v, rotation, mirror, **LAYOUTS[layout])  # type: ignore[arg-type]


def _write_frame(writer: CaseWriter, name: str, frame: Frame, region: Region, contract: ModelContract) -> None:
    tensor = reference.tensor(frame, region, contract)
    writer.write(name, {"region": region}, {"tensor": tensor}, contract, frame)


def write_regions(root: Path) -> int:
    """Whole frames, and boxes: ordinary, tall, smaller than the smallest square."""
    writer, rng = CaseWriter(root, "region"), np.random.default_rng(8)
    for width, height in ((640, 480), (480, 640), (33, 33), (1, 7)):
        writer.write(f"{width}x{height}", {"of": "frame", "size": (width, height), "region": frame_region(width, height)}, {})
    boxes = [[10.0, 10, 12, 11], [5, 5, 5, 5], [100, 3, 130, 400], *np.sort(rng.uniform(-50, 700, (6, 2, 2)), 1).reshape(-1, 4)]
    for box, margin in itertools.product(boxes, (0.0, 0.15, 0.4)):
        stored = np.asarray(box, np.float32)
        values = {"of": "box", "box": stored, "margin": margin, "region": box_region(stored, margin)}
        writer.write(f"margin-{margin}", values, {})
    return writer.count


def write_decoders(root: Path) -> int:
    """Heatmaps (flat, sharp, at the edge, with two peaks, saturated) and coordinates, in each type a model can answer in."""
    writer, rng = CaseWriter(root, "decoder"), np.random.default_rng(9)
    for base, dtype in itertools.product((BOX, LANDMARKS), ("float32", "int8")):
        grid, count = 12, len(base.labels)
        for name, logits in heatmaps(rng, grid, count).items():
            scale = 0.0 if dtype == "float32" else float(np.float32(np.ptp(logits) / 255 or 0.1))
            output = TensorContract("heatmaps", (1, grid, grid, count), dtype, scale, 0 if dtype == "float32" else -11)
            _write_decoder(writer, f"{base.task}-{name}-{dtype}", replace(base, output=output), logits)
        points = rng.uniform(-0.1, 1.1, (count, 2)).astype(np.float32)
        output = TensorContract("points", (1, count, 2), dtype, *((0.0, 0) if dtype == "float32" else (0.006, -100)))
        _write_decoder(writer, f"{base.task}-regress-{dtype}", replace(base, output=output, decode="regress"), points)
    return writer.count


BOX, LANDMARKS = (example_contract(points=("top_left", "bottom_right"), name="cat_box"), example_contract())


def heatmaps(rng: np.random.Generator, grid: int, count: int) -> dict[str, npt.NDArray[np.float32]]:
    """(G, G, K) logits of several characters."""
    noise = rng.normal(0, 1, (grid, grid, count)).astype(np.float32)
    sharp, corner, twins = noise.copy(), noise.copy(), noise.copy()
    for k in range(count):
        sharp[rng.integers(grid), rng.integers(grid), k] = 18
        corner[0 if k % 2 else -1, 0 if k % 3 else -1, k] = 9
        twins[2, 3, k] = twins[9, 8, k] = 7.5
    return {"noise": noise, "flat": noise * 0, "sharp": sharp, "corner": corner, "twins": twins, "large": noise * 40 + 500}


def _write_decoder(writer: CaseWriter, name: str, contract: ModelContract, real: npt.NDArray[np.float32]) -> None:
    stored = reference.quantize(real, contract.output)
    output = reference.dequantize(stored, contract.output)
    points, confidence = (output, np.ones(len(output))) if contract.decode == "regress" else decode_points(output)
    region = (-31.4, 17.25, 222.2)
    placed = points.astype(np.float64) * region[2] + region[:2]
    width, height = 150, 190  # smaller than where some points lie
    values: dict[str, object] = {
        "region": region,
        "points": points.ravel(),
        "confidence": confidence,
        "placed": placed.ravel(),
        "picture": (width, height),
        "box": box_around(placed.astype(np.float32), contract.box_margin, width, height),
    }
    writer.write(name, values, {"output": stored}, contract)


def write_overlays(root: Path) -> int:
    """Picture on view, frames a second, points to be joined: from their definitions."""
    writer, rng = CaseWriter(root, "overlay"), np.random.default_rng(10)
    for width, height, view_width, view_height in (
        (480, 640, 1080, 2340),
        (640, 480, 1080, 2340),
        (640, 480, 2340, 1080),
        (7, 5, 7, 5),
    ):
        points = rng.uniform(-10, 700, (5, 2))
        # The view's pixels for one of the picture: as many as fit; what is left over is shared by both sides.
        zoom = min(view_width / width, view_height / height)
        shown = points * zoom + (np.array([view_width, view_height]) - zoom * np.array([width, height])) / 2
        sizes = (width, height, view_width, view_height)
        writer.write("mapping", {"of": "mapping", "sizes": sizes, "points": points.ravel(), "expected": shown.ravel()}, {})
    steps = {"steady": [33e6] * 50, "uneven": list(rng.uniform(5e6, 90e6, 80)), "pause": [40e6] * 5 + [1.5e9] + [20e6] * 40}
    for name, gaps in steps.items():
        nanos = [5_000_000_000, *(5_000_000_000 + np.cumsum(np.asarray(gaps, np.int64)))]
        values = {"of": "rate", "nanos": [int(n) for n in nanos], "expected": rates([int(n) for n in nanos])}
        writer.write(name, values, {})
    for names, groups in (
        (LANDMARKS.labels, [[3, 4, 5], [6, 7, 8]]),
        (("a_1", "b", "a_2", "c_1", "a_3", "d1", "d2"), [[0, 2, 4]]),
        (("top_left", "bottom_right"), []),
    ):
        flat = [float(value) for group in groups for value in [*group, -1]]
        writer.write("groups", {"of": "groups", "names": names, "expected": flat}, {})
    return writer.count


def rates(nanos: Sequence[int]) -> list[float]:
    """Frames a second over the last 30 frames, or over those since the last pause of more than a second."""
    told = []
    for i in range(len(nanos)):
        start = max(0, i - 29, *(j for j in range(1, i + 1) if nanos[j] - nanos[j - 1] > 1e9))
        told.append((i - start) * 1e9 / (nanos[i] - nanos[start]) if i > start else 0.0)
    return told
