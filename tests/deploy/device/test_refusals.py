"""Each refusal of the phone's package manager in words, with a remedy, and nothing uninstalled."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.install import uninstall
from deploy.device.refusals import REFUSALS, read_refusal
from deploy.virtual_phone import VirtualPhone
from deploy.virtual_phone.packages import install
from tests.deploy.device.conftest import PACKAGE, TARGET, Deploy
from tests.deploy.tiny_apk import TinyApk


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_each_refusal_is_told_in_words_and_keeps_the_users_app(
    code: str, phone: VirtualPhone, apk: Path, run_deploy: Deploy
) -> None:
    old = apk.read_bytes()
    assert install(phone.state, len(old), old, ["-r"]) == "Success"
    apk.write_bytes(TinyApk(version_code=2).build())
    phone.faults.refuse_install = f"{code}: Existing package {PACKAGE} signatures do not match newer version; ignoring!"
    with pytest.raises(KitError) as caught:
        run_deploy(replace(TARGET, arguments=" --app cats"))

    error = caught.value
    assert code in error.what
    assert phone.serial in error.what
    assert error.why
    assert error.fix
    assert "{" not in error.why + error.fix
    assert all(" --app cats" in command for command in re.findall(r"invoke (?:build-apk|deploy)(.*?)(?:[,;]|$)", error.fix))
    assert phone.state.packages[PACKAGE].data == old
    assert not [line for line in phone.state.commands if "uninstall" in line]


def test_another_key_names_what_would_remove_the_app(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.faults.refuse_install = "INSTALL_FAILED_UPDATE_INCOMPATIBLE: signatures do not match"
    with pytest.raises(KitError) as caught:
        run_deploy()
    assert "invoke deploy --replace-data" in caught.value.fix
    assert "WITH ITS DATA" in caught.value.fix
    assert "the phone says: signatures do not match" in caught.value.why


@pytest.mark.parametrize(
    ("answer", "code", "why", "fix"),
    [
        (
            "Failure [INSTALL_FAILED_INVALID_APK: Failed to extract native libraries, res=-2]",
            "INSTALL_FAILED_INVALID_APK",
            "native libraries inside the APK",
            "extractNativeLibs",
        ),
        (
            "\nException occurred while executing 'install':\njava.lang.SecurityException: You need the "
            "android.permission.INSTALL_GRANT_RUNTIME_PERMISSIONS permission to use the "
            "PackageManager.INSTALL_GRANT_RUNTIME_PERMISSIONS flag\n\tat com.android.server.pm.Shell.run(Shell.java:663)",
            "SecurityException",
            "doesn't let a computer",
            "USB debugging (Security settings)",
        ),
        ("Failure [-99]", "-99", "guard against apps from a computer", "tap Install"),
        ("Failure [-99: cancelled]", "-99", "the phone says: cancelled", "tap Install"),
        (
            "Exception occurred while executing 'install':\nandroid.os.ParcelableException: java.io.IOException: Requested "
            "internal only, but not enough space\n\tat android.util.ExceptionUtils.wrap(ExceptionUtils.java:34)\n"
            "Caused by: java.io.IOException: Requested internal only, but not enough space",
            "IOException",
            "storage is full",
            "free some space",
        ),
        (
            "Failure [INSTALL_PARSE_FAILED_MANIFEST_MALFORMED: Failed parse during installPackageLI: base.apk\n"
            "(at Binary XML file line #12): [application] has no name]",
            "INSTALL_PARSE_FAILED_MANIFEST_MALFORMED",
            "line #12): [application] has no name",
            "build-apk",
        ),
        ("Error: failed to write; base.apk (No such file)", "", "failed to write; base.apk", "adb logcat -d -s PackageManager"),
        ("Failure [INSTALL_FAILED_MOON: ]", "INSTALL_FAILED_MOON", "it gives no reason", "adb logcat -d -s PackageManager"),
        ("Failure [null]", "", "Failure [null]", "adb logcat -d"),
        (
            "Error: java.lang.SecurityException: User restriction prevents installing",
            "SecurityException",
            "an administrator",
            "Accounts",
        ),
        (
            "Failure [INSTALL_FAILED_ABORTED: User rejected permissions]",
            "INSTALL_FAILED_ABORTED",
            "User rejected",
            "Install via USB",
        ),
        (
            "Failure [INSTALL_FAILED_INTERNAL_ERROR: Permission Denied]",
            "INSTALL_FAILED_INTERNAL_ERROR",
            "let a computer",
            "Install via",
        ),
        ("cmd: Failure calling service package: Broken pipe (32)", "", "broke off in the middle", "free some space"),
        ("Failure [INSTALL_PARSE_FAILED_BAD_MOON: x]", "INSTALL_PARSE_FAILED_BAD_MOON", "can't read the APK", "invoke build-apk"),
        (
            "\nException occurred while executing:\nandroid.content.pm.PackageManager$NameNotFoundException: no",
            "PackageManager$NameNotFoundException",
            "no",
            "adb logcat",
        ),
    ],
)
def test_each_form_of_answer_is_read(answer: str, code: str, why: str, fix: str) -> None:
    refusal = read_refusal(f"Performing Streamed Install\nadb: failed to install : {answer}\n")
    assert refusal is not None
    assert refusal.code == code
    error = refusal.error(PACKAGE, "R58M", lambda *words, **_: f"adb {' '.join(words)}")
    assert why in error.why
    assert fix in error.fix
    assert "\n" not in error.what + error.why + error.fix


def test_adbs_own_words_are_no_refusal() -> None:
    assert read_refusal("Performing Streamed Install\nadb: failed to install : ") is None


def test_a_file_named_like_a_refusal_is_none(phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    odd = apk.with_name("Failure [INSTALL_FAILED_TEST_ONLY] no devices.apk")
    odd.write_bytes(apk.read_bytes())
    phone.faults.refuse_install = "INSTALL_FAILED_OLDER_SDK: device offline, error: closed"
    with pytest.raises(KitError, match="INSTALL_FAILED_OLDER_SDK"):
        run_deploy(path=odd)
    phone.faults.refuse_install = None
    assert run_deploy(path=odd).installed


def test_an_unknown_refusal_gives_the_phones_own_words(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.faults.refuse_install = "INSTALL_FAILED_FOO_BAR: the moon is full"
    with pytest.raises(KitError, match="INSTALL_FAILED_FOO_BAR") as caught:
        run_deploy()
    assert caught.value.why == "the moon is full"


def test_a_closed_work_profile_gets_the_app_for_the_owner_alone(
    phone: VirtualPhone, apk: Path, adb: Adb, run_deploy: Deploy, messages: list[str]
) -> None:
    phone.faults.closed_user = True
    assert run_deploy().installed
    assert phone.state.packages[PACKAGE].data == apk.read_bytes()
    assert any("permission to access user 10" in line and "owner alone" in line for line in messages)
    uninstall(adb, phone.serial, PACKAGE)
    assert phone.state.packages == {}


def test_an_older_version_is_refused_by_the_phone_itself(phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    apk.write_bytes(TinyApk(version_code=7).build())
    run_deploy()
    newer = apk.read_bytes()
    apk.write_bytes(TinyApk(version_code=6).build())
    with pytest.raises(KitError, match="VERSION_DOWNGRADE"):
        run_deploy()
    assert phone.state.packages[PACKAGE].data == newer


def test_a_test_only_apk_is_refused_by_the_phone_itself(phone: VirtualPhone, apk: Path, run_deploy: Deploy) -> None:
    apk.write_bytes(TinyApk(test_only=True).build())
    with pytest.raises(KitError, match="TEST_ONLY"):
        run_deploy()
    assert phone.state.packages == {}
