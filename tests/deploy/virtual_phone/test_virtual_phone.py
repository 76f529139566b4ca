"""The virtual phone with the real adb: what a user and the other tests rely on."""

from __future__ import annotations

import gc
import hashlib
import io
import socket
import struct
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.virtual_phone import Faults, PhoneState, PrivateAdbServer, VirtualPhone
from deploy.virtual_phone.framing import Message
from deploy.virtual_phone.manifest import START_ELEMENT, XML, read_apk
from deploy.virtual_phone.shell import run_line
from tests.deploy.tiny_apk import TinyApk, compile_xml


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PrivateAdbServer]:
    with PrivateAdbServer(Adb.bundled().program, tmp_path) as server:
        yield server


def test_push_and_pull_bring_the_same_bytes_back(server: PrivateAdbServer, tmp_path: Path) -> None:
    there, back = tmp_path / "there.bin", tmp_path / "back.bin"
    there.write_bytes(TinyApk(payload_bytes=2_000_000).build())
    with VirtualPhone() as phone:
        serial = server.connect(phone)
        assert server.run("-s", serial, "push", str(there), "/data/local/tmp/x").returncode == 0
        assert hashlib.sha256(phone.state.files["/data/local/tmp/x"]).digest() == hashlib.sha256(there.read_bytes()).digest()
        assert server.run("-s", serial, "pull", "/data/local/tmp/x", str(back)).returncode == 0
        assert server.run("-s", serial, "pull", "/data/local/tmp/none", str(back)).returncode == 1
    assert back.read_bytes() == there.read_bytes()


def test_shell_keeps_both_outputs_and_the_exit_code_apart(server: PrivateAdbServer) -> None:
    with VirtualPhone() as phone:
        serial = server.connect(phone)
        good = server.run("-s", serial, "shell", "getprop ro.product.model; getprop no.such")
        bad = server.run("-s", serial, "shell", "toast")
    assert (good.returncode, good.stdout, good.stderr) == (0, "Virtual\n\n", "")
    assert (bad.returncode, bad.stdout) == (127, "")
    assert "toast" in bad.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="a port is held on Linux alone")
def test_nobody_gets_the_port_of_a_phone_that_is_off(server: PrivateAdbServer) -> None:
    """Else a phone that reboots may come back to a taken port, as one of several did."""
    with VirtualPhone() as phone:
        phone.switch_off()
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", phone.port))
        with socket.socket() as caller, pytest.raises(ConnectionRefusedError):
            caller.connect(("127.0.0.1", phone.port))
        phone.switch_on()
        phone.switch_on()
        assert server.run("-s", server.connect(phone), "shell", "getprop ro.product.model").stdout == "Virtual\n"
    with socket.create_server(("127.0.0.1", phone.port)):
        pass  # free again afterwards


def test_a_phone_that_is_not_opened_leaves_nothing_open() -> None:
    VirtualPhone()
    with VirtualPhone() as phone:
        taken = VirtualPhone(port=phone.port)
        with pytest.raises(OSError, match="in use"):
            taken.__enter__()
        del taken
        gc.collect()  # what is left open is a warning, and a failure


def test_three_phones_at_once_each_its_own(server: PrivateAdbServer) -> None:
    with (
        VirtualPhone(PhoneState(model="One")) as one,
        VirtualPhone(PhoneState(model="Two")) as two,
        VirtualPhone(faults=Faults(auth="refuse")) as locked,
    ):
        serials = [server.connect(phone) for phone in (one, two, locked)]
        listed = server.run("devices", "-l").stdout
        answers = [server.run("-s", serial, "shell", "getprop ro.product.model").stdout for serial in serials]
    assert answers == ["One\n", "Two\n", ""]
    assert listed.count(" device ") == 2
    assert listed.count("unauthorized") == 1


def test_the_server_is_gone_afterwards_and_the_users_home_untouched(tmp_path: Path) -> None:
    with PrivateAdbServer(Adb.bundled().program, tmp_path) as server, VirtualPhone() as phone:
        server.connect(phone)
        assert (tmp_path / ".android" / "adbkey").is_file()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=2)


def test_an_apk_declares_what_was_written_into_it() -> None:
    tiny = TinyApk("org.example.한글", 7, 26, True, ("a.b.C", "d.e.F"), ".Main", ("x86_64", "arm64-v8a"))
    info = read_apk(tiny.build())
    assert (info.package, info.version_code, info.min_sdk, info.test_only) == ("org.example.한글", 7, 26, True)
    assert info.permissions == {"a.b.C", "d.e.F"}
    assert info.activities == {"org.example.한글.Main"}
    assert info.abis == {"x86_64", "arm64-v8a"}


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_part_of_an_apk_is_refused(share: float) -> None:
    whole = TinyApk().build()
    with pytest.raises(ValueError, match="not an APK"):
        read_apk(whole[: int(len(whole) * share)])


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"<manifest/>",
        struct.pack("<HHI", XML, 8, 16) + struct.pack("<HHI", START_ELEMENT, 16, 0),
        compile_xml([("manifest", {"versionCode": 1})]),
        compile_xml([("resources", {"package": "org.example"})]),
    ],
    ids=["empty", "text", "chunk of no size", "no package", "no manifest"],
)
def test_an_apk_with_a_damaged_manifest_is_refused(manifest: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as apk:
        apk.writestr("AndroidManifest.xml", manifest)
    with pytest.raises(ValueError, match="not an APK"):
        read_apk(packed.getvalue())


def test_a_server_that_does_not_start_is_reported(tmp_path: Path) -> None:
    adb = tmp_path / "adb"
    adb.write_text("#!/bin/sh\necho 'cannot bind' >&2\nexit 1\n", encoding="utf-8")
    adb.chmod(0o755)
    with pytest.raises(KitError, match="did not start") as caught, PrivateAdbServer(adb, tmp_path):
        pass
    assert caught.value.why == "cannot bind"


def test_a_frame_for_an_old_peer_has_its_checksum() -> None:
    frame = Message("WRTE", 1, 2, b"\x01\xff").encode(checksum=True)
    assert frame[:4] == b"WRTE"
    assert int.from_bytes(frame[16:20], "little") == 0x100
    assert int.from_bytes(frame[20:24], "little") == int.from_bytes(b"WRTE", "little") ^ 0xFFFFFFFF


def test_programs_are_separated_outside_quotes_only() -> None:
    state = PhoneState()
    assert run_line(state, "echo a b; echo c 'd;e'; ;echo f").out == b"a b\nc d;e\nf\n"
    assert run_line(state, "toast; echo code=$?").out == b"code=127\n"
