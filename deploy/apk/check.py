"""A finished APK against what was asked for: one wrong thing fails the build."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appspec.errors import KitError
from deploy.apk.facts import ApkFacts, inspect_apk

PAGE = 16 * 1024
MODEL_ALIGNMENT = 4  # bytes; a model is mapped into memory, where its buffers are read as 32-bit words


@dataclass(frozen=True)
class ExpectedApk:
    """What the APK must say and hold.

    Attributes:
        assets: entry names, such as `assets/cat.tflite`, and the sha256 of each.
        permissions: exactly what it may ask for, or None where that is not to be checked.
    """

    application_id: str
    version_name: str
    version_code: int
    min_sdk: int
    target_sdk: int
    label: str
    abis: Sequence[str]
    activity: str
    assets: Mapping[str, str] = field(default_factory=dict)
    permissions: Sequence[str] | None = None


@dataclass(frozen=True)
class Check:
    """One thing looked at: `problem` is empty where it is as it should be."""

    name: str
    problem: str

    @property
    def passed(self) -> bool:
        return not self.problem


def check_apk(path: Path, expected: ExpectedApk) -> ApkFacts:
    """Checks the APK at `path`; returns its facts when everything is right.

    Raises:
        KitError: it is not an APK, or a check fails; all failed checks are named.
    """
    facts = inspect_apk(path)
    failed = [f"{check.name}: {check.problem}" for check in run_checks(path, facts, expected) if not check.passed]
    if failed:
        raise KitError(
            f"{path.name} is not what was asked for",
            "; ".join(failed),
            "remove the app's folder in build/ and run the same command again; if it fails again, report it with build/NAME/logs",
        )
    return facts


def run_checks(path: Path, facts: ApkFacts, expected: ExpectedApk) -> list[Check]:
    """Every check with its outcome."""
    checks = [
        Check("signature", facts.signature_problem),
        _same("application id", facts.application_id, expected.application_id),
        _same("version name", facts.version_name, expected.version_name),
        _same("version code", facts.version_code, expected.version_code),
        _same("minSdk", facts.min_sdk, expected.min_sdk),
        _same("targetSdk", facts.target_sdk, expected.target_sdk),
        _same("name under the icon", facts.label, expected.label),
        _same("ABIs", sorted(facts.abis), sorted(expected.abis)),
        _same("launcher activity", facts.launcher_activity, expected.activity),
        Check(
            "launcher activity's code",
            "" if facts.launcher_activity in facts.classes else f"{facts.launcher_activity} is in no dex file",
        ),
        _permissions(facts, expected),
    ]
    return checks + _model_checks(facts) + _library_checks(facts) + _asset_checks(path, facts, expected)


def _model_checks(facts: ApkFacts) -> list[Check]:
    """Models must lie uncompressed and aligned, or they can't be mapped into memory."""
    checks = []
    for entry in facts.entries:
        if entry.name.endswith(".tflite"):
            checks.append(Check(f"{entry.name} uncompressed", "" if entry.stored else "it is compressed"))
            rest = entry.data_offset % MODEL_ALIGNMENT
            checks.append(Check(f"{entry.name} aligned", f"its data begins {rest} bytes off" if rest else ""))
    return checks


def _library_checks(facts: ApkFacts) -> list[Check]:
    """Libraries that are not unpacked when the app is installed must lie at multiples of the largest page."""
    return [
        Check(f"{entry.name} at a multiple of 16 KB", f"it begins {entry.data_offset % PAGE} bytes off")
        for entry in facts.entries
        if entry.name.startswith("lib/") and entry.stored and entry.data_offset % PAGE
    ]


def _asset_checks(path: Path, facts: ApkFacts, expected: ExpectedApk) -> list[Check]:
    present = {entry.name for entry in facts.entries}
    checks = []
    with zipfile.ZipFile(path) as apk:
        for name, sha256 in expected.assets.items():
            if name not in present:
                checks.append(Check(name, "it is not there"))
                continue
            try:
                same = hashlib.sha256(apk.read(name)).hexdigest() == sha256
            except zipfile.BadZipFile:
                same = False
            checks.append(Check(name, "" if same else "its content differs"))
    return checks


def _same(name: str, found: object, wanted: object) -> Check:
    return Check(name, "" if found == wanted else f"{found!r} instead of {wanted!r}")


def _permissions(facts: ApkFacts, expected: ExpectedApk) -> Check:
    """The app's own permissions (androidx declares one for its receivers) don't count."""
    found = sorted(name for name in facts.permissions if not name.startswith(f"{facts.application_id}."))
    return _same("permissions", found, found if expected.permissions is None else sorted(expected.permissions))
