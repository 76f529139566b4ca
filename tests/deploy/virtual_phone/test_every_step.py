"""A fault at every single step of a push, an install and a command, with the real adb: nothing half-done is taken for done."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.virtual_phone import PrivateAdbServer, VirtualPhone
from tests.deploy.device.conftest import wait_until
from tests.deploy.tiny_apk import TinyApk
from tests.deploy.virtual_phone.conftest import Run

PACKAGE = "org.example.cats"
TARGET = "/data/local/tmp/x"

Work = Callable[[Run, VirtualPhone, Path], bool]
"""Does something on the phone by adb; whether adb says that it is done."""


def push(adb: Run, phone: VirtualPhone, file: Path) -> bool:
    return adb("push", file, TARGET).returncode == 0


def install(adb: Run, phone: VirtualPhone, file: Path) -> bool:
    return adb("install", "-r", file).returncode == 0


def command(adb: Run, phone: VirtualPhone, file: Path) -> bool:
    reply = adb("shell", "getprop ro.product.model; echo end=$?")
    return reply.returncode == 0 and reply.stdout == "Virtual\nend=0\n"


def whole(work: Work, phone: VirtualPhone, file: Path) -> bool:
    """Whether the phone holds what was sent."""
    if work is push:
        return phone.state.files.get(TARGET) == file.read_bytes()
    if work is install:
        return PACKAGE in phone.state.packages and phone.state.packages[PACKAGE].data == file.read_bytes()
    return True


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cats.apk"
    path.write_bytes(TinyApk(payload_bytes=200_000).build())
    return path


def steps_of(work: Work, adb: Run, phone: VirtualPhone, file: Path) -> int:
    """How many there are in a clean run; the phone is as before then."""
    begin = phone.state.steps
    assert work(adb, phone, file)
    assert whole(work, phone, file)
    phone.call(lambda: _forget(phone))
    return phone.state.steps - begin


def _forget(phone: VirtualPhone) -> None:
    phone.state.packages.clear()
    phone.state.disk.remove(TARGET)


def reach(server: PrivateAdbServer, phone: VirtualPhone) -> None:
    """Connects adb anew, as a user does; again where adb's server was about to do so itself."""

    def reached() -> bool:
        server.run("disconnect", phone.serial)
        server.run("connect", phone.serial)
        return server.run("-s", phone.serial, "get-state").stdout.strip() == "device"

    wait_until(reached)


@pytest.mark.parametrize("work", [push, install, command])
def test_a_cut_at_every_step_and_the_next_run_is_whole(
    work: Work, server: PrivateAdbServer, adb: Run, phone: VirtualPhone, file: Path
) -> None:
    """A message that changes nothing may be lost: a push's farewell, a command's exit code, which adb then takes for 0.

    How many messages carry a file is another number from run to run, as adb's server takes what has come.
    """
    failed = 0
    last = steps_of(work, adb, phone, file)
    for step in range(1, last + 1):
        phone.faults.cut_at_step = phone.state.steps + step
        done = work(adb, phone, file)
        phone.faults.cut_at_step = None
        failed += not done
        assert not done or whole(work, phone, file), f"step {step} of {last}"
        assert TARGET not in phone.state.files or whole(work, phone, file), f"step {step}"
        reach(server, phone)
        assert work(adb, phone, file), f"after step {step}"
        assert whole(work, phone, file)
        phone.call(lambda: _forget(phone))
    assert failed >= last // 2


@pytest.mark.parametrize("work", [push, install])
def test_a_wrong_bit_at_every_step_is_seen_by_adb_or_by_the_hash(
    work: Work, server: PrivateAdbServer, phone: VirtualPhone, adb: Run, file: Path
) -> None:
    wrong = 0
    for step in range(1, steps_of(work, adb, phone, file) + 1):
        phone.faults.wrong_bytes_at_step = phone.state.steps + step
        done = work(adb, phone, file)
        wrong += not (done and whole(work, phone, file))
        phone.faults.wrong_bytes_at_step = None
        if not whole(work, phone, file) and work is push and TARGET in phone.state.files:
            assert hashlib.sha256(phone.state.files[TARGET]).digest() != hashlib.sha256(file.read_bytes()).digest()
        reach(server, phone)
        assert work(adb, phone, file), f"after step {step}"
        assert whole(work, phone, file)
        phone.call(lambda: _forget(phone))
    assert wrong >= 1


