"""The facts about an APK, read from its bytes."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from deploy.apk.dex import defined_classes
from deploy.apk.signature import verify_signatures
from deploy.apk.zip_layout import Entry, read_entries
from deploy.toolchain.aapt2 import runnable_aapt2
from deploy.toolchain.sdk import find_sdk


@dataclass(frozen=True)
class ApkFacts:
    """What the checks compare.

    Attributes:
        label: the name under the icon, in the default language.
        labels: the same by language, such as `ko`; the default one under "".
        launcher_activity: class name of the activity that the launcher starts; empty if there is none.
        classes: class names defined in all dex files.
        signer: the certificate's subject; empty if the signature doesn't hold.
        certificate_sha256: in hex digits; empty likewise.
        signature_schemes: those that hold, such as `("v2", "v3")`; empty likewise.
        signature_problem: why the signature doesn't hold; empty if it does.
    """

    application_id: str
    version_name: str
    version_code: int
    min_sdk: int
    target_sdk: int
    label: str
    labels: Mapping[str, str]
    permissions: tuple[str, ...]
    debuggable: bool
    launcher_activity: str
    abis: tuple[str, ...]
    entries: tuple[Entry, ...]
    classes: frozenset[str]
    signer: str
    certificate_sha256: str
    signature_schemes: tuple[str, ...]
    signature_problem: str


def inspect_apk(path: Path) -> ApkFacts:
    """Reads the facts of the APK at `path`.

    Raises:
        KitError: the file is missing, or is not an APK; or apksig can't be run.
    """
    try:
        entries = read_entries(path)
        with zipfile.ZipFile(path) as apk:
            dex_names = [entry.name for entry in entries if re.fullmatch(r"classes\d*\.dex", entry.name)]
            classes = frozenset[str]().union(*(defined_classes(apk.read(name)) for name in dex_names))
    except OSError as error:
        raise KitError(
            f"could not read {path.name}", error.strerror or str(error), "remove it, then the same command again"
        ) from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, RuntimeError) as error:
        raise _broken(path, str(error)) from error
    (signature,) = verify_signatures([path])
    badging = _badging(path)
    labels = {found[1] or "": _unescape(found[2]) for found in _LABEL.finditer(badging)}
    sdk = {key: int(value) for key, value in re.findall(r"^(minSdkVersion|sdkVersion|targetSdkVersion):'(\d+)'", badging, re.M)}
    return ApkFacts(
        application_id=_value(badging, r"^package: name='([^']*)'"),
        version_name=_value(badging, r"^package: .* versionName='([^']*)'"),
        version_code=int(_value(badging, r"^package: .* versionCode='(\d*)'") or 0),
        min_sdk=sdk.get("minSdkVersion", sdk.get("sdkVersion", 1)),
        target_sdk=sdk.get("targetSdkVersion", 1),
        label=labels.get("", ""),
        labels=labels,
        permissions=tuple(re.findall(r"^uses-permission: name='([^']*)'", badging, re.M)),
        debuggable="\napplication-debuggable" in badging,
        launcher_activity=_value(badging, r"^launchable-activity: name='([^']*)'"),
        abis=tuple(sorted({entry.name.split("/")[1] for entry in entries if re.match(r"lib/[^/]+/.", entry.name)})),
        entries=entries,
        classes=classes,
        signer=signature.signer,
        certificate_sha256=signature.certificate_sha256,
        signature_schemes=signature.schemes,
        signature_problem=signature.problem,
    )


_LABEL = re.compile(r"^application-label(?:-([\w-]+))?:'(.*)'$", re.MULTILINE)


def _badging(path: Path) -> str:
    """`aapt2 dump badging`: the manifest with its resources resolved."""
    sdk = find_sdk()
    aapt2 = sdk.aapt2 if sdk else runnable_aapt2()
    run = subprocess.run([aapt2, "dump", "badging", path], capture_output=True, check=False, timeout=60)
    text = run.stdout.decode("utf-8", errors="replace")
    if run.returncode or "package: name=" not in text:
        errors = run.stderr.decode("utf-8", errors="replace").strip().splitlines()
        raise _broken(path, errors[0] if errors else "it has no readable manifest")
    return text


def _broken(path: Path, why: str) -> KitError:
    return KitError(f"{path.name} is not an APK", why, "remove it, then the same command again")


def _value(text: str, pattern: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else ""


def _unescape(text: str) -> str:
    """aapt2 puts a backslash before quotes and backslashes."""
    return re.sub(r"\\(.)", r"\1", text)
