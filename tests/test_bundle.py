"""`invoke bundle` on a tiny app: a signed release from the registries alone that Google Play would take; and what R8 made
of the app does what the app did before."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appspec.errors import KitError
from deploy.apk.facts import inspect_apk
from deploy.jvm.camera import camera_picture, write_frame
from deploy.release.sign import KEY_PASSWORD, STORE_PASSWORD
from deploy.toolchain.toolchain import prepare_toolchain
from flow.app import OpenApp
from flow.build import BuildReport
from flow.bundle import build_bundle, bundle
from flow.screen import Screen
from pymodel.synthetic import draw_subject
from tests.conftest import TINY, open_tiny
from tests.deploy.release.factory import make_keystore
from tests.shrunken.compare import compare_dex
from tests.shrunken.dex_members import defined_members
from tests.shrunken.r8 import ReleaseInputs, release_inputs, shrink_to_classes
from tests.shrunken.run import AppRun, run_app

PASSWORD = "a secret word"
SIGNED = TINY + '[signing]\nkeystore = "KEYSTORE"\nalias = "upload"\n'


@dataclass(frozen=True)
class Release:
    """A built and signed release of the tiny app."""

    app: OpenApp
    text: str

    def apk(self, abi: str) -> Path:
        return self.app.artifacts.release / f"tiny-{abi}.apk"


@pytest.fixture(scope="module")
def release(tiny_root: Path, tiny_report: BuildReport, tmp_path_factory: pytest.TempPathFactory) -> Release:
    keystore = make_keystore(tmp_path_factory.mktemp("키 store") / "upload.p12", PASSWORD)
    text = SIGNED.replace("KEYSTORE", keystore.as_posix())
    app = open_tiny(tiny_root, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STORE_PASSWORD, PASSWORD)
        patch.delenv(KEY_PASSWORD, raising=False)
        build_bundle(app, False, Screen())
    return Release(app, text)


def test_google_play_would_take_it(
    release: Release, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tiny_root: Path
) -> None:
    monkeypatch.delenv(STORE_PASSWORD, raising=False)  # nothing is to be signed again
    monkeypatch.setattr("flow.bundle.open_app", lambda name, data, settings: open_tiny(tiny_root, release.text))
    bundle("tiny", None, (), True, False, Screen(as_json=True))
    told = json.loads(capsys.readouterr().out)
    assert [check["check"] for check in told["checks"] if not check["passed"]] == []
    assert len(told["checks"]) == 11
    assert told["runtime"] == "javacpp"
    assert "CPU alone" in told["note"]
    assert told["stages"] == []
    assert [Path(file["file"]).name for file in told["files"]] == ["tiny.aab", "tiny-arm64-v8a.apk", "tiny-x86_64.apk"]


def test_each_apk_has_its_own_libraries_and_the_models(release: Release, tiny_report: BuildReport) -> None:
    for abi in ("arm64-v8a", "x86_64"):
        facts = inspect_apk(release.apk(abi))
        assert (facts.abis, facts.signer, facts.debuggable) == ((abi,), "CN=Upload", False)
        names = {entry.name for entry in facts.entries}
        assert {f"lib/{abi}/libjnitensorflowlite.so", f"lib/{abi}/libjnijavacpp.so"} <= names
        assert not any("tensorflowlite_gpu" in name for name in names)
    with zipfile.ZipFile(release.app.artifacts.release / "tiny.aab") as archive:
        for pick in tiny_report.models.models:
            assert archive.read(f"base/assets/{pick.path.name}") == pick.path.read_bytes()


def test_the_password_is_in_no_file(release: Release) -> None:
    files = [path for path in release.app.artifacts.root.rglob("*") if path.is_file() and "data" not in path.parts]
    assert len(files) > 100
    assert [path for path in files if PASSWORD.encode() in path.read_bytes()] == []


def test_a_debug_key_is_no_key_for_google_play(
    release: Release, tiny_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANDROID_USER_HOME", str(tmp_path))
    monkeypatch.setattr("flow.bundle.open_app", lambda name, data, settings: open_tiny(tiny_root, release.text))
    bundle("tiny", None, (), False, True, Screen())
    with pytest.raises(KitError, match="would refuse") as caught:
        bundle("tiny", None, (), True, True, Screen())
    assert "key of your own" in caught.value.why
    monkeypatch.setenv(STORE_PASSWORD, PASSWORD)
    bundle("tiny", None, (), True, False, Screen())


def test_a_release_without_a_key_is_refused_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_tiny(tmp_path)
    with pytest.raises(KitError) as caught:
        build_bundle(app, False, Screen())
    assert "keytool -genkeypair" in caught.value.fix
    signed = open_tiny(tmp_path, SIGNED.replace("KEYSTORE", str(make_keystore(tmp_path / "k.p12", PASSWORD))))
    monkeypatch.setenv(STORE_PASSWORD, "wrong")
    with pytest.raises(KitError, match=r"password of k\.p12 is wrong"):
        build_bundle(signed, False, Screen())
    assert not (app.artifacts.root / "data").exists()


@dataclass(frozen=True)
class Compared:
    """The app before R8 and after it, on the same frames."""

    inputs: ReleaseInputs
    classes: Path
    before: AppRun
    after: AppRun


@pytest.fixture(scope="module")
def compared(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    folder = tmp_path_factory.mktemp("shrunken")
    toolchain = prepare_toolchain()
    frames = folder / "frames"
    for number in range(3):
        picture = draw_subject("cats", np.random.default_rng((4, number)), number, (480, 640)).image
        write_frame(camera_picture(picture, 90), frames / f"frame-{number}")
    inputs = release_inputs(release.app.artifacts.android, toolchain, folder / "inputs.log")
    classes = shrink_to_classes(inputs, toolchain.jdk, folder / "r8")
    before = run_app(toolchain.jdk, inputs.program, inputs.resources, inputs.assets, inputs.manifest, frames, folder / "before")
    apk = release.apk("arm64-v8a")
    after = run_app(toolchain.jdk, (classes,), apk, None, inputs.manifest, frames, folder / "after")
    return Compared(inputs, classes, before, after)


def test_every_activity_of_the_release_starts(compared: Compared) -> None:
    assert "io.apkiln.app.MainActivity false" in compared.after.activities
    assert compared.after.activities == compared.before.activities


def test_the_release_shows_what_the_app_showed(compared: Compared) -> None:
    assert sorted(compared.after.pictures) == ["frame-0", "frame-1", "frame-2"]
    assert compared.after.texts == compared.before.texts
    for name, picture in compared.after.pictures.items():
        pixels, wanted = (np.asarray(Image.open(path).convert("RGB")) for path in (picture, compared.before.pictures[name]))
        assert (pixels == wanted).all(), name
    assert len({picture.read_bytes() for picture in compared.after.pictures.values()}) > 1, "frames have answers of their own"


def test_the_dex_has_what_the_run_used(release: Release, compared: Compared) -> None:
    with zipfile.ZipFile(release.apk("arm64-v8a")) as apk:
        dex = defined_members(apk.read("classes.dex"))
    found = compare_dex(dex, compared.classes, compared.inputs.program, compared.after.loaded)
    assert found.missing == ()
    assert {"io.apkiln.app.MainActivity", "org.bytedeco.tensorflowlite.Interpreter"} <= found.kept
    assert len(found.merged) < len(found.renamed) / 3, "most have the same names in both"
    shown = dex["io.apkiln.app.MainActivity"] - {"onCreate:(Landroid/os/Bundle;)V"}
    poorer = {name: members for name, members in dex.items() if name != "org.bytedeco.tensorflowlite.Interpreter"}
    poorer["io.apkiln.app.MainActivity"] = shown
    assert compare_dex(poorer, compared.classes, compared.inputs.program, compared.after.loaded).missing == (
        "org.bytedeco.tensorflowlite.Interpreter",
        "io.apkiln.app.MainActivity.onCreate:(Landroid/os/Bundle;)V",
    )
