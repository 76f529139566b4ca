"""The whole road to a phone, and what must not be sent over it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.virtual_phone import VirtualPhone
from tests.deploy.device.conftest import PACKAGE, TARGET, Deploy
from tests.deploy.tiny_apk import TinyApk


def installed_bytes(phone: VirtualPhone) -> bytes | None:
    installed = phone.state.packages.get(PACKAGE)
    return installed.data if installed is not None else None


def test_the_app_is_on_the_phone_whole_allowed_and_running(phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    result = run_deploy()

    assert installed_bytes(phone) == apk.read_bytes()
    assert phone.state.granted[PACKAGE] == {"android.permission.CAMERA"}
    assert phone.state.processes == {PACKAGE: result.pid}
    assert result.installed
    assert result.sent_bytes == apk.stat().st_size
    assert (result.serial, result.model) == (phone.serial, "Virtual")
    assert 0 < result.seconds < 60


def test_the_same_bytes_are_not_sent_again(phone: VirtualPhone, run_deploy: Deploy, messages: list[str]) -> None:
    run_deploy()
    received = phone.state.received_bytes
    result = run_deploy()

    assert len(phone.state.installs) == 1
    assert phone.state.received_bytes - received < 1000  # adb itself says that it has no more input for each command
    assert (result.installed, result.sent_bytes) == (False, 0)
    assert any("nothing sent" in line for line in messages)
    assert phone.state.processes == {PACKAGE: result.pid}


def test_other_bytes_replace_the_app(phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    run_deploy()
    apk.write_bytes(TinyApk(version_code=2).build())
    assert run_deploy().installed
    assert installed_bytes(phone) == apk.read_bytes()


def test_a_phone_without_sha256sum_is_asked_for_the_bytes_themselves(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.faults.missing_commands = frozenset({"sha256sum"})
    run_deploy()
    assert not run_deploy().installed
    assert len(phone.state.installs) == 1


def test_a_phone_that_stored_other_bytes_is_found_out(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.faults.corrupt_install = True
    with pytest.raises(KitError, match="doesn't hold what was sent"):
        run_deploy()
    phone.faults.corrupt_install = False
    assert run_deploy().installed


def test_an_old_android_gets_nothing(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.state.sdk, phone.state.release = 23, "6.0.1"
    with pytest.raises(KitError, match="too old") as caught:
        run_deploy()
    assert "Android 6.0.1 (API 23)" in caught.value.why
    assert phone.state.installs == []


def test_another_processor_gets_nothing(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.state.abis = ("x86_64", "x86")
    with pytest.raises(KitError, match="no code for") as caught:
        run_deploy()
    assert '"x86_64"' in caught.value.fix
    assert phone.state.installs == []


def test_an_app_without_native_code_fits_any_processor(phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    phone.state.abis = ("riscv64",)
    apk.write_bytes(TinyApk(abis=()).build())
    assert run_deploy(dataclasses.replace(TARGET, abis=())).installed


def test_a_second_abi_of_the_phone_will_do(phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    apk.write_bytes(TinyApk(abis=("armeabi-v7a",)).build())
    assert run_deploy(dataclasses.replace(TARGET, abis=("armeabi-v7a",))).installed


@pytest.mark.parametrize("damage", ["missing", "empty", "truncated"])
def test_a_broken_apk_never_leaves_this_machine(damage: str, phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    whole = apk.read_bytes()
    apk.unlink()
    if damage != "missing":
        apk.write_bytes(whole[: 0 if damage == "empty" else len(whole) // 2])
    with pytest.raises(KitError, match="no APK to deploy") as caught:
        run_deploy()
    assert "invoke build-apk" in caught.value.fix
    assert phone.state.installs == []


def test_a_phone_that_is_still_starting_is_told_so(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.state.abis = ("",)
    with pytest.raises(KitError, match="doesn't say what it is"):
        run_deploy()
