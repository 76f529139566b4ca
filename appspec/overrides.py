"""`--set KEY=VALUE`: values of app.toml for one run."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import tomli

from appspec.errors import KitError
from appspec.model_spec import Model

EXAMPLE = "give as --set train.epochs=10, --set model.cat_box.train.epochs=10 or --set data.pictures=14000"


def override(table: Mapping[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """An app.toml's table with some values replaced.

    Args:
        settings: KEY=VALUE each. A key of a [[model]] (train.epochs) is set for all models, with model.NAME before it for one;
            other keys are written with their section (data.pictures). A value is written as in TOML; quotes may be left out.

    Raises:
        KitError: not KEY=VALUE, or no model has that name.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(table))
    for setting in settings:
        key, is_set, value = setting.partition("=")
        path = key.strip().split(".")
        if not is_set or not all(path):
            raise KitError(f"--set {setting} can't be used", "it is not KEY=VALUE", EXAMPLE)
        for section, rest in _places(changed, path, setting):
            _put(section, rest, _value(value.strip()), setting)
    return changed


def _places(table: dict[str, Any], path: list[str], setting: str) -> list[tuple[dict[str, Any], list[str]]]:
    models = [model for model in table.get("model", []) if isinstance(model, dict)]
    if path[0] in Model.model_fields:
        return [(model, path) for model in models]
    if path[0] != "model" or len(path) < 3:
        return [(table, path)]
    found = [model for model in models if model.get("name") == path[1]]
    if not found:
        names = ", ".join(str(model.get("name")) for model in models)
        raise KitError(f"--set {setting} can't be used", f"no model is called {path[1]!r}", f"use one of: {names}")
    return [(found[0], path[2:])]


def _put(section: dict[str, Any], path: list[str], value: object, setting: str) -> None:
    for part in path[:-1]:
        inner = section.setdefault(part, {})
        if not isinstance(inner, dict):
            raise KitError(f"--set {setting} can't be used", f"{part} is a value, not a section", EXAMPLE)
        section = inner
    section[path[-1]] = value


def _value(text: str) -> object:
    try:
        return tomli.loads(f"value = {text}")["value"]
    except tomli.TOMLDecodeError:
        return text
