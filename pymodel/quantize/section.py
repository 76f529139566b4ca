"""The quantizations of a model as a section of a page: what each costs, what it loses, which ship."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from appspec.contract import Quantization
from appspec.words import byte_words, count_words
from pages.cells import bar, tagged
from pages.page import Section
from pymodel.quantize.choice import Choice, Variant


def variants_section(name: str, variants: Sequence[Variant], choice: Choice) -> Section:
    """Bars: shorter is better."""
    largest = max(one.size_bytes for one in variants)
    counts: Mapping[Quantization, int | None] = choice.instructions
    most = max((count for count in counts.values() if count is not None), default=0)
    slowest = max(one.median_ms for one in variants) or 1.0

    def count_cell(kind: Quantization) -> object:
        count = counts.get(kind)
        return "" if count is None else bar(count / most, count_words(count))

    rows = [
        (
            tagged(one.quantization, _ships(one, choice)),
            bar(one.size_bytes / largest, byte_words(one.size_bytes)),
            count_cell(one.quantization),
            f"{one.test:.4f}",
            "" if one.quantization == "float32" else _loss_words(one.test_loss),
            bar(one.median_ms / slowest, f"{one.median_ms:.2g} ms"),
        )
        for one in variants
    ]
    columns = ("variant", "file", "ARM64 instructions", f"{variants[0].metric}, test split", "lost", "on this computer")
    return Section(name, [f"{choice.reason}."], columns=columns, rows=rows)


def _ships(variant: Variant, choice: Choice) -> str:
    if variant == choice.variant:
        return "ships"
    return "ships for GPUs" if variant == choice.beside else ""


def _loss_words(share: float) -> str:
    percent = round(100 * share, 2)
    return f"{percent:+.2f} %".replace("-", "−") if percent else "0.00 %"
