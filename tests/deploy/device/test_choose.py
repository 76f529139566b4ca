"""Which phone: one, several, none, and each state that adb knows."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.choose import Selection, choose_phones
from deploy.device.listing import Phone, list_phones, parse_devices
from deploy.virtual_phone import Faults, PhoneState, PrivateAdbServer, VirtualPhone
from tests.deploy.device.conftest import Deploy, wait_until


@pytest.fixture
def second(server: PrivateAdbServer) -> Iterator[VirtualPhone]:
    with VirtualPhone(PhoneState(model="Second One")) as phone:
        server.connect(phone)
        yield phone


def test_none(adb: Adb, messages: list[str]) -> None:
    with pytest.raises(KitError, match="no phone is connected") as caught:
        choose_phones(Selection(), messages.append)
    assert "USB debugging" in caught.value.fix


def test_the_only_one(adb: Adb, phone: VirtualPhone, messages: list[str]) -> None:
    assert [one.phone for one in choose_phones(Selection(), messages.append)] == [Phone(phone.serial, "Virtual", "device")]
    assert messages == []


def test_several_are_listed(adb: Adb, phone: VirtualPhone, second: VirtualPhone, messages: list[str]) -> None:
    with pytest.raises(KitError, match="which phone") as caught:
        choose_phones(Selection(), messages.append)
    assert "--device" in caught.value.fix
    assert "--all" in caught.value.fix
    assert any(phone.serial in line and "Virtual" in line for line in messages)
    assert any(second.serial in line and "Second One" in line for line in messages)


def test_the_one_asked_for_gets_the_app_and_the_other_nothing(
    phone: VirtualPhone, second: VirtualPhone, run_deploy: Deploy
) -> None:
    assert run_deploy(serial=second.serial).model == "Second One"
    assert len(second.state.installs) == 1
    assert phone.state.commands == []


def test_android_serial_is_heeded(
    adb: Adb, phone: VirtualPhone, second: VirtualPhone, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANDROID_SERIAL", second.serial)
    assert [one.serial for one in choose_phones(Selection(), messages.append)] == [second.serial]


def test_a_serial_that_is_not_there(adb: Adb, phone: VirtualPhone, messages: list[str]) -> None:
    with pytest.raises(KitError, match="no phone R58M") as caught:
        choose_phones(Selection(("R58M",)), messages.append)
    assert phone.serial in caught.value.why


def test_unauthorized_until_the_user_allows_it(
    server: PrivateAdbServer, adb: Adb, run_deploy: Deploy, messages: list[str]
) -> None:
    with VirtualPhone(faults=Faults(auth="ask")) as phone:
        server.connect(phone)
        with pytest.raises(KitError, match="isn't ready") as caught:
            run_deploy()
        assert "unauthorized" in caught.value.why
        assert "tap Allow" in caught.value.fix
        phone.accept_key()
        wait_until(lambda: [listed.state for listed in list_phones(adb)] == ["device"])
        assert run_deploy().installed


def test_a_ready_phone_is_taken_beside_one_that_is_not(
    server: PrivateAdbServer, adb: Adb, phone: VirtualPhone, messages: list[str]
) -> None:
    with VirtualPhone(faults=Faults(auth="refuse")) as locked:
        server.connect(locked)
        assert [one.serial for one in choose_phones(Selection(), messages.append)] == [phone.serial]
        with pytest.raises(KitError, match="isn't ready"):
            choose_phones(Selection((locked.serial,)), messages.append)


def test_offline_names_both_commands(adb: Adb, phone: VirtualPhone, messages: list[str]) -> None:
    phone.switch_off()
    with pytest.raises(KitError, match="isn't ready") as caught:
        choose_phones(Selection(), messages.append, settle_s=0.3)
    assert f"disconnect {phone.serial}" in caught.value.fix
    assert f"connect {phone.serial}" in caught.value.fix
    assert any("offline" in line for line in messages)


def test_a_phone_that_comes_back_is_waited_for(adb: Adb, phone: VirtualPhone, messages: list[str]) -> None:
    phone.switch_off()
    phone.switch_on()
    assert [one.phone.state for one in choose_phones(Selection(), messages.append)] == ["device"]


def test_a_model_is_what_the_phone_calls_itself(adb: Adb, server: PrivateAdbServer, messages: list[str]) -> None:
    with VirtualPhone(PhoneState(model="SM-S931B")) as one, VirtualPhone(PhoneState(model="Pixel 9")) as other:
        for phone in (one, other):
            server.connect(phone)
        with pytest.raises(KitError, match="which phone"):
            choose_phones(Selection(), messages.append)
        with pytest.raises(KitError, match="no phone x"):
            choose_phones(Selection(("x",)), messages.append)
    assert sum("SM-S931B" in line for line in messages) == sum("Pixel 9" in line for line in messages) == 2


def test_each_state_of_adbs_list_is_read() -> None:
    text = """List of devices attached
R58M123ABCD            device usb:1-2 product:o1s model:SM_G991N device:o1s transport_id:3
0123456789ABCDEF       no permissions (missing udev rules? user is in the plugdev group); \
see [http://developer.android.com/tools/device.html] usb:1-4 transport_id:4
192.168.0.5:5555       offline transport_id:9
emulator-5554          unauthorized transport_id:2

"""
    assert parse_devices(text) == [
        Phone("R58M123ABCD", "SM G991N", "device"),
        Phone("0123456789ABCDEF", "?", "no permissions"),
        Phone("192.168.0.5:5555", "?", "offline"),
        Phone("emulator-5554", "?", "unauthorized"),
    ]


def test_a_port_held_by_another_program(adb: Adb, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:

        def hang_up() -> None:
            while True:
                try:
                    stranger.accept()[0].close()
                except OSError:
                    return

        threading.Thread(target=hang_up, daemon=True).start()
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(stranger.getsockname()[1]))
        start = time.monotonic()
        with pytest.raises(KitError, match=r"adb's server at localhost:\d+ can't be used") as caught:
            list_phones(Adb(adb.program, timeout_s=5))
        stranger.shutdown(socket.SHUT_RDWR)
    assert time.monotonic() - start < 30
    assert "ANDROID_ADB_SERVER_PORT" in caught.value.fix


def test_an_adb_that_is_not_there() -> None:
    with pytest.raises(KitError, match="can't be started"):
        list_phones(Adb(Path("/nonexistent/adb")))
