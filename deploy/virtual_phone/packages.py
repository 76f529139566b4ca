"""The package manager: what Android checks before it installs an APK, and that it installs a whole one or none."""

from __future__ import annotations

import hashlib

from deploy.virtual_phone.manifest import ApkInfo, read_apk
from deploy.virtual_phone.state import InstallAttempt, InstalledApk, PhoneState


def install(state: PhoneState, announced: int, data: bytes, arguments: list[str]) -> str:
    """Installs `data` atomically; returns the package manager's answer, `Success` or `Failure [CODE: text]`.

    Args:
        announced: bytes that the install command announced.
        data: bytes that arrived; fewer if the connection was cut.
        arguments: those of the install command, such as `-r`.
    """
    failure = None if len(data) == announced else "INSTALL_FAILED_ABORTED: the stream ended early"
    info: ApkInfo | None = None
    if failure is None:
        try:
            info = read_apk(data)
        except ValueError as error:
            failure = f"INSTALL_PARSE_FAILED_NOT_APK: {error}"
        else:
            failure = state.faults.refuse_install or _refusal(state, info, arguments)
    state.installs.append(InstallAttempt(announced, len(data), failure or "Success"))
    if failure is not None or info is None:
        return f"Failure [{failure}]"
    kept = data[:-1] + bytes([data[-1] ^ 1]) if state.faults.corrupt_install else data
    token = hashlib.sha256(data).hexdigest()[:12]
    path = f"/data/app/~~{token}==/{info.package}-{token}==/base.apk"
    old = state.packages.get(info.package)
    if old is not None:
        state.files.pop(old.path, None)
        state.processes.pop(info.package, None)
    state.packages[info.package] = InstalledApk(info, kept, path)
    state.files[path] = kept
    state.granted.setdefault(info.package, set())
    return "Success"


def _refusal(state: PhoneState, info: ApkInfo, arguments: list[str]) -> str | None:
    old = state.packages.get(info.package)
    if info.min_sdk > state.sdk:
        return f"INSTALL_FAILED_OLDER_SDK: Requires newer sdk version #{info.min_sdk} (current version is #{state.sdk})"
    if info.abis and not info.abis & set(state.abis):
        return "INSTALL_FAILED_NO_MATCHING_ABIS: Failed to extract native libraries, res=-113"
    if info.test_only and "-t" not in arguments:
        return "INSTALL_FAILED_TEST_ONLY: Failed to install test-only apk. Did you forget to add -t?"
    if old is not None and "-r" not in arguments:
        return f"INSTALL_FAILED_ALREADY_EXISTS: Attempt to re-install {info.package} without first uninstalling."
    if old is not None and info.version_code < old.info.version_code:
        newer, older = old.info.version_code, info.version_code
        return f"INSTALL_FAILED_VERSION_DOWNGRADE: Downgrade detected: Update version code {older} is older than current {newer}"
    return None
