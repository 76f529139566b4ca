"""Compares the dex of a release with a run of its class files: what was reached by name must be in both."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.shrunken.class_file import class_members

INFLATED = ("<init>:()V", "<init>:(Landroid/content/Context;Landroid/util/AttributeSet;)V")
"""Constructors that Android calls by reflection: those of activities, and of views in a layout."""


@dataclass(frozen=True)
class DexCheck:
    """How a dex compares with a run.

    Attributes:
        kept: used classes whose names R8 kept.
        renamed: the other used ones.
        merged: those of `renamed` that the dex does not define, because R8 moved their code into other classes.
        missing: each `class` or `class.member` that the run used by name and the dex does not define.
    """

    kept: frozenset[str]
    renamed: frozenset[str]
    merged: frozenset[str]
    missing: tuple[str, ...]


def compare_dex(dex: Mapping[str, frozenset[str]], shrunk: Path, program: Iterable[Path], loaded: Iterable[str]) -> DexCheck:
    """Compares a release's dex with the class files that R8 wrote of the same inputs.

    Args:
        dex: classes and members that the dex defines.
        shrunk: the class files, a jar.
        program: what R8 read, jars and folders.
        loaded: all classes that the run loaded, the JVM's own too.
    """
    before, after = _classes(program), _classes([shrunk])
    used = frozenset(loaded) & after.keys()
    kept = used & before.keys()
    missing = sorted(kept - dex.keys())
    for name in sorted(kept & dex.keys()):
        members = class_members(after[name]) & class_members(before[name])
        by_name = {member for member in members if not member.startswith("<init>") or member in INFLATED}
        missing += [f"{name}.{member}" for member in sorted(by_name - dex[name])]
    renamed = used - kept
    return DexCheck(kept, renamed, renamed - dex.keys(), tuple(missing))


def _classes(places: Iterable[Path]) -> dict[str, bytes]:
    """Content of each class file by the class's name."""
    found = {}
    for place in places:
        if place.is_dir():
            for file in place.rglob("*.class"):
                found[file.relative_to(place).with_suffix("").as_posix().replace("/", ".")] = file.read_bytes()
            continue
        with zipfile.ZipFile(place) as jar:
            for name in jar.namelist():
                if name.endswith(".class") and not name.startswith("META-INF/"):
                    found[name.removesuffix(".class").replace("/", ".")] = jar.read(name)
    return found
