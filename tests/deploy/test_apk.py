"""The checks on a finished APK: what is right passes, and each single mistake fails."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.apk.check import ExpectedApk, check_apk
from deploy.apk.dex import defined_classes
from deploy.apk.facts import inspect_apk
from deploy.apk.signature import VERIFY, Signature, verify_signatures
from tests.deploy.apk_factory import (
    SIGNING_BLOCK_MAGIC,
    SmallApk,
    central_directory,
    dex_of,
    sign_all,
    signing_block,
    without_signing_block,
)

RIGHT = SmallApk()
EXPECTED = ExpectedApk(
    application_id=RIGHT.package,
    version_name="1.2.0",
    version_code=10200,
    min_sdk=24,
    target_sdk=36,
    label="Cat Landmarks",
    abis=["arm64-v8a"],
    activity="io.apkiln.app.MainActivity",
    permissions=["android.permission.CAMERA"],
    assets={"assets/cat.tflite": hashlib.sha256(RIGHT.model).hexdigest()},
)
MISALIGNED = "assets/cat.tflite aligned"
LIBRARY = "lib/arm64-v8a/libmodel.so at a multiple of 16 KB"
WRONG = {
    "application id": replace(RIGHT, package="org.example.dogs"),
    "version name": replace(RIGHT, version_name="1.1.0"),
    "version code": replace(RIGHT, version_code=1),
    "minSdk": replace(RIGHT, min_sdk=21),
    "targetSdk": replace(RIGHT, target_sdk=35),
    "name under the icon": replace(RIGHT, label="Dog Landmarks"),
    "ABIs": replace(RIGHT, abis=("arm64-v8a", "x86_64")),
    "launcher activity": replace(RIGHT, activity="io.apkiln.app.Other", code="io.apkiln.app.Other"),
    "launcher activity's code": replace(RIGHT, code="io.apkiln.app.Other"),
    "permissions": replace(RIGHT, permissions=("android.permission.CAMERA", "android.permission.READ_PHONE_STATE")),
    "assets/cat.tflite uncompressed": replace(RIGHT, model_stored=False),
    MISALIGNED: replace(RIGHT, model_shift=1),
    LIBRARY: replace(RIGHT, library_stored=True),
    "assets/cat.tflite": replace(RIGHT, model=b"\x1c\0\0\0TFL3" + bytes(2999) + b"\1"),
}
LABELS = ["고양이 얼굴", 'Cat\'s "A" & B', "back\\slash", "x" * 300]


@pytest.fixture(scope="session")
def apks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every variant, signed by apksig with one RSA key, and the right one by an elliptic key, too."""
    folder = tmp_path_factory.mktemp("apks")
    variants = {"right": RIGHT, **WRONG, **{label: replace(RIGHT, label=label) for label in LABELS}}
    unsigned = {name: apk.write(folder, f"unsigned{number}") for number, (name, apk) in enumerate(variants.items())}
    signed = {name: folder / f"signed{number}.apk" for number, name in enumerate(variants)}
    for aligned_by_apksig in (MISALIGNED, LIBRARY):
        del signed[aligned_by_apksig]
    (folder / "signer").write_bytes(sign_all({unsigned[name]: target for name, target in signed.items()}, folder))
    sign_all({unsigned["right"]: folder / "elliptic.apk"}, folder, elliptic=True)
    return {
        **signed,
        MISALIGNED: unsigned[MISALIGNED],
        LIBRARY: unsigned[LIBRARY],
        "unsigned": unsigned["right"],
        "elliptic": folder / "elliptic.apk",
        "signer": folder / "signer",
    }


def test_facts_are_what_the_apk_was_made_of(apks: dict[str, Path]) -> None:
    facts = inspect_apk(apks["right"])
    assert facts.signer == "CN=Test Signer"
    assert facts.certificate_sha256 == hashlib.sha256(apks["signer"].read_bytes()).hexdigest()
    assert facts.signature_schemes == ("v2",)
    assert facts.classes == {"io.apkiln.app.MainActivity"}
    model = next(entry for entry in facts.entries if entry.name == "assets/cat.tflite")
    content = apks["right"].read_bytes()
    assert content[model.data_offset : model.data_offset + model.size] == RIGHT.model


def test_a_right_apk_passes(apks: dict[str, Path]) -> None:
    assert check_apk(apks["right"], EXPECTED).application_id == "org.example.cats"
    assert check_apk(apks["elliptic"], EXPECTED).signature_schemes == ("v2",)


@pytest.mark.parametrize("what", WRONG)
def test_one_wrong_thing_fails_and_is_named(apks: dict[str, Path], what: str) -> None:
    with pytest.raises(KitError) as failed:
        check_apk(apks[what], EXPECTED)
    assert re.search(rf"(^|; ){re.escape(what)}: ", failed.value.why)
    assert "\n" not in failed.value.why


