"""Which quantization goes into the APK: chosen on the validation split, told on the test split."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from appspec.contract import Quantization
from appspec.spec import Convert

STAGE_VERSION = 1
"""Raised when another variant is chosen from the same measurements."""


@dataclass(frozen=True)
class Measurement:
    """One quantization of a model, measured; the metric is of this model alone.

    Attributes:
        validation, test: its metric on these splits.
    """

    quantization: Quantization
    size_bytes: int
    metric: str
    validation: float
    test: float
    median_ms: float


@dataclass(frozen=True)
class Variant(Measurement):
    """A measurement beside that of the float32 variant.

    Attributes:
        validation_loss, test_loss: share of the float32 variant's metric that is lost on these splits; negative where it is
            better.
    """

    validation_loss: float
    test_loss: float


def choose(variants: tuple[Variant, ...], convert: Convert) -> tuple[Variant, str]:
    """The variant to ship, and why in one line.

    `auto` takes the smallest whose loss on the validation split is allowed; a fixed kind is taken as it is.
    """
    if convert.quantize != "auto":
        wanted = "float32" if convert.quantize == "none" else convert.quantize
        chosen = next(variant for variant in variants if variant.quantization == wanted)
        return chosen, f"{wanted} as app.toml asks: {_words(chosen)}"
    by_size = sorted(variants, key=lambda variant: variant.size_bytes)
    chosen = next(variant for variant in by_size if variant.validation_loss <= convert.max_metric_loss)
    smaller = by_size[: by_size.index(chosen)]
    refused = "".join(f"; {variant.quantization} is smaller but loses {variant.validation_loss:.1%}" for variant in smaller)
    return chosen, f"{chosen.quantization}: {_words(chosen)}, allowed {convert.max_metric_loss:.1%}{refused}"


def compare(measurements: Sequence[Measurement], lower_is_better: bool) -> tuple[Variant, ...]:
    """Measurements beside that of the float32 variant, which is one of them."""
    reference = next(one for one in measurements if one.quantization == "float32")
    return tuple(
        Variant(
            **vars(one),
            validation_loss=metric_loss(one.validation, reference.validation, lower_is_better),
            test_loss=metric_loss(one.test, reference.test, lower_is_better),
        )
        for one in measurements
    )


def metric_loss(value: float, reference: float, lower_is_better: bool) -> float:
    """How much worse a metric is than its reference, as a share of the reference; negative where it is better."""
    worse = value - reference if lower_is_better else reference - value
    return worse / reference if reference else 0.0


def write_variants(folder: Path, variants: Sequence[Variant]) -> None:
    """Writes variants.json."""
    (folder / "variants.json").write_text(json.dumps([asdict(variant) for variant in variants], indent=1), encoding="utf-8")


def read_variants(folder: Path) -> tuple[Variant, ...]:
    """The variants of a finished conversion."""
    rows = json.loads((folder / "variants.json").read_text(encoding="utf-8"))
    return tuple(Variant(**row) for row in rows)


def _words(variant: Variant) -> str:
    lost = f"loses {variant.validation_loss:.2%}" if variant.validation_loss > 0 else "loses nothing"
    return f"{variant.size_bytes / 1024:.0f} KB, {variant.metric} {variant.validation:.4f} on the validation split ({lost})"
