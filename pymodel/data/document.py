"""What a look at a data folder gives, as `invoke data.inspect` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict


class ProblemRow(TypedDict):
    """See pymodel.data.examples.Problem."""

    file: str
    why: str


class _Common(TypedDict):
    counts: dict[str, int]
    lines: list[str]
    findings: Sequence[str]
    problems: Sequence[ProblemRow]


class InspectionDocument(_Common, total=False):
    """Facts about a data folder that both pictures and series have, then some that only one of them has; `--json` prints more.

    Attributes:
        counts: examples in each split.
        lines: facts in words.
        findings: what to know before training, in words.
        problems: files that are left out.
        classes: pictures of each class.
        points: how many objects show each point.
        channels: samples of each channel.
    """

    classes: dict[str, int]
    points: dict[str, int]
    channels: dict[str, int]
