"""Adb servers that aren't ours: never ended, whatever version they are; and what they list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.choose import Selection, choose_phones, table
from deploy.device.connection import MDNS, NO_GROUP, is_wireless, state_remedy
from deploy.device.listing import Connected, Phone, list_phones, own_number, parse_devices
from deploy.device.program import program_version
from deploy.device.server import AdbServer, named_server, usual_server
from tests.deploy.device.fake_server import FakeServer

GALAXY = "R58M123ABC device usb:1-2 product:o1s model:SM_G991N device:o1s transport_id:3\n"
WIRELESS = "adb-0A1B2CDEF34567-aB3dEf (2)._adb-tls-connect._tcp"


@pytest.fixture(autouse=True)
def no_adb_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """HOME, PATH and the SDK's variables name none."""
    for name in ("ANDROID_HOME", "ANDROID_SDK_ROOT", "ANDROID_SERIAL", "ADB_SERVER_SOCKET", "ANDROID_ADB_SERVER_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))


def use(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(server.port))


def asked(server: FakeServer) -> set[str]:
    """What it was asked for beside its version."""
    return set(server.requests) - {"host:version"}


@pytest.mark.parametrize("dies", [True, False])
def test_a_server_of_another_version_is_left_alone(dies: bool, monkeypatch: pytest.MonkeyPatch, messages: list[str]) -> None:
    with FakeServer(40, GALAXY, dies) as server:
        use(server, monkeypatch)
        for attempt in (lambda: choose_phones(Selection(), messages.append), lambda: list_phones(Adb.bundled())):
            with pytest.raises(KitError, match="of another version") as caught:
                attempt()
            assert f"localhost:{server.port}" in caught.value.what
            assert "version 40" in caught.value.why
            assert "ANDROID_ADB_SERVER_PORT" in caught.value.fix
        assert asked(server) == set()


def test_a_server_that_knows_no_versions_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old(FakeServer):
        def serve(self, client: object, request: str) -> None:
            super().serve(client, "host:features")  # type: ignore[arg-type]

    with Old() as server:
        use(server, monkeypatch)
        with pytest.raises(KitError, match="of another version"):
            list_phones(Adb.bundled())
        assert asked(server) == set()


@pytest.mark.parametrize("place", ["PATH", "ANDROID_HOME", "HOME"])
def test_the_users_own_adb_of_that_version_is_taken(
    place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, messages: list[str]
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "adb").write_text("#!/no/such/shell\n")
    (broken / "adb").chmod(0o755)
    folder = {"PATH": tmp_path / "bin", "ANDROID_HOME": tmp_path / "sdk/platform-tools"}.get(
        place, tmp_path / "Android/Sdk/platform-tools"
    )
    folder.mkdir(parents=True)
    program = folder / "adb"
    program.write_text("#!/bin/sh\necho 'Android Debug Bridge version 1.0.40'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken}:{folder}" if place == "PATH" else str(broken))
    if place == "ANDROID_HOME":
        monkeypatch.setenv("ANDROID_HOME", str(folder.parent))
    with FakeServer(40, GALAXY) as server:
        use(server, monkeypatch)
        assert Adb.fitting().program == program
        assert Adb.fitting(named_server(f"127.0.0.1:{server.port}")).program == program


def test_the_bundled_adb_is_of_the_version_that_is_current() -> None:
    assert program_version(Adb.bundled().program) == 41


@pytest.mark.parametrize(
    ("listed", "serial"),
    [
        (f"{WIRELESS} device product:lynx model:Pixel_7a device:lynx transport_id:2426\n", WIRELESS),
        (f"{WIRELESS}\tdevice\n", WIRELESS),
    ],
)
def test_a_serial_with_blanks_is_a_phone(listed: str, serial: str, monkeypatch: pytest.MonkeyPatch, messages: list[str]) -> None:
    with FakeServer(41, listed) as server:
        use(server, monkeypatch)
        assert [one.serial for one in choose_phones(Selection(), messages.append)] == [serial]
        assert [one.serial for one in choose_phones(Selection((serial,)), messages.append)] == [serial]


@pytest.mark.parametrize("state", ["offline", "unauthorized", "connecting", "detached"])
@pytest.mark.parametrize("serial", [WIRELESS, "adb-0A1B2CDEF34567-aB3dEf._adb-tls-connect._tcp", "192.168.0.5:5555"])
def test_a_wireless_phone_is_never_to_be_unplugged(
    serial: str, state: str, monkeypatch: pytest.MonkeyPatch, messages: list[str]
) -> None:
    with FakeServer(41, f"{serial} {state} transport_id:7\n") as server:
        use(server, monkeypatch)
        with pytest.raises(KitError, match="isn't ready") as caught:
            choose_phones(Selection(), messages.append, settle_s=0)
    assert state in caught.value.why
    assert caught.value.fix
    assert not re.search(r"plug|cable", caught.value.fix)
    assert ("Wireless debugging" in caught.value.fix) == (":" not in serial)


@pytest.mark.parametrize(
    "state",
    ["unauthorized", "authorizing", "offline", "connecting", "no permissions", "bootloader", "recovery", "sideload", "detached"],
)
@pytest.mark.parametrize("serial", ["R58M", "emulator-5554"])
def test_each_state_has_a_remedy(state: str, serial: str, monkeypatch: pytest.MonkeyPatch, messages: list[str]) -> None:
    with FakeServer(41, f"{serial} {state} usb:1-2 transport_id:7\n") as server:
        use(server, monkeypatch)
        with pytest.raises(KitError, match="isn't ready") as caught:
            choose_phones(Selection(), messages.append, settle_s=0)
    assert caught.value.fix
    assert caught.value.fix in messages[-1]


def test_one_phone_listed_twice_is_one(monkeypatch: pytest.MonkeyPatch, messages: list[str]) -> None:
    """Neither answers: what their names say decides."""
    listed = (
        "0A1B2CDEF34567         unauthorized usb:1-2 transport_id:3\n"
        "adb-0A1B2CDEF34567-aB3dEf (2)._adb-tls-connect._tcp offline transport_id:4\n"
        "adb-OTHER-aB3dEf._adb-tls-connect._tcp offline transport_id:5\n"
        "emulator-5554 offline transport_id:6\nemulator-5556 offline transport_id:7\n"
    )
    with FakeServer(41, listed) as server:
        use(server, monkeypatch)
        monkeypatch.setenv("COLUMNS", "300")
        with pytest.raises(KitError, match="no phone is ready"):
            choose_phones(Selection(every=True), messages.append, settle_s=0)
    assert [line.split()[0] for line in messages] == [
        "serial", "0A1B2CDEF34567", "adb-OTHER-aB3dEf._adb-tls-connect._tcp", "emulator-5554", "emulator-5556",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "phone"),
    [
        ("R58M  no permissions (missing udev rules? user is in the plugdev group); see [http://x/y.html] usb:1-4", ("R58M", "?", "no permissions")),
        ("R58M\tno permissions", ("R58M", "?", "no permissions")),
        ("????????????           no permissions usb:1-4", ("????????????", "?", "no permissions")),
        ("(no serial number)     device usb:1-1 product:a model:Phone_2 device:b", ("usb:1-1", "Phone 2", "device")),
        ("(no serial number)\tdevice", ("(no serial number)", "?", "device")),
        ("R58M  no permissions (missing udev rules? user is not in the plugdev group); see [http://x/y.html] usb:1-4", ("R58M", "?", NO_GROUP)),
        ("R58M  device 3-1.2 product:x model:y device:z transport_id:3", ("R58M", "y", "device")),
        ("R58M  moonstate usb:1-4 transport_id:3", ("R58M", "?", "moonstate")),
        ("my device offline  device product:x model:y device:z", ("my device offline", "y", "device")),
        ("a   b\tdevice", ("a   b", "?", "device")),
        ("$(rm -rf ~)  offline", ("$(rm -rf ~)", "?", "offline")),
        ("핸드폰  device", ("핸드폰", "?", "device")),
    ],
)  # fmt: skip
def test_a_serial_is_all_that_stands_before_a_known_state(line: str, phone: tuple[str, str, str]) -> None:
    assert parse_devices(f"List of devices attached\n{line}\n\n") == [Phone(*phone)]


