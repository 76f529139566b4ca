"""The tasks on phones from outside: what they print, with which exit code, on two virtual phones and a third that can't be used."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import flow.build
import flow.deploy
from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.choose import Selection
from deploy.virtual_phone import Faults, PhoneState, PrivateAdbServer, VirtualPhone
from deploy.virtual_phone.packages import install
from flow.deploy import deploy
from flow.screen import Screen
from tests.conftest import TRAINED
from tests.deploy.tiny_apk import TinyApk
from tests.kit import Finished, Kit, copy_kit

PACKAGE = "org.example.tiny"


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    kit = copy_kit(tmp_path_factory.mktemp("phones") / "kit")
    kit.write_app(TRAINED)
    return kit


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PrivateAdbServer]:
    (tmp_path / "adb").mkdir()
    with PrivateAdbServer(Adb.bundled().program, tmp_path / "adb") as server:
        yield server


@pytest.fixture
def phones(server: PrivateAdbServer) -> Iterator[list[VirtualPhone]]:
    """Two with the app, and one that doesn't trust this computer."""
    data = TinyApk(PACKAGE, debuggable=True).build()
    with ExitStack() as stack:
        made = [stack.enter_context(VirtualPhone(PhoneState(model=f"Number {place}"))) for place in range(2)]
        made.append(stack.enter_context(VirtualPhone(PhoneState(model="Locked"), Faults(auth="refuse"))))
        for phone in made:
            server.connect(phone)
        for phone in made[:2]:
            assert install(phone.state, len(data), data, []) == "Success"
        yield made


def invoke(kit: Kit, server: PrivateAdbServer, *arguments: str) -> Finished:
    return kit.run(*arguments, environment={**server.environment, "ANDROID_SERIAL": ""})


def two(phones: Sequence[VirtualPhone]) -> list[str]:
    return [word for phone in phones[:2] for word in ("--device", phone.serial)]


def rows(end: Finished) -> dict[str, Any]:
    """The table's rows by the phones' names."""
    return {row.get("serial", row.get("phone")): row for row in json.loads(end.out)}


def test_devices_tells_what_each_phone_is_and_what_to_do(kit: Kit, server: PrivateAdbServer, phones: list[VirtualPhone]) -> None:
    phones[1].faults.command_delay_s = 60
    end = invoke(kit, server, "devices", "--json")
    assert end.code == 0, end
    found = rows(end)
    assert found[phones[0].serial] == {
        "serial": phones[0].serial,
        "server": None,
        "by": "Wi-Fi",
        "state": "device",
        "model": "Number 0",
        "kind": "virtual",
        "android": "16",
        "sdk": 36,
        "abis": ["arm64-v8a", "armeabi-v7a"],
        "soc": "Virtual",
        "gpu": "Virtual, Virtual GPU, OpenGL ES 3.2",
        "battery": 87,
        "temperature": found[phones[0].serial]["temperature"],
        "also": [],
        "remedy": None,
    }
    assert 15 < found[phones[0].serial]["temperature"] < 60
    assert (found[phones[1].serial]["state"], bool(found[phones[1].serial]["remedy"])) == ("does not answer", True)
    assert found[phones[2].serial]["state"] == "unauthorized"
    assert "tap Allow" in found[phones[2].serial]["remedy"]
    shown = invoke(kit, server, "devices")
    assert "87 %" in shown.out
    assert "(virtual)" in shown.out
    assert "(API" in shown.out
    assert "tap Allow" in shown.out


def test_a_phone_that_fails_stops_no_other_and_is_told(kit: Kit, server: PrivateAdbServer, phones: list[VirtualPhone]) -> None:
    end = invoke(kit, server, "run", "--app", "tiny", "--all", "--json")
    assert end.code == 1, end
    found = rows(end)
    assert [found[phone.serial].get("app") for phone in phones] == [PACKAGE, PACKAGE, None]
    assert "unauthorized" in found[phones[2].serial]["why"]
    assert end.error()[-3] == "✗ 1 of 3 phones failed"
    assert end.error()[-1].endswith(f"for that one alone, with --device {phones[2].serial}")
    assert phones[0].state.processes[PACKAGE] == found[phones[0].serial]["process"]


