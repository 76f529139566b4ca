"""Rewrites artifacts.toml: downloads each coordinate once more and records its size and sha256.

Run as `python -m deploy.toolchain.artifact_table` after changing COORDINATES.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import requests

from deploy.toolchain.artifacts import TABLE, from_coordinate
from deploy.toolchain.downloads import central

_GROOVY = (
    "groovy",
    "groovy-ant",
    "groovy-astbuilder",
    "groovy-console",
    "groovy-datetime",
    "groovy-dateutil",
    "groovy-docgenerator",
    "groovy-groovydoc",
    "groovy-json",
    "groovy-nio",
    "groovy-sql",
    "groovy-swing",
    "groovy-templates",
    "groovy-test",
    "groovy-xml",
)
_ANT = ("ant", "ant-antlr", "ant-junit", "ant-launcher")
_KOTLIN = ("kotlin-reflect", "kotlin-stdlib")

COORDINATES = {
    "gradle": (
        "dev.gradleplugins:gradle-api:8.11.1",  # first: the one that holds all of Gradle's classes
        *(f"org.codehaus.groovy:{name}:3.0.22" for name in _GROOVY),
        *(f"org.apache.ant:{name}:1.10.14" for name in _ANT),
        *(f"org.jetbrains.kotlin:{name}:2.0.20" for name in _KOTLIN),
        "org.jetbrains:annotations:24.0.1",
        "org.slf4j:slf4j-api:1.7.36",
        "javax.inject:javax.inject:1",
    ),
    "classes": ("org.robolectric:android-all:16-robolectric-13921718",),
    "resources": ("org.robolectric:android-all:14-robolectric-10818077",),
}


def write_table(table: Path, sections: Mapping[str, Sequence[str]]) -> None:
    """Writes `table` from the coordinates of each section."""
    lines = ["# Written by a script from its coordinates: what is downloaded, with its size in bytes."]
    for section, coordinates in sections.items():
        lines += ["", f"[{section}]"]
        for coordinate in coordinates:
            digest, size = hashlib.sha256(), 0
            with requests.get(f"{central()}/{from_coordinate(coordinate).path}", stream=True, timeout=30) as answer:
                answer.raise_for_status()
                for chunk in answer.iter_content(1 << 20):
                    digest.update(chunk)
                    size += len(chunk)
            lines.append(f'"{coordinate}" = {{ size = {size}, sha256 = "{digest.hexdigest()}" }}')
            print(lines[-1])
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_table(TABLE, COORDINATES)
