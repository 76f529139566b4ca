"""`invoke deploy`: builds if needed, then installs and starts the app."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.device.deploy import deploy as install
from deploy.device.target import DeployTarget
from flow.app import app_lock, open_app
from flow.build import ACTIVITY, PERMISSIONS, build
from flow.screen import Screen


def deploy(name: str, data: str | None, settings: Sequence[str], serial: str | None, screen: Screen) -> None:
    """The app of a name on the one phone, or on the one with that serial.

    Raises:
        KitError: the build failed, no phone or several, the phone can't run it, adb failed, the app crashed.
    """
    app = open_app(name, data, settings)
    with app_lock(app, screen):
        report = build(app, screen)
    spec = app.spec
    permissions = PERMISSIONS[spec.app.screen]
    target = DeployTarget(spec.app.id, ACTIVITY, spec.android.debug_abis, spec.android.min_sdk, permissions)
    screen.heading(f"Deploying {report.apk.name}")
    result = install(report.apk, target, serial, screen.say)
    row = {
        "phone": f"{result.model} ({result.serial})",
        "app": spec.app.id,
        "installed": "now" if result.installed else "already there, the same bytes",
        "sent": f"{result.sent_bytes} bytes",
        "seconds": round(result.seconds, 1),
        "process": result.pid,
    }
    screen.table("Deployed", tuple(row), [row])
