"""The package manager: what Android checks before it installs an APK, and that it installs a whole one or none."""

from __future__ import annotations

import hashlib
import re

from deploy.virtual_phone.manifest import ApkInfo, read_apk
from deploy.virtual_phone.state import FIRST_APP_UID, DiskFullError, InstallAttempt, InstalledApk, PhoneState


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
            state.take_room(len(data))
        except ValueError as error:
            failure = f"INSTALL_PARSE_FAILED_NOT_APK: {error}"
        except DiskFullError:
            failure = "INSTALL_FAILED_INSUFFICIENT_STORAGE: Failed to override installation location"
        else:
            failure = state.faults.refuse_install or closed_to(state, arguments) or _refusal(state, info, arguments)
    state.installs.append(InstallAttempt(announced, len(data), failure or "Success"))
    state.say(f"install of {len(data)} of {announced} bytes: {failure or 'Success'}")
    if failure is not None or info is None:
        return f"Failure [{failure}]" if re.match(r"INSTALL_|-?\d+\b", failure or "") else f"{failure}"
    _keep(state, info, data)
    return "Success"


def closed_to(state: PhoneState, arguments: list[str]) -> str | None:
    """What is said where another user is closed to computers, and the command doesn't leave that one out; None: nothing."""
    if not state.faults.closed_user or "--user" in arguments:
        return None
    why = "Shell does not have permission to access user 10"
    return f"\nException occurred while executing:\njava.lang.SecurityException: {why}\n\tat com.android.server.pm.Shell.run(Shell.java)"


def uninstall(state: PhoneState, package: str, keeps_data: bool = False) -> bool:
    """Removes an app, with its data unless that is to be kept; False: there is none of that name."""
    installed = state.packages.pop(package, None)
    if installed is None:
        return False
    state.end_process(package)
    state.disk.remove(installed.path.rpartition("/")[0])
    if not keeps_data:
        state.granted.pop(package, None)
        state.disk.remove(f"/data/data/{package}")
        state.disk.remove(f"/sdcard/Android/data/{package}")
    return True


def _keep(state: PhoneState, info: ApkInfo, data: bytes) -> None:
    kept = data[:-1] + bytes([data[-1] ^ 1]) if state.faults.corrupt_install else data
    token = hashlib.sha256(data).hexdigest()[:12]
    path = f"/data/app/~~{token}==/{info.package}-{token}==/base.apk"
    if state.sdk < 30:
        path = f"/data/app/{info.package}-1/base.apk"
    old = state.packages.get(info.package)
    if old is not None:
        state.disk.remove(old.path.rpartition("/")[0])
        state.end_process(info.package)
    uid = old.uid if old is not None else FIRST_APP_UID + len(state.packages)
    state.packages[info.package] = InstalledApk(info, kept, path, uid)
    state.disk.write(path, kept)
    state.disk.make_folder(f"/data/data/{info.package}")
    state.granted.setdefault(info.package, set())


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
    if old is not None and info.certificate != old.info.certificate:
        known = "signatures do not match newer version; ignoring!"
        return f"INSTALL_FAILED_UPDATE_INCOMPATIBLE: Existing package {info.package} {known}"
    if old is not None and info.version_code < old.info.version_code and "-d" not in arguments:
        newer, older = old.info.version_code, info.version_code
        return f"INSTALL_FAILED_VERSION_DOWNGRADE: Downgrade detected: Update version code {older} is older than current {newer}"
    return None
