"""What the toolchain is made of: every file by name, size and sha256, from two tables in the repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import tomli

TABLE = Path(__file__).with_name("artifacts.toml")
DOWNLOADS = Path(__file__).with_name("downloads.toml")


@dataclass(frozen=True)
class Artifact:
    """One file of a Maven repository. `size` is in bytes, None where the table does not know it."""

    group: str
    name: str
    version: str
    file: str
    sha256: str
    size: int | None = None

    @property
    def path(self) -> str:
        """Where it lies in any Maven repository, with forward slashes."""
        return f"{self.group.replace('.', '/')}/{self.name}/{self.version}/{self.file}"


def kit_artifacts(section: str, table: Path = TABLE) -> tuple[Artifact, ...]:
    """The artifacts of one section of a table; `artifacts.toml` has `gradle`, `classes` and `resources`."""
    rows = tomli.loads(table.read_text(encoding="utf-8"))[section]
    return tuple(from_coordinate(coordinate, **row) for coordinate, row in rows.items())


def from_coordinate(coordinate: str, sha256: str = "", size: int | None = None) -> Artifact:
    """`group:name:version`, with `:classifier` and `@aar` after it where they are needed, as Gradle writes it."""
    place, _, packaging = coordinate.partition("@")
    group, name, version, *classifier = place.split(":")
    file = f"{'-'.join([name, version, *classifier])}.{packaging or 'jar'}"
    return Artifact(group, name, version, file, sha256, size)


def gradle_dependencies(verification_metadata: Path) -> tuple[Artifact, ...]:
    """Everything that Gradle resolves for a generated project, from its verification-metadata.xml."""
    found = []
    for component in ElementTree.parse(verification_metadata).getroot().iterfind("{*}components/{*}component"):
        group, name, version = (component.attrib[key] for key in ("group", "name", "version"))
        for file in component.iterfind("{*}artifact"):
            checksum = file.find("{*}sha256")
            if checksum is not None:
                found.append(Artifact(group, name, version, file.attrib["name"], checksum.attrib["value"]))
    return tuple(found)


@dataclass(frozen=True)
class Download:
    """One file that is no Maven artifact: its whole address and its sha256."""

    url: str
    sha256: str


def named_download(name: str) -> Download | None:
    """The row `name` of the table `downloads.toml`; None if it has none."""
    row = tomli.loads(DOWNLOADS.read_text(encoding="utf-8")).get(name)
    return Download(row["url"], row["sha256"]) if row else None
