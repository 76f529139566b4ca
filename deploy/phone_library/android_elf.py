"""Makes a shared library that was built for Android loadable over glibc and shim.c."""

from __future__ import annotations

import struct
from dataclasses import dataclass

RENAMED = {
    b"fprintf": b"fprinTf",
    b"fputc": b"fputC",
    b"fwrite": b"fwritE",
    b"fflush": b"fflusH",
    b"fileno": b"filenO",
    b"sysconf": b"sysconF",
    b"pthread_mutex_init": b"pthread_mutex_iniT",
    b"dlsym": b"dlsyM",
}
"""Calls whose meaning differs between the two C libraries, and their names of the same length in shim.c."""

_PT_DYNAMIC = 2
_DT_STRTAB, _DT_STRSZ = 5, 10
_SYMBOL_VERSIONS = (0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF)
_UNREAD_TAG = 0x60000EED


def make_loadable(library: bytes) -> bytes:
    """An ELF64 shared library without symbol versions, its calls of RENAMED renamed.

    Raises:
        ValueError: it is no little-endian ELF64 file, or has no dynamic section.
    """
    data = bytearray(library)
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError("no little-endian ELF64 file")
    segments = list(_segments(data))
    dynamic = next((one for one in segments if one.kind == _PT_DYNAMIC), None)
    if dynamic is None:
        raise ValueError("no dynamic section")
    table = dict.fromkeys((_DT_STRTAB, _DT_STRSZ), 0)
    for at in range(dynamic.offset, dynamic.offset + dynamic.size, 16):
        tag, value = struct.unpack_from("<qQ", data, at)
        if tag in _SYMBOL_VERSIONS:
            struct.pack_into("<q", data, at, _UNREAD_TAG)
        elif tag in table:
            table[tag] = value
    start = _offset(segments, table[_DT_STRTAB])
    end = start + table[_DT_STRSZ]
    names = bytes(data[start:end])
    for old, new in RENAMED.items():
        # The linker shares endings: fprintf may be that of vfprintf, whose twin in shim.c is named likewise.
        before = b"" if old == b"fprintf" else b"\0"
        names = names.replace(before + old + b"\0", before + new + b"\0")
    data[start:end] = names
    return bytes(data)


@dataclass(frozen=True)
class _Segment:
    kind: int
    offset: int
    address: int
    size: int


def _segments(data: bytearray) -> list[_Segment]:
    (table,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    found = []
    for k in range(count):
        kind, _, offset, address, _, length = struct.unpack_from("<IIQQQQ", data, table + k * size)
        found.append(_Segment(kind, offset, address, length))
    return found


def _offset(segments: list[_Segment], address: int) -> int:
    """Where in the file an address of the loaded library lies."""
    for one in segments:
        if one.kind == 1 and one.address <= address < one.address + one.size:
            return one.offset + address - one.address
    raise ValueError("its names lie outside the file")
