"""Each refusal of the phone's package manager in words, with a remedy, and nothing uninstalled."""

from __future__ import annotations

from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.device.refusals import REFUSALS
from deploy.virtual_phone import VirtualPhone
from deploy.virtual_phone.packages import install
from tests.deploy.device.conftest import PACKAGE, Deploy
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
        run_deploy()

    error = caught.value
    assert code in error.what
    assert phone.serial in error.what
    assert error.why
    assert error.fix
    assert "{" not in error.why + error.fix
    assert phone.state.packages[PACKAGE].data == old
    assert not [line for line in phone.state.commands if "uninstall" in line]


def test_another_key_names_the_command_that_would_remove_the_app(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.faults.refuse_install = "INSTALL_FAILED_UPDATE_INCOMPATIBLE: signatures do not match"
    with pytest.raises(KitError) as caught:
        run_deploy()
    assert f"-s {phone.serial} uninstall {PACKAGE}" in caught.value.fix
    assert "WITH ITS DATA" in caught.value.fix


def test_an_unknown_refusal_gives_the_phones_own_words(phone: VirtualPhone, run_deploy: Deploy) -> None:
    phone.faults.refuse_install = "INSTALL_FAILED_FOO_BAR: the moon is full"
    with pytest.raises(KitError, match="INSTALL_FAILED_FOO_BAR") as caught:
        run_deploy()
    assert caught.value.why == "the moon is full"


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
