"""Reads what the package manager needs from a real APK: its compiled AndroidManifest.xml and its `lib/` folders."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

from deploy.virtual_phone.certificate import certificate_sha256

XML, STRING_POOL, START_ELEMENT = 0x0003, 0x0001, 0x0102
CHUNK_HEADER = 8  # bytes
UTF8_POOL = 1 << 8
TYPE_STRING, TYPE_INT_FIRST, TYPE_INT_LAST = 0x03, 0x10, 0x1F
NO_STRING = 0xFFFFFFFF


@dataclass(frozen=True)
class ApkInfo:
    """What an APK declares, and whose it is.

    Attributes:
        activities: full class names.
        abis: empty if it has no native code.
        certificate: the signer's, as sha256 in hex digits; empty if it isn't signed.
    """

    package: str
    version_code: int
    min_sdk: int
    test_only: bool
    permissions: frozenset[str]
    activities: frozenset[str]
    abis: frozenset[str]
    version_name: str = ""
    debuggable: bool = False
    certificate: str = ""


def read_apk(data: bytes) -> ApkInfo:
    """Parses a whole APK.

    Raises:
        ValueError: it is not an APK, or only part of one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as apk:
            elements = read_elements(apk.read("AndroidManifest.xml"))
            libraries = [name.split("/") for name in apk.namelist() if name.startswith("lib/")]
    except (zipfile.BadZipFile, KeyError, struct.error, IndexError, ValueError, EOFError, zlib.error) as error:
        raise ValueError(f"not an APK: {error}") from error
    root = next((values for name, values in elements if name == "manifest"), {})
    package = str(root.get("package", ""))
    if not package:
        raise ValueError("not an APK: its manifest names no package")
    sdk = next((values for name, values in elements if name == "uses-sdk"), {})
    application = next((values for name, values in elements if name == "application"), {})
    return ApkInfo(
        package=package,
        version_code=int(root.get("versionCode", 0)),
        min_sdk=int(sdk.get("minSdkVersion", 1)),
        test_only=bool(application.get("testOnly", 0)),
        permissions=frozenset(str(v["name"]) for name, v in elements if name == "uses-permission"),
        activities=frozenset(full_name(package, str(v["name"])) for name, v in elements if name == "activity"),
        abis=frozenset(parts[1] for parts in libraries if len(parts) == 3),
        version_name=str(root.get("versionName", "")),
        debuggable=bool(application.get("debuggable", 0)),
        certificate=certificate_sha256(data),
    )


def full_name(package: str, name: str) -> str:
    """`.Main` → `package.Main`, as Android resolves it."""
    return package + name if name.startswith(".") else name if "." in name else f"{package}.{name}"


def read_elements(data: bytes) -> list[tuple[str, dict[str, str | int]]]:
    """The elements of a compiled XML file in order, each with its attributes (AOSP, ResourceTypes.h).

    Raises:
        ValueError: it is not a compiled XML file.
        struct.error, IndexError: it is damaged.
    """
    kind, header, _ = struct.unpack_from("<HHI", data)
    if kind != XML:
        raise ValueError("not a compiled XML file")
    strings: list[str] = []
    elements: list[tuple[str, dict[str, str | int]]] = []
    offset = header
    while offset < len(data):
        kind, header, size = struct.unpack_from("<HHI", data, offset)
        if size < CHUNK_HEADER:
            raise ValueError("a chunk of the compiled XML file is too small")
        if kind == STRING_POOL:
            strings = _strings(data[offset : offset + size])
        elif kind == START_ELEMENT:
            elements.append(_element(data, offset + header, strings))
        offset += size
    return elements


def _element(data: bytes, offset: int, strings: list[str]) -> tuple[str, dict[str, str | int]]:
    _, name, start, size, count = struct.unpack_from("<IIHHH", data, offset)
    attributes: dict[str, str | int] = {}
    for index in range(count):
        at = offset + start + index * size
        _, key, raw, _, _, kind, value = struct.unpack_from("<IIIHBBI", data, at)
        if kind == TYPE_STRING:
            attributes[strings[key]] = strings[value]
        elif TYPE_INT_FIRST <= kind <= TYPE_INT_LAST:
            attributes[strings[key]] = value
        elif raw != NO_STRING:
            attributes[strings[key]] = strings[raw]
    return strings[name], attributes


def _strings(chunk: bytes) -> list[str]:
    _, header, _, count, _, flags, start, _ = struct.unpack_from("<HHIIIIII", chunk)
    offsets = struct.unpack_from(f"<{count}I", chunk, header)
    read = _utf8 if flags & UTF8_POOL else _utf16
    return [read(chunk, start + offset) for offset in offsets]


def _utf8(chunk: bytes, at: int) -> str:
    at += 2 if chunk[at] & 0x80 else 1  # the length in UTF-16 units, not needed
    size = chunk[at]
    at += 1
    if size & 0x80:
        size = (size & 0x7F) << 8 | chunk[at]
        at += 1
    return chunk[at : at + size].decode("utf-8", "replace")


def _utf16(chunk: bytes, at: int) -> str:
    size = int(struct.unpack_from("<H", chunk, at)[0])
    at += 2
    if size & 0x8000:
        size = (size & 0x7FFF) << 16 | int(struct.unpack_from("<H", chunk, at)[0])
        at += 2
    return chunk[at : at + 2 * size].decode("utf-16-le", "replace")
