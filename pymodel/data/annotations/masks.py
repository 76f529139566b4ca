"""The bounding boxes of COCO's masks: polygons, run lengths, compressed run lengths (cocoapi, common/maskApi.c)."""

from __future__ import annotations

import json
from itertools import chain

import numpy as np

from pymodel.data.annotations.numbers import number_list, numbers
from pymodel.data.source import Floats

FEWEST = 6
"""Numbers of a polygon of three corners."""


def mask_box(segmentation: object) -> Floats | None:
    """(4,) float32 x0, y0, x1, y1 pixels; None where it is no mask, or an empty one."""
    if isinstance(segmentation, str):
        try:
            segmentation = json.loads(segmentation)
        except (ValueError, RecursionError):
            return None
    if isinstance(segmentation, dict):
        return _run_box(segmentation)
    if isinstance(segmentation, list) and segmentation:
        parts = segmentation if isinstance(segmentation[0], (list, str)) else [segmentation]
        found = [number_list(part) for part in parts]
        values = list(chain.from_iterable(part for part in found if part and len(part) >= FEWEST and len(part) % 2 == 0))
        if values:
            corners = np.asarray(values, np.float32).reshape(-1, 2)
            return np.asarray(np.concatenate([corners.min(0), corners.max(0)]), np.float32)
    return None


def _run_box(mask: dict[str, object]) -> Floats | None:
    size = numbers(mask.get("size"))
    counts = mask.get("counts")
    runs = _decompressed(counts) if isinstance(counts, str) else numbers(counts)
    if size is None or len(size) != 2 or runs is None or min(runs, default=-1) < 0:
        return None
    height, width = int(size[0]), int(size[1])
    ends = np.cumsum(np.asarray(runs, np.int64))
    if not height or not width or not len(ends) or ends[-1] > height * width:
        return None
    starts, stops = ends[:-1:2], ends[1::2]  # runs alternate, the first one is outside; pixels go down the columns
    starts, stops = starts[stops > starts], stops[stops > starts]
    if not len(starts):
        return None
    tall = (starts // height) != ((stops - 1) // height)
    top = 0 if tall.any() else int((starts % height).min())
    bottom = height if tall.any() else int(((stops - 1) % height).max()) + 1
    left, right = int(starts.min() // height), int((stops.max() - 1) // height) + 1
    return np.asarray([left, top, right, bottom], np.float32)


def _decompressed(text: str) -> list[float] | None:
    """Five bits a character, six with the sign; from the third on each run is told as a difference from the one two before."""
    runs: list[float] = []
    value, shift = 0, 0
    for letter in text.encode("ascii", "replace"):
        bits = letter - 48
        if not 0 <= bits < 64:
            return None
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value, shift = 0, 0
    return None if shift else runs
