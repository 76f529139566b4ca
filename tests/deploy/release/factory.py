"""Keystores that keytool makes, app bundles and native libraries, small and real in what is checked."""

from __future__ import annotations

import struct
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

from deploy.toolchain.jdk import find_jdk

COMPRESSED = b"\x12\x04\x12\x02\x08\x00"
"""BundleConfig.pb: optimizations { uncompress_native_libraries { enabled: false } }."""
STORED_AT_4K = b"\x0a\x04test\x12\x06\x12\x04\x08\x01\x10\x01"
STORED_AT_16K = b"\x0a\x04test\x12\x06\x12\x04\x08\x01\x10\x02"
STORED_AT_64K = b"\x0a\x04test\x12\x06\x12\x04\x08\x01\x10\x03"


def make_keystore(
    file: Path, password: str, alias: str = "upload", key_password: str | None = None, kind: str = "PKCS12", days: int = 10000
) -> Path:
    """A keystore with one small key."""
    command: list[str | Path] = [find_jdk().home / "bin" / "keytool", "-J-Dsun.jnu.encoding=UTF-8", "-genkeypair"]
    command += ["-keystore", file, "-storepass:env", "STORE", "-keypass:env", "KEY", "-alias", alias, "-storetype", kind]
    command += ["-keyalg", "EC", "-groupname", "secp256r1", "-validity", str(days), "-dname", "CN=Upload"]
    environment = {"STORE": password, "KEY": key_password or password, "LC_ALL": "C.UTF-8"}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return file


def library(alignment: int = 0x4000, wide: bool = True) -> bytes:
    """An ELF file with two LOAD segments, the second of which has that alignment, and one that is not loaded."""
    kinds = [(1, 0x10000), (1, alignment), (4, 4)]
    if wide:
        header = (
            b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 183, 1, 0, 64, 0, 0, 64, 56, len(kinds), 0, 0, 0)
        )
        return header + b"".join(struct.pack("<IIQQQQQQ", kind, 0, 0, 0, 0, 0, 0, align) for kind, align in kinds)
    header = b"\x7fELF\x01\x01\x01" + bytes(9) + struct.pack("<HHIIIIIHHHHHH", 3, 40, 1, 0, 64, 0, 0, 52, 32, len(kinds), 0, 0, 0)
    return header + bytes(12) + b"".join(struct.pack("<IIIIIIII", kind, 0, 0, 0, 0, 0, 0, align) for kind, align in kinds)


def write_bundle(file: Path, libraries: Mapping[str, bytes], config: bytes = COMPRESSED) -> Path:
    """An unsigned bundle with libraries by `ABI/name.so`."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("BundleConfig.pb", config)
        bundle.writestr("base/manifest/AndroidManifest.xml", b"manifest")
        bundle.writestr("BUNDLE-METADATA/com.android.tools.build.obfuscation/proguard.map", b"x" * 100_000)
        for name, content in libraries.items():
            bundle.writestr(f"base/lib/{name}", content)
    return file
