"""The package manager's refusals (INSTALL_FAILED_… and their kin) in the user's words, with the phone's own, each with its remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appspec.errors import KitError
from deploy.device.connection import Command

REBUILD = "invoke build-apk{arguments}, then the same command again"
REPLACE = "remove the app that is there WITH ITS DATA: invoke deploy{arguments} --replace-data"
GUARD = (
    "unlock it and tap Install when it asks; Developer options > Install via USB, USB debugging (Security settings), "
    "Disable permission monitoring: on, where the phone has them (Xiaomi: needs a SIM and an account)"
)

PROFILE = "remove that profile for the time being (on the phone: Settings > Accounts or Users), then the same command again"
PROTECT = "Developer options > Verify apps over USB: off; or allow it in the Play Store's Play Protect"

CLOSED_USER = r"permission to access user \d+"
REPLACEABLE = frozenset(
    {
        "INSTALL_FAILED_UPDATE_INCOMPATIBLE",
        "INSTALL_FAILED_VERSION_DOWNGRADE",
        "INSTALL_FAILED_PERMISSION_MODEL_DOWNGRADE",
        "INSTALL_FAILED_SANDBOX_VERSION_DOWNGRADE",
        "INSTALL_PARSE_FAILED_INCONSISTENT_CERTIFICATES",
    }
)
"""Those that end once the app that is there is gone."""

# code → (why, fix); {package} is filled in. AOSP, PackageManager.java; -99 is no code of AOSP's.
REFUSALS: dict[str, tuple[str, str]] = {
    "INSTALL_FAILED_UPDATE_INCOMPATIBLE": (
        "the phone has {package} already, signed with another key",
        f"another [app] id in app.toml; or {REPLACE}",
    ),
    "INSTALL_FAILED_VERSION_DOWNGRADE": (
        "the phone has a newer version of {package}",
        f"a higher [app] version in app.toml; or {REPLACE}",
    ),
    "INSTALL_FAILED_PERMISSION_MODEL_DOWNGRADE": (
        "the {package} that is there asks for permissions in a newer way",
        f"a higher [android] target_sdk in app.toml; or {REPLACE}",
    ),
    "INSTALL_FAILED_SANDBOX_VERSION_DOWNGRADE": (
        "the {package} that is there runs in a stricter sandbox",
        f"another [app] id in app.toml; or {REPLACE}",
    ),
    "INSTALL_FAILED_UID_CHANGED": (
        "the phone keeps data of {package} from another time, under another user id",
        "another [app] id in app.toml; or restart the phone and remove that data: invoke uninstall{arguments}",
    ),
    "INSTALL_FAILED_INSUFFICIENT_STORAGE": (
        "the phone's storage is full",
        "free some space on it (Settings > Storage), then the same command again",
    ),
    "INSTALL_FAILED_NO_MATCHING_ABIS": (
        "the APK holds no code for the phone's processor",
        "set [android] abis in app.toml to one that the phone runs, then the same command again",
    ),
    "INSTALL_FAILED_OLDER_SDK": (
        "the phone's Android is too old for the app",
        "a lower [android] min_sdk in app.toml if the app can do with it, or another phone",
    ),
    "INSTALL_FAILED_USER_RESTRICTED": (
        "the phone doesn't let a computer install apps, or the question on its screen was refused",
        GUARD,
    ),
    "INSTALL_FAILED_ABORTED": ("the phone gave up on it", "look at its screen for a question, then the same command again"),
    "INSTALL_CANCELED_BY_USER": ("the question on the phone's screen was refused", GUARD),
    "INSTALL_FAILED_VERIFICATION_FAILURE": ("Play Protect on the phone refused the app", PROTECT),
    "INSTALL_FAILED_VERIFICATION_TIMEOUT": ("Play Protect on the phone didn't answer in time", f"{PROTECT}; or another network"),
    "INSTALL_FAILED_REJECTED_BY_BUILDTYPE": ("the phone's maker lets no app like this in", "another phone"),
    "INSTALL_FAILED_HYPEROS_ISOLATION_VIOLATION": (
        "Xiaomi's HyperOS keeps the app's place for another one",
        "another [app] id in app.toml",
    ),
    "INSTALL_FAILED_MEDIA_UNAVAILABLE": (
        "the place where the app would go can't be written, as a memory card",
        "restart the phone; take the card out",
    ),
    "INSTALL_FAILED_CONTAINER_ERROR": (
        "the place where the app would go can't be written, as a memory card",
        "restart the phone; take the card out",
    ),
    "INSTALL_FAILED_CPU_ABI_INCOMPATIBLE": (
        "the APK holds no code for the phone's processor",
        "set [android] abis in app.toml to one that the phone runs, then the same command again",
    ),
    "INSTALL_FAILED_TEST_ONLY": (
        "the APK is marked testOnly, as Android Studio's Run button builds them",
        REBUILD,
    ),
    "INSTALL_FAILED_INVALID_APK": ("the phone can't use what is in the APK", REBUILD),
    "INSTALL_PARSE_FAILED_NOT_APK": ("the file is no APK, or only a part of one", REBUILD),
    "INSTALL_PARSE_FAILED_NO_CERTIFICATES": ("the APK isn't signed, or not in a way this Android takes", REBUILD),
    "INSTALL_PARSE_FAILED_INCONSISTENT_CERTIFICATES": (
        "the APK's parts are signed with several keys, or the phone has {package} signed with another",
        f"{REBUILD}; or {REPLACE}",
    ),
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
    "INSTALL_FAILED_DEXOPT": ("the phone couldn't compile the app", "free some space on it, then the same command again"),
    "INSTALL_FAILED_DEPRECATED_SDK_VERSION": (
        "the phone's Android no longer takes apps that aim at so old a version",
        "a higher [android] target_sdk in app.toml",
    ),
    "-99": ("the phone's own guard against apps from a computer stopped it (OPPO, realme, OnePlus, Xiaomi)", GUARD),
}

# What the phone says beside a code → (why, fix), where that tells more than the code.
DETAILS: tuple[tuple[str, str, str], ...] = (
    (
        r"extract native libraries, res=-2\b",
        "the phone can't read the native libraries inside the APK: they are packed, not aligned to its pages, or cut short",
        f"{REBUILD}; if it stays so: android:extractNativeLibs, and useLegacyPackaging in build.gradle",
    ),
    (
        r"not enough space|No space left|ENOSPC|Insufficient storage",
        *REFUSALS["INSTALL_FAILED_INSUFFICIENT_STORAGE"],
    ),
    (
        r"INSTALL_GRANT_RUNTIME_PERMISSIONS|Neither user \d+ nor current process has|Install canceled by user|[Uu]ser rejected|"
        r"^Permission [Dd]enied",
        "the phone doesn't let a computer do that",
        GUARD,
    ),
    (
        r"[Uu]ser restriction|[Ss]ecurity policy|DISALLOW_|no_install_apps|device owner|profile owner",
        "an administrator, a work profile or a parent keeps apps from being installed on the phone",
        "on it: Settings > Accounts, or Security > Device admin apps; or another phone",
    ),
    (
        r"permission to access user \d+",
        "another user of the phone (a work profile, a Secure Folder) is closed to computers",
        PROFILE,
    ),
    (
        r"calling service package|DeadObjectException",
        "its package manager broke off in the middle",
        "free some space on it, restart it, then the same command again",
    ),
)
UNREADABLE = ("the phone can't read the APK", REBUILD)
"""For each INSTALL_PARSE_FAILED_… that has no words of its own."""


@dataclass(frozen=True)
class Refusal:
    """An install command's answer.

    Attributes:
        code: as INSTALL_FAILED_TEST_ONLY, -99 or an exception's name; empty where it has none.
        detail: the phone's own words; may be empty.
    """

    code: str
    detail: str

    @property
    def replaceable(self) -> bool:
        """Whether removing the app that is there would mend it."""
        return self.code in REPLACEABLE

    def error(self, package: str, serial: str, command: Command, arguments: str = "") -> KitError:
        """In the user's words.

        Args:
            command: makes the line that runs our adb, `Adb.command`.
            arguments: as those of a DeployTarget.
        """
        log = command("logcat", "-d", "-s", "PackageManager", "PackageInstaller", serial=serial)
        others = UNREADABLE if self.code.startswith("INSTALL_PARSE_FAILED") else ("", f"its log may tell more: {log}")
        why, fix = REFUSALS.get(self.code, others)
        for pattern, cause, remedy in DETAILS:
            if re.search(pattern, self.detail):
                why, fix = cause, remedy
        told = f"the phone says: {self.detail}" if why and self.detail else self.detail
        reasons = "; ".join(filter(None, (why.format(package=package), told)))
        code = f" ({self.code})" if self.code else ""
        return KitError(
            f"the phone {serial} refused the app{code}", reasons or "it gives no reason", fix.format(arguments=arguments)
        )


def read_refusal(answer: str) -> Refusal | None:
    """What an install command answered; None where that holds nothing but adb's own words: the connection ended.

    Args:
        answer: all that adb wrote, without the APK's path: `Failure [INSTALL_FAILED_X: detail]`, or an exception's trace.
    """
    answer = re.sub(r"Performing \w+ Install|adb: failed to install *:?", "", answer).strip()
    found = re.search(r"Failure \[(INSTALL_[A-Z_0-9]+|-?\d+)(?:: *(.*))?\]", answer, re.DOTALL)
    if found is not None:
        return Refusal(found.group(1), _one_line(found.group(2) or ""))
    thrown = re.findall(r"^(?:Caused by: |Error: )?(?:[a-z]\w*\.)+([\w$]+(?:Exception|Error))(?:: *(.*))?$", answer, re.MULTILINE)
    if thrown:
        return Refusal(thrown[-1][0], _one_line(thrown[-1][1]))
    return Refusal("", _one_line(answer)) if answer else None


def not_up(answer: str, serial: str) -> KitError | None:
    """The error for a phone whose package manager doesn't run yet; None where the answer is another."""
    if "Can't find service: package" not in answer:
        return None
    why = "its package manager doesn't answer; it is still starting"
    return KitError(f"the phone {serial} isn't up", why, "wait until its home screen shows, then the same command again")


def _one_line(text: str) -> str:
    """Without line breaks and stack frames, and no longer than a user reads."""
    lines = [line.strip() for line in text.splitlines()]
    joined = " ".join(line for line in lines if line and not line.startswith("at "))
    return joined if len(joined) <= 300 else f"{joined[:300]} …"
