"""Template folder → project folder: `*.j2` is rendered, the rest copied byte by byte, overlays end up in `app/src/main`."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jinja2 import Environment, StrictUndefined, TemplateError

from appspec.errors import KitError
from codegen.context import Context

SUFFIX = ".j2"
_SKIPPED = frozenset(("build", ".gradle", ".kotlin", ".idea", "__pycache__"))
_SOURCES = PurePosixPath("app/src")
_ALWAYS = frozenset(("main", "test", "debug", "release", "androidTest"))
"""Source sets of Android's own; every other folder of app/src is an overlay."""


@dataclass(frozen=True)
class TemplateFile:
    """One file of a project.

    Attributes:
        source: in the template.
        target: in the project.
    """

    source: PurePosixPath
    target: PurePosixPath

    @property
    def rendered(self) -> bool:
        return self.source.suffix == SUFFIX


def render_project(template: Path, target: Path, context: Context, assets: Mapping[str, bytes]) -> None:
    """Writes the project of `context` into the existing folder `target`.

    Args:
        assets: content of the app's own assets by file name; they take the place of the template's.

    Raises:
        KitError: a template names something that isn't there, no code for one of the app's kinds is there, or two overlays
            have the same file.
    """
    for kind in context.kinds:
        if not template.joinpath(_SOURCES, kind).is_dir():
            raise KitError(
                f"No code for task {kind}",
                f"{template.joinpath(_SOURCES, kind)} is missing",
                "use another task, or write its decoder there",
            )
    for file in template_files(template, context.overlays):
        source, goal = template / file.source, target / file.target
        goal.parent.mkdir(parents=True, exist_ok=True)
        if file.rendered:
            goal.write_bytes(render_text(source.read_text(encoding="utf-8"), context, str(file.source)).encode())
        else:
            goal.write_bytes(source.read_bytes())
        shutil.copymode(source, goal)
    folder = target.joinpath(_SOURCES, "main", "assets")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in sorted(assets.items()):
        (folder / name).write_bytes(content)


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


def template_files(template: Path, overlays: Mapping[str, set[str]]) -> list[TemplateFile]:
    """The files of a project, in a fixed order.

    Args:
        overlays: folders of app/src to use besides Android's own source sets, and the source sets that they are laid over.

    Raises:
        KitError: two files of the template have the same place in the project.
    """
    files: dict[PurePosixPath, TemplateFile] = {}
    for path in sorted(template.rglob("*")):
        source = PurePosixPath(path.relative_to(template).as_posix())
        if not path.is_file() or _SKIPPED.intersection(source.parts[:-1]):
            continue
        for target in _targets(source, overlays):
            other = files.setdefault(target, TemplateFile(source, target))
            if other.source != source:
                raise KitError(
                    f"Two files of the template are both {target}",
                    f"{other.source} and {source}",
                    "give one of them another name",
                )
    return list(files.values())


def _targets(source: PurePosixPath, overlays: Mapping[str, set[str]]) -> Iterator[PurePosixPath]:
    """The places of a template's file in a project; none where the project doesn't need it."""
    place = source.with_suffix("") if source.suffix == SUFFIX else source
    if not place.is_relative_to(_SOURCES) or len(place.parts) < 4:
        yield place
        return
    folder, *rest = place.parts[2:]
    for source_set in (folder,) if folder in _ALWAYS else sorted(overlays.get(folder, ())):
        yield _SOURCES.joinpath(source_set, *rest)