def test_logs_screenshot_pull_and_uninstall(
    kit: Kit, server: PrivateAdbServer, phones: list[VirtualPhone], tmp_path: Path
) -> None:
    chosen = two(phones)
    phones[1].state.disk.write(f"/sdcard/Android/data/{PACKAGE}/files/benchmark/apkiln.json", b"{}")
    assert invoke(kit, server, "run", "--app", "tiny", *chosen).code == 0
    log = invoke(kit, server, "logs", "--app", "tiny", "--no-follow", *chosen)
    assert log.out.count(f"{PACKAGE} started") == 2, log
    pictures = rows(invoke(kit, server, "screenshot", "--out", str(tmp_path / "새 folder/s.png"), "--json", *chosen))
    assert all(Path(row["file"]).read_bytes().startswith(b"\x89PNG") for row in pictures.values())
    end = invoke(kit, server, "pull", "--app", "tiny", "--out", str(tmp_path / "files"), "--json", *chosen)
    assert end.code == 1
    found = rows(end)
    assert "has no files" in found[phones[0].serial]["failed"]
    assert (Path(found[phones[1].serial]["folder"]) / found[phones[1].serial]["files"][0]).read_bytes() == b"{}"
    for removed in (True, False):
        end = invoke(kit, server, "uninstall", "--app", "tiny", "--json", *chosen)
        assert {row["removed"] for row in rows(end).values()} == {removed}
    end = invoke(kit, server, "run", "--app", "tiny", "--device", phones[0].serial)
    assert (end.code, "invoke deploy" in end.err) == (1, True)


def test_ctrl_c_ends_the_log_without_an_error(kit: Kit, server: PrivateAdbServer, phones: list[VirtualPhone]) -> None:
    run = kit.start("logs", "--app", "tiny", *two(phones), environment=server.environment)
    run.wait_until(lambda: all(any("logcat" in line for line in phone.state.commands) for phone in phones[:2]), 60)
    run.signal(signal.SIGINT)
    end = run.finish(30)
    assert (end.code, end.err) == (0, ""), end
    assert run.survivors() == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("deploy", "--device", "nonsense"), "no phone nonsense"),
        (("deploy", "--device"), "--device needs a value"),
        (("deploy",), "which phone?"),
        (("deploy", "--all", "--device", "x"), "--device and --all can't be given together"),
        (("deploy", "--adb", "127.0.0.1:1"), "no adb server at 127.0.0.1:1"),
        (("logs", "--adb", "$(x)"), "--adb '$(x)' can't be used"),
        (("screenshot", "--device", "nonsense"), "no phone nonsense"),
        (("screenshot", "--out", "x.jpg"), "--out x.jpg can't be used"),
        (("deploy", "--device", " "), "--device is empty"),
        (("deploy", "--device", "--all"), "--device needs a value"),
    ],
)
def test_a_choice_that_is_none_is_told_before_anything_is_built(
    arguments: tuple[str, ...], says: str, kit: Kit, server: PrivateAdbServer, phones: list[VirtualPhone]
) -> None:
    end = invoke(
        kit, server, *arguments, *(() if arguments[0] == "screenshot" or arguments[-1].startswith("--d") else ("--app", "tiny"))
    )
    assert end.code == 1, end
    assert says in end.error()[-3]
    assert "Traceback" not in end.err
    assert not kit.artifacts().root.exists()


def test_deploy_to_many_ends_with_a_table(
    server: PrivateAdbServer,
    phones: list[VirtualPhone],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    apk = tmp_path / "app.apk"
    apk.write_bytes(TinyApk("io.apkiln.catlandmarks", version_code=2).build())
    monkeypatch.setattr(flow.deploy, "app_lock", lambda *_: nullcontext())
    monkeypatch.setattr(flow.build, "build", lambda *_: SimpleNamespace(apk=apk))
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    phones[1].faults.refuse_install = "INSTALL_FAILED_USER_RESTRICTED: Install canceled by user"
    with pytest.raises(KitError, match="2 of 3 phones failed"):
        deploy("cat_landmarks", None, (), Selection(every=True), False, Screen(as_json=True))
    found = {row["phone"]: row for row in json.loads(capsys.readouterr().out)}
    assert found[phones[0].serial]["installed"] is True
    assert found[phones[0].serial]["sent_bytes"] == apk.stat().st_size
    assert "INSTALL_FAILED_USER_RESTRICTED" in found[phones[1].serial]["failed"]
    assert "Install canceled by user" in found[phones[1].serial]["why"]
    assert "isn't ready" in found[phones[2].serial]["failed"]
