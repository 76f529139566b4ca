"""What real phones say of themselves, a file a phone under profiles/: virtual phones that answer as those do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli

from appspec.errors import KitError
from deploy.virtual_phone.faults import Faults
from deploy.virtual_phone.state import PhoneState, Screen, Speed

FOLDER = Path(__file__).with_name("profiles")


def profile_names() -> list[str]:
    """Names of all profiles, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def like(name: str | None, number: int = 1, faults: Faults | None = None) -> PhoneState:
    """A new phone that answers as the one of a profile.

    Args:
        name: None: a phone that is like none.
        number: makes the serial number of each of several phones another one.

    Raises:
        KitError: there is no such profile.
    """
    state = PhoneState(serialno=f"VIRTUAL{number:04d}") if name is None else _read(name, number)
    if faults is not None:
        state.faults = replace(faults, missing_commands=faults.missing_commands | state.faults.missing_commands)
    return state


def _read(name: str, number: int) -> PhoneState:
    if name not in profile_names():
        raise KitError(f"no phone like {name}", f"there are {', '.join(profile_names())}", "give one of these to --like")
    values: dict[str, Any] = tomli.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    missing = frozenset(values.pop("missing", ()))
    serialno = values.pop("serialno")
    return PhoneState(
        **{
            **values,
            "abis": tuple(values["abis"]),
            "screen": Screen(**values["screen"]),
            "speed": Speed(**{"nnapi": None, **values["speed"]}),
            "serialno": serialno if number == 1 else f"{serialno[:-2]}{number:02d}",
            "faults": Faults(missing_commands=missing),
        }
    )
