"""Which quantization goes into the APK."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from appspec.contract import Quantization
from appspec.spec import Convert
from pymodel.evaluate.metrics import metric_loss


@dataclass(frozen=True)
class Variant:
    """One quantization of a model, measured.

    Attributes:
        metric: as in ModelContract, of this model alone on the test split.
        loss: share of the float model's metric that is lost; negative where it is better.
    """

    quantization: Quantization
    size_bytes: int
    metric: str
    value: float
    loss: float
    median_ms: float


def choose(variants: tuple[Variant, ...], convert: Convert) -> tuple[Variant, str]:
    """The variant to ship, and why in one line.

    `auto` takes the smallest whose loss is allowed; a fixed kind is taken as it is.
    """
    by_size = sorted(variants, key=lambda variant: variant.size_bytes)
    if convert.quantize != "auto":
        wanted = "float32" if convert.quantize == "none" else convert.quantize
        chosen = next(variant for variant in variants if variant.quantization == wanted)
        return chosen, f"{wanted} as app.toml asks: {_words(chosen)}"
    chosen = next(variant for variant in by_size if variant.loss <= convert.max_metric_loss)
    smaller = by_size[: by_size.index(chosen)]
    refused = "".join(f"; {variant.quantization} is smaller but loses {variant.loss:.1%}" for variant in smaller)
    return chosen, f"{chosen.quantization}: {_words(chosen)}, allowed {convert.max_metric_loss:.1%}{refused}"


def write_variants(folder: Path, rows: list[tuple[Quantization, int, str, float, float]]) -> None:
    """Writes variants.json from (quantization, bytes, metric, value, median ms), the float32 one among them."""
    reference = next(row[3] for row in rows if row[0] == "float32")
    variants = [
        Variant(name, size, metric, value, metric_loss(metric, value, reference), duration)
        for name, size, metric, value, duration in rows
    ]
    (folder / "variants.json").write_text(json.dumps([vars(variant) for variant in variants], indent=1), encoding="utf-8")


def read_variants(folder: Path) -> tuple[Variant, ...]:
    """The variants of a finished conversion."""
    rows = json.loads((folder / "variants.json").read_text(encoding="utf-8"))
    return tuple(Variant(**row) for row in rows)


def _words(variant: Variant) -> str:
    change = f"loses {variant.loss:.2%}" if variant.loss > 0 else "loses nothing"
    return f"{variant.size_bytes / 1024:.0f} KB, {variant.metric} {variant.value:.4f} ({change})"
