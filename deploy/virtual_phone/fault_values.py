"""Faults as text, `cut-at-step=7`: for the command line, and to change them while the phone runs."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

from appspec.errors import KitError
from deploy.virtual_phone.faults import Faults

NOTHING = ("none", "no", "off", "")


def fault_names() -> list[str]:
    """All faults, as they are written."""
    return [field.name.replace("_", "-") for field in dataclasses.fields(Faults)]


def set_fault(faults: Faults, text: str) -> None:
    """Sets one fault; `NAME` alone switches it on, `NAME=off` off again.

    Raises:
        KitError: no fault is called so, or it can't have that value.
    """
    name, _, value = text.strip().partition("=")
    key = name.strip().replace("-", "_")
    kinds = typing.get_type_hints(Faults)
    if key not in kinds:
        raise KitError(
            f"no fault is called {name}", f"there are {', '.join(fault_names())}", "docs/virtual-phone.md tells what they do"
        )
    try:
        setattr(faults, key, _value(kinds[key], value.strip(), "=" in text, getattr(Faults(), key)))
    except ValueError as error:
        raise KitError(f"{name} can't be {value!r}", str(error), "docs/virtual-phone.md tells what it may be") from error


def _value(kind: Any, text: str, given: bool, usual: Any) -> Any:
    if kind is bool:
        return text.lower() not in (*NOTHING, "false", "0") if given else not usual
    if typing.get_origin(kind) is typing.Literal:
        if text not in typing.get_args(kind):
            if text.lower() in NOTHING:
                return usual
            raise ValueError(f"it is one of {', '.join(typing.get_args(kind))}")
        return text
    if kind == frozenset[str]:
        return frozenset(word for word in text.replace(",", " ").split() if word not in NOTHING)
    kinds = typing.get_args(kind) or (kind,)
    if text.lower() in NOTHING:
        return usual
    number = next((one for one in kinds if one in (int, float)), None)
    if number is None:
        return text
    return number(text.replace("_", ""))
