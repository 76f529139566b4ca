"""Cases for what reads the outputs of models that other tools made: detectors, masks, anything."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.contract import Anchors, Grid, Mask, ModelContract
from tests.golden.rewrite import anchors_contract, detections_contract, mask_contract, raw_contract
from tests.parity import reference
from tests.parity.reference import Doubles
from tests.parity.writer import CaseWriter, named

Floats = npt.NDArray[np.float32]
PICTURE, REGION = (150, 90), (-12.5, -7.25, 175.0, 110.0)
"""Width and height; where the model looked: beyond the picture on every side."""

NEAR = 2e-3
"""What is nearer to a threshold than this may be told either way."""

BINS, TOP, SHOWN = 24, 3, 6


def write_objects(root: Path) -> int:
    """Detectors of both kinds: many objects and none, alike and apart, with and without points."""
    writer, rng = CaseWriter(root, "detect"), np.random.default_rng(41)
    for rows, name in itertools.product((1, 10, 130), ("any", "none", "cut", "broken")):
        _write_detections(writer, rng, rows, name)
    for points, classes, name in itertools.product((0, 6), (1, 3), ("alike", "apart", "none", "flat", "many")):
        _write_anchors(writer, rng, anchors_contract(points, classes, ("a", "b", "c")[:classes]), name)
    return writer.count


def _write_detections(writer: CaseWriter, rng: np.random.Generator, rows: int, name: str) -> None:
    contract = detections_contract(rows)
    boxes = rng.uniform(-0.1, 1.1, (rows, 4)).astype(np.float32)
    classes, scores = rng.integers(0, 4, rows).astype(np.float32), _clear(rng.uniform(0, 1, rows), contract.threshold)
    scores[rows // 2 :] = scores[: rows - rows // 2]  # equal ones stay in their order
    holding = {"any": rows, "none": 0, "cut": rows // 2}.get(name, rows)
    if name == "broken":
        boxes[::2, 1] = np.nan
        scores[::3] = np.nan
    found = []
    for row in range(holding):
        top, left, bottom, right = boxes[row]
        if scores[row] >= contract.threshold and np.isfinite(boxes[row]).all():
            found.append((float(scores[row]), int(classes[row]), np.array([left, top, right, bottom]), np.zeros((0, 2))))
    found.sort(key=lambda one: -one[0])
    arrays = [boxes, classes, scores, np.array([holding], np.float32)]
    _write_found(writer, f"detections-{rows}-{name}", contract, arrays, found[:100])


def _write_anchors(writer: CaseWriter, rng: np.random.Generator, contract: ModelContract, name: str) -> None:
    decoder = contract.decoder
    assert isinstance(decoder, Anchors)
    if name == "many":
        decoder = replace(decoder, grids=(Grid(20, 10, 1),), overlap=1.0)
        shapes = (1, 200, contract.output.shape[-1]), (1, 200, contract.outputs[1].shape[-1])
        outputs = tuple(replace(tensor, shape=shape) for tensor, shape in zip(contract.outputs, shapes, strict=True))
        contract = replace(contract, outputs=outputs, decoder=decoder)
    (_, anchors, numbers), (*_, classes) = (tensor.shape for tensor in contract.outputs)
    rows = rng.normal(0, {"alike": 3, "apart": 60}.get(name, 20), (anchors, numbers)).astype(np.float32)
    rows[:, 2:4] = rng.uniform(-3, 60, (anchors, 2))
    logits = rng.normal(-1, 2, (anchors, classes)).astype(np.float32)
    logits[0] = 300.0
    if name == "flat":
        rows[:, 2] = 0
    if name == "none":
        logits -= 400
    if name == "many":
        logits = np.abs(logits) + np.float32(0.5)
    centres = [
        ((column + 0.5) / grid.columns, (row + 0.5) / grid.rows)
        for grid in decoder.grids
        for row in range(grid.rows)
        for column in range(grid.columns)
        for _ in range(grid.anchors)
    ]
    found = objects_of(rows.astype(np.float64), logits.astype(np.float64), centres, decoder, contract.input.shape[2:0:-1])
    _write_found(writer, f"anchors-{numbers}-{classes}-{name}", contract, [rows, logits], found)


Object = tuple[float, int, Doubles, Doubles]
"""Score, class, box, points."""


def objects_of(
    rows: Doubles, logits: Doubles, centres: Sequence[tuple[float, float]], decoder: Anchors, size: Sequence[int]
) -> list[Object]:
    """The formula of appspec.contract.Anchors, row by row in float64."""
    left = []
    for row, logit, centre in zip(rows, logits, centres, strict=True):
        score = 1 / (1 + math.exp(-min(max(logit.max(), -100.0), 100.0)))
        assert abs(score - decoder.threshold) > 1e-6, "too near to tell"
        if score < decoder.threshold or min(row[2], row[3]) < 0:
            continue
        pairs = row.reshape(-1, 2) / np.array(size)
        middle, half = pairs[0] + centre, pairs[1] / 2
        left.append((score, int(logit.argmax()), np.concatenate([middle - half, middle + half]), pairs[2:] + centre))
    left.sort(key=lambda one: -one[0])
    found: list[Object] = []
    while left and len(found) < 100:
        best, *rest = left
        same = [best, *(one for one in rest if one[1] == best[1] and _iou(one[2], best[2]) > decoder.overlap)]
        left = [one for one in rest if not any(one is taken for taken in same)]
        weights = [one[0] for one in same]
        box, points = (np.average([one[k] for one in same], axis=0, weights=weights) for k in (2, 3))
        found.append((best[0], best[1], box, points))
    return found


def _iou(a: Doubles, b: Doubles) -> float:
    wide, high = (max(0.0, min(a[k + 2], b[k + 2]) - max(a[k], b[k])) for k in (0, 1))
    union = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)) - wide * high
    return wide * high / union if union > 0 else 0.0


def _write_found(
    writer: CaseWriter, name: str, contract: ModelContract, outputs: Sequence[Floats], found: Sequence[Object]
) -> None:
    corner, sides = np.array(REGION[:2]), np.array(REGION[2:])
    limits = np.array(PICTURE * 2, np.float64)
    values = {
        "region": REGION,
        "picture": PICTURE,
        "count": len(found),
        "scores": [score for score, *_ in found],
        "classes": [kind for _, kind, *_ in found],
        "boxes": [
            edge for one in found for edge in np.clip(np.sort(corner + one[2].reshape(2, 2) * sides, 0).ravel(), 0, limits)
        ],
        "points": [part for one in found for part in (corner + one[3] * sides).ravel()],
    }
    writer.write(name, values, named(outputs), contract)


def _clear(values: Doubles, threshold: float) -> Floats:
    """Values none of which is too near to the threshold to tell."""
    near = np.abs(values - threshold) < NEAR
    return np.where(near, values + 2 * NEAR, values).astype(np.float32)


def write_masks(root: Path) -> int:
    """One map and several, of logits and probabilities, in each type; in pictures that are covered and that are not."""
    writer, rng = CaseWriter(root, "mask"), np.random.default_rng(42)
    for maps, dtype, logits, threshold in itertools.product((1, 2, 21), ("float32", "uint8"), (False, True), (0.0, 0.3, 0.99)):
        contract = mask_contract(maps, tuple(f"class {k}" for k in range(maps)))
        scale, zero_point = (
            (0.0, 0) if dtype == "float32" else (float(np.float32(0.05 if logits else 1 / 256)), 120 if logits else 0)
        )
        tensor = replace(contract.output, dtype=dtype, scale=scale, zero_point=zero_point)
        contract = replace(contract, outputs=(tensor,), decoder=Mask(threshold, 0.6, logits))
        shape = contract.output.shape[1:]
        real = rng.normal(0, 2, shape) if logits else rng.uniform(0, 1, shape)
        if maps == 1:
            least = math.log(0.6 / 0.4) if logits else 0.6
            real = np.where(np.abs(real - least) < 0.06, least + 0.1, real)
        stored = reference.quantize(real, tensor)
        values = reference.dequantize(stored, tensor)
        if maps > 1:
            mask = values.argmax(-1)
        else:
            mask = ((1 / (1 + np.exp(-values[..., 0])) if logits else values[..., 0]) >= 0.6).astype(int)
        _write_mask(writer, f"{maps}-{dtype}-{logits}-{threshold}", contract, stored, mask)
    return writer.count


def _write_mask(
    writer: CaseWriter, name: str, contract: ModelContract, stored: npt.NDArray[np.generic], mask: npt.NDArray[np.int_]
) -> None:
    (rows, columns), (x0, y0, wide, high) = mask.shape, REGION
    inside = np.zeros(mask.shape, bool)
    for row, column in np.ndindex(mask.shape):
        x, y = x0 + (column + 0.5) * wide / columns, y0 + (row + 0.5) * high / rows
        inside[row, column] = 0 <= x < PICTURE[0] and 0 <= y < PICTURE[1]
    shares = [float((mask[inside] == kind).mean()) for kind in range(max(2, contract.output.shape[-1]))]
    values = {
        "region": REGION,
        "picture": PICTURE,
        "shares": shares,
        "found": 1 - shares[0] >= contract.threshold,
    }
    arrays = {"output": stored, "mask": np.where(inside, mask, 0).astype(np.uint8)}
    writer.write(name, values, arrays, contract)


def write_raw(root: Path) -> int:
    """Outputs of every shape; some values are no numbers, all of one output are the same, or none is finite."""
    writer, rng = CaseWriter(root, "raw"), np.random.default_rng(43)
    for count, name in itertools.product((1, 3, 8), ("any", "flat", "strange", "none")):
        contract = raw_contract(count)
        outputs = [rng.normal(3, 10, tensor.shape).astype(np.float32) for tensor in contract.outputs]
        if name == "flat":
            outputs[0][:] = 7.5
        if name == "strange":
            outputs[-1].ravel()[::3] = np.nan
            outputs[0].ravel()[1:3] = np.inf, -np.inf
        if name == "none":
            outputs[0][:] = np.nan
        values: dict[str, object] = {"count": count, "shown": min(count, SHOWN)}
        for k, output in enumerate(outputs[:SHOWN]):
            values |= {f"{k}.{key}": value for key, value in _figures(output.ravel()).items()}
        writer.write(f"{count}-{name}", values, named(outputs), contract)
    return writer.count


def _figures(values: Floats) -> dict[str, object]:
    finite = values[np.isfinite(values)].astype(np.float64)
    order = [int(k) for k in np.argsort(-np.where(np.isfinite(values), values, -np.inf), kind="stable") if np.isfinite(values[k])]
    low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 0.0)
    places = np.floor((finite - low) * (BINS / (high - low) if high > low else 0)).astype(int).clip(0, BINS - 1)
    return {
        "range": [low, high],
        "bins": np.bincount(places, minlength=BINS),
        "top": order[:TOP],
        "values": [float(values[k]) for k in order[:TOP]],
        "strange": len(values) - len(finite),
    }
