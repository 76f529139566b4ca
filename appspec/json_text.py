"""JSON that every reader takes: the standard has no infinity and no NaN."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping


def json_text(document: object) -> str:
    """A document in lines; numbers that are not finite become null, what JSON does not know becomes its words."""
    return json.dumps(_finite(document), indent=1, ensure_ascii=False, default=str, allow_nan=False) + "\n"


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return value
