"""Whether a file is a program that a phone can run: the ELF header tells, before anything is sent.

Source: ELF-64 Object File Format, chapters 3 and 6; elf(5).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from appspec.errors import KitError

ABIS = {(2, 183): "arm64-v8a", (1, 40): "armeabi-v7a", (2, 62): "x86_64", (1, 3): "x86", (2, 243): "riscv64"}
"""By the ELF's class (1: 32 bits, 2: 64 bits) and machine."""

WHERE = "docs/benchmark-tool.md says where to get one"
_PROGRAM, _SHARED = 2, 3
_INTERPRETER = 3
_ANDROIDS = ("/system/bin/linker", "/apex/")
_HEAD = 1 << 16  # the program headers and the interpreter's name stand at the beginning


def check_tool(tool: Path, abis: Sequence[str]) -> str:
    """The ABI of a program for Android.

    Args:
        abis: that the phone runs, best first; empty: it doesn't say, and may try.

    Raises:
        KitError: it is no such program, or one for another processor.
    """
    what = f"{tool.name} can't be run on the phone"
    if tool.exists() and not tool.is_file():
        raise KitError("no such tool", f"{tool} is no file", f"give --tool the path of a benchmark_model; {WHERE}")
    try:
        with tool.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise KitError(
            "no such tool", f"{tool}: {error.strerror}", f"give --tool the path of a benchmark_model; {WHERE}"
        ) from error
    found = _other_kind(head)
    if found:
        raise KitError(what, found, f"take the program for Android's command line, as android_aarch64_benchmark_model; {WHERE}")
    try:
        machine, kind, entry, interpreter = _read_elf(head)
    except (struct.error, ValueError) as error:
        raise KitError(what, "the file is cut, or damaged at its beginning", "get it again, whole") from error
    abi = ABIS.get(machine)
    if abi is None or (abis and abi not in abis):
        built, runs = abi or "a processor that this kit doesn't know", ", ".join(abis) or "another"
        raise KitError(
            what, f"it is built for {built}, the phone runs {runs}", f"take the one for {', or '.join(abis) or 'it'}; {WHERE}"
        )
    if kind not in (_PROGRAM, _SHARED) or (kind == _SHARED and not interpreter and not entry):
        raise KitError(what, "it is a library, not a program", f"take benchmark_model itself; {WHERE}")
    if interpreter and not interpreter.startswith(_ANDROIDS):
        why = f"it is built for Linux, not for Android: it wants {interpreter}"
        raise KitError(what, why, f"take the one whose name begins with android_; {WHERE}")
    return abi


def _other_kind(head: bytes) -> str:
    """What a file is that is no ELF; empty for one."""
    if head[:4] == b"\x7fELF":
        return ""
    if not head:
        return "the file is empty"
    if head[:4] == b"PK\x03\x04":
        return "it is an APK or another archive, not a program"
    if head[:2] == b"#!":
        return "it is a script, not a program"
    if head[:2] == b"MZ":
        return "it is a program for Windows"
    if head[:4] in (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe"):
        return "it is a program for macOS"
    if head.lstrip()[:1] == b"<":
        return "it is a web page: the download was an error's, or asked to log in"
    return "it is no program"


def _read_elf(head: bytes) -> tuple[tuple[int, int], int, int, str]:
    """Class and machine, type, entry point, and the name of the interpreter; empty without.

    Raises:
        ValueError: not little-endian, or cut.
        struct.error: cut.
    """
    if len(head) < 52 or head[4] not in (1, 2) or head[5] != 1:
        raise ValueError("no little-endian ELF")
    wide = head[4] == 2
    kind, machine = struct.unpack_from("<HH", head, 16)
    entry, start = struct.unpack_from("<QQ" if wide else "<II", head, 24)
    size, count = struct.unpack_from("<HH", head, 54 if wide else 42)
    interpreter = ""
    for at in range(start, start + size * count, size or 1):
        if struct.unpack_from("<I", head, at)[0] == _INTERPRETER:
            place, length = struct.unpack_from("<Q16xQ" if wide else "<I8xI", head, at + (8 if wide else 4))
            if place + length > len(head):
                raise ValueError("cut")
            interpreter = head[place : place + length].rstrip(b"\0").decode("ascii", "replace")
    return (head[4], machine), kind, entry, interpreter
