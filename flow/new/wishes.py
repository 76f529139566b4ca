"""What the command line says about a new app, and what is proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appspec.errors import KitError


@dataclass(frozen=True)
class Wishes:
    """The flags, each as written; None where nothing is said."""

    format: str | None = None
    task: str | None = None
    category: str | None = None
    points: str | None = None
    annotations: str | None = None
    reading: str | None = None
    timestamp: str | None = None
    label: str | None = None
    abnormal: str | None = None
    failures: str | None = None
    group: str | None = None
    id: str | None = None
    take_proposals: bool = False

    def refuse(self, names: Sequence[str], why: str) -> None:
        """Refuses flags that this data has no use for.

        Raises:
            KitError: one of them is given.
        """
        for name in names:
            if getattr(self, name) is not None:
                raise KitError(f"--{name} can't be used", why, "leave it out")


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
