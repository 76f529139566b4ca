"""What Google Play asks of a release, one check a row, looked up in the finished files."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.apk.facts import ApkFacts, inspect_apk
from deploy.release.bundle_file import BundleFacts, inspect_bundle
from deploy.release.elf import Library, read_library

TARGET_SDK = 36  # since 2026-08-31
PAGE = 16 * 1024
MOST_BYTES = 200_000_000  # of the base module, as it is downloaded
MOST_VERSION_CODE = 2_100_000_000
VALID_UNTIL = "2033-10-22"
PARTNERS = {"armeabi-v7a": "arm64-v8a", "x86": "x86_64"}
REFUSED_IDS = ("com.example", "com.android", "com.google")


@dataclass(frozen=True)
class PlayCheck:
    """One thing that is asked for: what was found, and what to do where it fails."""

    check: str
    passed: bool
    found: str
    fix: str = ""


def check_release(bundle: Path, apks: Mapping[str, Path], permissions: Sequence[str]) -> list[PlayCheck]:
    """Every check of a signed bundle and of the APKs made with it.

    Args:
        apks: by their ABI.
        permissions: what the app is meant to ask for.

    Raises:
        KitError: a file is missing, or is none of its kind.
    """
    facts = inspect_bundle(bundle)
    looked = {abi: inspect_apk(path) for abi, path in apks.items()}
    first = next(iter(looked.values()))
    return [
        *_manifest(first, permissions),
        _both_widths(facts),
        _pages(facts, apks),
        _places(facts, looked),
        _size(facts),
        *_signed(facts, looked),
    ]


def _manifest(apk: ApkFacts, permissions: Sequence[str]) -> list[PlayCheck]:
    own = sorted(name for name in apk.permissions if not name.startswith(f"{apk.application_id}."))
    unwanted = sorted(set(own) - set(permissions))
    refused = apk.application_id.startswith(tuple(f"{name}." for name in REFUSED_IDS))
    return [
        PlayCheck(
            f"targetSdk {TARGET_SDK} or newer",
            apk.target_sdk >= TARGET_SDK,
            str(apk.target_sdk),
            f"[android] target_sdk = {TARGET_SDK} in app.toml",
        ),
        PlayCheck("application id", not refused, apk.application_id, f"[app] id: Google Play refuses {', '.join(REFUSED_IDS)}"),
        PlayCheck(
            "version code",
            1 <= apk.version_code <= MOST_VERSION_CODE,
            f"{apk.version_code} ({apk.version_name}); each upload needs a larger one",
            "[app] version in app.toml",
        ),
        PlayCheck(
            "only the permissions that the app uses",
            not unwanted,
            ", ".join(own) or "none",
            f"remove {', '.join(unwanted)} from the manifest",
        ),
        PlayCheck("not debuggable", not apk.debuggable, "debuggable" if apk.debuggable else "no", "build it with invoke bundle"),
    ]


def _both_widths(facts: BundleFacts) -> PlayCheck:
    abis = {name.split("/")[2] for name in facts.libraries}
    lacking = sorted(PARTNERS[abi] for abi in abis & set(PARTNERS) if PARTNERS[abi] not in abis)
    fix = f"[android] abis in app.toml: add {', '.join(lacking)}"
    return PlayCheck("64-bit libraries", bool(abis) and not lacking, ", ".join(sorted(abis)) or "no library", fix)


def _pages(facts: BundleFacts, apks: Mapping[str, Path]) -> PlayCheck:
    """Every 64-bit library, in the bundle and in each APK."""
    libraries: dict[str, Library | str] = dict(facts.libraries)
    for path in apks.values():
        with zipfile.ZipFile(path) as apk:
            for name in apk.namelist():
                if name.startswith("lib/") and name.endswith(".so"):
                    libraries[f"{path.name}: {name}"] = _read(apk.read(name))
    wrong = [name for name, one in libraries.items() if isinstance(one, str) or (one.bits == 64 and one.alignment % PAGE)]
    least = min((one.alignment for one in libraries.values() if isinstance(one, Library)), default=0)
    return PlayCheck(
        "16 KB pages: LOAD segments",
        bool(libraries) and not wrong,
        f"{len(libraries)} libraries, at least {least // 1024} KB" + (f"; wrong: {', '.join(wrong)}" if wrong else ""),
        '[android] runtime = "javacpp" or "litert" in app.toml',
    )


def _places(facts: BundleFacts, apks: Mapping[str, ApkFacts]) -> PlayCheck:
    entries = [entry for apk in apks.values() for entry in apk.entries if entry.name.startswith("lib/")]
    wrong = [entry.name for entry in entries if entry.stored and entry.data_offset % PAGE]
    stored = sum(entry.stored for entry in entries)
    how = f"{len(entries) - stored} compressed (unpacked when installed), {stored} stored" + (
        f"; wrong: {wrong}" if wrong else ""
    )
    return PlayCheck(
        "16 KB pages: places in the APK",
        facts.aligned and not wrong,
        how if facts.aligned else "the bundle has libraries stored at 4 KB",
        "Android Gradle Plugin 8.5.1 or newer, or packaging.jniLibs.useLegacyPackaging true in app/build.gradle",
    )


def _size(facts: BundleFacts) -> PlayCheck:
    return PlayCheck(
        f"at most {MOST_BYTES // 1_000_000} MB to download",
        facts.download_bytes <= MOST_BYTES,
        f"{facts.download_bytes / 1e6:.2f} MB, all ABIs together",
        "smaller models: [convert] quantize in app.toml",
    )


def _signed(facts: BundleFacts, apks: Mapping[str, ApkFacts]) -> list[PlayCheck]:
    problem = facts.problem or "; ".join(apk.signature_problem for apk in apks.values() if apk.signature_problem)
    debug = "CN=Android Debug" in facts.signer
    return [
        PlayCheck("signed by a key of your own", not problem and not debug, problem or facts.signer, "[signing] in app.toml"),
        PlayCheck(
            f"its certificate is valid after {VALID_UNTIL}",
            facts.valid_until > VALID_UNTIL,
            facts.valid_until or "not signed",
            "make the key with keytool -validity 10000",
        ),
    ]


def _read(content: bytes) -> Library | str:
    try:
        return read_library(content)
    except ValueError as error:
        return str(error)
