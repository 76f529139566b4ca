"""Signing with the user's keystore: what is wrong with it is reported, and its passwords appear nowhere."""

from __future__ import annotations

import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from appspec.errors import KitError
from deploy.apk.facts import inspect_apk
from deploy.release.bundle_file import inspect_bundle
from deploy.release.sign import KEY_PASSWORD, STORE_PASSWORD, Key, debug_key, sign, try_key, unlock
from tests.deploy.apk_factory import SmallApk
from tests.deploy.release.factory import library, make_keystore, write_bundle

PASSWORD = "s3cret-word"


@dataclass(frozen=True)
class Keystores:
    pkcs12: Path
    jks: Path


@pytest.fixture(scope="module")
def keystores(tmp_path_factory: pytest.TempPathFactory) -> Keystores:
    folder = tmp_path_factory.mktemp("내 keys")
    return Keystores(
        make_keystore(folder / "upload.p12", PASSWORD),
        make_keystore(folder / "upload.jks", PASSWORD, key_password="another-word", kind="JKS"),
    )


@pytest.fixture(autouse=True)
def _no_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (STORE_PASSWORD, KEY_PASSWORD):
        monkeypatch.delenv(name, raising=False)


def test_apk_and_bundle_are_signed_and_hold(keystores: Keystores, tmp_path: Path) -> None:
    apk = SmallApk().write(tmp_path, "unsigned")
    bundle = write_bundle(tmp_path / "unsigned.aab", {"arm64-v8a/a.so": library()})
    signed = {apk: tmp_path / "a.apk", bundle: tmp_path / "a.aab"}
    for key in (Key(keystores.pkcs12, "upload", PASSWORD, PASSWORD), Key(keystores.jks, "upload", PASSWORD, "another-word")):
        until = sign(key, 24, signed)
        assert until > "2050"
        apk_facts = inspect_apk(tmp_path / "a.apk")
        assert (apk_facts.signer, apk_facts.signature_schemes) == ("CN=Upload", ("v2", "v3"))
        facts = inspect_bundle(tmp_path / "a.aab")
        assert (facts.signer, facts.problem, facts.valid_until) == ("CN=Upload", "", until)


def test_a_bundle_that_was_changed_is_not_taken_for_signed(keystores: Keystores, tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "unsigned.aab", {"arm64-v8a/a.so": library()})
    assert "is not signed" in inspect_bundle(bundle).problem
    signed = tmp_path / "signed.aab"
    sign(Key(keystores.pkcs12, "upload", PASSWORD, PASSWORD), 24, {bundle: signed})
    with zipfile.ZipFile(signed, "a") as archive:
        archive.writestr("base/extra", b"put in later")
    assert "base/extra is not signed" in inspect_bundle(signed).problem
    with zipfile.ZipFile(signed) as source, zipfile.ZipFile(tmp_path / "changed.aab", "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b"manifest", b"manifold") if name.startswith("base/manifest") else content)
    facts = inspect_bundle(tmp_path / "changed.aab")
    assert facts.problem
    assert facts.signer == ""


@pytest.mark.parametrize(
    ("kind", "alias", "password", "key_password", "says"),
    [
        ("pkcs12", "upload", "wrong", "wrong", "password of upload.p12 is wrong"),
        ("jks", "upload", "wrong", "wrong", "password of upload.jks is wrong"),
        ("jks", "upload", PASSWORD, PASSWORD, "password of key 'upload' is not that of upload.jks"),
        ("pkcs12", "uplaod", PASSWORD, PASSWORD, "has no key 'uplaod'; it has: upload"),
        ("none", "upload", PASSWORD, PASSWORD, "is not a keystore"),
    ],
)
def test_what_is_wrong_with_a_key_is_reported(
    keystores: Keystores, tmp_path: Path, kind: str, alias: str, password: str, key_password: str, says: str
) -> None:
    other = tmp_path / "photo.jks"
    other.write_bytes(b"\xff\xd8 no keystore" * 99)
    keystore = {"pkcs12": keystores.pkcs12, "jks": keystores.jks, "none": other}[kind]
    with pytest.raises(KitError) as caught:
        try_key(Key(keystore, alias, password, key_password))
    assert says in caught.value.why
    assert PASSWORD not in caught.value.why + caught.value.fix + repr(Key(keystore, alias, password, key_password))


def test_a_missing_keystore_is_answered_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(KitError) as caught:
        unlock(tmp_path / "no.jks", "upload", None)
    assert "no.jks" in caught.value.why
    assert caught.value.fix.startswith("keytool -genkeypair -keystore")


def test_passwords_come_from_the_environment_or_the_user(keystores: Keystores, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KitError, match="no password of") as caught:
        unlock(keystores.jks, "upload", None)
    assert STORE_PASSWORD in caught.value.fix
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "typed"

    assert unlock(keystores.jks, "upload", ask).key_password == "typed"
    monkeypatch.setenv(STORE_PASSWORD, PASSWORD)
    monkeypatch.setenv(KEY_PASSWORD, "another-word")
    key = unlock(keystores.jks, "upload", ask)
    assert (key.store_password, key.key_password) == (PASSWORD, "another-word")
    assert len(asked) == 1


def test_no_child_sees_a_password_but_on_its_standard_input(
    keystores: Keystores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STORE_PASSWORD, PASSWORD)
    seen: list[str] = []
    real = subprocess.run

    def spy(command: Any, **options: Any) -> Any:
        seen.append(" ".join(map(str, command)) + repr(options.get("env")))
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", spy)
    bundle = write_bundle(tmp_path / "unsigned.aab", {})
    sign(unlock(keystores.pkcs12, "upload", None), 24, {bundle: tmp_path / "signed.aab"})
    assert seen
    assert not any(PASSWORD in line for line in seen)


def test_the_debug_key_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDROID_USER_HOME", str(tmp_path / "home"))
    key = debug_key()
    content = key.keystore.read_bytes()
    assert try_key(debug_key()) > "2050"
    assert key.keystore.read_bytes() == content
    assert key.keystore == tmp_path / "home" / "debug.keystore"
