"""Which quantization goes into the APK: chosen on the validation split, told on the test split."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from appspec.artifacts import BESIDE
from appspec.contract import Quantization
from appspec.errors import KitError
from appspec.intervals import metric_loss
from appspec.spec import Convert

STAGE_VERSION = 2
"""Raised when another variant is chosen from the same measurements."""

CHOICE = "choice.json"
MOST_BESIDE_BYTES = 2_000_000


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


@dataclass(frozen=True)
class Choice:
    """The variant that ships, and why in one line.

    Attributes:
        beside: a second one that ships for GPUs.
    """

    variant: Variant
    reason: str
    beside: Variant | None = None


Objection = Callable[[Quantization], str]
"""Why a variant must not ship; empty where nothing speaks against it."""


def choose(name: str, variants: Sequence[Variant], convert: Convert, objection: Objection) -> Choice:
    """The variant of a model to ship.

    `auto` takes the smallest whose loss on the validation split is allowed and that phones run; a fixed kind is taken as it is.

    Raises:
        KitError: phones don't run the one that app.toml asks for, or none at all.
    """
    if convert.quantize != "auto":
        return _fixed(name, variants, convert, objection)
    refused = []
    for variant in sorted(variants, key=lambda one: one.size_bytes):
        if variant.validation_loss > convert.max_metric_loss:
            refused.append(f"; {variant.quantization} is smaller but loses {variant.validation_loss:.1%}")
            continue
        against = objection(variant.quantization)
        if not against:
            words = f"{variant.quantization}: {_words(variant)}, allowed {convert.max_metric_loss:.1%}"
            beside = _beside(variant, variants, convert, objection)
            if beside:
                words += f"; {BESIDE} ({beside.size_bytes / 1024:.0f} KB) beside it for GPUs"
            return Choice(variant, words + "".join(refused), beside)
        refused.append(f"; {variant.quantization} is smaller but {against}")
    raise KitError(
        f"No variant of {name} can ship", "".join(refused).removeprefix("; "), "use another network, or raise max_metric_loss"
    )


def _beside(chosen: Variant, variants: Sequence[Variant], convert: Convert, objection: Objection) -> Variant | None:
    """float16 beside an integer variant: GPUs compute in floating point, and each phone finds out which pair is fastest."""
    if convert.ship == "one" or chosen.quantization not in ("int8", "dynamic"):
        return None
    other = next((one for one in variants if one.quantization == BESIDE), None)
    if other is None or other.size_bytes >= MOST_BESIDE_BYTES or other.validation_loss > convert.max_metric_loss:
        return None
    return None if objection(other.quantization) else other


def _fixed(name: str, variants: Sequence[Variant], convert: Convert, objection: Objection) -> Choice:
    kind = "float32" if convert.quantize == "none" else convert.quantize
    chosen = next(variant for variant in variants if variant.quantization == kind)
    against = objection(chosen.quantization)
    if against:
        raise KitError(
            f"{name} can't ship as {kind}",
            f"it {against}",
            'set [convert] quantize = "auto" in app.toml, or do what is said there',
        )
    return Choice(chosen, f"{kind} as app.toml asks: {_words(chosen)}")


def write_choice(folder: Path, choices: Mapping[str, Choice]) -> None:
    """Writes choice.json, by model."""
    rows = {
        name: {
            "quantization": one.variant.quantization,
            "beside": one.beside.quantization if one.beside else None,
            "reason": one.reason,
        }
        for name, one in choices.items()
    }
    (folder / CHOICE).write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")


def read_choice(folder: Path, name: str, variants: Sequence[Variant]) -> Choice:
    """What was chosen for a model among its variants."""
    row = json.loads((folder / CHOICE).read_text(encoding="utf-8"))[name]
    by_kind = {one.quantization: one for one in variants}
    return Choice(by_kind[row["quantization"]], row["reason"], by_kind.get(row["beside"]))


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
