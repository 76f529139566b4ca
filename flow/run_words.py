"""How a model did on GPU delegates, as rows of a table, in words and for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flow.run_model import Tried, largest_share
from pymodel.inspect.values import NO_NUMBERS

RUN_COLUMNS = ("ran on", "bits", "nodes", "largest difference to its CPU", "says")


def run_rows(tried: Sequence[Tried], tolerance: float) -> list[dict[str, object]]:
    """One row a delegate and precision."""
    rows: list[dict[str, object]] = []
    for one in tried:
        parts = f", {one.partitions} partitions" if one.partitions else ""
        shown = "; ".join(
            f"{name}: {far.largest:.2g} ({far.share:.2%} of its range)" + ", NaN on both" * far.no_numbers
            for name, far in one.differences.items()
        )
        rows.append(
            {
                "ran on": one.runner,
                "bits": one.precision,
                "nodes": f"{one.taken} of {one.nodes}{parts}",
                "largest difference to its CPU": shown,
                "says": said(one, tolerance),
            }
        )
    return rows


def said(one: Tried, tolerance: float) -> str:
    """In words: agrees, differs and from where on, answers no numbers, or why it does not run."""
    if one.error:
        return one.error[:300]
    if largest_share(one.differences) <= tolerance:
        if any(far.no_numbers for far in one.differences.values()):
            return NO_NUMBERS
        return "agrees" if one.taken else "agrees, as the CPU computes all of it"
    if one.first is None:
        return f"differs by more than {tolerance:.1%}, and no part of the graph does alone"
    node = one.first.node
    if one.found_on:
        return f"differs as much as {one.found_on}"
    before = f"; before it {one.first.before:.2%}" if one.first.before is not None else ""
    return f"differs first at node {node.index}, {node.op}: {one.first.difference:.2%} of its range{before}"


def run_documents(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """All of it, for JSON."""
    documents = []
    for one in tried:
        document = asdict(one)
        if one.first is not None:
            document["first"] = {
                **asdict(one.first),
                "node": one.first.node.index,
                "op": one.first.node.op,
            }
        documents.append(document)
    return documents
