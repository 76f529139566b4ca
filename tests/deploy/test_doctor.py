"""doctor says what is here, what comes by itself and what the user must mend, at once and without the network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy.doctor import examine, parts_as_rows
from deploy.phone_library.jvm import missing_gpu_parts
from deploy.phone_library.library import missing_parts
from deploy.phone_library.litert_gpu import missing_vulkan_parts

NAMES = [
    "Python",
    "JDK",
    "Gradle",
    "Android SDK platform",
    "aapt2",
    "adb",
    "git",
    "cache",
    "phones' ARM64 libraries",
    "phones' library in a JVM",
    "phones' GPU delegate in a JVM",
    "LiteRT's newest GPU delegate",
    "ONNX converter",
    "Core ML",
    "TinyML",
]


FREE_BYTES = 100 * 10**9


@pytest.fixture(autouse=True)
def _bare(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with_free_bytes(monkeypatch, FREE_BYTES)
    for variable in ("ANDROID_HOME", "ANDROID_SDK_ROOT", "GRADLE_USER_HOME"):
        monkeypatch.delenv(variable, raising=False)


def test_a_fresh_machine_misses_nothing_the_kit_does_not_bring(cache: Path) -> None:
    rows = {row["name"]: row for row in parts_as_rows(examine())}
    assert list(rows) == NAMES
    assert {name: row["status"] for name, row in rows.items()} == {
        "Python": "found",
        "JDK": "found",
        "Gradle": "not yet",
        "Android SDK platform": "not yet",
        "aapt2": "found",
        "adb": "found",
        "git": "found",
        "cache": "not yet",
        "phones' ARM64 libraries": "optional" if missing_parts() else "found",
        "phones' library in a JVM": "optional" if missing_parts("x86_64") else "found",
        "phones' GPU delegate in a JVM": "optional" if missing_gpu_parts() else "found",
        "LiteRT's newest GPU delegate": "optional" if missing_vulkan_parts() else "found",
        "ONNX converter": "optional",
        "Core ML": "found" if find_spec("coremltools") else "optional",
        "TinyML": "found" if find_spec("tflite_micro") else "optional",
    }
    assert all(row["fix"] for row in rows.values() if row["status"] == "not yet")
    assert not cache.exists(), "looking makes nothing"


def test_a_missing_jdk_is_named_with_the_command_that_installs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    jdk = next(part for part in examine() if part.name == "JDK")
    assert jdk.status == "missing"
    assert "install" in jdk.fix


def test_a_missing_git_is_named_with_what_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    git = next(part for part in examine() if part.name == "git")
    assert git.status == "missing"
    assert "edits" in git.fix


def test_an_sdk_that_lacks_packages_gets_the_command_that_adds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sdk").mkdir()
    monkeypatch.setenv("ANDROID_HOME", str(tmp_path / "sdk"))
    part = next(part for part in examine() if part.name == "Android SDK platform")
    assert 'sdkmanager --sdk_root="' in part.fix
    assert '"platforms;android-36" "build-tools;36.0.0"' in part.fix


def test_a_full_disk_is_told_with_what_helps(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_free_bytes(monkeypatch, 2 * 10**9)
    part = next(part for part in examine() if part.name == "cache")
    assert (part.status, part.version) == ("missing", "2 GB free")
    assert "APKILN_CACHE" in part.fix


def test_it_looks_without_the_network_and_without_tensorflow(cache: Path) -> None:
    code = (
        "import json, socket, sys\nfrom deploy.doctor import examine, parts_as_rows\nsocket.getaddrinfo = None\n"
        "print(json.dumps(parts_as_rows(examine())))\nassert 'tensorflow' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert [row["name"] for row in json.loads(run.stdout)] == NAMES


def with_free_bytes(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    """A disk of 250 GB with so much left, whatever this machine's has."""
    usage = SimpleNamespace(total=250 * 10**9, used=250 * 10**9 - free, free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
