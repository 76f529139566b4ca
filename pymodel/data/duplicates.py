"""Pictures that look alike: a test split that holds a training picture again is no test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pymodel.data.images import RgbImage
from pymodel.data.splits import SPLITS

MAX_DISTANCE = 3
"""Bits of 64 by which the hashes of two pictures may differ that look alike."""

PARTS = 4

SIDE, LOW = 32, 8
COSINES = np.cos(np.pi * np.outer(np.arange(LOW), 2 * np.arange(SIDE) + 1) / (2 * SIDE)).astype(np.float32)
"""The first rows of the discrete cosine transform (type II)."""

ONES = np.array([value.bit_count() for value in range(1 << 16)], np.uint8)

Numbers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

NONE = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Duplicate:
    """A picture of one split, and the one of an earlier split that looks most like it."""

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
    """Each picture of validation and test that looks like one in an earlier split, with the most alike of these (hashes differ
    in at most MAX_DISTANCE bits), the most alike first.

    Of two such hashes one of the four 16-bit parts is the same (three bits spoil three): only distinct hashes that share one are
    compared. Memory grows with the pictures, not with the pairs.
    """
    if not files:
        return []
    distinct, which = np.unique(np.array(hashes, np.uint64), return_inverse=True)
    ranks = np.array([SPLITS.index(split) for split in splits])
    first = np.full((len(SPLITS), len(distinct)), NONE)
    """Of each split and hash the first picture; then the nearest: bits that differ, shifted left, and the picture."""
    for rank in range(len(SPLITS)):
        here = np.flatnonzero(ranks == rank)[::-1]
        first[rank, which[here]] = here  # of several the last assignment stays: the first picture
    nearest = first.copy()
    for a, b, distance in _alike(distinct):
        for one, other in ((a, b), (b, a)):
            for rank in range(len(SPLITS) - 1):
                there = first[rank, other]
                np.minimum.at(nearest[rank], one, np.where(there == NONE, NONE, distance << 32 | there))
    found = []
    for i in np.flatnonzero(ranks):
        key = int(nearest[: ranks[i], which[i]].min())
        if key != NONE:
            like = key & 0xFFFFFFFF
            found.append(Duplicate(files[i], splits[i], files[like], splits[like], key >> 32))
    return sorted(found, key=lambda pair: (pair.distance, pair.file))


def _alike(distinct: Hashes) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """Positions of hashes that differ in at most MAX_DISTANCE bits, and in how many; a pair may come more than once."""
    for place in range(PARTS):
        part = (distinct >> np.uint64(16 * place)).astype(np.uint16)
        order = np.argsort(part, kind="stable")
        ends = np.searchsorted(part[order], part[order], side="right")  # where those with the same part end
        at, step = np.arange(len(order)), 1
        while len(at := at[at + step < ends[at]]):
            a, b = order[at], order[at + step]
            distance = ONES[(distinct[a] ^ distinct[b]).view(np.uint16)].reshape(-1, 4).sum(1, dtype=np.int64)
            near = distance <= MAX_DISTANCE
            if near.any():
                yield a[near], b[near], distance[near]
            step += 1
