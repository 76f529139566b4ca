"""What is to run on the phone, and whether it can."""

from __future__ import annotations

from dataclasses import dataclass

from appspec.errors import KitError
from deploy.device.facts import PhoneFacts

CAMERA = "android.permission.CAMERA"


@dataclass(frozen=True)
class DeployTarget:
    """What the APK is known to be.

    Attributes:
        application_id: the Android applicationId, as org.example.cats.
        activity: full class name of the activity to start, as io.apkiln.app.MainActivity.
        abis: native ABIs inside; empty: no native code, any phone will do.
        min_sdk: the lowest Android API level.
        permissions: granted before the start, so that no question stands in the way.
        arguments: what names the app on the kit's command line, a blank before it, for remedies; empty: nothing need.
    """

    application_id: str
    activity: str
    abis: tuple[str, ...]
    min_sdk: int
    permissions: tuple[str, ...] = (CAMERA,)
    arguments: str = ""


def check_fits(target: DeployTarget, phone: PhoneFacts) -> None:
    """Checks Android version and ABI, so that nothing is sent in vain.

    Raises:
        KitError: the app can't run on this phone.
    """
    if phone.sdk < target.min_sdk:
        raise KitError(
            f"{phone.model}'s Android is too old for the app",
            f"it has Android {phone.release} (API {phone.sdk}), the app wants API {target.min_sdk} or newer",
            f"[android] min_sdk = {phone.sdk} in app.toml if the app can do with it, or another phone",
        )
    if target.abis and not set(target.abis) & set(phone.abis):
        raise KitError(
            f"the app has no code for {phone.model}'s processor",
            f"it runs {', '.join(phone.abis)}; the APK holds {', '.join(target.abis)}",
            f'add "{phone.abis[0]}" to [android] abis in app.toml, then the same command again',
        )
