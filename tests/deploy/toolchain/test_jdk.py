"""Which JDK is taken, and the error if there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.toolchain.jdk import find_jdk, java_version, major


def fake_jdk(home: Path, version: str, compiler: bool = True, release: bool = True) -> Path:
    """A folder that looks like a JDK."""
    (home / "bin").mkdir(parents=True)
    (home / "lib").mkdir()
    java = home / "bin" / "java"
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2024-01-01' >&2\n")
    java.chmod(0o755)
    if compiler:
        (home / "bin" / "javac").touch()
        (home / "lib" / "ct.sym").touch()
    if release:
        (home / "release").write_text(f'IMPLEMENTOR="Test"\nJAVA_VERSION="{version}"\n')
    return home


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Java anywhere."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")


def test_the_real_jdk_here_is_usable() -> None:
    jdk = find_jdk()
    assert jdk.java.is_file()
    assert 17 <= major(jdk.version) <= 23


def test_java_home_comes_before_path(nothing: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_jdk(tmp_path / "자바 17", "17.0.1")
    fake_jdk(tmp_path / "path", "21.0.2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "자바 17"))
    monkeypatch.setenv("PATH", str(tmp_path / "path" / "bin"))
    assert find_jdk().version == "17.0.1"


def test_path_helps_where_java_home_is_too_old(nothing: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_jdk(tmp_path / "old", "1.8.0_402")
    fake_jdk(tmp_path / "new", "17.0.9")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(tmp_path / "new" / "bin" / "java")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_jdk().home == tmp_path / "new"


@pytest.mark.parametrize(
    ("version", "compiler", "why"),
    [
        ("11.0.20", True, "JAVA_HOME is Java 11.0.20"),
        ("1.8.0_402", True, "JAVA_HOME is Java 1.8.0_402"),
        ("24.0.1", True, "17 to 23 is needed"),
        ("17.0.9", False, "without the compiler javac"),
    ],
)
def test_an_unusable_one_is_named(
    nothing: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, compiler: bool, why: str
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_jdk(tmp_path / "jdk", version, compiler)))
    with pytest.raises(KitError) as failed:
        find_jdk()
    assert why in failed.value.why
    assert "install" in failed.value.fix


def test_a_java_home_that_is_gone_is_named(nothing: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "gone"))
    with pytest.raises(KitError, match=r"has no bin/java"):
        find_jdk()


def test_none_at_all_is_said_so(nothing: None) -> None:
    with pytest.raises(KitError, match="JAVA_HOME is not set and there is no java on PATH"):
        find_jdk()


def test_without_a_release_file_java_itself_is_asked(tmp_path: Path) -> None:
    assert java_version(fake_jdk(tmp_path / "jdk", "17.0.3", release=False)) == "17.0.3"


@pytest.mark.parametrize(("version", "number"), [("17.0.15", 17), ("21", 21), ("1.8.0_402", 8), ("23-ea", 23), ("", 0)])
def test_major_numbers(version: str, number: int) -> None:
    assert major(version) == number
