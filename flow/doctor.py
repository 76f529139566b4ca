"""`invoke doctor`."""

from __future__ import annotations

from appspec.errors import KitError
from deploy.doctor import examine
from flow.screen import Screen


def doctor(screen: Screen) -> None:
    """Each part of the toolchain in a table.

    Raises:
        KitError: something is missing that the kit can't bring itself.
    """
    parts = examine()
    rows = [vars(part) for part in parts]
    screen.table("Toolchain", tuple(rows[0]), rows)
    missing = [part for part in parts if part.status == "missing"]
    if missing:
        raise KitError(f"{missing[0].name} is missing", "the kit can't build without it", missing[0].fix)
