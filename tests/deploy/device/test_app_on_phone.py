"""What is done with an app on a phone: files fetched, pictures taken, replaced and removed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from appspec.errors import KitError
from deploy.device import listing
from deploy.device.adb import Adb
from deploy.device.choose import Selection, choose_phones
from deploy.device.deploy import deploy
from deploy.device.fleet import on_each
from deploy.device.install import is_installed, uninstall
from deploy.device.pull import pull
from deploy.device.screenshot import is_black, screenshot
from deploy.virtual_phone import PrivateAdbServer, VirtualPhone
from deploy.virtual_phone.packages import install
from tests.deploy.device.conftest import PACKAGE, QUICK, TARGET, Deploy
from tests.deploy.tiny_apk import TinyApk

SHARED = f"/sdcard/Android/data/{PACKAGE}/files"


@pytest.fixture
def app(phone: VirtualPhone) -> bytes:
    """A debuggable app on the phone, older than the one that is deployed."""
    data = TinyApk(debuggable=True, version_code=1).build()
    assert install(phone.state, len(data), data, []) == "Success"
    return data


def test_shared_files_are_fetched_with_their_folders(phone: VirtualPhone, app: bytes, adb: Adb, tmp_path: Path) -> None:
    files = {"benchmark/apkiln.json": b"{}", "recordings/a b/고양이.csv": b"1,2\n" * 50_000, "empty": b""}
    for name, data in files.items():
        phone.state.disk.write(f"{SHARED}/{name}", data)
    (tmp_path / "out/benchmark").mkdir(parents=True)
    (tmp_path / "out/benchmark/apkiln.json").write_bytes(b"of before")
    (tmp_path / "out/mine").write_bytes(b"mine")
    found = pull(adb, phone.serial, PACKAGE, tmp_path / "out", private=False)
    assert {file.name: file.path.read_bytes() for file in found} == files
    assert (tmp_path / "out/mine").read_bytes() == b"mine"
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")] == []


def failure(work: Callable[[], object]) -> KitError | None:
    try:
        work()
    except KitError as error:
        return error
    return None


@pytest.mark.parametrize("private", [False, True])
def test_a_cut_leaves_no_file_that_is_half_there(
    private: bool, phone: VirtualPhone, app: bytes, adb: Adb, tmp_path: Path
) -> None:
    home = f"/data/data/{PACKAGE}/files" if private else SHARED
    for name in ("a", "b", "c"):
        phone.state.disk.write(f"{home}/{name}", name.encode() * 300_000)
    begin = phone.state.steps
    pull(adb, phone.serial, PACKAGE, tmp_path / "clean", private)
    total = phone.state.steps - begin
    for step in range(1, total, 3):
        out = tmp_path / f"{step}"
        phone.faults.cut_at_step = phone.state.steps + step
        error = failure(lambda to=out: pull(adb, phone.serial, PACKAGE, to, private))  # type: ignore[misc]
        assert error is None or phone.serial in error.what + error.why
        assert len([path for path in out.rglob("*") if path.is_file()]) == (0 if error is not None else 3)
        phone.faults.cut_at_step = None
        adb.run("wait-for-device", serial=phone.serial)


@pytest.mark.parametrize("private", [False, True])
def test_no_app_and_no_files_are_told(private: bool, phone: VirtualPhone, adb: Adb, tmp_path: Path) -> None:
    with pytest.raises(KitError, match="is not on") as caught:
        pull(adb, phone.serial, PACKAGE, tmp_path / "out", private, " --app cats")
    assert caught.value.fix == f"invoke deploy --app cats --device {phone.serial}"
    data = TinyApk(debuggable=True).build()
    install(phone.state, len(data), data, [])
    with pytest.raises(KitError, match="has no files"):
        pull(adb, phone.serial, PACKAGE, tmp_path / "out", private)


def test_files_that_can_not_be_written_are_one_error(phone: VirtualPhone, app: bytes, adb: Adb, tmp_path: Path) -> None:
    phone.state.disk.write(f"{SHARED}/a", b"new")
    (tmp_path / "a").mkdir()
    with pytest.raises(KitError, match="can't be written") as caught:
        pull(adb, phone.serial, PACKAGE, tmp_path, private=False)
    assert (caught.value.why, list(tmp_path.iterdir())) == ("Is a directory", [tmp_path / "a"])


def test_private_files_of_a_release_are_not_to_be_read(phone: VirtualPhone, adb: Adb, tmp_path: Path) -> None:
    data = TinyApk(debuggable=False).build()
    install(phone.state, len(data), data, [])
    with pytest.raises(KitError, match="can't be read") as caught:
        pull(adb, phone.serial, PACKAGE, tmp_path / "out", private=True)
    assert "not debuggable" in caught.value.why


def test_a_picture_of_the_screen(phone: VirtualPhone, adb: Adb) -> None:
    png = screenshot(adb, phone.serial)
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (phone.state.screen.width, phone.state.screen.height)
    assert not is_black(png)


def test_a_black_picture_is_known() -> None:
    packed = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 255)).save(packed, "PNG")
    assert is_black(packed.getvalue())


@pytest.mark.parametrize(
    ("answer", "says"),
    [(b"", "gives none"), (b"screencap: no display\n", "no display"), (b"\x89PNG\r\n\x1a\n half", "cut short")],
)
def test_what_is_no_picture_is_told(answer: bytes, says: str, adb: Adb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Adb, "fetch", lambda *_: answer)
    with pytest.raises(KitError, match="no picture") as caught:
        screenshot(adb, "R58M")
    assert says in caught.value.why


def test_words_before_a_picture_are_no_part_of_it(phone: VirtualPhone, adb: Adb, monkeypatch: pytest.MonkeyPatch) -> None:
    png = screenshot(adb, phone.serial)
    monkeypatch.setattr(Adb, "fetch", lambda *_: b"[Warning] Multiple displays were found\n" + png)
    assert screenshot(adb, phone.serial) == png


def test_uninstalled_is_gone_with_its_data(phone: VirtualPhone, app: bytes, adb: Adb) -> None:
    phone.state.disk.write(f"/data/data/{PACKAGE}/files/x", b"x")
    assert is_installed(adb, phone.serial, PACKAGE)
    uninstall(adb, phone.serial, PACKAGE)
    assert not is_installed(adb, phone.serial, PACKAGE)
    assert not phone.state.disk.exists(f"/data/data/{PACKAGE}/files/x")
    with pytest.raises(KitError, match="keeps") as caught:
        uninstall(adb, phone.serial, PACKAGE)
    assert "DELETE_FAILED" in caught.value.why


@pytest.mark.parametrize("replace_data", [False, True])
def test_only_replace_data_removes_a_newer_app(
    replace_data: bool, phone: VirtualPhone, apk: Path, messages: list[str], run_deploy: Deploy
) -> None:
    newer = TinyApk(version_code=9).build()
    install(phone.state, len(newer), newer, [])
    (chosen,) = choose_phones(Selection(), messages.append)
    if replace_data:
        assert deploy(apk, TARGET, chosen, messages.append, QUICK, replace_data=True).installed
        assert phone.state.packages[PACKAGE].data == apk.read_bytes()
        assert any("with its data" in line and "VERSION_DOWNGRADE" in line for line in messages)
    else:
        with pytest.raises(KitError, match="VERSION_DOWNGRADE"):
            deploy(apk, TARGET, chosen, messages.append, QUICK)
        assert phone.state.packages[PACKAGE].data == newer


def test_replace_data_removes_nothing_where_that_would_not_help(
    phone: VirtualPhone, app: bytes, apk: Path, messages: list[str]
) -> None:
    phone.faults.refuse_install = "INSTALL_FAILED_INSUFFICIENT_STORAGE"
    (chosen,) = choose_phones(Selection(), messages.append)
    with pytest.raises(KitError, match="INSUFFICIENT_STORAGE"):
        deploy(apk, TARGET, chosen, messages.append, QUICK, replace_data=True)
    assert phone.state.packages[PACKAGE].data == app


def test_one_phone_at_two_addresses_is_one(server: PrivateAdbServer, phone: VirtualPhone, messages: list[str]) -> None:
    other = f"127.0.0.1:{phone.listen_at(0)}"
    server.run("connect", other)
    (chosen,) = choose_phones(Selection(), messages.append)
    assert {chosen.serial, chosen.also[0].serial} == {phone.serial, other}
    assert len(choose_phones(Selection(every=True), messages.append)) == 1
    assert len(choose_phones(Selection((phone.serial, other)), messages.append)) == 1
    assert [one.serial for one in choose_phones(Selection((other,)), messages.append)] == [other]


@pytest.mark.parametrize("years", [-40, 10])
@pytest.mark.parametrize("crash", ["no", "java"])
def test_a_phones_wrong_clock_changes_nothing(crash: str, years: int, phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.faults.clock_offset_s = years * 365 * 86_400.0
    phone.faults.crash = crash  # type: ignore[assignment]
    if crash == "no":
        assert run_deploy().installed
    else:
        with pytest.raises(KitError, match="crashed at its start"):
            run_deploy()


def test_one_that_tells_its_number_late_is_told_apart_then(
    server: PrivateAdbServer, phone: VirtualPhone, messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = f"127.0.0.1:{phone.listen_at(0)}"
    server.run("connect", other)
    told = listing._asked
    monkeypatch.setattr(listing, "_asked", lambda entry, ask_s: entry if entry.serial == other else told(entry, ask_s))
    chosen = choose_phones(Selection(every=True), messages.append)
    outcomes = {one.phone.serial: one for one in on_each(chosen, lambda phone, say: phone.serial, messages.append)}
    assert outcomes[phone.serial].result == phone.serial
    error = outcomes[other].error
    assert error is not None
    assert phone.serial in error.why
