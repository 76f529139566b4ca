"""What a JVM computes an app's models with: the phone's library, its GPU delegate, or the build for desktops, and why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deploy.phone_library import jvm
from deploy.phone_library.jvm import DESKTOP, LIBRARY, jvm_library, missing_gpu_parts
from deploy.phone_library.library import missing_parts
from tests.deploy.phone_library.required import gpu_here, here


def test_other_runtimes_have_a_build_for_desktops() -> None:
    assert jvm_library("javacpp") == jvm_library("litert") == DESKTOP
    assert DESKTOP.name == "TensorFlow Lite 2.20.0 for desktops"
    assert DESKTOP.properties == DESKTOP.environment == {}


@here
def test_the_phones_library_is_ready_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jvm, "_system_libraries", lambda names: dict.fromkeys(names))
    assert missing_gpu_parts() == "libEGL.so.1, libGLESv2.so.2, libEGL_mesa.so.0"
    library = jvm_library("tensorflow-lite")
    assert library.name == (
        "the phone's own tensorflow-lite 2.16.1 (x86_64) without GPU, "
        "because this machine lacks libEGL.so.1, libGLESv2.so.2, libEGL_mesa.so.0"
    )
    (folder,) = library.folders
    assert {"libtensorflowlite_jni.so", "libc.so", "libm.so", "libdl.so", "liblog.so"} <= {path.name for path in folder.iterdir()}
    assert library.properties[LIBRARY] == "cpu"
    assert library.properties["java.library.path"] == library.environment["LD_LIBRARY_PATH"] == str(folder)


@gpu_here
def test_its_gpu_delegate_draws_on_mesa() -> None:
    library = jvm_library("tensorflow-lite")
    assert library.name == "the phone's own tensorflow-lite 2.16.1 (x86_64) and its GPU delegate"
    assert library.properties[LIBRARY] == "gpu"
    assert library.environment["LD_LIBRARY_PATH"] == os.pathsep.join(map(str, library.folders))
    assert (library.folders[1] / "libGLESv3.so").resolve().name.startswith("libGLESv2.so.2")


def test_mesa_without_its_software_renderer_is_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if missing_parts("x86_64"):
        pytest.skip("something else is missing first")
    monkeypatch.setattr(jvm, "_system_libraries", lambda names: {name: tmp_path / name for name in names})
    assert missing_gpu_parts() == "Mesa's software renderer"
    (tmp_path / "libgallium-25.0.so").touch()
    assert missing_gpu_parts() == ""


def test_a_machine_without_a_compiler_keeps_the_build_for_desktops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jvm, "missing_parts", lambda _processor: "a C compiler for x86_64")
    library = jvm_library("tensorflow-lite")
    assert library.name == f"{DESKTOP.name}, because this machine lacks a C compiler for x86_64"
    assert library.properties == {}
