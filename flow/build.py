"""`invoke build-apk`: every stage from the data to a checked APK."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appspec.read_contract import read_contract
from appspec.stages import Stage, StageResult, hash_file
from deploy.apk.check import ExpectedApk, check_apk
from deploy.toolchain.artifacts import TABLE as ARTIFACTS
from deploy.toolchain.build import build_apk as run_gradle
from deploy.toolchain.prefetch import prefetch
from flow.app import OpenApp, app_lock, open_app
from flow.generate import generate_project, own_animation, project_hash
from flow.models import MODEL_COLUMNS, make_models, model_rows, next_command, show_evaluation
from flow.ready_model import ReadyModel, make_app
from flow.screen import Screen
from flow.target import ACTIVITY, PERMISSIONS
from pymodel.pipeline import Models
from pymodel.tasks.check import check_supported

STAGE_VERSION = 1
"""Raised when the same project gives another APK or release."""


@dataclass(frozen=True)
class BuildReport:
    """What a build made.

    Attributes:
        apk: the finished, checked file.
        facts: what the checks read out of it.
        stages: all stages with their times.
    """

    apk: Path
    facts: dict[str, object]
    models: Models
    stages: tuple[StageResult, ...]


def build_apk(name: str, data: str | None, settings: Sequence[str], screen: Screen, ready: ReadyModel | None = None) -> None:
    """Builds an app and reports it.

    Args:
        ready: a model to make an app of, in place of the app of that name.
    """
    if ready is not None:
        name = make_app(ready, screen)
    app = open_app(name, data, settings)
    with app_lock(app, screen):
        report = build(app, screen)
    show(report, screen, f"Next: invoke deploy{app.arguments} (with a phone on USB), or {next_command(app)}")


def generate(name: str, data: str | None, settings: Sequence[str], screen: Screen) -> None:
    """Writes the Android project of an app whose models are there."""
    app = open_app(name, data, settings)
    with app_lock(app, screen):
        result = generate_project(app, screen.say)
    screen.say(f"Android project: {result.folder}")


def build(app: OpenApp, screen: Screen) -> BuildReport:
    """Runs every stage that is not up to date.

    Raises:
        KitError: anything the user can mend.
    """
    check_supported(app.spec)
    own_animation(app.spec)
    with _Prefetch(app):
        models = make_models(app, screen)
    generated = generate_project(app, screen.say)
    packed = _package(app, screen)
    facts = json.loads((app.artifacts.apk / "facts.json").read_text(encoding="utf-8"))
    facts["file"] = str(app.apk)  # the build folder may have been moved since
    return BuildReport(app.apk, facts, models, (*models.stages, generated, packed))


def show(report: BuildReport, screen: Screen, note: str = "") -> None:
    """The tables that end a build.

    Args:
        note: the last line: what comes next.
    """
    stages = [
        {"stage": stage.name, "seconds": round(stage.seconds, 1), "now": "made" if stage.made else "nothing changed"}
        for stage in report.stages
    ]
    if screen.as_json:
        evaluation = report.models.evaluation
        screen.json({"apk": report.facts, "models": model_rows(report.models), "evaluation": evaluation, "stages": stages})
        return
    screen.table("Stages", ("stage", "seconds", "now"), stages)
    screen.table("Models", MODEL_COLUMNS, model_rows(report.models))
    evaluation = report.models.evaluation
    if evaluation is not None:
        show_evaluation(evaluation, screen)
    screen.table("APK", ("what", "value"), [{"what": key, "value": value} for key, value in report.facts.items()])
    screen.say(note)


def _package(app: OpenApp, screen: Screen) -> StageResult:
    project = app.artifacts.android
    stage = Stage(
        "build apk",
        app.artifacts.apk,
        {"project": project_hash(project), "toolchain": hash_file(ARTIFACTS)},
        STAGE_VERSION,
    )

    def make(target: Path) -> None:
        screen.heading("Building the APK")
        built = run_gradle(project, app.artifacts.logs / "gradle.log", screen.status)
        apk = target / f"{app.name}.apk"
        shutil.copyfile(built, apk)
        facts = check_apk(apk, expected(app))
        document = {
            "file": app.apk.name,
            "size": f"{apk.stat().st_size / 1e6:.2f} MB",
            "application id": facts.application_id,
            "version": f"{facts.version_name} ({facts.version_code})",
            "Android": f"{facts.min_sdk} or newer, made for {facts.target_sdk}",
            "ABIs": ", ".join(facts.abis),
            "signer": facts.signer,
        }
        (target / "facts.json").write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")

    return stage.run(make, screen.say)


def expected(app: OpenApp, abis: Sequence[str] | None = None) -> ExpectedApk:
    """What a finished APK must hold.

    Args:
        abis: None: those of a debug build.
    """
    spec = app.spec
    models = [read_contract(path) for model in spec.model for path in app.artifacts.shipped(model.name)]
    return ExpectedApk(
        application_id=spec.app.id,
        version_name=spec.app.version,
        version_code=spec.app.version_code,
        min_sdk=spec.android.min_sdk,
        target_sdk=spec.android.target_sdk,
        label=spec.app.name,
        abis=abis or spec.android.debug_abis,
        activity=ACTIVITY,
        permissions=PERMISSIONS[spec.app.screen],
        assets={f"assets/{contract.file}": contract.sha256 for contract in models},
    )


class _Prefetch:
    """Brings the toolchain in the background while the models train; its failure is told when the build needs it."""

    def __init__(self, app: OpenApp) -> None:
        self._needed = not app.apk.is_file()

    def __enter__(self) -> None:
        if self._needed:
            threading.Thread(target=_quiet_prefetch, name="prefetch", daemon=True).start()

    def __exit__(self, *_: object) -> None:
        """The build itself waits for what is still on its way, by the toolchain's own lock."""


def _quiet_prefetch() -> None:
    from appspec.errors import KitError

    try:
        prefetch()
    except KitError:
        return
