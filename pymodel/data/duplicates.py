"""Pictures that look alike: a test split that holds a training picture again is no test."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import imagehash
import numpy as np
from PIL import Image

from pymodel.data.images import RgbImage

MAX_DISTANCE = 3
"""Bits of 64 by which the hashes of two pictures may differ that look alike."""

PARTS = 4


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
    return int(str(imagehash.phash(Image.fromarray(image))), 16)


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
