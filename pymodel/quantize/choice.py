"""Which quantization goes into the APK: chosen on the validation split, told on the test split."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from appspec.artifacts import BESIDE
from appspec.contract import INTEGER, Quantization
from appspec.errors import KitError
from appspec.intervals import metric_loss
from appspec.spec import Convert

STAGE_VERSION = 3
"""Raised when another variant is chosen from the same measurements."""

CHOICE = "choice.json"
MOST_BESIDE_BYTES = 2_000_000

SAME_SPEED = 0.01
"""Share of instructions that makes no difference."""


@dataclass(frozen=True)
class Measurement:
    """One quantization of a model, measured; the metric is of this model alone.

    Attributes:
        validation, test: its metric on these splits.
        float_layers: of a mixed one, those that stay in floats, the one that int8 hurts most first.
    """

    quantization: Quantization
    size_bytes: int
    metric: str
    validation: float
    test: float
    median_ms: float
    float_layers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
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
        instructions: of one inference of each variant that was looked at, on ARM64; None where they can't be counted.
    """

    variant: Variant
    reason: str
    beside: Variant | None = None
    instructions: Mapping[Quantization, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgement:
    """What is known of a model's variants beside their metric.

    Attributes:
        objection: why a variant must not ship; empty where nothing speaks against it.
        instructions: ARM64 instructions of one inference; None where they can't be counted here.
    """

    objection: Callable[[Quantization], str]
    instructions: Callable[[Quantization], int | None]


def choose(name: str, variants: Sequence[Variant], convert: Convert, judgement: Judgement) -> Choice:
    """The variant of a model to ship.

    `auto` takes the fastest or the smallest of those whose loss on the validation split is allowed and that phones run; a fixed
    kind is taken as it is.

    Raises:
        KitError: phones don't run the one that app.toml asks for, or none at all.
    """
    if convert.quantize != "auto":
        return _fixed(name, variants, convert, judgement)
    refused = [
        f"; {one.quantization} loses {one.validation_loss:.1%}"
        for one in variants
        if one.validation_loss > convert.max_metric_loss
    ]
    allowed = [one for one in variants if one.validation_loss <= convert.max_metric_loss]
    counts = {one.quantization: judgement.instructions(one.quantization) for one in allowed}
    for variant in ranked(allowed, counts, convert.prefer):
        against = judgement.objection(variant.quantization)
        if not against:
            words = f"{variant.quantization}: {_words(variant, counts)}, allowed {convert.max_metric_loss:.1%}"
            beside = _beside(variant, variants, convert, judgement)
            if beside:
                words += f"; {BESIDE} ({beside.size_bytes / 1024:.0f} KB) beside it for GPUs"
            return Choice(variant, words + "".join(refused), beside, counts)
        refused.append(f"; {variant.quantization} {against}")
    raise KitError(
        f"No variant of {name} can ship", "".join(refused).removeprefix("; "), "use another network, or raise max_metric_loss"
    )


def ranked(variants: Sequence[Variant], counts: Mapping[Quantization, int | None], prefer: str) -> list[Variant]:
    """Variants in the order in which they may ship.

    "speed": by instructions, where SAME_SPEED of them is no difference and the smaller file comes first, and what phones refuse
    to count comes last; without any counts the integer ones before the others, as phones with dot products run them. "size": by
    size.
    """
    by_size = sorted(variants, key=lambda one: one.size_bytes)
    if prefer == "size":
        return by_size
    known = {kind: count for kind, count in counts.items() if count is not None}
    if not known:
        return sorted(by_size, key=lambda one: one.quantization not in ("int8", "mixed"))
    order, counted = [], [one for one in by_size if one.quantization in known]
    while counted:
        fewest = min(known[one.quantization] for one in counted)
        order += (same := [one for one in counted if known[one.quantization] <= fewest * (1 + SAME_SPEED)])
        counted = [one for one in counted if one not in same]
    return order + [one for one in by_size if one.quantization not in known]


def _beside(chosen: Variant, variants: Sequence[Variant], convert: Convert, judgement: Judgement) -> Variant | None:
    """float16 beside an integer variant: GPUs compute in floating point, and each phone finds out which pair is fastest."""
    if convert.ship == "one" or chosen.quantization not in INTEGER:
        return None
    other = next((one for one in variants if one.quantization == BESIDE), None)
    if other is None or other.size_bytes >= MOST_BESIDE_BYTES or other.validation_loss > convert.max_metric_loss:
        return None
    return None if judgement.objection(other.quantization) else other


def _fixed(name: str, variants: Sequence[Variant], convert: Convert, judgement: Judgement) -> Choice:
    kind = "float32" if convert.quantize == "none" else convert.quantize
    chosen = next(variant for variant in variants if variant.quantization == kind)
    against = judgement.objection(chosen.quantization)
    if against:
        raise KitError(
            f"{name} can't ship as {kind}",
            f"it {against}",
            'set [convert] quantize = "auto" in app.toml, or do what is said there',
        )
    counts = {chosen.quantization: judgement.instructions(chosen.quantization)}
    return Choice(chosen, f"{kind} as app.toml asks: {_words(chosen, counts)}", instructions=counts)


def write_choice(folder: Path, choices: Mapping[str, Choice]) -> None:
    """Writes choice.json, by model."""
    rows = {
        name: {
            "quantization": one.variant.quantization,
            "beside": one.beside.quantization if one.beside else None,
            "reason": one.reason,
            "instructions": dict(one.instructions),
        }
        for name, one in choices.items()
    }
    (folder / CHOICE).write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")


def read_choice(folder: Path, name: str, variants: Sequence[Variant]) -> Choice:
    """What was chosen for a model among its variants."""
    row = json.loads((folder / CHOICE).read_text(encoding="utf-8"))[name]
    by_kind = {one.quantization: one for one in variants}
    return Choice(by_kind[row["quantization"]], row["reason"], by_kind.get(row["beside"]), row["instructions"])


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
    return tuple(Variant(**{**row, "float_layers": tuple(row["float_layers"])}) for row in rows)


def _words(variant: Variant, counts: Mapping[Quantization, int | None]) -> str:
    lost = f"loses {variant.validation_loss:.2%}" if variant.validation_loss > 0 else "loses nothing"
    count = counts.get(variant.quantization)
    work = "" if count is None else f", {count / 1e6:.3g} M ARM64 instructions"
    floats = f", {len(variant.float_layers)} layers in floats" if variant.float_layers else ""
    return f"{variant.size_bytes / 1024:.0f} KB{floats}{work}, {variant.metric} {variant.validation:.4f} on the validation split ({lost})"
