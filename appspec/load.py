"""Reads `apps/NAME/app.toml`; every mistake in it is one KitError that names file, key, finding and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import tomli
from pydantic import ValidationError

from appspec.errors import KitError
from appspec.overrides import override
from appspec.spec import AppSpec
from appspec.spec_mistakes import as_kit_error
from appspec.text import read_text
from appspec.toml_mistakes import mend_line


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
        text = read_text(file).replace("\r\n", "\n").replace("\r", "\n")
        table = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise KitError(f"{file} is not valid TOML", str(error), mend_line(text, str(error))) from error
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
        raise as_kit_error(file, error) from error
