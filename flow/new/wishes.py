"""What the command line says about a new app, and what is proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from appspec.data_spec import Data, Series
from appspec.errors import KitError
from appspec.overrides import override
from appspec.section import Section

S = TypeVar("S", bound=Section)

FLAGS = ("format", "category", "points", "annotations", "timestamp", "label", "abnormal", "failures")
"""Keys of [data] and [data.series] that have a flag."""


@dataclass(frozen=True)
class Wishes:
    """The flags, each as written; None where nothing is said.

    Attributes:
        settings: KEY=VALUE of [data] and [data.series], see appspec.overrides.
    """

    format: str | None = None
    task: str | None = None
    category: str | None = None
    points: str | None = None
    annotations: str | None = None
    timestamp: str | None = None
    label: str | None = None
    abnormal: str | None = None
    failures: str | None = None
    group: str | None = None
    id: str | None = None
    settings: Sequence[str] = ()
    take_proposals: bool = False

    def refuse(self, names: Sequence[str], why: str) -> None:
        """Refuses flags that this data has no use for.

        Raises:
            KitError: one of them is given.
        """
        for name in names:
            if getattr(self, name) is not None:
                raise KitError(f"--{name} can't be used", why, "leave it out")

    def set_values(self, is_series: bool) -> dict[str, Any]:
        """Values of [data], or of [data.series], that settings say.

        Raises:
            KitError: one of them is no such value.
        """
        section, known = ("data.series", Series.model_fields) if is_series else ("data", Data.model_fields)
        for setting in self.settings:
            key = setting.partition("=")[0].strip()
            head, _, name = key.rpartition(".")
            if name in FLAGS:
                raise KitError(f"--set {setting} can't be used", "it has a flag of its own", f"give --{name}")
            if head != section or name not in known or name in ("path", "layout", "subject"):
                raise KitError(
                    f"--set {setting} can't be used",
                    f"here it is a key of [{section}]; others are changed in the app.toml that is written",
                    "leave it out, or give as --set data.sizes=declared or --set data.series.dates='day first'",
                )
        table = override({}, self.settings).get("data", {})
        found = table.get("series", {}) if is_series else table
        return dict(found)


def section_of(kind: type[S], table: Mapping[str, object]) -> S:
    """A part of app.toml from its keys.

    Raises:
        KitError: a value is none that it takes.
    """
    try:
        return kind.model_validate(dict(table))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise KitError(f"{key} can't be {first['input']!r}", first["msg"], "docs/app-toml.md shows what it takes") from error


@dataclass(frozen=True)
class Proposal:
    """An app for a folder of data.

    Attributes:
        seen: (what, what was found), for the table.
        models, data, series: keys of app.toml, dotted.
        remarks: what to know before the training.
    """

    shown_name: str
    id: str
    screen: str
    seen: Sequence[tuple[str, str]]
    models: Sequence[Mapping[str, object]]
    data: Mapping[str, object]
    series: Mapping[str, object] = field(default_factory=dict)
    remarks: Sequence[str] = ()


def data_path(folder: Path) -> str:
    """As app.toml takes it: in full, with a slash between names on each system."""
    return folder.as_posix()


def parted(text: str) -> list[str]:
    """Names with commas between."""
    return [part.strip() for part in text.split(",") if part.strip()]
