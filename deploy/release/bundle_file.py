"""What an app bundle (.aab) holds: its native libraries, how they will be packed, who signed it."""

from __future__ import annotations

import re
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from deploy.release.bundle_config import read_bundle_config
from deploy.release.elf import Library, read_library
from deploy.toolchain.jdk import find_jdk
from deploy.toolchain.process import child_environment

VERIFY = Path(__file__).with_name("VerifyJar.java")
LARGE_PAGE = 16 * 1024  # bytes


@dataclass(frozen=True)
class BundleFacts:
    """What the checks compare.

    Attributes:
        libraries: by their names in the bundle; the reason as text if one can't be read.
        aligned: whether APKs made from it have their libraries compressed, or stored at multiples of 16 KB.
        download_bytes: size of its compressed files, an upper bound for the download.
        signer: the certificate's subject; empty if the signature doesn't hold.
        valid_until: when the certificate expires, ISO 8601; empty likewise.
        problem: why the signature doesn't hold; empty if it does.
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
        KitError: it is missing, or is not a bundle.
    """
    try:
        with zipfile.ZipFile(path) as bundle:
            names = [info for info in bundle.infolist() if re.fullmatch(r"[^/]+/lib/[^/]+/.+\.so", info.filename)]
            libraries = {info.filename: _library(bundle.read(info)) for info in names}
            packing = read_bundle_config(bundle.read("BundleConfig.pb"))
            size = sum(info.compress_size for info in bundle.infolist() if not info.filename.startswith("BUNDLE-METADATA/"))
    except OSError as error:
        raise KitError(f"could not read {path.name}", error.strerror or str(error), "invoke bundle") from error
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise KitError(f"{path.name} is not an app bundle", str(error), "remove it, then invoke bundle") from error
    jdk = find_jdk()
    command: list[str | Path] = [jdk.java, "-XX:TieredStopAtLevel=1", VERIFY, path]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=child_environment(jdk))
    aligned = not packing.uncompressed or packing.alignment % LARGE_PAGE == 0
    lines = run.stdout.strip().splitlines()
    if run.returncode or len(lines) < 3:
        problem = (run.stderr.strip().splitlines() or ["it can't be verified"])[0]
        return BundleFacts(libraries, aligned, size, "", "", problem)
    return BundleFacts(libraries, aligned, size, lines[2], lines[1], "")


def _library(content: bytes) -> Library | str:
    try:
        return read_library(content)
    except ValueError as error:
        return str(error)
