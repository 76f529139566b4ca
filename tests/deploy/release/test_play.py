"""What Google Play asks for: a right release passes everything, and each single mistake fails one check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.release.bundle_config import NativeLibraryPacking, read_bundle_config
from deploy.release.bundle_file import inspect_bundle
from deploy.release.elf import read_library
from deploy.release.play import check_release
from deploy.release.sign import Key, sign
from tests.deploy.apk_factory import SmallApk
from tests.deploy.release.factory import (
    COMPRESSED,
    STORED_AT_4K,
    STORED_AT_16K,
    STORED_AT_64K,
    library,
    make_keystore,
    write_bundle,
)

CAMERA = "android.permission.CAMERA"
RIGHT_APK = SmallApk(library=library())
NARROW = library(0x1000, wide=False)


@dataclass(frozen=True)
class Release:
    """What a release is made of."""

    apk: SmallApk = RIGHT_APK
    libraries: tuple[tuple[str, bytes], ...] = (("arm64-v8a/a.so", library()),)
    config: bytes = COMPRESSED
    signed: bool = True
    days: int = 10000


RIGHT = Release()
STORED = replace(RIGHT.apk, library_stored=True)
WRONG = {
    "targetSdk 36 or newer": replace(RIGHT, apk=replace(RIGHT.apk, target_sdk=35)),
    "application id": replace(RIGHT, apk=replace(RIGHT.apk, package="com.example.cats")),
    "version code": replace(RIGHT, apk=replace(RIGHT.apk, version_code=2_100_000_001)),
    "only the permissions that the app uses": replace(
        RIGHT, apk=replace(RIGHT.apk, permissions=(CAMERA, "android.permission.READ_PHONE_STATE"))
    ),
    "not debuggable": replace(RIGHT, apk=replace(RIGHT.apk, debuggable=True)),
    "64-bit libraries": replace(RIGHT, libraries=(("armeabi-v7a/a.so", NARROW),)),
    "16 KB pages: LOAD segments": replace(RIGHT, libraries=(("arm64-v8a/a.so", library(0x1000)),)),
    "16 KB pages: LOAD segments of an APK": replace(RIGHT, apk=replace(RIGHT.apk, library=library(0x1000))),
    "16 KB pages: LOAD segments, cut": replace(RIGHT, libraries=(("arm64-v8a/a.so", library()[:80]),)),
    "16 KB pages: places in the APK": replace(RIGHT, config=STORED_AT_4K),
    "signed by a key of your own": replace(RIGHT, signed=False),
    "its certificate is valid after 2033-10-22": replace(RIGHT, days=30),
}
ALSO_RIGHT = {
    "no permission": replace(RIGHT, apk=replace(RIGHT.apk, permissions=())),
    "stored at 16 KB": replace(RIGHT, config=STORED_AT_16K),
    "stored at 64 KB": replace(RIGHT, config=STORED_AT_64K),
    "32 bits beside 64": replace(RIGHT, libraries=(("arm64-v8a/a.so", library()), ("armeabi-v7a/a.so", NARROW))),
}


@pytest.fixture(scope="module")
def keystores(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    folder = tmp_path_factory.mktemp("keys")

    def make(days: int) -> Path:
        file = folder / f"{days}.p12"
        return file if file.is_file() else make_keystore(file, "password", days=days)

    return make


def failed(release: Release, keystores: Callable[[int], Path], folder: Path) -> list[str]:
    apk, bundle = release.apk.write(folder, "unsigned"), write_bundle(folder / "u.aab", dict(release.libraries), release.config)
    files = {apk: folder / "signed.apk", bundle: folder / "signed.aab"}
    if not release.signed:
        del files[bundle]
    sign(Key(keystores(release.days), "upload", "password", "password"), 24, files)
    checks = check_release(files.get(bundle, bundle), {"arm64-v8a": folder / "signed.apk"}, [CAMERA])
    assert len(checks) == 11
    assert all(check.found for check in checks)
    assert all(check.fix for check in checks if not check.passed)
    return [check.check for check in checks if not check.passed]


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_thing_fails(name: str, keystores: Callable[[int], Path], tmp_path: Path) -> None:
    found = failed(WRONG[name], keystores, tmp_path)
    if name == "signed by a key of your own":
        assert found.pop().startswith("its certificate")
    assert found == [name.removesuffix(" of an APK").removesuffix(", cut")]


@pytest.mark.parametrize("release", [RIGHT, *ALSO_RIGHT.values()], ids=["right", *ALSO_RIGHT])
def test_what_is_right_passes(release: Release, keystores: Callable[[int], Path], tmp_path: Path) -> None:
    assert failed(release, keystores, tmp_path) == []


def test_a_library_stored_off_its_page_fails(keystores: Callable[[int], Path], tmp_path: Path) -> None:
    """apksig would align it; so the unsigned APK is looked at."""
    apk, bundle = STORED.write(tmp_path, "unsigned"), write_bundle(tmp_path / "u.aab", dict(RIGHT.libraries))
    checks = {check.check: check for check in check_release(bundle, {"arm64-v8a": apk}, [CAMERA])}
    assert not checks["16 KB pages: places in the APK"].passed
    assert "lib/arm64-v8a/libmodel.so" in checks["16 KB pages: places in the APK"].found


@pytest.mark.parametrize(("wide", "bits"), [(True, 64), (False, 32)])
def test_a_library_says_how_it_is_loaded(wide: bool, bits: int) -> None:
    found = read_library(library(0x4000, wide))
    assert (found.bits, found.alignment) == (bits, 0x4000)


@pytest.mark.parametrize(
    "content", [b"", b"MZ" + bytes(99), library()[:100], b"\x7fELF" + bytes(200), b"\x7fELF\x02\x01" + bytes(200)]
)
def test_what_is_no_library_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="ELF"):
        read_library(content)


@pytest.mark.parametrize(
    ("config", "uncompressed", "alignment"),
    [
        (b"", False, 4096),
        (COMPRESSED, False, 4096),
        (STORED_AT_4K, True, 4096),
        (STORED_AT_16K, True, 16384),
        (STORED_AT_64K, True, 65536),
        (b"\x12\x04\x12\x02\x08\x01", True, 4096),
    ],
)
def test_a_bundle_says_how_libraries_are_packed(config: bytes, uncompressed: bool, alignment: int) -> None:
    assert read_bundle_config(config) == NativeLibraryPacking(uncompressed, alignment)


def test_a_cut_bundle_is_an_error_in_words(tmp_path: Path) -> None:
    for content in (b"no zip", b""):
        (tmp_path / "x.aab").write_bytes(content)
        with pytest.raises(KitError, match="is not an app bundle"):
            inspect_bundle(tmp_path / "x.aab")
    write_bundle(tmp_path / "x.aab", {}, config=b"\x12\xff")
    with pytest.raises(KitError, match=r"BundleConfig\.pb can't be read"):
        inspect_bundle(tmp_path / "x.aab")


@pytest.mark.parametrize("config", [b"\x12\xff", b"\x12\x02\x08", b"<xml", b"\xff" * 20, STORED_AT_16K[:-1]])
def test_a_damaged_bundle_config_is_refused(config: bytes) -> None:
    with pytest.raises(ValueError, match=r"BundleConfig\.pb can't be read"):
        read_bundle_config(config)
