"""A deploy that ends in the middle: the phone keeps what it had, and the next run installs the app whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.virtual_phone import VirtualPhone
from tests.deploy.device.conftest import PACKAGE, Deploy, wait_until
from tests.deploy.tiny_apk import TinyApk

ROOT = Path(__file__).parents[3]
CHILD = """
import signal
import sys
from pathlib import Path
from deploy.device.choose import Selection, choose_phones
from deploy.device.deploy import deploy
from deploy.device.fleet import on_each
from tests.deploy.device.conftest import TARGET
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores Ctrl-C, and so would this
phones = choose_phones(Selection((sys.argv[2],)), print)
on_each(phones, lambda phone, say: deploy(Path(sys.argv[1]), TARGET, phone, say), print)
"""


@pytest.mark.parametrize("cut_after", [0, 1_000_000, 2_999_999])
def test_a_cut_in_the_middle_of_a_first_install(cut_after: int, phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    phone.faults.drop_after_bytes = cut_after
    with pytest.raises(KitError, match="lost the phone") as caught:
        run_deploy()
    assert "sending the app" in caught.value.why
    assert phone.serial in caught.value.fix  # a wireless one: how to connect again
    assert [seen.received for seen in phone.state.installs] == [cut_after]
    assert phone.state.packages == {}

    phone.faults.drop_after_bytes = None
    assert run_deploy().installed
    assert phone.state.packages[PACKAGE].data == apk.read_bytes()


def test_a_cut_in_the_middle_of_an_update_keeps_the_old_app(phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    old = apk.read_bytes()
    run_deploy()
    apk.write_bytes(TinyApk(version_code=2, payload_bytes=2_000_000).build())
    phone.faults.drop_after_bytes = 1_500_000
    with pytest.raises(KitError, match="lost the phone"):
        run_deploy()
    assert phone.state.packages[PACKAGE].data == old

    phone.faults.drop_after_bytes = None
    assert run_deploy().installed
    assert phone.state.packages[PACKAGE].data == apk.read_bytes()


def test_a_cut_between_the_last_byte_and_the_answer(phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    phone.faults.drop_before_install_answer = True
    with pytest.raises(KitError, match="lost the phone"):
        run_deploy()

    phone.faults.drop_before_install_answer = False
    assert not run_deploy().installed  # it was whole, and its hash says so
    assert phone.state.packages[PACKAGE].data == apk.read_bytes()


@pytest.mark.parametrize("command", ["getprop", "pm path", "sha256sum", "pm grant", "date", "am start", "pidof", "logcat"])
def test_a_cut_at_any_command_is_an_error_and_the_next_run_is_whole(
    command: str, phone: VirtualPhone, apk: Path, run_deploy: Deploy
) -> None:
    phone.faults.drop_at_command = command
    with pytest.raises(KitError, match="lost the phone"):
        run_deploy()

    phone.faults.drop_at_command = None
    run_deploy()
    assert phone.state.packages[PACKAGE].data == apk.read_bytes()
    assert PACKAGE in phone.state.processes


def test_a_phone_that_hangs_is_given_up(phone: VirtualPhone, adb: Adb, run_deploy: Deploy) -> None:
    phone.faults.command_delay_s = 60
    start = time.monotonic()
    with pytest.raises(KitError, match="does not answer"):
        run_deploy(tool=Adb(adb.program, timeout_s=0.5))
    assert time.monotonic() - start < 30


@pytest.mark.parametrize("ending", ["Ctrl-C", "stop button", "killed"])
def test_ended_while_sending_nothing_is_half_done(ending: str, phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    apk.write_bytes(TinyApk(payload_bytes=6_000_000).build())
    phone.faults.receive_bytes_per_s = 1_000_000
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(apk), phone.serial],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: phone.state.received_bytes > 500_000)
        if ending == "stop button":
            child.send_signal(signal.SIGINT)
        else:  # as a terminal does: the child and the adb it runs
            os.killpg(child.pid, signal.SIGINT if ending == "Ctrl-C" else signal.SIGKILL)
        assert child.wait(timeout=60) != 0
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    wait_until(lambda: len(phone.state.installs) == 1)
    assert phone.state.installs[0].received < apk.stat().st_size
    assert phone.state.packages == {}

    phone.faults.receive_bytes_per_s = None
    assert run_deploy().installed
    assert phone.state.packages[PACKAGE].data == apk.read_bytes()
