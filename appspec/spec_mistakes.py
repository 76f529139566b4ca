"""What app.toml says and can't be, in the user's words: the key, what was found, and how it should be."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from appspec.errors import KitError
from appspec.spec import AppSpec
from appspec.toml_mistakes import as_duration

SHOULD_BE = {
    "tuple_type": "should be a list, in brackets",
    "list_type": "should be a list, in brackets",
    "string_type": "should be text, in quotes",
    "int_type": "should be a whole number, without quotes",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number, without quotes",
    "bool_type": "should be true or false, without quotes",
    "model_type": "should be a table of keys",
    "model_attributes_type": "should be a table of keys",
    "dict_type": "should be a table of keys",
    "finite_number": "should be a finite number",
    "greater_than_equal": "should be at least {ge:.12g}",
    "greater_than": "should be more than {gt:.12g}",
    "less_than_equal": "should be at most {le:.12g}",
    "less_than": "should be less than {lt:.12g}",
    "too_short": "should have at least {min_length} of them",
    "too_long": "should have at most {max_length} of them",
    "string_too_short": "should be at least {min_length} characters long",
    "literal_error": "none of those that are allowed",
}
"""pydantic's types of errors in TOML's words; what stands in braces is from its context."""

DURATIONS = ("interval", "horizon", "margin", "max_gap")

PATTERNS = {
    "version": "should be up to three numbers with points between, as 1.2.3, the later ones below 1000",
    "name": "should be small letters, digits and _, and begin with a letter",
}
"""What a pattern of the key of this name means."""


def as_kit_error(file: Path, error: ValidationError) -> KitError:
    """The first mistake, and how many more there are."""
    found = error.errors(include_url=False)
    details = [detail for detail in found if not _only_follows(detail, found)]
    first = min(details, key=lambda detail: detail["type"] != "extra_forbidden")
    others = f" ({len(details) - 1} more)" if len(details) > 1 else ""
    key = _key(first["loc"], first["type"])
    return KitError(f"{file}: {key}", _finding(first) + others, _remedy(first, key))


def _only_follows(detail: ErrorDetails, all_of_them: Sequence[ErrorDetails]) -> bool:
    """Whether a list is too short only because a value in it can't be."""
    place = detail["loc"]
    return detail["type"] == "too_short" and any(
        other is not detail and other["loc"][: len(place)] == place for other in all_of_them
    )


def _key(loc: tuple[int | str, ...], kind: str) -> str:
    """('model', 0, 'input', 'size', 1) → model[0].input.size[1]; pydantic's own names of unions are left out."""
    text = ""
    for i, part in enumerate(loc):
        if isinstance(part, int):
            text += f"[{part}]"
        elif (kind == "extra_forbidden" and i == len(loc) - 1) or (
            part.isidentifier() and part not in ("float", "int", "str", "tuple")
        ):
            text += f".{part}" if text else part
    return text or "the whole file"


def _finding(detail: ErrorDetails) -> str:
    if detail["type"] == "extra_forbidden":
        return "unknown key"
    if detail["type"] == "missing":
        return "this key is missing"
    words = SHOULD_BE.get(detail["type"])
    message = (
        words.format(**detail.get("ctx", {}))
        if words
        else detail["msg"].removeprefix("Value error, ").replace("Input should", "should")
    )
    if detail["type"] == "string_pattern_mismatch":
        message = PATTERNS.get(str(detail["loc"][-1]), message)
    shown = detail["input"]
    return f"found {shown!r}: {message}" if isinstance(shown, (str, int, float, list)) else message


