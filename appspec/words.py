"""English that several parts say alike."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """A number and a noun that takes an s: 1 picture, 2 pictures."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def byte_words(count: int) -> str:
    """Bytes in the unit that suits: 512 B, 3.6 KB, 2.1 MB."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} B"


def count_words(count: int) -> str:
    """A large number, short: 950, 3.4 K, 12.1 M, 2 G."""
    for unit, size in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("K", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return str(count)
