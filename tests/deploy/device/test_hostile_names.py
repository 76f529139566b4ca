"""Names made to be executed: serials, package ids, files and folders, through a real shell and the real adb. None of them is."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from appspec.errors import KitError
from appspec.load import load_app
from deploy.device.adb import Adb
from deploy.device.choose import Selection, choose_phones
from deploy.device.deploy import deploy
from deploy.device.facts import read_facts
from deploy.device.install import install_apk, installed_sha256, uninstall
from deploy.device.launch import Patience, launch
from deploy.device.listing import Connected, Phone
from deploy.device.pull import pull
from deploy.virtual_phone import PrivateAdbServer, VirtualPhone
from deploy.virtual_phone.packages import install
from flow.on_phones import file_names
from tests.deploy.device.conftest import PACKAGE, QUICK, TARGET, Deploy
from tests.deploy.device.fake_server import FakeServer, RenamingServer
from tests.deploy.device.hostile import hostile_names, one_line_names
from tests.deploy.tiny_apk import TinyApk

NAMES = hostile_names()
SHELL_PROGRAMS = ("pm", "am", "pidof", "logcat", "getprop", "sha256sum", "ls", "run-as", "date")
RECORD = """#!/bin/sh
{ printf '%s\\0' "${0##*/}" "$@"; printf '\\0\\0'; } >> "$RECORD"
"""
ADB = """#!/bin/sh
[ "$1" = version ] && { echo 'Android Debug Bridge version 1.0.41'; exit 0; }
"$TOOLS/record-adb" "$@"
[ "$1" = -s ] && shift 2
[ "$1" = shell ] || exit 0
PATH=$TOOLS/phone:/usr/bin:/bin exec /bin/sh -c "$2"
"""


class ShellPhone:
    """A phone whose shell is this computer's real one: its programs only write down what they were called with."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._record = folder / "record"
        programs = folder / "tools" / "phone"
        programs.mkdir(parents=True)
        for path in (*(programs / name for name in SHELL_PROGRAMS), programs.parent / "record-adb"):
            _executable(path, RECORD)
        monkeypatch.setenv("TOOLS", str(programs.parent))
        monkeypatch.setenv("RECORD", str(self._record))
        home = folder / "home"
        home.mkdir()
        monkeypatch.chdir(home)
        self.home = home
        self.adb = Adb(_executable(programs.parent / "adb", ADB))

    def calls(self) -> list[list[str]]:
        """Each program that was run since the last question, with its words."""
        text = self._record.read_bytes().decode() if self._record.exists() else ""
        self._record.unlink(missing_ok=True)
        return [call.removesuffix("\0").split("\0") for call in text.split("\0\0\0") if call]


