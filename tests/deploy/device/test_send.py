"""A file gets onto the phone once, whole, under a name that its hash makes; whatever goes wrong, the next time ends as a first one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.send import FOLDER, send_file
from deploy.virtual_phone import PrivateAdbServer, VirtualPhone
from tests.deploy.device.conftest import wait_until

CONTENT = bytes(range(256)) * 8000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "benchmark_model"
    path.write_bytes(CONTENT)
    return path


def silent(line: str) -> None:
    """Nobody listens."""


def test_the_same_bytes_are_sent_once(adb: Adb, phone: VirtualPhone, file: Path) -> None:
    said: list[str] = []
    first = send_file(adb, phone.serial, file, said.append, executable=True)
    again = send_file(adb, phone.serial, file, said.append, executable=True)
    assert first.path == f"{FOLDER}/{hashlib.sha256(CONTENT).hexdigest()[:16]}-benchmark_model"
    assert (first.sent_bytes, again.sent_bytes, again.path) == (len(CONTENT), 0, first.path)
    assert phone.state.files[first.path] == CONTENT
    assert phone.state.disk.executable(first.path)
    assert said == ["sending benchmark_model (2.0 MB)"]


def test_other_bytes_of_the_same_size_are_sent_again(adb: Adb, phone: VirtualPhone, file: Path) -> None:
    first = send_file(adb, phone.serial, file, silent)
    phone.state.files[first.path] = CONTENT[::-1]
    assert send_file(adb, phone.serial, file, silent).sent_bytes == len(CONTENT)
    assert phone.state.files[first.path] == CONTENT
    file.write_bytes(CONTENT[::-1])
    other = send_file(adb, phone.serial, file, silent)
    assert (other.sent_bytes, other.path != first.path) == (len(CONTENT), True)


@pytest.mark.parametrize(
    "name",
    ["a b", "it's", 'say "hi"', "$(reboot)", "`id`", "a;b", "--help", "-s", "한글", "a\nb", "x" * 200, "*", "~", "&", "| cat"],
)
def test_hostile_names_are_sent_and_nothing_of_them_is_run(adb: Adb, phone: VirtualPhone, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"model")
    sent = send_file(adb, phone.serial, path, silent)
    assert phone.state.files[sent.path] == b"model"
    assert set(sent.path) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/")
    assert {words[0] for words in phone.state.programs} <= {"mkdir", "sha256sum", "echo", "getprop"}


@pytest.mark.parametrize("fault", ["cut_at_step", "wrong_bytes_at_step"])
def test_a_fault_at_any_step_is_told_and_the_next_time_ends_right(
    fault: str, adb: Adb, phone: VirtualPhone, server: PrivateAdbServer, file: Path
) -> None:
    file.write_bytes(CONTENT[:200_000])
    quick = replace(adb, timeout_s=5)
    path = send_file(quick, phone.serial, file, silent).path
    steps = phone.state.steps
    told = 0
    for step in range(1, steps + 1):
        phone.state.files.pop(path, None)
        setattr(phone.faults, fault, phone.state.steps + step)
        try:
            send_file(quick, phone.serial, file, silent)
        except KitError:
            told += 1
        setattr(phone.faults, fault, None)
        wait_until(lambda: server.run("-s", phone.serial, "get-state").stdout.strip() == "device")
        send_file(quick, phone.serial, file, silent)
        assert phone.state.files[path] == CONTENT[:200_000], step
    assert told


def test_a_full_phone_is_told_and_left_as_it_was(adb: Adb, phone: VirtualPhone, file: Path) -> None:
    phone.faults.free_bytes = 1_000_000
    with pytest.raises(KitError) as caught:
        send_file(adb, phone.serial, file, silent)
    assert caught.value.why == "the phone's storage is full"
    assert not [path for path in phone.state.files if path.startswith(FOLDER)]


def test_a_phone_without_sha256sum_is_asked_for_the_bytes(adb: Adb, phone: VirtualPhone, file: Path) -> None:
    phone.faults.missing_commands = frozenset({"sha256sum"})
    assert send_file(adb, phone.serial, file, silent).sent_bytes == len(CONTENT)
    assert send_file(adb, phone.serial, file, silent).sent_bytes == 0


def test_what_can_not_be_read_here_is_told(adb: Adb, phone: VirtualPhone, tmp_path: Path) -> None:
    with pytest.raises(KitError, match="nothing to send"):
        send_file(adb, phone.serial, tmp_path / "none", silent)
