"""What an app bundle (.aab) holds: its native libraries, how they are to be packed, who signed it."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from deploy.release.elf import Library, read_library
from deploy.toolchain.jdk import find_jdk
from deploy.toolchain.process import child_environment

VERIFY = Path(__file__).with_name("VerifyJar.java")
PAGE_ALIGNMENT_16K = 2
"""Of bundletool's `UncompressNativeLibraries.PageAlignment`."""


@dataclass(frozen=True)
class BundleFacts:
    """The facts that the checks compare.

    Attributes:
        libraries: by their names in the bundle; a text where one can't be read.
        aligned: whether APKs made of it have their libraries compressed, or stored at 16 KB.
        download_bytes: size of its compressed files, an upper bound of what a phone downloads.
        signer: the certificate's subject, empty where the signature does not hold; then `problem` says why.
        valid_until: its last moment, ISO 8601.
    """

    libraries: dict[str, Library | str]
    aligned: bool
    download_bytes: int
    signer: str
    valid_until: str
    problem: str


def inspect_bundle(path: Path) -> BundleFacts:
    """Reads the bundle at `path`.

    Raises:
        KitError: it is missing, or is no bundle.
    """
    try:
        with zipfile.ZipFile(path) as bundle:
            names = [info for info in bundle.infolist() if re.fullmatch(r"[^/]+/lib/[^/]+/.+\.so", info.filename)]
            libraries = {info.filename: _library(bundle.read(info)) for info in names}
            aligned = libraries_load_from_apk(bundle.read("BundleConfig.pb"))
            size = sum(info.compress_size for info in bundle.infolist() if not info.filename.startswith("BUNDLE-METADATA/"))
    except OSError as error:
        raise KitError(f"could not read {path.name}", error.strerror or str(error), "invoke bundle") from error
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise KitError(f"{path.name} is no app bundle", str(error), "remove it, then invoke bundle") from error
    jdk = find_jdk()
    command: list[str | Path] = [jdk.java, "-XX:TieredStopAtLevel=1", VERIFY, path]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=child_environment(jdk))
    told = run.stdout.strip().splitlines()
    if run.returncode or len(told) < 3:
        problem = (run.stderr.strip().splitlines() or ["it can't be verified"])[0]
        return BundleFacts(libraries, aligned, size, "", "", problem)
    return BundleFacts(libraries, aligned, size, told[2], told[1], "")


def libraries_load_from_apk(config: bytes) -> bool:
    """Whether BundleConfig.pb has libraries compressed, or stored at 16 KB.

    Fields of bundletool's config.proto: BundleConfig.optimizations = 2, Optimizations.uncompress_native_libraries = 2,
    UncompressNativeLibraries.enabled = 1 and .alignment = 2.

    Raises:
        ValueError: it is no such message.
    """
    enabled, alignment = 0, 0
    for number, value in _fields(config):
        for inner_number, inner in _fields(value) if number == 2 and isinstance(value, bytes) else ():
            for key, number_ in _fields(inner) if inner_number == 2 and isinstance(inner, bytes) else ():
                if key == 1 and isinstance(number_, int):
                    enabled = number_
                if key == 2 and isinstance(number_, int):
                    alignment = number_
    return not enabled or alignment == PAGE_ALIGNMENT_16K


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field (protocol buffers' encoding: varints, fixed sizes, lengths)."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        size = {1: 8, 5: 4}.get(kind)
        if kind == 2:
            size, at = _varint(message, at)
        if size is None or at + size > len(message):
            raise ValueError("BundleConfig.pb can't be read")
        yield tag >> 3, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message):
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise ValueError("BundleConfig.pb is cut")


def _library(content: bytes) -> Library | str:
    try:
        return read_library(content)
    except ValueError as error:
        return str(error)
