"""What the kit adds to TFLite Metadata: a JSON file within the model, of one version or another."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from appspec.contract import Classes, Coordinates, CropPolicy, Decoder, Peak, Points, Quantization, Raw, Window

FACTS_FILE = "apkiln.json"
"""Associated file that carries what TFLite Metadata has no field for."""

VERSION = 3
"""1: one flat object, one input and one output. 2: a decoder for each output, and a crop policy. 3: one decoder."""

DECODERS: dict[str, type[Any]] = {decoder.__name__.lower(): decoder for decoder in get_args(Decoder)}
"""By the names that the file has for them."""


@dataclass(frozen=True)
class Measured:
    """A metric of the test split: of the float32 variant, and of this one."""

    metric: str
    reference: float
    value: float


@dataclass(frozen=True)
class KitFacts:
    """The content of FACTS_FILE; see appspec.contract.ModelContract.

    Attributes:
        origin: sha256 of the file that another tool made and this one is a described copy of, hex; empty for the kit's own.
        credit: see appspec.contract.ModelContract.
    """

    task: str
    decoder: Decoder
    crop: CropPolicy | None
    quantization: Quantization
    measured: Measured | None = None
    origin: str = ""
    credit: str = ""


def write_facts(facts: KitFacts) -> str:
    """As JSON, of this version."""
    document = {"version": VERSION, **asdict(facts)}
    document["decoder"] = {"type": type(facts.decoder).__name__.lower(), **asdict(facts.decoder)}
    return json.dumps(document, indent=1, sort_keys=True)


def read_facts(text: bytes | str) -> KitFacts:
    """Of any version up to this one.

    Raises:
        ValueError: it is of a newer version, or says something that can't be.
    """
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError(f"{FACTS_FILE} is no JSON object")
    version = document.pop("version", 1)
    if not isinstance(version, int) or version > VERSION:
        raise ValueError(f"{FACTS_FILE} has version {version!r}, this kit reads versions up to {VERSION}")
    if version == 1:
        document = _from_version_1(document)
    elif version == 2:
        document["decoder"] = next(iter(document.pop("decoders", ())), None)
    try:
        return TypeAdapter(KitFacts).validate_python({**document, "decoder": _decoder(document.get("decoder"))})
    except (ValidationError, TypeError, AttributeError) as error:
        raise ValueError(f"{FACTS_FILE}: {str(error).splitlines()[0]}") from error


def _decoder(found: object) -> Decoder:
    if not isinstance(found, dict):
        raise ValueError(f"{FACTS_FILE} says no decoder")
    name = str(found.get("type"))
    if name not in DECODERS:
        raise ValueError(f"{FACTS_FILE}: no decoder is called {name!r}")
    values = {key: value for key, value in found.items() if key != "type"}
    decoder: Decoder = TypeAdapter(DECODERS[name]).validate_python(values)
    return decoder


def _from_version_1(old: dict[str, Any]) -> dict[str, Any]:
    """One output, its values beside those of the crop."""
    kinds = {"points": Points, "peak": Peak, "regress": Coordinates, "probabilities": Classes, "abnormal": Window}
    kind = kinds.get(str(old.get("decode")), Raw)
    names = {one.name for one in fields(kind)}
    decoder = {"type": kind.__name__.lower(), **{name: old[name] for name in names if name in old}}
    crop = None
    if old.get("region") != "window":
        renamed = {
            "margin": "margin",
            "look_again": "refine_below_iou",
            "closer_margin": "zoom_margin",
            "search_below": "tile_below_confidence",
            "search_side": "tile_side",
        }
        crop = {"follows": old.get("region", "frame"), **{new: old[name] for name, new in renamed.items() if name in old}}
    return {
        "task": old.get("task"),
        "decoder": decoder,
        "crop": crop,
        "quantization": old.get("quantization"),
        "measured": {"metric": old.get("metric"), "reference": old.get("metric_float"), "value": old.get("metric_value")},
    }
