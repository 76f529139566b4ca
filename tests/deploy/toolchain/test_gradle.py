"""Where Gradle comes from: a wrapper's distribution, the official one downloaded, or one assembled."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.toolchain import gradle as module
from deploy.toolchain.artifacts import Download, kit_artifacts, named_download
from deploy.toolchain.google_sdk import reachable
from deploy.toolchain.gradle import Gradle, find_gradle, prepare_gradle, user_home
from deploy.toolchain.gradle_home import lay_out
from deploy.toolchain.jdk import find_jdk
from tests.deploy.toolchain.repository import Repository

WRAPPER_FOLDER = "gradle-8.14.3-bin/cv11ve7ro1n3o1j4so8xd9n66"  # as it stands on every machine with this version


@pytest.fixture(autouse=True)
def _home(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GRADLE_USER_HOME", raising=False)


def distribution() -> bytes:
    """A small archive laid out as Gradle's."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("gradle-8.14.3/bin/gradle", "#!/bin/sh\necho gradle\n")
    return packed.getvalue()


def test_the_users_own_user_home_is_used(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert user_home() == cache / "gradle-user-home"
    monkeypatch.setenv("GRADLE_USER_HOME", str(tmp_path / "mine"))
    assert user_home() == tmp_path / "mine"


@pytest.mark.parametrize("where", ["home/.gradle", "mine"])
def test_a_wrappers_distribution_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setenv("GRADLE_USER_HOME", str(tmp_path / "mine"))
    home = tmp_path / where / "wrapper" / "dists" / WRAPPER_FOLDER / "gradle-8.14.3"
    (home / "bin").mkdir(parents=True)
    assert find_gradle() is None, "half unpacked"
    (home.parent / "gradle-8.14.3-bin.zip.ok").touch()
    found = find_gradle()
    assert found == Gradle(home, tmp_path / where, None)
    assert found.origin == "found"
    command = found.command(find_jdk(), tmp_path / "a b", ["assembleDebug"])
    assert command[0] == str(home / "bin" / "gradle")
    assert command[-3:] == ["--project-dir", str(tmp_path / "a b"), "assembleDebug"]


def test_the_official_distribution_is_checked_and_put_where_wrappers_look(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = distribution()
    repository.files["gradle.zip"] = content
    row = Download(f"{repository.url}/gradle.zip", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(module, "named_download", lambda _name: row)
    prepared = prepare_gradle(find_jdk())
    assert prepared.origin == "found"
    assert (prepared.home / "bin" / "gradle").stat().st_mode & 0o111
    assert find_gradle() == prepared


def test_a_changed_distribution_is_refused(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.files["gradle.zip"] = distribution()
    row = Download(f"{repository.url}/gradle.zip", "0" * 64)
    monkeypatch.setattr(module, "named_download", lambda _name: row)
    with pytest.raises(KitError, match="sha256"):
        prepare_gradle(find_jdk())
    assert find_gradle() is None


def test_the_probe_tells_there_from_not_there(repository: Repository) -> None:
    repository.files["x"] = b""
    assert reachable(f"{repository.url}/x")
    assert not reachable(f"{repository.url}/y")
    assert not reachable("http://127.0.0.1:9/x", timeout_s=0.5)


def test_the_distribution_is_pinned_by_hash() -> None:
    row = named_download("gradle-distribution")
    assert row == Download(
        "https://services.gradle.org/distributions/gradle-8.14.3-bin.zip",
        "bd71102213493060956ec229d946beee57158dbd89d0e62b91bca0fa2c5f3531",
    )


def test_an_assembled_home_is_laid_out_by_what_the_big_jar_says(tmp_path: Path) -> None:
    big, real = tmp_path / "gradle-api.jar", tmp_path / "groovy-3.0.22.jar"
    real.write_bytes(b"real")
    with zipfile.ZipFile(big, "w") as jar:
        jar.writestr("gradle-plugins.properties", "plugins=gradle-war")
        jar.writestr("gradle-implementation-plugins.properties", "plugins=gradle-kit\n")
        jar.writestr("gradle-core-classpath.properties", "projects=gradle-base\nruntime=groovy-3.0.22.jar,guava-1.jar\n")
        jar.writestr("gradle-war-classpath.properties", "projects=\nruntime=\noptional=gradle-extra")
    lay_out(tmp_path / "home", big, [real])
    lib = tmp_path / "home" / "lib"
    assert {path.name for path in lib.glob("*.jar")} == {
        "gradle-core-8.11.1.jar",
        "gradle-base-8.11.1.jar",
        "gradle-extra-8.11.1.jar",
        "groovy-3.0.22.jar",
        "guava-1.jar",
    }
    assert {path.name for path in (lib / "plugins").iterdir()} == {"gradle-war-8.11.1.jar", "gradle-kit-8.11.1.jar"}
    assert (lib / "groovy-3.0.22.jar").read_bytes() == b"real"
    with zipfile.ZipFile(lib / "plugins" / "gradle-war-8.11.1.jar") as jar:
        assert b"gradle-extra" in jar.read("gradle-war-classpath.properties")
    assert big.samefile(lib / "gradle-core-8.11.1.jar")


def test_every_artifact_of_the_kit_has_a_hash_and_a_size() -> None:
    for section in ("gradle", "classes", "resources"):
        for artifact in kit_artifacts(section):
            assert len(artifact.sha256) == 64
            assert artifact.size
    assert kit_artifacts("gradle")[0].name == "gradle-api"