def test_phones_that_share_a_number_are_called_by_their_plugs() -> None:
    listed = "0123456789ABCDEF device usb:1-2 model:A\n0123456789ABCDEF device usb:1-3 model:B\nR58M device usb:1-4 model:C\n"
    assert parse_devices(listed) == [
        Phone("usb:1-2", "A", "device"),
        Phone("usb:1-3", "B", "device"),
        Phone("R58M", "C", "device"),
    ]
    assert not is_wireless("usb:1-2")


@pytest.mark.parametrize(
    ("serial", "number"),
    [
        ("adb-R58M-12-aB3dEf._adb-tls-connect._tcp", "R58M-12"),
        ("adb-R58M (2)._adb._tcp.", "R58M"),
        ("adb-R58M-aB3dEf (12)._adb-tls-connect._tcp.local.", "R58M"),
    ],
)
def test_a_phone_that_announces_itself_is_wireless(serial: str, number: str) -> None:
    found = MDNS.fullmatch(serial)
    assert found is not None
    assert found["serialno"] == number
    assert is_wireless(serial)
    assert "Wireless debugging" in state_remedy("offline", serial, lambda *_, **__: "adb")


@pytest.mark.parametrize(
    ("serial", "number", "own"),
    [
        ("192.168.0.5:5555", "R58M", "R58M"),
        ("0123456789ABCDEF", "0123456789ABCDEF", None),
        ("usb:1-2", "R58M", None),
        ("emulator-5554", "EMULATOR36X0", None),
        ("R58M", "", None),
    ],
)
def test_a_number_that_others_have_too_is_no_phones_own(serial: str, number: str, own: str | None) -> None:
    assert own_number(serial, number) == own


