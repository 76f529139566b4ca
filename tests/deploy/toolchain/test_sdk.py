"""Which SDK is taken: the user's if it has what is needed, Google's only if the user says so, else the open platform."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from deploy.toolchain import google_sdk, sdk
from deploy.toolchain.aapt2 import runnable_aapt2
from deploy.toolchain.artifacts import Download
from deploy.toolchain.google_sdk import google_sdk_folder, offer_google_sdk
from deploy.toolchain.jdk import Jdk, find_jdk
from deploy.toolchain.sdk import find_sdk, lacking, prepare_sdk
from tests.deploy.toolchain.repository import Repository


@pytest.fixture(autouse=True)
def _none_installed(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANDROID_HOME", raising=False)
    monkeypatch.delenv("ANDROID_SDK_ROOT", raising=False)


def install(root: Path, platform: int = 36, *build_tools: str) -> Path:
    """A folder that looks like an SDK."""
    (root / f"platforms/android-{platform}").mkdir(parents=True)
    (root / f"platforms/android-{platform}/android.jar").touch()
    for version in build_tools:
        (root / "build-tools" / version).mkdir(parents=True)
        (root / "build-tools" / version / "aapt2").touch()
    return root


@pytest.mark.parametrize("variable", ["ANDROID_HOME", "ANDROID_SDK_ROOT"])
def test_the_users_sdk_is_taken_with_its_newest_final_tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    root = install(tmp_path / "나의 sdk", 36, "33.0.2", "34.0.0", "36.0.0", "37.0.0-rc1")
    monkeypatch.setenv(variable, str(root))
    found = find_sdk()
    assert found is not None
    assert (found.root, found.build_tools, found.origin) == (root, "36.0.0", "found")
    assert found.aapt2 == root / "build-tools/36.0.0/aapt2"


@pytest.mark.parametrize(
    ("platform", "tools", "packages"),
    [
        (34, ["35.0.0"], ["platforms;android-36"]),
        (36, ["33.0.2"], ["build-tools;36.0.0"]),
        (34, [], ["platforms;android-36", "build-tools;36.0.0"]),
    ],
)
def test_an_sdk_that_lacks_something_is_not_used_and_says_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: int, tools: list[str], packages: list[str]
) -> None:
    root = install(tmp_path / "sdk", platform, *tools)
    monkeypatch.setenv("ANDROID_HOME", str(root))
    assert find_sdk() is None
    assert lacking(root) == packages
    monkeypatch.setattr(sdk, "offer_google_sdk", lambda *_: False)
    monkeypatch.setattr(sdk, "assemble_open_platform", lambda *_: tmp_path / "open")
    messages: list[str] = []
    prepared = prepare_sdk(Jdk(tmp_path, "17"), messages.append)
    assert (prepared.root, prepared.origin) == (tmp_path / "open", "assembled")
    assert messages[0] == f"ANDROID_HOME ({root}) lacks {' and '.join(packages)}: not used"


def tools_archive(repository: Repository, monkeypatch: pytest.MonkeyPatch, folder: Path, code: int = 0) -> None:
    """Command-line tools whose sdkmanager installs what it is asked for, and records that it was started."""
    script = (
        "#!/bin/sh\nroot=${1#--sdk_root=}\nmkdir -p $root/platforms/android-36 $root/build-tools/36.0.0\n"
        "touch $root/platforms/android-36/android.jar $root/build-tools/36.0.0/aapt2\n"
        f'echo "$JAVA_HOME $*" > "$root/started"\nexit {code}\n'
    ).replace("$root/", '"$root"/')
    archive = folder / "tools.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("cmdline-tools/bin/sdkmanager", script)
    artifact = repository.artifact("tools", archive.read_bytes())
    row = Download(f"{repository.url}/{artifact.path}", artifact.sha256)
    monkeypatch.setattr(google_sdk, "named_download", lambda _name: row)


def test_googles_sdk_is_installed_by_its_own_tool_after_a_yes(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tools_archive(repository, monkeypatch, tmp_path)
    asked: list[str] = []

    def yes(question: str) -> bool:
        asked.append(question)
        return True

    jdk = find_jdk()
    prepared = prepare_sdk(jdk, ask=yes)
    assert "licences" in asked[0]
    assert (prepared.root, prepared.build_tools, prepared.origin) == (google_sdk_folder(), "36.0.0", "found")
    started = (google_sdk_folder() / "started").read_text()
    assert started.startswith(f"{jdk.home} --sdk_root={google_sdk_folder()} platforms;android-36")
    assert "--licenses" not in started


@pytest.mark.parametrize("ask", [None, lambda _question: False])
def test_nothing_of_googles_comes_without_a_yes(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ask: google_sdk.Ask | None
) -> None:
    tools_archive(repository, monkeypatch, tmp_path)
    assert not offer_google_sdk(find_jdk(), ask)
    assert repository.asked == []
    assert not google_sdk_folder().exists()


def test_a_refused_licence_is_no_failure(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tools_archive(repository, monkeypatch, tmp_path, code=1)
    messages: list[str] = []
    assert not offer_google_sdk(find_jdk(), lambda _question: True, messages.append)
    assert messages[-1] == "Google's tool installed nothing: using the open platform"


def test_the_cached_aapt2_runs(cache: Path) -> None:
    binary = runnable_aapt2()
    assert binary.is_relative_to(cache)
    assert binary.stat().st_mode & stat.S_IXUSR
