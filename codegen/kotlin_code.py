"""Python values → Kotlin expressions that construct their twins: what is added to a type on both sides needs nothing here.

| Python | Kotlin |
|---|---|
| frozen dataclass `ModelContract` | its constructor with named arguments; fields in camel case, those with `on_phone=False` left out |
| dataclass of a union `Decoder = Points | Peak` | `Decoder.Points(…)`, a member of the sealed interface; an object where it has no fields |
| `Quantization = Literal["int8", …]` | `Quantization.INT8` |
| tuple, str, float, int, bool, None | `listOf(…)`, a literal, `null` |
"""

from __future__ import annotations

import dataclasses
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from codegen.escape import KotlinIdentifier, KotlinString, kotlin_float

_INDENT = 4
_MOST_ON_A_LINE = 3
_NUMBERS = (float, int, bool)


class KotlinCode(str):
    """A Kotlin expression, complete and escaped."""


def kotlin_code(value: object, indent: int = 0) -> KotlinCode:
    """The expression for a dataclass, laid out by its types alone: what texts and numbers it holds changes no line break.

    Args:
        indent: of the line on which it begins.

    Raises:
        TypeError: a value is of a type that has no twin.
        ValueError: a float that is no finite float32.
    """
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{type(value).__name__} is no dataclass")
    return _dataclass(value, indent)


def _code(value: object, hint: object, names: Mapping[str, object], indent: int) -> KotlinCode:
    """
    Args:
        hint: the value's declared type.
        names: of the module that declares it.
    """
    if value is None:
        return KotlinCode("null")
    declared = next((part for part in get_args(hint) if part is not type(None)), hint) if _is_union(hint) else hint
    if get_origin(declared) is Literal:
        enum = _alias(names, lambda alias: alias == declared)
        return KotlinCode(f"{KotlinIdentifier(enum)}.{KotlinIdentifier(str(value).upper())}")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _dataclass(value, indent)
    if isinstance(value, tuple):
        element = get_args(declared)[0]
        return _call("listOf", [_code(item, element, names, indent + _INDENT) for item in value], element in _NUMBERS, indent)
    if isinstance(value, bool):
        return KotlinCode(str(value).lower())
    if isinstance(value, (int, float)):
        return KotlinCode(kotlin_float(value) if declared is float else value)
    if isinstance(value, str):
        return KotlinCode(f'"{KotlinString(value)}"')
    raise TypeError(f"{type(value).__name__} has no twin in Kotlin")


def _dataclass(value: Any, indent: int) -> KotlinCode:
    kind = type(value)
    names, hints = vars(sys.modules[kind.__module__]), get_type_hints(kind)
    union = _alias(names, lambda alias: _is_union(alias) and kind in get_args(alias))
    name = f"{union}.{kind.__name__}" if union else kind.__name__
    fields = [field for field in dataclasses.fields(value) if field.metadata.get("on_phone", True)]
    if not fields:
        return KotlinCode(name)
    codes = [_code(getattr(value, field.name), hints[field.name], names, indent + _INDENT) for field in fields]
    arguments = [KotlinCode(f"{_camel(field.name)} = {code}") for field, code in zip(fields, codes, strict=True)]
    plain = all(hints[field.name] in _NUMBERS or get_origin(hints[field.name]) is Literal for field in fields)
    return _call(name, arguments, plain and len(fields) <= _MOST_ON_A_LINE, indent)


def _call(name: str, arguments: list[KotlinCode], inline: bool, indent: int) -> KotlinCode:
    """A call on one line, or with a line for each argument."""
    if inline or not arguments:
        return KotlinCode(f"{name}({', '.join(arguments)})")
    lines = "".join(f"{' ' * (indent + _INDENT)}{argument},\n" for argument in arguments)
    return KotlinCode(f"{name}(\n{lines}{' ' * indent})")


def _is_union(hint: object) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


def _alias(names: Mapping[str, object], fits: Callable[[object], bool]) -> str:
    """The name that a module gives to a type; empty where it gives none."""
    return next((name for name, alias in names.items() if fits(alias)), "")


def _camel(name: str) -> KotlinIdentifier:
    """zero_point → zeroPoint."""
    first, *rest = name.split("_")
    return KotlinIdentifier(first + "".join(part.capitalize() for part in rest))
