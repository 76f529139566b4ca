"""JSON that every reader takes: the standard has no infinity and no NaN."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from appspec.file_tree import shown


def json_text(document: object) -> str:
    """A document in lines; numbers that are not finite become null, what JSON does not know becomes its words, as do bytes of
    file names that are no text.
    """
    return json.dumps(_sayable(document), indent=1, ensure_ascii=False, default=str, allow_nan=False) + "\n"


def _sayable(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        return {shown(key) if isinstance(key, str) else key: _sayable(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_sayable(one) for one in value]
    return value
