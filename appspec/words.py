"""English that several parts say alike."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """A number and a noun that takes an s: 1 picture, 2 pictures."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
