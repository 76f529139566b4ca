"""The dex of a release against a run of its class files: what is reached by its name must be in both."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.jvm.class_file import class_members

INFLATED = ("<init>:()V", "<init>:(Landroid/content/Context;Landroid/util/AttributeSet;)V")
"""Constructors that Android calls by reflection: an activity's and a view's out of a layout."""


@dataclass(frozen=True)
class DexCheck:
    """How a dex compares with a run.

    Attributes:
        named: used classes that R8 left their names.
        renamed: the other used ones.
        merged: those of `renamed` that the dex does not define: R8 moved their code into others, or into callers.
        lacking: `class` or `class.member` that the run used by name and the dex does not define; nothing where all is well.
    """

    named: frozenset[str]
    renamed: frozenset[str]
    merged: frozenset[str]
    lacking: tuple[str, ...]


def compare_dex(dex: Mapping[str, frozenset[str]], shrunk: Path, program: Iterable[Path], loaded: Iterable[str]) -> DexCheck:
    """Compares a release's dex with the class files that R8 wrote of the same inputs.

    Args:
        dex: classes and members that the dex defines.
        shrunk: the class files, a jar.
        program: what R8 started from, jars and folders.
        loaded: classes that the run loaded, of whatever origin.
    """
    before, after = _classes(program), _classes([shrunk])
    used = frozenset(loaded) & after.keys()
    named = used & before.keys()
    lacking = sorted(named - dex.keys())
    for name in sorted(named & dex.keys()):
        kept = class_members(after[name]) & class_members(before[name])
        by_name = {member for member in kept if not member.startswith("<init>") or member in INFLATED}
        lacking += [f"{name}.{member}" for member in sorted(by_name - dex[name])]
    renamed = used - named
    return DexCheck(named, renamed, renamed - dex.keys(), tuple(lacking))


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
