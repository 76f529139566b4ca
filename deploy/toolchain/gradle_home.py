"""A Gradle home assembled from Maven: one jar with all of Gradle's classes, and around it the layout Gradle expects.

`dev.gradleplugins:gradle-api` holds every class of Gradle, third-party ones relocated. Gradle finds its modules by
jar name, so each module becomes a stub jar with its `classpath.properties` alone, and each library a module names
becomes an empty jar; only the libraries that are not in the big jar must be real.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from deploy.toolchain.artifacts import TABLE, kit_artifacts
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent, writing
from deploy.toolchain.downloads import fetch

VERSION = "8.11.1"
_CLASSPATH = "-classpath.properties"


def home_folder() -> Path:
    """Where the assembled Gradle lies, or will lie."""
    return cache_dir() / "gradle" / f"gradle-{VERSION}-{content_key(TABLE, Path(__file__))}"


def assemble_gradle(on_progress: OnProgress = silent) -> Path:
    """The assembled Gradle home, made if needed (a few seconds after the downloads).

    Raises:
        KitError: a download or a write fails.
    """
    home = home_folder()
    if home.is_dir():
        return home
    everything, *libraries = fetch(kit_artifacts("gradle"), on_progress)

    def make(folder: Path) -> None:
        on_progress(f"assembling Gradle {VERSION}")
        lay_out(folder, everything, libraries)

    return assembled(home, make, on_progress)


def lay_out(home: Path, everything: Path, libraries: list[Path]) -> None:
    """Fills `home` from the jar of all classes and the real libraries."""
    lib, plugins = home / "lib", home / "lib" / "plugins"
    plugins.mkdir(parents=True)
    (lib / "agents").mkdir()
    with zipfile.ZipFile(everything) as jar:
        modules = {
            name.removesuffix(_CLASSPATH): jar.read(name).decode()
            for name in jar.namelist()
            if name.startswith("gradle-") and name.endswith(_CLASSPATH)
        }
        plugin_names = set()
        for table in ("gradle-plugins.properties", "gradle-implementation-plugins.properties"):
            plugin_names.update(_lists(jar.read(table).decode()).get("plugins", []))
    runtime, names = set(), set(modules) | plugin_names
    for text in modules.values():
        lists = _lists(text)
        runtime.update(lists.get("runtime", []))
        names.update(lists.get("projects", []), lists.get("optional", []))
    names.discard("gradle-core")  # its jar is the big one, added below
    for name in names:
        folder = plugins if name in plugin_names else lib
        _jar(folder / f"{name}-{VERSION}.jar", {name + _CLASSPATH: modules.get(name, "")})
    _link(everything, lib / f"gradle-core-{VERSION}.jar")
    for library in libraries:
        _link(library, lib / library.name)
    for name in runtime - {library.name for library in libraries}:
        _jar(lib / name, {})


def _lists(properties: str) -> dict[str, list[str]]:
    """`key=a,b` lines as lists."""
    pairs = (line.split("=", 1) for line in properties.splitlines() if "=" in line)
    return {key: [item for item in value.split(",") if item] for key, value in pairs}


def _jar(path: Path, entries: Mapping[str, str]) -> None:
    with writing(path.name), zipfile.ZipFile(path, "w") as jar:
        for name, text in {"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n", **entries}.items():
            jar.writestr(zipfile.ZipInfo(name), text)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(source, target)
