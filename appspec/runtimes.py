"""Which library computes the models in a debug build and in a release, by `[android] runtime`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from appspec.spec import Android

Runtime = Literal["tensorflow-lite", "litert", "javacpp"]

JAVACPP_ABIS = {"arm64-v8a": "android-arm64", "x86_64": "android-x86_64"}
"""ABIs that bytedeco builds TensorFlow Lite for, and its names for them."""


@dataclass(frozen=True)
class Runtimes:
    """The libraries of the two build types.

    Attributes:
        note: why the release has another one than the debug build; empty where it has not.
    """

    debug: Runtime
    release: Runtime
    note: str = ""


def choose_runtimes(android: Android, litert_resolves: bool) -> Runtimes:
    """What `runtime` asks for; `auto` takes the first that has a GPU and 16 KB pages, else one of the two for each build.

    Args:
        litert_resolves: whether Google's repository can be had.
    """
    if android.runtime != "auto":
        return Runtimes(android.runtime, android.runtime)
    if litert_resolves:
        return Runtimes("litert", "litert")
    if not set(android.abis) <= set(JAVACPP_ABIS):
        return Runtimes("tensorflow-lite", "tensorflow-lite")
    note = (
        "the release computes on the CPU alone: tensorflow-lite, whose GPU the debug build uses, has 4 KB pages, which Google "
        "Play refuses; javacpp has 16 KB pages and no GPU; litert has both, but Google's repository can't be reached"
    )
    return Runtimes("tensorflow-lite", "javacpp", note)


def possible_runtimes(android: Android) -> tuple[Runtime, ...]:
    """All that a build of the app may carry, on whatever machine it is built."""
    if android.runtime != "auto":
        return (android.runtime,)
    return ("tensorflow-lite", "litert", "javacpp") if set(android.abis) <= set(JAVACPP_ABIS) else ("tensorflow-lite", "litert")
