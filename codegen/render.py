"""Template folder → project folder: `*.j2` is rendered, the rest copied byte by byte."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from jinja2 import Environment, StrictUndefined, TemplateError

from appspec.errors import KitError
from codegen.context import Context

SUFFIX = ".j2"
_SKIPPED = frozenset(("build", ".gradle", ".kotlin", ".idea", "__pycache__"))
_SOURCES = ("app", "src")
_ALWAYS = frozenset(("main", "test", "debug", "release", "androidTest"))


def render_project(template: Path, target: Path, context: Context, assets: Mapping[str, bytes]) -> None:
    """Writes the project of `context` into the existing folder `target`.

    Raises:
        KitError: a template names something that isn't there, or no code for one of the app's kinds is there.
    """
    for kind in context.kinds:
        if not template.joinpath(*_SOURCES, kind).is_dir():
            raise KitError(
                f"No code for task {kind}",
                f"{template.joinpath(*_SOURCES, kind)} is missing",
                "use another task, or write its decoder there",
            )
    for name in template_files(template, context.sources):
        source = template / name
        goal = target / name
        goal.parent.mkdir(parents=True, exist_ok=True)
        if name.suffix == SUFFIX:
            goal = goal.with_suffix("")
            goal.write_bytes(render_text(source.read_text(encoding="utf-8"), context, str(name)).encode())
        else:
            goal.write_bytes(source.read_bytes())
        shutil.copymode(source, goal)
    folder = target.joinpath(*_SOURCES, "main", "assets")
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in sorted(assets.items()):
        (folder / file).write_bytes(content)


def render_text(text: str, context: Context, name: str) -> str:
    """One template's text.

    Raises:
        KitError: it is no template, or names something that isn't there.
    """
    # No autoescape: each value escapes by its own type, see codegen/escape.py.
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    names = {field.name: getattr(context, field.name) for field in dataclasses.fields(context)}
    try:
        return environment.from_string(text).render(names)
    except TemplateError as error:
        raise KitError(f"Template {name} can't be rendered", str(error), "mend the template") from error


def template_files(template: Path, sources: tuple[str, ...]) -> Iterator[PurePosixPath]:
    """Files of the template that an app with these folders of app/src needs, in a fixed order."""
    for path in sorted(template.rglob("*")):
        name = PurePosixPath(path.relative_to(template).as_posix())
        if path.is_file() and not _SKIPPED.intersection(name.parts[:-1]) and _wanted(name, sources):
            yield name


def _wanted(name: PurePosixPath, sources: tuple[str, ...]) -> bool:
    if name.parts[:2] != _SOURCES or len(name.parts) < 4:
        return True
    return name.parts[2] in _ALWAYS or name.parts[2] in sources
