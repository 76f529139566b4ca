"""Models damaged in ways that matter: bytes, offsets, lengths, values of fields, cuts, and pieces of other models."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

EXTREMES = (0, 1, 2, 4, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE)


def mutants(models: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Damaged models, the same ones for the same seed."""
    rng = random.Random(seed)
    for _ in range(count):
        data = bytearray(rng.choice(models))
        for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
            _damage(rng, data, models)
        if rng.random() < 0.9 and len(data) >= 8:
            data[4:8] = b"TFL3"  # else nearly all are told by their mark alone
        yield bytes(data)


def _damage(rng: random.Random, data: bytearray, models: list[bytes]) -> None:
    if len(data) < 16:
        return
    structure = min(len(data), 4096) if rng.random() < 0.5 else len(data)
    place = rng.randrange(structure - 4)
    aligned = place - place % 4
    match rng.randrange(8):
        case 0:
            data[place] ^= 1 << rng.randrange(8)
        case 1:
            data[place] = rng.randrange(256)
        case 2:
            struct.pack_into("<I", data, aligned, rng.choice(EXTREMES))
        case 3:
            value = struct.unpack_from("<i", data, aligned)[0]
            struct.pack_into("<i", data, aligned, max(-(2**31), min(2**31 - 1, value + rng.choice((-8, -4, -1, 1, 4, 8, 64)))))
        case 4:
            other = rng.randrange(0, len(data) - 4) & ~3
            data[aligned : aligned + 4] = data[other : other + 4]
        case 5:
            del data[rng.randrange(8, len(data)) :]
        case 6:
            piece = rng.choice(models)
            start = rng.randrange(max(1, len(piece) - 64))
            data[place : place + 64] = piece[start : start + 64]
        case 7:
            data[place:place] = bytes(rng.randrange(256) for _ in range(rng.choice((1, 4, 64))))
