"""The app's start: a crash is shown, whatever the process does meanwhile."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.crash import find_crash
from deploy.device.launch import Patience, launch
from deploy.virtual_phone import VirtualPhone
from deploy.virtual_phone.packages import install
from tests.deploy.device.conftest import PACKAGE, TARGET, Deploy
from tests.deploy.tiny_apk import TinyApk


@pytest.mark.parametrize("dialog", [False, True], ids=["process gone", "process kept by Android's window"])
@pytest.mark.parametrize("after_s", [0.0, 0.2])
def test_a_crash_in_kotlin_is_shown(
    after_s: float, dialog: bool, phone: VirtualPhone, run_deploy: Deploy, messages: list[str]
) -> None:
    phone.faults.crash, phone.faults.crash_after_s, phone.faults.crash_dialog = "java", after_s, dialog
    with pytest.raises(KitError, match="crashed at its start") as caught:
        run_deploy()
    assert caught.value.why == "java.lang.IllegalStateException: model.tflite wants 96x96, the app 64x64"
    assert any("ModelContract.kt:41" in line for line in messages)


def test_a_crash_in_native_code_is_shown(phone: VirtualPhone, run_deploy: Deploy, messages: list[str]) -> None:
    phone.faults.crash, phone.faults.crash_after_s = "native", 0.1
    with pytest.raises(KitError, match="crashed at its start"):
        run_deploy()
    assert any("libtensorflowlite_jni.so" in line for line in messages)


def test_a_phone_without_a_crash_buffer_shows_it_too(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.faults.crash, phone.faults.crash_buffer = "java", False
    with pytest.raises(KitError, match="crashed at its start"):
        run_deploy()


def test_an_end_without_a_word_is_no_success(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.faults.crash, phone.faults.crash_after_s = "exit", 0.1
    with pytest.raises(KitError, match="doesn't run") as caught:
        run_deploy()
    assert "ended" in caught.value.why


def test_an_end_at_once_is_told_at_once(phone: VirtualPhone, adb: Adb, apk: Path, messages: list[str]) -> None:
    data = apk.read_bytes()
    assert install(phone.state, len(data), data, []) == "Success"
    target = dataclasses.replace(TARGET, arguments=" --app cats")
    launch(adb, phone.serial, target, messages.append)  # whose end is none of the next one's
    phone.faults.crash = "exit"
    with pytest.raises(KitError, match="doesn't run") as caught:
        launch(adb, phone.serial, target, messages.append, Patience(start_s=3600))
    assert caught.value.why == f"its process {phone.state.last_pid} started and ended at once, and no crash is in the log"
    assert caught.value.fix.endswith(f"invoke logs --app cats --no-follow --device {phone.serial}")


def test_an_app_that_runs_already_is_started_anew(phone: VirtualPhone, run_deploy: Deploy) -> None:
    run_deploy()
    before = phone.state.processes[PACKAGE]
    run_deploy()
    assert phone.state.processes[PACKAGE] != before


def test_a_process_that_never_appears_is_no_success(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.faults.missing_commands = frozenset({"pidof"})
    with pytest.raises(KitError, match="doesn't run") as caught:
        run_deploy()
    assert "never appeared" in caught.value.why


def test_an_activity_that_is_not_there_is_an_error(phone: VirtualPhone, run_deploy: Deploy) -> None:
    with pytest.raises(KitError, match="doesn't start") as caught:
        run_deploy(dataclasses.replace(TARGET, activity="io.apkiln.app.Typo"))
    assert "io.apkiln.app.Typo} does not exist" in caught.value.why


def test_a_refused_grant_is_said_and_the_app_starts(phone: VirtualPhone, run_deploy: Deploy, messages: list[str]) -> None:
    phone.faults.grant_refused = True
    run_deploy()
    assert any(line.startswith("CAMERA not granted") and "GRANT_RUNTIME_PERMISSIONS" in line for line in messages)
    assert phone.state.granted[PACKAGE] == set()


def test_a_permission_that_the_app_does_not_ask_for_is_said(
    phone: VirtualPhone, apk: Path, run_deploy: Deploy, messages: list[str]
) -> None:
    apk.write_bytes(TinyApk(permissions=()).build())
    run_deploy()
    assert "android.permission.CAMERA not granted: the app's manifest doesn't ask for it" in messages


def test_an_app_without_permissions_grants_none(phone: VirtualPhone, run_deploy: Deploy) -> None:
    run_deploy(dataclasses.replace(TARGET, permissions=()))
    assert not [line for line in phone.state.commands if line.startswith("pm grant")]


def test_the_crash_of_another_app_is_not_ours() -> None:
    log = "\n".join(
        [
            "--------- beginning of crash",
            "11-24 03:30:00.100  4001  4001 E AndroidRuntime: FATAL EXCEPTION: main",
            "11-24 03:30:00.100  4001  4001 E AndroidRuntime: Process: org.example.catsitter, PID: 4001",
            "11-24 03:30:00.100  4001  4001 E AndroidRuntime: java.lang.IllegalStateException: not ours",
        ]
    )
    assert find_crash(log, PACKAGE) is None
    ours = find_crash(log.replace("catsitter", "cats"), PACKAGE)
    assert ours is not None
    assert ours.cause == "java.lang.IllegalStateException: not ours"


def test_the_apps_first_picture_ends_the_watch_early(phone: VirtualPhone, adb: Adb, apk: Path, messages: list[str]) -> None:
    data = apk.read_bytes()
    assert install(phone.state, len(data), data, []) == "Success"
    assert (
        launch(adb, phone.serial, TARGET, messages.append, Patience(stay_s=3600, drawn_s=0.2)) == phone.state.processes[PACKAGE]
    )


def test_without_a_log_the_process_is_watched(phone: VirtualPhone, adb: Adb, apk: Path, messages: list[str]) -> None:
    data = apk.read_bytes()
    assert install(phone.state, len(data), data, []) == "Success"
    phone.faults.missing_commands = frozenset({"logcat"})
    assert (
        launch(adb, phone.serial, TARGET, messages.append, Patience(stay_s=0.3, drawn_s=3600)) == phone.state.processes[PACKAGE]
    )


def test_a_native_crash_is_told_by_signal_reason_and_place(phone: VirtualPhone, run_deploy: Deploy, messages: list[str]) -> None:
    phone.faults.crash, phone.faults.crash_after_s = "native", 0.1
    with pytest.raises(KitError, match="crashed at its start") as caught:
        run_deploy()
    assert caught.value.why.startswith("signal 11 (SIGSEGV)")
    assert "null pointer dereference" in caught.value.why
    assert "tflite::Subgraph::Invoke()" in caught.value.why
    assert not [line for line in messages if " x0 " in line or "Build fingerprint" in line]