def test_a_reboot_in_the_middle_of_a_push_leaves_what_had_arrived(
    server: PrivateAdbServer, phone: VirtualPhone, adb: Run, file: Path
) -> None:
    phone.faults.reboot_s, phone.faults.boot_s = 0.2, 0.5
    file.write_bytes(TinyApk(payload_bytes=8_000_000).build())
    steps_of(push, adb, phone, file)
    phone.state.start_process("org.example.other")
    phone.faults.reboot_at_step = phone.state.steps + 7  # three of them ask what is there, the others bring the file
    assert not push(adb, phone, file)
    assert phone.state.processes == {}
    wait_until(lambda: 0 < len(phone.state.files.get(TARGET, b"")) < file.stat().st_size)
    wait_until(lambda: server.run("connect", phone.serial).stdout.startswith(("connected", "already")))
    reach(server, phone)
    assert adb("shell", "getprop sys.boot_completed").stdout in ("\n", "1\n")
    wait_until(lambda: adb("shell", "getprop sys.boot_completed").stdout == "1\n")
    assert push(adb, phone, file)
    assert whole(push, phone, file)


def test_while_it_boots_there_is_a_shell_but_no_package_manager(server: PrivateAdbServer, phone: VirtualPhone, adb: Run) -> None:
    phone.faults.reboot_s, phone.faults.boot_s = 0.0, 600.0
    phone.call(phone.state.restart)
    answer = adb("shell", "pm path a; echo code=$?")
    assert "Can't find service: package" in answer.stderr
    assert answer.stdout == "code=20\n"


def test_a_phone_that_hangs_at_a_step_says_nothing_until_it_wakes(
    server: PrivateAdbServer, phone: VirtualPhone, adb: Run, file: Path
) -> None:
    phone.faults.hang_at_step = phone.state.steps + 2
    with pytest.raises(TimeoutError):
        _within(1.0, server, phone)
    phone.wake()
    reach(server, phone)
    assert command(adb, phone, file)


def _within(seconds: float, server: PrivateAdbServer, phone: VirtualPhone) -> None:
    program = [str(server.program), "-s", phone.serial, "shell", "getprop"]
    try:
        subprocess.run(program, env={**os.environ, **server.environment}, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error


@pytest.mark.parametrize("byte", [0, 100_000, 190_000])
@pytest.mark.parametrize("work", [push, install])
def test_a_cut_after_some_bytes_leaves_nothing(
    work: Work, byte: int, server: PrivateAdbServer, adb: Run, phone: VirtualPhone, file: Path
) -> None:
    phone.faults.drop_after_bytes = byte
    assert not work(adb, phone, file)
    assert TARGET not in phone.state.files
    assert phone.state.packages == {}
    phone.faults.drop_after_bytes = None
    reach(server, phone)
    assert work(adb, phone, file)
    assert whole(work, phone, file)


def test_adb_can_reboot_it(server: PrivateAdbServer, adb: Run, phone: VirtualPhone) -> None:
    phone.faults.reboot_s, phone.faults.boot_s = 0.1, 0.0
    phone.state.start_process("org.example.other")
    adb("reboot")
    wait_until(lambda: not phone.state.processes)
    reach(server, phone)
    wait_until(lambda: adb("shell", "getprop sys.boot_completed").stdout == "1\n")


def test_exec_out_brings_bytes_as_they_are(server: PrivateAdbServer, phone: VirtualPhone) -> None:
    program = [str(server.program), "-s", phone.serial, "exec-out", "screencap -p"]
    done = subprocess.run(program, env={**os.environ, **server.environment}, capture_output=True, timeout=20, check=True)
    assert done.stdout.startswith(b"\x89PNG\r\n\x1a\n")
    assert done.stdout.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize("work", [push, install])
def test_a_full_disk_is_said_and_leaves_nothing(work: Work, adb: Run, phone: VirtualPhone, file: Path) -> None:
    phone.faults.free_bytes = 100_000
    reply = adb("push", file, TARGET) if work is push else adb("install", file)
    assert reply.returncode == 1
    assert ("No space left on device" if work is push else "INSTALL_FAILED_INSUFFICIENT_STORAGE") in reply.stdout + reply.stderr
    assert TARGET not in phone.state.files
    assert phone.state.packages == {}
    phone.faults.free_bytes = None
    assert work(adb, phone, file)
    assert whole(work, phone, file)


def test_a_push_goes_nowhere_that_the_shell_may_not_write(adb: Run, phone: VirtualPhone, file: Path) -> None:
    reply = adb("push", file, "/system/bin/x")
    assert reply.returncode == 1
    assert "Permission denied" in reply.stderr
    assert adb("push", file, "/sdcard/Download/new/x").returncode == 0
    assert phone.state.files["/sdcard/Download/new/x"] == file.read_bytes()