def _remedy(detail: ErrorDetails, key: str) -> str:
    context: dict[str, Any] = detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        name = str(detail["loc"][-1])
        if detail["loc"][-2:] == ("split", "train"):
            return "leave it out: what validation and test leave is for training"
        allowed = _keys_beside(detail["loc"])
        close = difflib.get_close_matches(name, allowed, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        home = None if close else _home(name)
        if home:
            return f"it belongs to {home}: write it below that line"
        return f"{hint}allowed here: {', '.join(allowed)}"
    if detail["type"] == "literal_error":
        allowed = [word for word in re.findall(r"'([^']*)'", str(context.get("expected", ""))) if word]
        said = str(detail["input"]).strip(" .").casefold()
        close = [word for word in allowed if word.casefold() == said] or difflib.get_close_matches(said, allowed, 1, 0.5)
        hint = f"did you mean {close[0]}? " if close else ""
        return f"{hint}allowed: {', '.join(json.dumps(word, ensure_ascii=False) for word in allowed)}"
    if detail["type"] == "missing":
        return f"add {key} (docs/app-toml.md shows every key)"
    if detail["type"] in ("tuple_type", "list_type") and isinstance(detail["input"], (str, int, float)):
        one = json.dumps(_allowed(detail["input"], detail["loc"]), ensure_ascii=False)
        sides = re.fullmatch(r"\s*(\d+)\s*[x×*, ]\s*(\d+)\s*", str(detail["input"]))
        if sides:
            return f"write [{sides[1]}, {sides[2]}], in brackets"
        if isinstance(detail["input"], str) and "," in detail["input"]:
            one = ", ".join(json.dumps(part.strip(), ensure_ascii=False) for part in detail["input"].split(",") if part.strip())
        return f"write [{', '.join([one] * _length(detail['loc']))}], in brackets"
    written = _as_it_should_be(detail)
    return f"write {written}" if written else "change that value (docs/app-toml.md shows what each key takes)"


def _as_it_should_be(detail: ErrorDetails) -> str:
    """The value as its key takes it, where that is certain; else ""."""
    if not detail["loc"]:  # the whole file
        return ""
    value, kind, key = detail["input"], detail["type"], str(detail["loc"][-1])
    if key in DURATIONS and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        better = as_duration(value) if isinstance(value, str) else f"{value:g}h"
        return f'{key} = "{better}"' + ("" if isinstance(value, str) else ", where hours are meant") if better else ""
    if kind == "string_type" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{key} = {json.dumps(str(value))}" if isinstance(detail["loc"][-1], str) else json.dumps(str(value))
    if kind in ("int_type", "float_type", "int_from_float") and isinstance(value, (str, float)):
        try:
            number = float(value)
        except ValueError:
            return ""
        if number.is_integer() or kind == "float_type":
            return f"{number:g}, without quotes"
    if kind in ("model_type", "model_attributes_type") and isinstance(value, list) and value and isinstance(value[0], dict):
        return f"[{'.'.join(str(part) for part in detail['loc'])}], with one bracket on each side"
    if key == "split" and kind in ("model_type", "model_attributes_type"):
        return _split(value)
    if key in ("validation", "test") and kind == "less_than" and isinstance(value, (int, float)) and 1 < value < 100:
        return f"{key} = {value / 100:g}, a share"
    if kind == "string_type" and isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        return f"{key} = {json.dumps(value[0], ensure_ascii=False)}, without brackets"
    if key == "version" and kind == "string_pattern_mismatch":
        numbers = re.search(r"\d+(?:\.\d{1,3}){0,2}", str(value))
        return f'version = "{numbers[0]}"' if numbers else ""
    return ""


def _split(value: object) -> str:
    """Shares of three parts, or of the last two of them, as a table."""
    found = re.findall(r"\d+(?:\.\d+)?", value) if isinstance(value, str) else value
    if not isinstance(found, list) or len(found) not in (2, 3):
        return ""
    try:
        shares = [float(one) for one in found]
    except (TypeError, ValueError):
        return ""
    whole = 100.0 if max(shares) > 1 else 1.0
    return f"split = {{ validation = {shares[-2] / whole:g}, test = {shares[-1] / whole:g} }}"


def _allowed(value: object, loc: Sequence[int | str]) -> object:
    """The allowed word that is nearest to a value, where only some are; else the value."""
    words = [word for word in _literals(_annotation(loc)) if isinstance(word, str)]
    close = difflib.get_close_matches(str(value).casefold(), words, 1, 0.5)
    return close[0] if close else value


def _literals(annotation: object) -> list[object]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [word for inner in get_args(annotation) for word in _literals(inner)]


def _length(loc: tuple[int | str, ...]) -> int:
    """How many values a list at this place has, where that is certain; else 1."""
    annotation = _annotation(loc)
    fixed = [get_args(one) for one in (annotation, *get_args(annotation)) if get_origin(one) is tuple]
    return len(fixed[0]) if fixed and ... not in fixed[0] else 1


def _annotation(loc: Sequence[int | str]) -> object:
    """The type of the key at this place."""
    section: type[BaseModel] | None = AppSpec
    annotation: object = None
    for part in loc:
        if isinstance(part, str) and section is not None and part in section.model_fields:
            annotation = section.model_fields[part].annotation
            section = _section_in(annotation)
    return annotation


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    section: type[BaseModel] = AppSpec
    for part in loc[:-1]:
        if isinstance(part, str) and part in section.model_fields:
            found = _section_in(section.model_fields[part].annotation)
            if found is None:
                break
            section = found
    return [name for name in section.model_fields if name != "folder"]


def _home(name: str) -> str | None:
    """The section in which a key of this name is allowed, where it is one alone: [data.series]."""
    found: list[str] = []
    waiting: list[tuple[str, type[BaseModel]]] = [("", AppSpec)]
    while waiting:
        path, section = waiting.pop()
        for key, field in section.model_fields.items():
            inner = _section_in(field.annotation)
            here = f"{path}.{key}" if path else key
            if key == name and path:
                is_list = path == "model" or path.startswith("model.")
                found.append(f"[{here}]" if inner else f"[[{path}]]" if is_list else f"[{path}]")
            if inner is not None and here.count(".") < 3:
                waiting.append((here, inner))
    return found[0] if len(found) == 1 else None


def _section_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _section_in(inner)
        if found is not None:
            return found
    return None
