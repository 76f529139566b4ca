"""Reads `apps/NAME/app.toml`; every mistake in it is one KitError that names file, key, finding and what is allowed."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

import tomli
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from appspec.errors import KitError
from appspec.overrides import override
from appspec.spec import AppSpec
from appspec.text import read_text

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


def load_app(apps: Path, name: str, settings: Sequence[str] = ()) -> AppSpec:
    """The spec of the app in folder `apps/name`.

    Args:
        settings: values for this run, see appspec.overrides.

    Raises:
        KitError: there is no such app, or its app.toml is wrong.
    """
    file = apps / name / "app.toml"
    if not file.is_file():
        known = sorted(path.parent.name for path in apps.glob("*/app.toml"))
        close = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise KitError(
            f"There is no app {name!r}",
            f"{file} does not exist",
            f"{hint}use --app with one of: {', '.join(known) or '(none yet)'}",
        )
    return load_spec(file, settings)


def load_spec(file: Path, settings: Sequence[str] = ()) -> AppSpec:
    """The spec written in one app.toml.

    Args:
        settings: values for this run, see appspec.overrides.

    Raises:
        KitError: the file can't be read, isn't TOML, or says something that can't be.
    """
    try:
        text = read_text(file)
        table = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise KitError(f"{file} is not valid TOML", str(error), _mend_line(text, str(error))) from error
    if isinstance(table.get("model"), dict):
        raise KitError(
            f"{file}: model",
            "[model] is one table, and an app has a list of models",
            "write [[model]], with two brackets on each side",
        )
    if "folder" in table:
        raise KitError(f"{file}: folder", "unknown key", "remove it")
    try:
        return AppSpec.model_validate({**override(table, settings), "folder": file.resolve().parent})
    except ValidationError as error:
        raise _as_kit_error(file, error) from error


def _mend_line(text: str, error: str) -> str:
    """What to do about the line that a parser's message names."""
    found = re.search(r"line (\d+)", error)
    lines = text.splitlines()
    line = lines[int(found[1]) - 1].strip() if found and int(found[1]) <= len(lines) else ""
    if re.search("[“”„‘’]", line):
        return f'type straight quotes (") in place of curly ones: {re.sub("[“”„]", chr(34), re.sub("[‘’]", chr(39), line))}'
    if re.search(r'"[^"]*\\', line):
        path = re.sub(r'"([^"]*)"', lambda quoted: f"'{quoted[1]}'", line)
        return f"in double quotes a backslash begins an escape: write single quotes, {path}, or / in place of it"
    if re.match(r"[\w.-]+\s*:", line):
        return f"TOML writes = where YAML writes a colon: {re.sub(':', ' =', line, count=1)}"
    if re.search(r"=\s*(True|False|None|null)\b", line):
        return "TOML writes true and false; a key without a value is left out"
    if re.match(r"[\w.-]+\s*=\s*[A-Za-z/~$]", line):
        return f"text stands in quotes: {re.sub(r'=[ ]*(.*)', lambda value: f'= {chr(34)}{value[1]}{chr(34)}', line)}"
    return f"mend that line: {line}" if line else "mend that line"


def _as_kit_error(file: Path, error: ValidationError) -> KitError:
    found = error.errors(include_url=False)
    details = [detail for detail in found if not _only_follows(detail, found)]
    first = min(details, key=lambda detail: detail["type"] != "extra_forbidden")
    others = f" ({len(details) - 1} more)" if len(details) > 1 else ""
    key = _key(first["loc"])
    return KitError(f"{file}: {key}", _finding(first) + others, _remedy(first, key))


def _only_follows(detail: ErrorDetails, all_of_them: Sequence[ErrorDetails]) -> bool:
    """Whether a list is too short only because a value in it can't be."""
    place = detail["loc"]
    return detail["type"] == "too_short" and any(
        other is not detail and other["loc"][: len(place)] == place for other in all_of_them
    )


def _key(loc: tuple[int | str, ...]) -> str:
    """('model', 0, 'input', 'size', 1) → model[0].input.size[1]; pydantic's own names of unions are left out."""
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.isidentifier() and part not in ("float", "int", "str", "tuple"):
            text += f".{part}" if text else part
    return text or "the whole file"


def _finding(detail: ErrorDetails) -> str:
    if detail["type"] == "extra_forbidden":
        return "unknown key"
    if detail["type"] == "missing":
        return "this key is missing"
    words = SHOULD_BE.get(detail["type"])
    message = words.format(**detail.get("ctx", {})) if words else detail["msg"].removeprefix("Value error, ")
    shown = detail["input"]
    return f"found {shown!r}: {message}" if isinstance(shown, (str, int, float, list)) else message


def _remedy(detail: ErrorDetails, key: str) -> str:
    context: dict[str, Any] = detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        name = str(detail["loc"][-1])
        allowed = _keys_beside(detail["loc"])
        close = difflib.get_close_matches(name, allowed, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        return f"{hint}allowed here: {', '.join(allowed)}"
    if detail["type"] == "literal_error":
        close = difflib.get_close_matches(
            str(detail["input"]), str(context.get("expected", "")).replace("'", "").split(", "), 1, 0.5
        )
        hint = f"did you mean {close[0].removeprefix('or ')}? " if close else ""
        return f"{hint}allowed: {str(context.get('expected')).replace(chr(39), '')}"
    if detail["type"] == "missing":
        return f"add {key} (docs/app-toml.md shows every key)"
    if detail["type"] in ("tuple_type", "list_type") and isinstance(detail["input"], (str, int, float)):
        one = json.dumps(detail["input"])
        return f"write [{', '.join([one] * _length(detail['loc']))}], in brackets"
    return "change that value (docs/app-toml.md shows what each key takes)"


def _length(loc: tuple[int | str, ...]) -> int:
    """How many values a list at this place has, where that is certain; else 1."""
    section: type[BaseModel] | None = AppSpec
    annotation: object = None
    for part in loc:
        if isinstance(part, str) and section is not None and part in section.model_fields:
            annotation = section.model_fields[part].annotation
            section = _section_in(annotation)
    fixed = [get_args(one) for one in (annotation, *get_args(annotation)) if get_origin(one) is tuple]
    return len(fixed[0]) if fixed and ... not in fixed[0] else 1


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    section: type[BaseModel] = AppSpec
    for part in loc[:-1]:
        if isinstance(part, str) and part in section.model_fields:
            found = _section_in(section.model_fields[part].annotation)
            if found is None:
                break
            section = found
    return [name for name in section.model_fields if name != "folder"]


def _section_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _section_in(inner)
        if found is not None:
            return found
    return None
