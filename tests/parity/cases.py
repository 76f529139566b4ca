"""Cases for what computes without a model: frames, regions, decoders, overlay."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt

from appspec.contract import Coordinates, ElementType, ModelContract, OutputContract, Peak, Square
from pymodel.inference.heatmaps import decode_points
from pymodel.preprocess.geometry import Region, Size, box_around, box_region, centre_region, frame_region, tile_regions
from pymodel.preprocess.squares import square_region
from tests.golden.rewrite import classify_contract, example_contract, heatmap_contract, window_contract
from tests.parity import reference
from tests.parity.change import with_decoder, with_input, with_output
from tests.parity.reference import Frame
from tests.parity.writer import CaseWriter, contract_values

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

CAMERA = (640, 480)
"""The size of a camera's frames."""


def write_frames(root: Path) -> int:
    """Every rotation, mirrored or not, into every type; every layout with crops inside, across and beyond the edges."""
    writer, rng = CaseWriter(root, "frame"), np.random.default_rng(7)
    layouts, sizes = itertools.cycle(LAYOUTS), itertools.cycle(SIZES)
    dtypes: tuple[ElementType, ...] = ("float32", "int8", "uint8")
    bytes_as_they_are = with_input(input_contract("uint8"), scale=0.0, zero_point=0, mean=(0.0,) * 3, std=(1.0,) * 3)
    contracts = itertools.cycle([*map(input_contract, dtypes), bytes_as_they_are])
    for rotation, mirror, dtype in itertools.product(ROTATIONS, (False, True), dtypes):
        layout = next(layouts)
        frame = random_frame(rng, next(sizes), rotation, mirror, layout)
        width, height = frame.upright_size
        region = (float(rng.uniform(-5, width / 2)), float(rng.uniform(-5, height / 2)), *(2 * [float(rng.uniform(8, 60))]))
        _write_frame(writer, f"{rotation}{'-mirror' * mirror}-{dtype}-{layout}", frame, region, input_contract(dtype))
    for layout, (crop, place) in itertools.product(LAYOUTS, CROPS.items()):
        rotation, mirror = int(rng.choice(ROTATIONS)), bool(rng.integers(2))
        frame = random_frame(rng, (53, 39), rotation, mirror, layout)
        region = place(*frame.upright_size)
        _write_frame(writer, f"{crop}-{layout}", frame, region, input_contract("float32"))
    stored: tuple[ElementType, ...] = ("float32", "int8")
    for rotation, layout, dtype in itertools.product(ROTATIONS, ("planar", "nv21-padded"), stored):
        frame = random_frame(rng, CAMERA, rotation, rotation == 270, layout)
        region = frame_region(*frame.upright_size)
        _write_frame(writer, f"camera-{rotation}-{dtype}-{layout}", frame, region, input_contract(dtype, 96))
    for rotation, mirror, size in itertools.product(ROTATIONS, (False, True), ((24, 10), (12, 30))):
        frame = random_frame(rng, next(sizes), rotation, mirror, next(layouts))
        contract = with_input(next(contracts), shape=(1, size[1], size[0], 3))
        for crop, place in CROPS.items():
            x0, y0, wide, _ = place(*frame.upright_size)
            region = frame_region(*frame.upright_size, size) if crop == "whole" else (x0, y0, wide, wide * size[1] / size[0])
            _write_frame(writer, f"{size[0]}x{size[1]}-{rotation}{'-mirror' * mirror}-{crop}", frame, region, contract)
    for turn, rotation, mirror, size in itertools.product(range(4), ROTATIONS, (False, True), ((16, 16), (24, 10))):
        frame = random_frame(rng, next(sizes), rotation, mirror, next(layouts))
        width, height = frame.upright_size
        side, corner = float(rng.integers(8, 60)), rng.integers(-9, max(width, height), 2).astype(float)
        sides = (side, side * size[1] / size[0])[:: -1 if turn % 2 else 1]
        contract = with_input(next(contracts), shape=(1, size[1], size[0], 3))
        name = f"turn-{turn}-{rotation}{'-mirror' * mirror}-{size[0]}x{size[1]}"
        _write_frame(writer, name, frame, (*corner.tolist(), *sides), contract, turn)
    return writer.count