def test_what_is_no_phone_is_none() -> None:
    assert (
        parse_devices("* daemon not running; starting now at tcp:5037\n* daemon started successfully\nList of devices attached\n")
        == []
    )


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({}, ("localhost", 5037)),
        ({"ANDROID_ADB_SERVER_PORT": "5038", "ANDROID_ADB_SERVER_ADDRESS": "shelf"}, ("shelf", 5038)),
        ({"ADB_SERVER_SOCKET": "tcp:5039", "ANDROID_ADB_SERVER_PORT": "5038"}, ("localhost", 5039)),
        ({"ADB_SERVER_SOCKET": "tcp:shelf:5039"}, ("shelf", 5039)),
        ({"ADB_SERVER_SOCKET": "localfilesystem:/tmp/adb"}, "/tmp/adb"),
    ],
)
def test_the_server_is_found_as_adb_finds_it(
    variables: dict[str, str], address: tuple[str, int] | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANDROID_ADB_SERVER_PORT", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert usual_server() == AdbServer(address)


@pytest.mark.parametrize("name", ["ANDROID_ADB_SERVER_PORT", "ADB_SERVER_SOCKET"])
def test_a_variable_that_is_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "five")
    with pytest.raises(KitError, match=name):
        usual_server()


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("shelf", ("-H", "shelf", "-P", "5037")),
        ("shelf-2.lab:5038", ("-H", "shelf-2.lab", "-P", "5038")),
        ("[::1]:5038", ("-H", "[::1]", "-P", "5038")),
    ],
)
def test_a_named_server_is_handed_to_adb(text: str, arguments: tuple[str, ...]) -> None:
    assert named_server(text).arguments == arguments
    assert Adb(Path("adb"), server=named_server(text)).command("devices") == " ".join(["adb", *arguments, "devices"]).replace(
        "[::1]", "'[::1]'"
    )


def test_the_table_keeps_the_servers_apart() -> None:
    there = Adb(Path("adb"), server=named_server("shelf:5037"))
    lines = table([Connected(Adb(Path("adb")), Phone("A", "M", "device")), Connected(there, Phone("A", "M", "device"))])
    assert [line.split("  ")[0].rstrip() for line in lines] == ["serial", "A", "A at shelf:5037"]


def test_a_narrow_terminal_has_what_to_do_below(monkeypatch: pytest.MonkeyPatch) -> None:
    locked = [Connected(Adb(Path("adb")), Phone("127.0.0.1:5555", "SM-S931B", "unauthorized"))]
    monkeypatch.setenv("COLUMNS", "60")
    head, row, remedy = table(locked)
    assert (head, row) == ("serial          model     state", "127.0.0.1:5555  SM-S931B  unauthorized")
    assert remedy.startswith("    unlock it")
    monkeypatch.setenv("COLUMNS", "300")
    assert len(table(locked)) == 2


def test_a_long_place_of_adb_stands_once_in_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / ("long" * 20) / "adb"
    fix = state_remedy("offline", "127.0.0.1:5555", Adb(program).command)
    assert fix == f"{program} disconnect 127.0.0.1:5555 and then the same with connect in place of disconnect"
    program.parent.mkdir()
    for folder in (program.parent, tmp_path):
        (folder / "adb").write_text("#!/bin/sh\necho Android Debug Bridge version 1.0.41\n")
        (folder / "adb").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert Adb(program).command("devices") == "adb devices"


def test_no_adb_at_all_says_where_to_get_one(monkeypatch: pytest.MonkeyPatch, messages: list[str]) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(KitError, match="no adb") as caught:
        choose_phones(Selection(), messages.append)
    assert "adbutils" in caught.value.fix
