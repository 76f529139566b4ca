"""What an app of the kit is to a phone: its id, its activity, what it asks for."""

from __future__ import annotations

from deploy.device.target import CAMERA, DeployTarget
from flow.app import OpenApp

ACTIVITY = "io.apkiln.app.MainActivity"
PERMISSIONS: dict[str, tuple[str, ...]] = {"camera": (CAMERA,), "sensor": ()}
"""What an app asks for, by its screen."""


def target_of(app: OpenApp) -> DeployTarget:
    """What an app's debug APK is."""
    spec = app.spec
    permissions = PERMISSIONS[spec.app.screen]
    return DeployTarget(spec.app.id, ACTIVITY, spec.android.debug_abis, spec.android.min_sdk, permissions, app.arguments)
