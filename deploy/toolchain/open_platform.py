"""The open platform: an SDK folder assembled from AOSP's framework, as Maven Central has it.

API 36's classes without their bodies, with API 34's resources, which the freely available aapt2 can link against.
Nothing in it comes under Google's SDK licence.
"""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

from appspec.errors import KitError
from deploy.toolchain.artifacts import TABLE, kit_artifacts
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent
from deploy.toolchain.downloads import fetch
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.process import child_environment

API = 36
BUILD_TOOLS = "35.0.0"  # AGP 8.13 ignores older ones
MAKE_PLATFORM = Path(__file__).with_name("MakePlatform.java")

_PLATFORM_PROPERTIES = f"""\
Pkg.Desc=Android SDK Platform {API} (open)
Pkg.UserSrc=false
Platform.Version=16
Pkg.Revision=1
AndroidVersion.ApiLevel={API}
Layoutlib.Api=15
Layoutlib.Revision=1
Platform.MinToolsRev=22
"""
_BUILD_PROP = f"ro.build.version.sdk={API}\nro.build.version.release=16\nro.build.version.codename=REL\n"
_TOOLS_PROPERTIES = f"Pkg.Desc=Android SDK Build-Tools {BUILD_TOOLS} (open)\nPkg.UserSrc=false\nPkg.Revision={BUILD_TOOLS}\n"
_MAJOR, _MINOR, _MICRO = BUILD_TOOLS.split(".")
_TOOLS_PACKAGE = f"""\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<ns2:repository xmlns:ns2="http://schemas.android.com/repository/android/common/02"
    xmlns:ns5="http://schemas.android.com/repository/android/generic/02">
    <localPackage path="build-tools;{BUILD_TOOLS}">
        <type-details xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="ns5:genericDetailsType"/>
        <revision><major>{_MAJOR}</major><minor>{_MINOR}</minor><micro>{_MICRO}</micro></revision>
        <display-name>Android SDK Build-Tools {BUILD_TOOLS} (open)</display-name>
    </localPackage>
</ns2:repository>
"""
# AGP checks that these are there; the builds we make never start them.
_PROGRAMS = (
    "aapt",
    "aapt2",
    "aidl",
    "zipalign",
    "dexdump",
    "split-select",
    "lld",
    "apksigner",
    "d8",
    "dx",
    "bcc_compat",
    "llvm-rs-cc",
    "arm-linux-androideabi-ld",
    "aarch64-linux-android-ld",
    "i686-linux-android-ld",
    "x86_64-linux-android-ld",
    "mipsel-linux-android-ld",
    "lld-bin/lld",
)
_JARS = ("core-lambda-stubs.jar", "lib/dx.jar", "lib/d8.jar", "lib/apksigner.jar", "renderscript/lib/renderscript-v8.jar")


def open_platform_folder() -> Path:
    """Where the assembled SDK lies, or will lie."""
    return cache_dir() / "sdk" / f"open-{API}-{content_key(TABLE, MAKE_PLATFORM, Path(__file__))}"


def assemble_open_platform(jdk: Jdk, on_progress: OnProgress = silent) -> Path:
    """The assembled SDK, made if needed (about 6 s after the downloads).

    Raises:
        KitError: a download or a write fails.
    """
    root = open_platform_folder()
    if root.is_dir():
        return root
    classes, resources = fetch([*kit_artifacts("classes"), *kit_artifacts("resources")], on_progress)

    def make(folder: Path) -> None:
        on_progress(f"assembling the Android platform {API}")
        lay_out_platform(folder / "platforms" / f"android-{API}", jdk, classes, resources)
        lay_out_build_tools(folder / "build-tools" / BUILD_TOOLS)

    return assembled(root, make, on_progress)


def lay_out_platform(platform: Path, jdk: Jdk, classes: Path, resources: Path) -> None:
    """Fills `platform`: android.jar and the files beside it that AGP reads."""
    platform.mkdir(parents=True)
    flags = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmn64m", "-Dfile.encoding=UTF-8"]
    jars = [classes, resources, jdk.home / "lib" / "ct.sym", platform / "android.jar", platform / "core-for-system-modules.jar"]
    run = subprocess.run(
        [jdk.java, *flags, MAKE_PLATFORM, *jars],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env=child_environment(jdk),
    )
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["no message"])[0]
        raise KitError(
            "could not assemble the Android platform",
            last,
            "check the free disk space, then run again; invoke doctor shows each part",
        )
    (platform / "source.properties").write_text(_PLATFORM_PROPERTIES, encoding="utf-8")
    (platform / "build.prop").write_text(_BUILD_PROP, encoding="utf-8")
    (platform / "framework.aidl").write_text("", encoding="utf-8")


def lay_out_build_tools(tools: Path) -> None:
    """Fills `tools` with what AGP wants to see there."""
    for name in _PROGRAMS:
        program = tools / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f'#!/bin/sh\necho "{name}: not part of the open platform" >&2\nexit 1\n', encoding="utf-8")
        program.chmod(0o755)
    for name in _JARS:
        jar = tools / name
        jar.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(jar, "w"):
            pass
    (tools / "source.properties").write_text(_TOOLS_PROPERTIES, encoding="utf-8")
    (tools / "package.xml").write_text(_TOOLS_PACKAGE, encoding="utf-8")
