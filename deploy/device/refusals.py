"""The package manager's refusals (INSTALL_FAILED_… and their kin) in the user's words, each with its remedy."""

from __future__ import annotations

import re

from appspec.errors import KitError
from deploy.device.adb import Adb

REBUILD = "invoke build-apk, then invoke deploy again"

# code → (why, fix); {package} and {uninstall} are filled in. AOSP, PackageManager.java.
REFUSALS: dict[str, tuple[str, str]] = {
    "INSTALL_FAILED_UPDATE_INCOMPATIBLE": (
        "the phone has {package} already, signed with another key",
        "another [app] id in app.toml; or remove that app WITH ITS DATA: {uninstall}",
    ),
    "INSTALL_FAILED_VERSION_DOWNGRADE": (
        "the phone has a newer version of {package}",
        "a higher [app] version in app.toml; or remove that app WITH ITS DATA: {uninstall}",
    ),
    "INSTALL_FAILED_INSUFFICIENT_STORAGE": (
        "the phone's storage is full",
        "free some space on it (Settings > Storage), then invoke deploy again",
    ),
    "INSTALL_FAILED_NO_MATCHING_ABIS": (
        "the APK holds no code for the phone's processor",
        "set [android] abis in app.toml to one that the phone runs, then invoke deploy again",
    ),
    "INSTALL_FAILED_OLDER_SDK": (
        "the phone's Android is too old for the app",
        "a lower [android] min_sdk in app.toml if the app can do with it, or another phone",
    ),
    "INSTALL_FAILED_USER_RESTRICTED": (
        "the phone doesn't let a computer install apps, or the question on its screen was refused",
        "Developer options > Install via USB (Xiaomi: needs a SIM and an account), and tap Install when it asks",
    ),
    "INSTALL_FAILED_ABORTED": ("the phone gave up on it", "look at its screen for a question, then invoke deploy again"),
    "INSTALL_FAILED_VERIFICATION_FAILURE": (
        "Play Protect on the phone refused the app",
        "Developer options > Verify apps over USB: off; or allow it in the Play Store's Play Protect",
    ),
    "INSTALL_FAILED_TEST_ONLY": (
        "the APK is marked testOnly, as Android Studio's Run button builds them",
        REBUILD,
    ),
    "INSTALL_FAILED_INVALID_APK": ("the APK is not whole", REBUILD),
    "INSTALL_PARSE_FAILED_NOT_APK": ("the file is no APK, or only a part of one", REBUILD),
    "INSTALL_PARSE_FAILED_NO_CERTIFICATES": ("the APK isn't signed, or not in a way this Android takes", REBUILD),
    "INSTALL_PARSE_FAILED_INCONSISTENT_CERTIFICATES": ("the APK's parts are signed with several keys", REBUILD),
    "INSTALL_PARSE_FAILED_MANIFEST_MALFORMED": ("the phone can't read the APK's manifest", REBUILD),
    "INSTALL_FAILED_SHARED_USER_INCOMPATIBLE": (
        "an app on the phone shares its user id and is signed with another key",
        "another [app] id in app.toml",
    ),
    "INSTALL_FAILED_CONFLICTING_PROVIDER": (
        "another app on the phone has the same content provider",
        "another [app] id in app.toml, or remove that app",
    ),
    "INSTALL_FAILED_DUPLICATE_PERMISSION": (
        "another app on the phone defines the same permission",
        "another [app] id in app.toml, or remove that app",
    ),
    "INSTALL_FAILED_MISSING_SHARED_LIBRARY": (
        "the APK wants a library that the phone lacks",
        'android:required="false" on its <uses-native-library> or <uses-library>',
    ),
    "INSTALL_FAILED_DEXOPT": ("the phone couldn't compile the app", "free some space on it, then invoke deploy again"),
    "INSTALL_FAILED_DEPRECATED_SDK_VERSION": (
        "the phone's Android no longer takes apps that aim at so old a version",
        "a higher [android] target_sdk in app.toml",
    ),
}


def refusal(answer: str, package: str, serial: str, adb: Adb) -> KitError | None:
    """The error for what an install command answered; None where no refusal is named in it.

    Args:
        answer: all that adb wrote, as `Failure [INSTALL_FAILED_X: detail]`.
    """
    found = re.search(r"(INSTALL_[A-Z]\w+)(?:: *([^\]\n]*))?", answer)
    if found is None:
        return _not_up(answer, serial)
    code, detail = found.group(1), (found.group(2) or "").strip()
    why, fix = REFUSALS.get(code, (detail or "it gives no reason", "look the code up in Android's documentation"))
    uninstall = adb.command("uninstall", package, serial=serial)
    return KitError(
        f"the phone {serial} refused the app ({code})",
        why.format(package=package, uninstall=uninstall),
        fix.format(package=package, uninstall=uninstall),
    )


def _not_up(answer: str, serial: str) -> KitError | None:
    if not re.search(r"Can't find service: package|Failure calling service package", answer):
        return None
    why = "its package manager doesn't answer; it is still starting"
    return KitError(f"the phone {serial} isn't up", why, "wait until its home screen shows, then invoke deploy again")
