"""Pictures that look alike: a test split that holds a training picture again is no test."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import cv2
import numpy as np

from pymodel.data.images import RgbImage

MAX_DISTANCE = 3
"""Bits of 64 by which the hashes of two pictures may differ that look alike."""

PARTS = 4

SIDE, LOW = 32, 8
COSINES = np.cos(np.pi * np.outer(np.arange(LOW), 2 * np.arange(SIDE) + 1) / (2 * SIDE)).astype(np.float32)
"""The first rows of the discrete cosine transform (type II)."""


@dataclass(frozen=True)
class Duplicate:
    """Two pictures in different splits that look alike."""

    file: str
    split: str
    other: str
    other_split: str
    distance: int


def perceptual_hash(image: RgbImage) -> int:
    """64 bits: which low frequencies of the gray picture are above the median (pHash; Zauner, 2010)."""
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    low = COSINES @ cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) @ COSINES.T
    ordered = np.sort(low, axis=None)
    return int.from_bytes(np.packbits(low > (ordered[31] + ordered[32]) / 2).tobytes(), "big")


def near_duplicates(files: list[str], splits: list[str], hashes: list[int]) -> list[Duplicate]:
    """Pairs in different splits whose hashes differ in at most MAX_DISTANCE bits, the most alike first.

    Of two such hashes one of the four 16-bit parts is the same (three bits spoil three): only pictures that share one are
    compared.
    """
    values = np.array(hashes, np.uint64)
    pairs: set[tuple[int, int]] = set()
    for place in range(PARTS):
        alike: dict[int, list[int]] = defaultdict(list)
        for i, value in enumerate(hashes):
            alike[value >> (16 * place) & 0xFFFF].append(i)
        for members in alike.values():
            pairs.update((a, b) for n, a in enumerate(members) for b in members[n + 1 :] if splits[a] != splits[b])
    found = []
    for a, b in pairs:
        distance = int(values[a] ^ values[b]).bit_count()
        if distance <= MAX_DISTANCE:
            found.append(Duplicate(files[a], splits[a], files[b], splits[b], distance))
    return sorted(found, key=lambda pair: (pair.distance, pair.file, pair.other))