CROPS = {
    "whole": lambda width, height: frame_region(width, height),
    "inside": lambda width, height: (5.3, 4.7, 17.9, 17.9),
    "left-top": lambda width, height: (-9.25, -6.5, 30.0, 30.0),
    "right-bottom": lambda width, height: (width - 11.5, height - 8.75, 25.0, 25.0),
    "around": lambda width, height: (-20.0, -31.7, 120.3, 120.3),
    "far-away": lambda width, height: (width + 40.0, -90.0, 24.0, 24.0),
    "pixel-by-pixel": lambda width, height: (3.0, 2.0, 16.0, 16.0),
    "enlarged": lambda width, height: (12.4, 9.1, 2.5, 2.5),
    "shrunk": lambda width, height: (-100.0, -100.0, 400.0, 400.0),
}
"""x0, y0, width, height from the upright size; the input's side is 16."""


def input_contract(dtype: ElementType, size: int = 16) -> ModelContract:
    """A model with uneven means and deviations; an integer one whose range ends inside what pixels can be."""
    contract = example_contract(size=size)
    scale, zero_point = {"float32": (0.0, 0), "int8": (0.0157, -3), "uint8": (0.0157, 121)}[dtype]
    scale = float(np.float32(scale))
    return with_input(contract, dtype=dtype, scale=scale, zero_point=zero_point, std=(58.395, 57.12, 57.375))


