"""A tool that the phone can't run is told in one clear error, before anything is sent."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appspec.errors import KitError
from deploy.benchmark.tool_program import check_tool
from tests.deploy.benchmark.tiny_tool import ARM, ARM64, X86, X86_64, elf

PHONE = ("arm64-v8a", "armeabi-v7a")
LINUX = "/lib/ld-linux-aarch64.so.1"


@pytest.mark.parametrize(
    ("content", "abi"),
    [
        (elf(), "arm64-v8a"),
        (elf(ARM, "/system/bin/linker"), "armeabi-v7a"),
        (elf(ARM64, "/apex/com.android.runtime/bin/linker64"), "arm64-v8a"),
        (elf(ARM64, "", kind=2), "arm64-v8a"),
        (elf(ARM64, "", kind=3, entry=0x4000), "arm64-v8a"),
    ],
)
def test_programs_for_the_phones_processor_are_taken(content: bytes, abi: str, tmp_path: Path) -> None:
    tool = tmp_path / 'a tool\'s "name" $(x)'
    tool.write_bytes(content)
    assert check_tool(tool, PHONE) == abi


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (elf(X86_64), "it is built for x86_64, the phone runs arm64-v8a, armeabi-v7a"),
        (elf(X86), "it is built for x86, the phone runs"),
        (elf((2, 21)), "it is built for a processor that this kit doesn't know"),
        (elf(ARM64, LINUX), f"it is built for Linux, not for Android: it wants {LINUX}"),
        (elf(ARM64, "", entry=0), "it is a library"),
        (elf(ARM64, kind=1), "it is a library"),
        (elf()[:70], "the file is cut"),
        (b"\x7fELF\x02\x02" + bytes(60), "the file is cut, or damaged"),
        (b"", "the file is empty"),
        (b"PK\x03\x04rest", "it is an APK"),
        (b"#!/bin/sh\n", "it is a script"),
        (b"MZ\x90", "it is a program for Windows"),
        (b"\xcf\xfa\xed\xfe", "it is a program for macOS"),
        (b"\n<!DOCTYPE html>", "it is a web page"),
        (b"hello", "it is no program"),
    ],
)
def test_whatever_else_is_told(content: bytes, why: str, tmp_path: Path) -> None:
    tool = tmp_path / "benchmark_model"
    tool.write_bytes(content)
    with pytest.raises(KitError) as caught:
        check_tool(tool, PHONE)
    assert caught.value.why.startswith(why)


def test_a_phone_that_does_not_say_what_it_runs_may_try(tmp_path: Path) -> None:
    tool = tmp_path / "benchmark_model"
    tool.write_bytes(elf(ARM, "/system/bin/linker"))
    assert check_tool(tool, ()) == "armeabi-v7a"


def test_a_tool_that_is_not_there_or_a_folder_is_told(tmp_path: Path) -> None:
    for tool in (tmp_path / "none", tmp_path):
        with pytest.raises(KitError, match="no such tool"):
            check_tool(tool, PHONE)


@given(at=st.integers(0, 600), junk=st.binary(max_size=40))
def test_a_damaged_header_never_crashes(at: int, junk: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    tool = tmp_path_factory.getbasetemp() / "damaged"
    tool.write_bytes(elf()[:at] + junk)
    with suppress(KitError):
        assert check_tool(tool, PHONE) in PHONE