def _executable(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def shell_phone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ShellPhone:
    return ShellPhone(tmp_path, monkeypatch)


@pytest.fixture
def any_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something that says the current version, for programs that ask no server."""
    monkeypatch.setattr("deploy.device.server.AdbServer.version", lambda _: 41)


def test_there_are_200_names() -> None:
    assert len(NAMES) >= 200
    assert len(one_line_names()) >= 150


def test_a_package_id_is_a_word_to_a_real_shell(shell_phone: ShellPhone, any_server: None) -> None:
    for name in NAMES:
        works: list[Callable[[str], object]] = [
            lambda package: installed_sha256(shell_phone.adb, "R58M", package),
            lambda package: launch(
                shell_phone.adb, "R58M", dataclasses.replace(TARGET, application_id=package), print, Patience(0, 0, 0, 0)
            ),
            lambda package: uninstall(shell_phone.adb, "R58M", package),
        ]
        for work in works:
            with suppress(KitError):
                work(name)
        calls = [call for call in shell_phone.calls() if call[0] != "record-adb" or call[3] != "shell"]
        assert ["pm", "path", name] in calls, name
        assert ["pm", "grant", name, "android.permission.CAMERA"] in calls, name
        assert ["am", "start", "-S", "-n", f"{name}/{TARGET.activity}"] in calls, name
        assert ["pidof", name] in calls, name
        assert ["record-adb", "-s", "R58M", "uninstall", name] in calls, name
        assert list(shell_phone.home.iterdir()) == [], name


def test_a_serial_and_a_file_are_words_to_adb(shell_phone: ShellPhone, any_server: None, tmp_path: Path) -> None:
    apk = TinyApk().build()
    for name in NAMES:
        with suppress(KitError):
            read_facts(shell_phone.adb, name)
        assert ["record-adb", "-s", name, "shell"] in [call[:4] for call in shell_phone.calls()], name
        if "/" in name or len(name.encode()) > 200 or name in (".", ".."):
            continue
        file = shell_phone.home / name
        file.write_bytes(apk)
        with suppress(KitError):
            install_apk(shell_phone.adb, "R58M", Path(name), PACKAGE, print)
        assert ["record-adb", "-s", "R58M", "install", "-r", str(file)] in shell_phone.calls(), name
        file.unlink()
        assert list(shell_phone.home.iterdir()) == [], name


def test_a_remedy_can_be_pasted_into_a_shell(shell_phone: ShellPhone) -> None:
    for name in NAMES:
        line = shell_phone.adb.command("disconnect", name, serial=name)
        subprocess.run(["bash", "-c", line], check=True, cwd=shell_phone.home)
        assert shell_phone.calls() == [["record-adb", "-s", name, "disconnect", name]], name
        assert list(shell_phone.home.iterdir()) == [], name


def test_serials_reach_the_phone_through_the_real_adb(
    server: PrivateAdbServer, phone: VirtualPhone, apk: Path, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = one_line_names()
    for place, name in enumerate(names):
        with RenamingServer(server.port, {name: phone.serial}) as renamed:
            monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(renamed.port))
            (chosen,) = choose_phones(Selection((name,)), messages.append)
            assert chosen.serial == name
            assert read_facts(chosen.adb, chosen.serial).model == "Virtual", name
            if place % 20 == 0:
                assert deploy(apk, TARGET, chosen, messages.append, QUICK).serial == name
    assert phone.state.packages[PACKAGE].data == apk.read_bytes()


def test_a_serial_that_adb_can_not_list_is_refused_clearly(monkeypatch: pytest.MonkeyPatch, messages: list[str]) -> None:
    with FakeServer(41, "R58M device\n") as fake:
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(fake.port))
        for name in set(NAMES) - set(one_line_names()):
            with pytest.raises(KitError, match="no phone") as caught:
                choose_phones(Selection((name,)), messages.append)
            assert "R58M" in caught.value.why
        for name in NAMES:
            with pytest.raises(KitError):
                choose_phones(Selection(servers=(f"{name}:x",)), messages.append)


def test_an_apk_of_any_name_is_installed_by_the_real_adb(phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    data = apk.read_bytes()
    for name in ("--x.apk", "$(touch canary).apk", "a'b\"c.apk", "a\nb.apk", "; touch canary;.apk", "고양이 🐈.apk"):
        folder = apk.parent / name
        folder.mkdir()
        path = folder / name
        path.write_bytes(data)
        phone.state.packages.clear()
        assert run_deploy(path=path).installed, name
        assert phone.state.packages[PACKAGE].data == data
    assert {call[0] for call in phone.state.programs} <= {"getprop", "pm", "sha256sum", "date", "am", "pidof", "logcat", "echo"}


def test_private_files_of_any_name_are_fetched(phone: VirtualPhone, adb: Adb, tmp_path: Path) -> None:
    data = TinyApk(debuggable=True).build()
    assert install(phone.state, len(data), data, []) == "Success"
    names = [name for name in NAMES if "/" not in name and name not in (".", "..", "\0") and len(name.encode()) < 200]
    for name in names:
        phone.state.disk.write(f"/data/data/{PACKAGE}/files/{name}", name.encode())
    found = pull(adb, phone.serial, PACKAGE, tmp_path / "out", private=True)
    assert sorted(file.name for file in found) == sorted(f"files/{name}" for name in names)
    assert all(file.path.read_bytes().decode() == file.name.removeprefix("files/") for file in found)


@pytest.mark.parametrize("path", ["../../escaped", "/etc/escaped"])
def test_a_phone_that_names_files_outside_the_folder_is_not_believed(
    path: str, phone: VirtualPhone, adb: Adb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = TinyApk(debuggable=True).build()
    install(phone.state, len(data), data, [])
    shell = Adb.shell
    monkeypatch.setattr(
        Adb,
        "shell",
        lambda self, serial, *programs: (
            dataclasses.replace(shell(self, serial, ("echo",)), out=f"./{path}\0")
            if "find" in programs[0]
            else shell(self, serial, *programs)
        ),
    )
    with pytest.raises(KitError, match="outside"):
        pull(adb, phone.serial, PACKAGE, tmp_path / "out", private=True)
    assert not list((tmp_path / "out").iterdir())


def test_each_phone_has_a_file_name_of_its_own() -> None:
    names = file_names([Connected(Adb(Path("adb")), Phone(name, "?", "device")) for name in NAMES])
    assert len(set(names.values())) == len(NAMES)
    assert all(part and not part.startswith(("-", ".")) and part.replace("/", "") == part for part in names.values())


def test_an_app_that_can_not_be_one_is_refused_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        with pytest.raises(KitError):
            load_app(tmp_path / "apps", name, ())
    assert list(tmp_path.iterdir()) == []
