"""`invoke deploy`: builds if needed, then installs and starts the app on each chosen phone."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.device.choose import Say, Selection, choose_phones
from deploy.device.deploy import DeployResult
from deploy.device.deploy import deploy as install
from deploy.device.fleet import on_each
from deploy.device.listing import Connected
from flow.app import app_lock, open_app
from flow.phones import tell_outcomes
from flow.screen import Screen
from flow.target import target_of


def deploy(name: str, data: str | None, settings: Sequence[str], wanted: Selection, replace_data: bool, screen: Screen) -> None:
    """The app of a name on the phones that are meant, side by side.

    Args:
        replace_data: remove an app that the phone doesn't let be replaced, with its data.

    Raises:
        KitError: no phone or several without a choice, the build failed, a phone can't run it, adb failed, the app crashed.
    """
    app = open_app(name, data, settings)
    phones = choose_phones(wanted, screen.say)
    from flow.build import build  # takes a second to load, in which a wrong serial can be told

    with app_lock(app, screen):
        report = build(app, screen)
    target = target_of(app)

    def one_phone(phone: Connected, say: Say) -> DeployResult:
        return install(report.apk, target, phone, say, replace_data=replace_data)

    def row(result: DeployResult) -> dict[str, object]:
        sent: dict[str, object] = {"installed": result.installed, "sent_bytes": result.sent_bytes}
        if not screen.as_json:
            words = "now" if result.installed else "already there, the same bytes"
            sent = {"installed": words, "sent": f"{result.sent_bytes / 1e6:.1f} MB"}
        about: dict[str, object] = {"model": result.model, "app": target.application_id}
        return {**about, **sent, "seconds": round(result.seconds, 1), "process": result.pid}

    screen.heading(f"Deploying {report.apk.name}")
    tell_outcomes("Deployed", on_each(phones, one_phone, screen.say), row, screen)
