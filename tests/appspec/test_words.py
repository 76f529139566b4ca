"""Counted nouns."""

from __future__ import annotations

from appspec.words import counted


def test_one_takes_no_s() -> None:
    assert [counted(n, "picture") for n in (0, 1, 2)] == ["0 pictures", "1 picture", "2 pictures"]