def random_frame(rng: np.random.Generator, size: tuple[int, int], rotation: int, mirror: bool, layout: str) -> Frame:
    """Noise: neighbouring pixels differ as much as they can."""
    width, height = size
    half = ((height + 1) // 2, (width + 1) // 2)
    y, u, v = (rng.integers(0, 256, shape, np.uint8) for shape in ((height, width), half, half))
    return Frame(y, u, v, rotation, mirror, **LAYOUTS[layout])  # type: ignore[arg-type]


def _write_frame(writer: CaseWriter, name: str, frame: Frame, region: Region, contract: ModelContract, turn: int = 0) -> None:
    tensor = reference.tensor(frame, region, contract, turn)
    writer.write(name, {"region": region, "turn": turn}, {"tensor": tensor}, contract, frame)


def one_euro(
    times_s: Sequence[float], values: Sequence[float], min_cutoff: float, beta: float, speed_cutoff: float = 1.0
) -> list[float]:
    """Algorithm 1 of Casiez, Roussel and Vogel (CHI 2012), by its own words: rate, α by τ and Te, low-pass of both."""

    def alpha(cutoff: float, period: float) -> float:
        tau = 1 / (2 * np.pi * cutoff)
        return float(1 / (1 + tau / period))

    filtered, speed = [float(values[0])], 0.0
    for previous, now, value in zip(times_s, times_s[1:], values[1:], strict=False):
        period = now - previous
        smooth = alpha(speed_cutoff, period)
        speed = smooth * (value - filtered[-1]) / period + (1 - smooth) * speed
        share = alpha(min_cutoff + beta * abs(speed), period)
        filtered.append(share * value + (1 - share) * filtered[-1])
    return filtered


def write_smoothings(root: Path) -> int:
    """A resting finger that trembles, one that jumps, one that draws a circle; frames come evenly, or as they like."""
    writer, rng = CaseWriter(root, "smoothing"), np.random.default_rng(21)
    even, uneven = np.full(200, 1 / 30), rng.uniform(0.005, 0.2, 200)
    for name, steps in (("even", even), ("uneven", uneven)):
        nanos = np.cumsum(np.round(1e9 * steps)).astype(np.int64) + 7_000_000_000
        seconds = [float(n) / 1e9 for n in nanos]
        signals = {
            "rest": 0.4 + 0.003 * rng.standard_normal(200),
            "jump": np.where(np.arange(200) < 90, 0.2, 0.8) + 0.003 * rng.standard_normal(200),
            "circle": 0.5 + 0.3 * np.sin(np.asarray(seconds)),
        }
        for kind, values in signals.items():
            for cutoff, beta in ((1.2, 8.0), (0.5, 0.0)):
                expected = one_euro(seconds, list(values), cutoff, beta)
                parameters = {"cutoff": cutoff, "beta": beta, "nanos": nanos, "values": values, "expected": expected}
                writer.write(f"{kind}-{name}-{beta}", parameters, {})
    return writer.count


def write_elements(root: Path) -> int:
    """Every element type; integers with a scale and without one, half floats from the smallest to the largest."""
    writer, rng = CaseWriter(root, "element"), np.random.default_rng(17)
    halves = np.array([0, 6e-8, 1e-6, 6.1e-5, 6.2e-5, 1, 1.0009765625, 65504, -2.5, -65504], np.float16)
    for dtype in get_args(ElementType):
        stored = rng.integers(0, 2 if dtype == "bool" else 100, 50).astype(dtype)
        if dtype == "float16":
            stored = np.concatenate([halves, rng.normal(0, 9, 40).astype(np.float16)])
        for scale, zero_point in ((0.0, 0), (0.0157, -3)) if "int" in dtype else ((0.0, 0),):
            real = (stored.astype(np.float64) - zero_point) * np.float32(scale) if scale else stored.astype(np.float64)
            contract = with_input(example_contract(), shape=(1, 50), dtype=dtype, scale=scale, zero_point=zero_point)
            writer.write(f"{dtype}-{scale}", {"expected": real}, {"stored": stored}, contract)
    return writer.count


INPUTS = (96, 96), (256, 144), (96, 128)
"""Width and height of models' inputs."""


def write_regions(root: Path) -> int:
    """Whole frames, and boxes: ordinary, tall, smaller than the smallest square."""
    writer, rng = CaseWriter(root, "region"), np.random.default_rng(8)
    for size, (width, height) in itertools.product(INPUTS, ((640, 480), (480, 640), (33, 33), (1, 7))):
        for follows, centred in (("FRAME", frame_region), ("CENTRE", centre_region)):
            values = {"of": "frame", "input": size, "size": (width, height), "follows": follows}
            writer.write(f"{follows}-{width}x{height}", values | {"region": centred(width, height, size)}, {})
    pictures = (640, 480), (480, 640), (33, 33), (640, 200), (1, 7)
    for size, (width, height), share in itertools.product(INPUTS, pictures, (0.6, 1.0)):
        tiles = tile_regions(width, height, float(np.float32(share)), size)
        for k, tile in enumerate(tiles):
            values = {"input": size, "size": (width, height), "share": share, "count": len(tiles), "index": k}
            writer.write(f"tile-{width}x{height}-{share}-{k}", {"of": "tile", **values, "region": tile}, {})
    boxes = [[10.0, 10, 12, 11], [5, 5, 5, 5], [100, 3, 130, 400], *np.sort(rng.uniform(-50, 700, (6, 2, 2)), 1).reshape(-1, 4)]
    for size, box, margin in itertools.product(INPUTS, boxes, (0.0, 0.15, 0.4)):
        stored = np.asarray(box, np.float32)
        values = {"of": "box", "input": size, "box": stored, "margin": margin, "region": box_region(stored, margin, size)}
        writer.write(f"margin-{margin}", values, {})
    for size, square in itertools.product(INPUTS, SQUARES):
        for box in (None, *boxes[2:6]):
            _write_square(writer, rng, size, square, box)
    return writer.count


SQUARES = (
    Square(((0,), (2,)), (), -0.5, 2.5),
    Square(((0,), (5, 9, 9, 13)), (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18), -0.125, 2.0),
    Square(((20, 4), (8,)), (), 0.25, 1.0),
    Square(None, (3, 7, 9), 0.5, 1.5),
    Square(),
)
"""Their numbers are float32, as the app has them."""


def _write_square(writer: CaseWriter, rng: np.random.Generator, size: Size, square: Square, box: Sequence[float] | None) -> None:
    """Around random points, of which the formula's own turn is told too; those on a diagonal are any turn's."""
    for points in rng.uniform(-60, 700, (6, 21, 2)).astype(np.float32):
        region, turn = square_region(square, points, None if box is None else np.asarray(box, np.float32), size)
        if square.up is not None:
            start, end = (points[list(indices)].astype(float).mean(0) for indices in square.up)
            ways = {0: (0, -1), 1: (1, 0), 2: (0, 1), 3: (-1, 0)}  # up, right, down, left
            assert turn == max(ways, key=lambda k: np.dot(ways[k], end - start))
        values = {"of": "square", "input": size, "points": points.ravel(), "box": [] if box is None else box}
        values |= contract_values(square, "square") | {"region": region, "turn": turn}
        writer.write(f"turn-{turn}", values, {})


def write_decoders(root: Path) -> int:
    """Heatmaps (flat, sharp, at the edge, with two peaks, saturated) and coordinates, in each type a model can answer in."""
    writer, rng = CaseWriter(root, "decoder"), np.random.default_rng(9)
    for base, dtype in itertools.product((BOX, LANDMARKS, HEATMAP), ("float32", "int8")):
        grid, count = 12, len(base.labels)
        for name, logits in heatmaps(rng, grid, count).items():
            scale = 0.0 if dtype == "float32" else float(np.float32(np.ptp(logits) / 255 or 0.1))
            output = {"shape": (1, grid, grid, count), "scale": scale, "zero_point": 0 if dtype == "float32" else -11}
            for threshold in (0.0, 0.45):
                contract = with_decoder(with_output(base, dtype=dtype, **output), threshold=threshold)
                _write_decoder(writer, f"{base.task}-{name}-{dtype}-from-{threshold}", contract, logits)
        if isinstance(base.decoder, Peak):
            continue
        points = rng.uniform(-0.1, 1.1, (count, 2)).astype(np.float32)
        scale, zero_point = (0.0, 0) if dtype == "float32" else (0.006, -100)
        decoder = Coordinates(base.threshold, base.box_margin)
        contract = replace(
            with_output(base, shape=(1, count, 2), dtype=dtype, scale=scale, zero_point=zero_point), decoder=decoder
        )
        _write_decoder(writer, f"{base.task}-coordinates-{dtype}", contract, points)
    for unit, presence, numbers in itertools.product(("share", "pixel"), ("none", "logit", "probability"), (2, 3, 5)):
        _write_coordinates(writer, rng, Coordinates(0.5, 0.1, numbers, unit, presence))  # type: ignore[arg-type]
    return writer.count


def _write_coordinates(writer: CaseWriter, rng: np.random.Generator, decoder: Coordinates) -> None:
    """Points as other tools' models give them, in an input wider than high."""
    size, count = (256, 144), 21
    for shape, sure in (((1, count * decoder.numbers), 0.9), ((1, count, decoder.numbers), 0.2)):
        rows = rng.uniform(-0.1, 1.1, (count, decoder.numbers)).astype(np.float32)
        points = rows[:, :2].copy()
        if decoder.unit == "pixel":
            rows[:, :2] *= size
        contract = with_input(with_output(LANDMARKS, shape=shape, labels=()), shape=(1, *size[::-1], 3))
        contract = replace(contract, decoder=decoder)
        arrays: dict[str, npt.NDArray[np.generic]] = {"output": rows}
        if decoder.presence != "none":
            told = np.log(sure / (1 - sure)) if decoder.presence == "logit" else sure
            arrays["output1"] = np.array([told], np.float32)
            contract = replace(contract, outputs=(contract.output, OutputContract("presence", (1, 1), "float32")))
        confidence = np.full(count, 1.0 if decoder.presence == "none" else sure)
        name = f"{decoder.unit}-{decoder.presence}-{decoder.numbers}-{sure}"
        _write_points(writer, name, contract, arrays, points, confidence)


BOX, LANDMARKS = (example_contract(points=("top_left", "bottom_right"), name="cat_box"), example_contract())
HEATMAP = heatmap_contract()
ANY = 10
"""Heatmaps of no character: with them each kind of decoder meets more than fifty outputs."""


def heatmaps(rng: np.random.Generator, grid: int, count: int) -> dict[str, npt.NDArray[np.float32]]:
    """(G, G, K) logits of several characters."""
    noise = rng.normal(0, 1, (grid, grid, count)).astype(np.float32)
    sharp, corner, twins = noise.copy(), noise.copy(), noise.copy()
    for k in range(count):
        sharp[rng.integers(grid), rng.integers(grid), k] = 18
        corner[0 if k % 2 else -1, 0 if k % 3 else -1, k] = 9
        twins[2, 3, k] = twins[9, 8, k] = 7.5
    characters = {"noise": noise, "flat": noise * 0, "sharp": sharp, "corner": corner, "twins": twins, "large": noise * 40 + 500}
    return characters | {f"any-{n}": rng.normal(0, rng.uniform(0.5, 6), noise.shape).astype(np.float32) for n in range(ANY)}


def _write_decoder(writer: CaseWriter, name: str, contract: ModelContract, real: npt.NDArray[np.float32]) -> None:
    stored = reference.quantize(real, contract.output)
    output = reference.dequantize(stored, contract.output)
    _write_points(writer, name, contract, {"output": stored}, *_decode(output, contract))


def _write_points(
    writer: CaseWriter,
    name: str,
    contract: ModelContract,
    arrays: Mapping[str, npt.NDArray[np.generic]],
    points: npt.NDArray[np.floating],
    confidence: npt.NDArray[np.floating],
) -> None:
    region = (-31.4, 17.25, 222.2, 111.1)
    placed = points.astype(np.float64) * region[2:] + region[:2]
    width, height = 150, 190  # smaller than where some points lie
    values: dict[str, object] = {
        "region": region,
        "points": points.ravel(),
        "confidence": confidence,
        "placed": placed.ravel(),
        "picture": (width, height),
        "box": box_around(placed.astype(np.float32), contract.box_margin, width, height),
        "found": _found(confidence, contract),
    }
    writer.write(name, values, arrays, contract)


def _decode(
    output: npt.NDArray[np.float32], contract: ModelContract
) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    """Points and confidence."""
    if isinstance(contract.decoder, Coordinates):
        return output, np.ones(len(output))
    return reference.peak(output) if isinstance(contract.decoder, Peak) else decode_points(output)


def _found(confidence: npt.NDArray[np.floating], contract: ModelContract) -> bool:
    """Where the geometric mean of the confidence is large enough."""
    sure = float(np.exp(np.log(confidence).mean()))
    assert abs(sure - contract.threshold) > 1e-3, "too near to tell"
    return sure >= contract.threshold


def write_classes(root: Path) -> int:
    """Sure, unsure and equal classes, in each type; the labels in the order of their probability."""
    writer, rng = CaseWriter(root, "classify"), np.random.default_rng(12)
    base = classify_contract()
    for dtype, (name, threshold) in itertools.product(
        ("float32", "int8", "uint8"), {"any": 0.0, "half": 0.5, "most": 0.9}.items()
    ):
        scale, zero_point = {"float32": (0.0, 0), "int8": (1 / 256, -128), "uint8": (1 / 256, 0)}[dtype]
        for probability in (*rng.dirichlet([0.6] * 3, 6), np.array([0.25, 0.375, 0.375]), np.array([0.5, 0.25, 0.25])):
            contract = with_output(base, dtype=dtype, scale=scale, zero_point=zero_point)
            contract = with_decoder(contract, threshold=threshold)
            stored = reference.quantize(probability, contract.output)
            real = reference.dequantize(stored, contract.output)
            order = sorted(range(3), key=lambda k: (-real[k], k))
            labels = [contract.labels[k] for k in order[:2]]
            values = {"probability": real, "labels": labels, "found": real.max() >= threshold}
            writer.write(f"{name}-{dtype}", values, {"output": stored}, contract)
    for count, spread in itertools.product((1, 3, 1001), (0.0, 2.0, 20.0)):
        labels = tuple(f"class {k}" for k in range(count))
        contract = with_decoder(with_output(base, shape=(1, 1, 1, count), labels=labels), threshold=0.5, logits=True)
        logits = rng.normal(0, spread, count).astype(np.float32)
        power = np.exp(logits.astype(np.float64) - logits.max())
        real = power / power.sum()
        order = sorted(range(count), key=lambda k: (-logits[k], k))
        told = {"probability": real, "labels": [labels[k] for k in order[:2]], "found": real.max() >= 0.5}
        writer.write(f"logits-{count}-{spread}", told, {"output": logits}, contract)
    return writer.count


def write_windows(root: Path) -> int:
    """Samples without gaps, with gaps, with some from the first one on, too few; outputs of every probability."""
    writer, rng = CaseWriter(root, "window"), np.random.default_rng(13)
    dtypes: tuple[ElementType, ...] = ("float32", "int8", "uint8")
    for dtype, (name, (count, missing)) in itertools.product(dtypes, SAMPLES.items()):
        contract = window_contract(dtype, 8)
        low, span = map(np.asarray, contract.normalization)
        samples = (low + span * rng.uniform(-0.3, 1.3, (count, len(low)))).astype(np.float32)
        samples[rng.uniform(size=samples.shape) < missing] = np.nan
        if missing:
            samples[0, 1], samples[count // 2, 2] = np.nan, np.inf
        found = reference.windows(samples, contract)
        full = [window for window in found if window is not None]
        probability = reference.quantize(rng.uniform(0, 1, 40), contract.output)
        values = {
            "full": [float(window is not None) for window in found],
            "probability": reference.dequantize(probability, contract.output),
        }
        stored = np.stack(full) if full else np.zeros(0, contract.input.dtype)
        arrays = {"samples": samples, "windows": stored, "output": probability}
        writer.write(f"{name}-{dtype}", values, arrays, contract)
    return writer.count


SAMPLES = {"whole": (30, 0.0), "gaps": (40, 0.2), "hardly-any": (60, 0.9), "too-few": (7, 0.0), "just-enough": (8, 0.0)}
"""How many, and the share of values that are missing; the window is 8 long."""


def write_alarms(root: Path) -> int:
    """Random walks around the threshold, and answers that are the threshold itself."""
    writer, rng = CaseWriter(root, "alarm"), np.random.default_rng(14)
    for hold, threshold in itertools.product((1, 2, 3, 7), (0.0, 0.1, 0.5, 0.97)):
        line = np.float32(threshold)
        walk = np.clip(threshold + np.cumsum(rng.normal(0, 0.08, 120)) % 0.3 - 0.15, 0, 1).astype(np.float32)
        walk[rng.uniform(size=len(walk)) < 0.1] = line
        told = [float(alarm) for alarm in reference.alarms(walk, line, hold)]
        writer.write(f"hold-{hold}", {"probabilities": walk, "threshold": line, "hold": hold, "alarms": told}, {})
    return writer.count


def write_recordings(root: Path) -> int:
    """Good files and every way of being none."""
    writer = CaseWriter(root, "recording")
    whole = "a|b", [1.5, -2.0, 3e-4, -9999.0]
    for text, told, samples in (
        ("timestamp,x,y\na,1.5,-2\nb,3e-4,\n", *whole),
        ("timestamp,x,y\r\na,1.5,-2\r\n\r\nb,3e-4,NaN", *whole),
        ("\ufefftimestamp, y , other,x\n a ,-2,words,1.5\n b ,nan,,0.0003\n", *whole),
        ('"timestamp","x","o, ""t""",y\n"a",1.5,"1,5",-2\nb,3e-4,,\n', *whole),
        ("", "EMPTY", []),
        ("\n", "EMPTY", []),
        ("timestamp,x,y\n", "EMPTY", []),
        ("timestamp,x\na,1\n", "NO_CHANNEL y", []),
        ("x,y\n1,2\n", "NO_CHANNEL x", []),
        ("timestamp,x,y\na,1,2\nb,1\n", "BAD_LINE 3", []),
        ("timestamp,x,y\na,1,2\n\nb,1,two\n", "BAD_LINE 4", []),
        ("\x00\x01binary\x02", "NO_CHANNEL x", []),
    ):
        csv = np.array(list(text.encode()), np.uint8)
        writer.write("csv", {"channels": ["x", "y"], "told": told, "samples": samples}, {"csv": csv})
    return writer.count


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
        (("thumb1", "wrist", "thumb2", "ring_finger1", "ear_1", "ring_finger2", "ear_2", "x9"), [[4, 6], [1, 0, 2], [1, 3, 5]]),
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
