"""`invoke bundle`: a release for Google Play, signed with the user's key and checked."""

from __future__ import annotations

import getpass
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from appspec.errors import KitError
from appspec.stages import Stage, StageResult, hash_file, read_stamp
from deploy.apk.check import check_apk
from deploy.release.play import PlayCheck, check_release
from deploy.release.sign import Key, debug_key, make_one, sign, try_key, unlock
from deploy.toolchain.artifacts import TABLE as ARTIFACTS
from deploy.toolchain.build import build_release
from flow.app import OpenApp, app_lock, open_app
from flow.build import STAGE_VERSION, expected
from flow.convert import onnx_packages
from flow.generate import generate_project, project_hash, runtimes
from flow.packaged import find_packaged
from flow.phone_checks import phone_checks
from flow.screen import Screen
from flow.target import PERMISSIONS
from pymodel.pipeline import build_models
from pymodel.tasks.check import check_supported


def bundle(name: str, data: str | None, settings: Sequence[str], check: bool, use_debug_key: bool, screen: Screen) -> None:
    """Builds what is not up to date, signs it, and shows what Google Play asks for.

    Args:
        check: end with an error where Google Play would refuse the release.
        use_debug_key: sign with this machine's debug key: for trying the release on a phone.

    Raises:
        KitError: anything the user can mend; with `check`, what Google Play would refuse.
    """
    app = open_app(name, data, settings)
    with app_lock(app, screen):
        stages = build_bundle(app, use_debug_key, screen)
        release = _files(app, app.artifacts.release)
        checks = check_release(release[""], {abi: path for abi, path in release.items() if abi}, PERMISSIONS[app.spec.app.screen])
    show(app, release, checks, stages, screen)
    failed = [one for one in checks if not one.passed]
    if check and failed:
        raise KitError(
            f"Google Play would refuse {release[''].name}",
            "; ".join(f"{one.check}: {one.found}" for one in failed),
            "; ".join(one.fix for one in failed),
        )


def build_bundle(app: OpenApp, use_debug_key: bool, screen: Screen) -> list[StageResult]:
    """Runs every stage up to the signed release that is not up to date.

    Raises:
        KitError: anything the user can mend.
    """
    check_supported(app.spec)
    keystore, alias = _keystore(app, use_debug_key)
    keys: list[Key] = []

    def unlocked() -> Key:
        """The key, asked for and tried once: a wrong password is told before a long build."""
        if not keys:
            key = debug_key() if use_debug_key else unlock(keystore, alias, _ask())
            try_key(key, screen.status)
            keys.append(key)
        return keys[0]

    if not _signing(app, keystore, alias).stands():
        unlocked()
    models = build_models(app.spec, app.artifacts, screen, phone_checks(app.spec), onnx_packages(screen), find_packaged(screen))
    generated = generate_project(app, screen.say)
    if not _building(app).stands():
        unlocked()
    built = _build(app, screen)
    signed = _signing(app, keystore, alias).run(lambda target: _sign(app, unlocked(), target), screen.say)
    return [*models.stages, generated, built, signed]


def show(app: OpenApp, release: Mapping[str, Path], checks: list[PlayCheck], stages: list[StageResult], screen: Screen) -> None:
    """The files with their sizes, then what Google Play asks for."""
    files = [
        {"file": str(path), "for": abi or "Google Play", "size": f"{path.stat().st_size / 1e6:.2f} MB"}
        for abi, path in release.items()
    ]
    chosen = runtimes(app.spec)
    if screen.as_json:
        rows = [{key: value for key, value in asdict(one).items() if key != "fix" or not one.passed} for one in checks]
        screen.json(
            {
                "files": files,
                "runtime": chosen.release,
                "note": chosen.note,
                "checks": rows,
                "stages": [one.name for one in stages if one.made],
            }
        )
        return
    screen.table("Release", ("file", "for", "size"), files)
    screen.say(f"Models are computed by {chosen.release}" + (f": {chosen.note}" if chosen.note else ""))
    columns = ("asked for", "", "found", "what to do")
    rows = [
        {
            "asked for": one.check,
            "": "pass" if one.passed else "FAIL",
            "found": one.found,
            "what to do": "" if one.passed else one.fix,
        }
        for one in checks
    ]
    screen.table("What Google Play asks for", columns if any(not one.passed for one in checks) else columns[:-1], rows)


def _keystore(app: OpenApp, use_debug_key: bool) -> tuple[Path, str]:
    if use_debug_key:
        key = debug_key()
        return key.keystore, key.alias
    signing = app.spec.signing
    if signing is None:
        raise KitError(
            "The release can't be signed",
            "app.toml has no [signing]",
            f'make a key: {make_one()}; then add to apps/{app.name}/app.toml: [signing], keystore = "PATH", alias = "upload"; '
            "or try the release on a phone with --debug-key",
        )
    return app.spec.path(signing.keystore), signing.alias


def _building(app: OpenApp) -> Stage:
    inputs = {"project": project_hash(app.artifacts.android), "toolchain": hash_file(ARTIFACTS)}
    return Stage("build release", app.artifacts.unsigned, inputs, STAGE_VERSION)


def _build(app: OpenApp, screen: Screen) -> StageResult:
    def make(target: Path) -> None:
        screen.heading("Building the release")
        log = app.artifacts.logs / "gradle-release.log"
        build_release(app.artifacts.android, app.spec.android.abis, target, log, screen.status)

    return _building(app).run(make, screen.say)


def _signing(app: OpenApp, keystore: Path, alias: str) -> Stage:
    built = read_stamp(app.artifacts.unsigned)
    inputs = {
        "release": built["stamp"] if built else None,
        "keystore": hash_file(keystore) if keystore.is_file() else None,
        "alias": alias,
    }
    return Stage("sign release", app.artifacts.release, inputs, STAGE_VERSION)


def _sign(app: OpenApp, key: Key, target: Path) -> None:
    unsigned = app.artifacts.unsigned
    signed = _files(app, target)
    sources = {abi: unsigned / (f"{abi}.apk" if abi else "app.aab") for abi in signed}
    sign(key, app.spec.android.min_sdk, {sources[abi]: path for abi, path in signed.items()})
    for abi, path in signed.items():
        if abi:
            check_apk(path, expected(app, (abi,)))
    shutil.copyfile(unsigned / "mapping.txt", target / "mapping.txt")


def _files(app: OpenApp, folder: Path) -> dict[str, Path]:
    """The bundle under the empty name, and the APK of each ABI."""
    return {"": folder / f"{app.name}.aab", **{abi: folder / f"{app.name}-{abi}.apk" for abi in app.spec.android.abis}}


def _ask() -> Callable[[str], str] | None:
    return getpass.getpass if sys.stdin.isatty() else None
