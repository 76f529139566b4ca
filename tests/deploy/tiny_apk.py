"""Writes an APK of a few hundred bytes: a real zip with a real compiled manifest, for tests that need no build."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from dataclasses import dataclass

from deploy.virtual_phone.manifest import NO_STRING, START_ELEMENT, STRING_POOL, TYPE_INT_FIRST, TYPE_STRING, XML

Attributes = dict[str, str | int]


@dataclass(frozen=True)
class TinyApk:
    """What the APK declares; `payload_bytes` of incompressible filler give it a size.

    Attributes:
        activities: more of them.
        assets: more files, by their names in assets/.
    """

    package: str = "org.example.cats"
    version_code: int = 1
    min_sdk: int = 24
    test_only: bool = False
    permissions: tuple[str, ...] = ("android.permission.CAMERA",)
    activity: str = "io.apkiln.app.MainActivity"
    abis: tuple[str, ...] = ("arm64-v8a",)
    payload_bytes: int = 1000
    activities: tuple[str, ...] = ()
    assets: tuple[tuple[str, bytes], ...] = ()
    debuggable: bool = False
    version_name: str = "1.0"

    def build(self) -> bytes:
        """The APK's bytes, the same for the same values."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as apk:
            for name, data in self._files().items():
                apk.writestr(zipfile.ZipInfo(name), data)
        return packed.getvalue()

    def _files(self) -> dict[str, bytes]:
        elements: list[tuple[str, Attributes]] = [
            ("manifest", {"package": self.package, "versionCode": self.version_code, "versionName": self.version_name}),
            ("uses-sdk", {"minSdkVersion": self.min_sdk}),
        ]
        elements += [("uses-permission", {"name": name}) for name in self.permissions]
        elements.append(("application", {"testOnly": int(self.test_only), "debuggable": int(self.debuggable)}))
        elements += [("activity", {"name": name}) for name in (self.activity, *self.activities)]
        libraries = {f"lib/{abi}/libtflite.so": b"\x7fELF" for abi in self.abis}
        filler = random.Random(7).randbytes(self.payload_bytes)
        assets = {f"assets/{name}": data for name, data in self.assets}
        return {"AndroidManifest.xml": compile_xml(elements), "assets/filler.bin": filler, **assets, **libraries}


def compile_xml(elements: list[tuple[str, Attributes]]) -> bytes:
    """Elements, flat, as Android's compiled XML."""
    strings: list[str] = []

    def number(text: str) -> int:
        if text not in strings:
            strings.append(text)
        return strings.index(text)

    chunks = b""
    for name, attributes in elements:
        packed = b""
        for key, value in attributes.items():
            text = number(value) if isinstance(value, str) else NO_STRING
            kind, data = (TYPE_STRING, text) if isinstance(value, str) else (TYPE_INT_FIRST, value)
            packed += struct.pack("<IIIHBBI", NO_STRING, number(key), text, 8, 0, kind, data)
        body = struct.pack("<II", NO_STRING, number(name))
        body += struct.pack("<HHHHHH", 20, 20, len(attributes), 0, 0, 0)
        size = 16 + len(body) + len(packed)
        chunks += struct.pack("<HHIII", START_ELEMENT, 16, size, 1, NO_STRING) + body + packed
    pool = _string_pool(strings)
    return struct.pack("<HHI", XML, 8, 8 + len(pool) + len(chunks)) + pool + chunks


def _string_pool(strings: list[str]) -> bytes:
    offsets, data = b"", b""
    for text in strings:
        offsets += struct.pack("<I", len(data))
        data += struct.pack("<H", len(text)) + text.encode("utf-16-le") + b"\0\0"
    data += b"\0" * (-len(data) % 4)
    start = 28 + len(offsets)
    header = struct.pack("<HHIIIIII", STRING_POOL, 28, start + len(data), len(strings), 0, 0, start, 0)
    return header + offsets + data