@pytest.mark.parametrize("label", LABELS)
def test_names_of_any_script_and_length_are_read_back(apks: dict[str, Path], label: str) -> None:
    assert inspect_apk(apks[label]).label == label


def test_an_unsigned_apk_fails(apks: dict[str, Path]) -> None:
    with pytest.raises(KitError, match="signature: it is not signed"):
        check_apk(apks["unsigned"], EXPECTED)


def _flip(at: Callable[[bytes], int]) -> Callable[[bytes], bytes]:
    def tamper(apk: bytes) -> bytes:
        place = at(apk)
        return apk[:place] + bytes([apk[place] ^ 1]) + apk[place + 1 :]

    return tamper


def _swapped_certificate(apk: bytes) -> bytes:
    at = apk.index(b"Test Signer", apk.index(b"PK\1\2") - 4000)
    return apk[:at] + b"Evil Signer" + apk[at + 11 :]


TAMPERED: dict[str, Callable[[bytes], bytes]] = {
    "a byte of the code": _flip(lambda apk: apk.index(b"classes.dex") + 40),
    "a byte of the model": _flip(lambda apk: apk.index(b"TFL3") + 900),
    "a byte of a local header": _flip(lambda apk: apk.index(b"PK\3\4") + 10),
    "a byte of the central directory": _flip(lambda apk: central_directory(apk) + 12),
    "a byte of the end record": _flip(lambda apk: apk.rindex(b"PK\5\6") + 8),
    "a byte of the block's size": _flip(lambda apk: central_directory(apk) - 24),
    "the signer's name in the certificate": _swapped_certificate,
    "a byte of the signature": _flip(lambda apk: apk.index(b"Test Signer") + 900),
    "a byte of the block's magic": _flip(lambda apk: apk.index(SIGNING_BLOCK_MAGIC)),
    "the whole block taken out": without_signing_block,
    "bytes after the end": lambda apk: apk + b"more",
    "the last byte cut off": lambda apk: apk[:-1],
    "half the file": lambda apk: apk[: len(apk) // 2],
}


def _verify(contents: Iterable[bytes], folder: Path) -> list[Signature]:
    files = []
    for number, content in enumerate(contents):
        files.append(folder / f"{number}.apk")
        files[-1].write_bytes(content)
    return verify_signatures(files)


def test_every_change_after_signing_is_found(apks: dict[str, Path], tmp_path: Path) -> None:
    right = apks["right"].read_bytes()
    changed = {what: tamper(right) for what, tamper in TAMPERED.items()}
    assert right not in changed.values()
    first, *others = _verify([right, *changed.values()], tmp_path)
    assert (first.signer, first.problem) == ("CN=Test Signer", "")
    assert others[list(changed).index("a byte of the model")].problem == "its content was changed after signing"
    for what, signature in zip(changed, others, strict=True):
        assert signature == Signature(problem=signature.problem), what
        assert signature.problem, what
    for number in range(1, len(changed) + 1):
        with pytest.raises(KitError) as caught:
            check_apk(tmp_path / f"{number}.apk", EXPECTED)
        assert caught.value.why
        assert caught.value.fix


def test_no_single_byte_outside_the_block_can_change(apks: dict[str, Path], tmp_path: Path) -> None:
    right = apks["right"].read_bytes()
    places = [*range(0, signing_block(right), 97), *range(central_directory(right), len(right), 13)]
    changed = []
    for place in places:
        content = bytearray(right)
        content[place] ^= 0x40
        changed.append(bytes(content))
    signatures = _verify(changed, tmp_path)
    assert [place for place, signature in zip(places, signatures, strict=True) if not signature.problem] == []


def test_a_verifier_that_does_not_run_is_an_error_in_words(
    apks: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / VERIFY.name
    broken.write_text("public final class VerifyApk {", encoding="utf-8")
    monkeypatch.setattr("deploy.apk.signature.VERIFY", broken)
    with pytest.raises(KitError, match="could not verify") as caught:
        verify_signatures([apks["right"]])
    assert "VerifyApk.java" in caught.value.why


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 100])
def test_what_is_not_an_apk_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "app.apk"
    path.write_bytes(content)
    with pytest.raises(KitError, match="is not an APK"):
        inspect_apk(path)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="could not read"):
        inspect_apk(tmp_path / "none.apk")


def test_a_class_only_mentioned_in_a_dex_does_not_count() -> None:
    assert defined_classes(dex_of("a.b.C")) == {"a.b.C"}


@pytest.mark.parametrize("size", [0, 0x6F, 0x90, 0xA4])
def test_a_cut_dex_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="dex"):
        defined_classes(dex_of("a.b.C")[:size])
