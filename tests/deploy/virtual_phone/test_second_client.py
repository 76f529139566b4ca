"""A second adb client, adb_shell, which shares no line with the real one: shell, push, pull and install work."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from adb_shell.adb_device import AdbDeviceTcp

from deploy.virtual_phone import VirtualPhone
from tests.deploy.tiny_apk import TinyApk


@pytest.fixture
def phone() -> Iterator[VirtualPhone]:
    with VirtualPhone() as phone:
        yield phone


@pytest.fixture
def device(phone: VirtualPhone) -> Iterator[AdbDeviceTcp]:
    device = AdbDeviceTcp("127.0.0.1", phone.port, default_transport_timeout_s=9)
    assert device.connect(rsa_keys=[], auth_timeout_s=1)
    yield device
    device.close()


def test_shell(device: AdbDeviceTcp) -> None:
    assert device.shell("getprop ro.product.model; echo $?") == "Virtual\n0\n"
    assert device.exec_out("echo one") == "one\n"
    assert "".join(device.streaming_shell("echo two")) == "two\n"


def test_push_list_stat_and_pull(device: AdbDeviceTcp, tmp_path: Path) -> None:
    there, back = tmp_path / "there", tmp_path / "back"
    there.write_bytes(TinyApk(payload_bytes=3_000_000).build())
    device.push(str(there), "/data/local/tmp/x", mtime=1_700_000_000)
    device.pull("/data/local/tmp/x", str(back))
    assert hashlib.sha256(back.read_bytes()).digest() == hashlib.sha256(there.read_bytes()).digest()
    assert device.stat("/data/local/tmp/x")[1] == there.stat().st_size
    names = [entry.filename.decode() for entry in device.list("/data/local/tmp")]
    assert names == [".", "..", "x"]


def test_install_from_a_file_that_was_pushed(device: AdbDeviceTcp, phone: VirtualPhone, tmp_path: Path) -> None:
    apk = tmp_path / "cats.apk"
    apk.write_bytes(TinyApk(payload_bytes=500_000).build())
    device.push(str(apk), "/data/local/tmp/cats.apk")
    assert device.shell("pm install -r /data/local/tmp/cats.apk && rm /data/local/tmp/cats.apk") == "Success\n"
    assert phone.state.packages["org.example.cats"].data == apk.read_bytes()
    assert "/data/local/tmp/cats.apk" not in phone.state.files
