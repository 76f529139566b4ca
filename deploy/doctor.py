"""What is here, what is not, and the command that mends it: all parts of the toolchain in under a second."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from appspec.errors import KitError
from deploy.phone_library.compiler import find_compiler
from deploy.phone_library.jvm import INSTALL_COMPILER, INSTALL_GPU, INSTALL_OPENCL, missing_gpu_parts, missing_opencl_parts
from deploy.phone_library.library import CPU, INSTALL, QEMU, missing_parts
from deploy.phone_library.litert_gpu import INSTALL_VULKAN, find_swiftshader, missing_vulkan_parts
from deploy.toolchain import aapt2
from deploy.toolchain.cache import cache_dir
from deploy.toolchain.gradle import find_gradle
from deploy.toolchain.gradle_home import VERSION, home_folder
from deploy.toolchain.jdk import find_jdk
from deploy.toolchain.onnx_converter import converter_folder
from deploy.toolchain.open_platform import API, open_platform_folder
from deploy.toolchain.sdk import find_sdk, installed_roots, lacking

NEEDED_BYTES = 3 * 10**9  # all of the cache, with room for one app's build
BRING = "invoke build-apk brings it"
BRING_ONNX = "invoke convert brings it for the first .onnx file"


@dataclass(frozen=True)
class Part:
    """One part of the toolchain.

    Attributes:
        status: `found` on this machine, `assembled` by the kit, `not yet` (the kit brings it by itself when it is
            needed), `optional` (not here, and the kit does without it) or `missing` (only the user can mend it).
        fix: the command that mends it, empty where nothing is wrong.
    """

    name: str
    status: Literal["found", "assembled", "not yet", "optional", "missing"]
    version: str
    where: str
    fix: str = ""


def examine() -> list[Part]:
    """Every part, without the network and without making anything."""
    looks: tuple[Callable[[], Part], ...] = (
        _python,
        _jdk,
        _gradle,
        _platform,
        _aapt2,
        _adb,
        _git,
        _cache,
        _phone_libraries,
        _jvm_library,
        _jvm_gpu,
        _newest_gpu,
        _onnx,
        _core_ml,
        _micro,
    )
    return [look() for look in looks]


def parts_as_rows(parts: list[Part]) -> list[dict[str, str]]:
    """The same as plain dictionaries, for a table or JSON."""
    return [asdict(part) for part in parts]


def _python() -> Part:
    right = (3, 10) <= sys.version_info < (3, 12)
    fix = "" if right else "install Python 3.11 and make the environment with it: python3.11 -m venv .venv"
    return Part("Python", "found" if right else "missing", platform.python_version(), sys.executable, fix)


def _jdk() -> Part:
    try:
        jdk = find_jdk()
    except KitError as error:
        return Part("JDK", "missing", "", error.why, error.fix)
    return Part("JDK", "found", jdk.version, str(jdk.home))


def _gradle() -> Part:
    found = find_gradle()
    if found:
        return Part("Gradle", "found", found.version, str(found.home))
    home = home_folder()
    return Part("Gradle", "assembled", VERSION, str(home)) if home.is_dir() else Part("Gradle", "not yet", VERSION, "", BRING)


def _platform() -> Part:
    name = "Android SDK platform"
    found = find_sdk()
    if found:
        return Part(name, "found", f"{API}, build-tools {found.build_tools}", str(found.root))
    fixes = [
        f'sdkmanager --sdk_root="{root}" ' + " ".join(f'"{package}"' for package in lacking(root))
        for _, root in installed_roots()
        if root.is_dir()
    ]
    wish = f"to use your own: {fixes[0]}" if fixes else ""
    root = open_platform_folder()
    if root.is_dir():
        return Part(name, "assembled", f"{API} (open platform)", str(root), wish)
    return Part(name, "not yet", f"{API} (open platform)", "", "; ".join(filter(None, (BRING, wish))))


def _aapt2() -> Part:
    found = find_sdk()
    if found:
        return Part("aapt2", "found", f"build-tools {found.build_tools}", str(found.aapt2))
    try:
        return Part("aapt2", "found", f"PyPI {aapt2.package_version()}", str(aapt2.packaged_binary()))
    except KitError as error:
        return Part("aapt2", "missing", "", error.why, error.fix)


def _adb() -> Part:
    """The adb that adbutils carries, without starting it."""
    spec = importlib.util.find_spec("adbutils")
    binary = (
        Path(spec.origin).parent / "binaries" / ("adb.exe" if sys.platform == "win32" else "adb")
        if spec and spec.origin
        else None
    )
    if binary is None or not binary.is_file():
        own = shutil.which("adb")
        return Part("adb", "found", "", own) if own else Part("adb", "missing", "", "", "pip install adbutils")
    return Part("adb", "found", f"adbutils {importlib.metadata.version('adbutils')}", str(binary))


def _git() -> Part:
    own = shutil.which("git")
    fix = "install git: it merges your edits of a generated project into the next one (docs/regenerate.md)"
    return Part("git", "found", "", own) if own else Part("git", "missing", "", "", fix)


def _cache() -> Part:
    folder = cache_dir()
    standing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(standing).free
    version = f"{free / 1e9:.0f} GB free"
    if not standing.is_dir() or not os.access(standing, os.W_OK):
        return Part(
            "cache",
            "missing",
            version,
            f"{folder} can't be written",
            "make it yours (chown), or set APKILN_CACHE to a folder you can write",
        )
    if free < NEEDED_BYTES and not home_folder().is_dir():
        return Part("cache", "missing", version, str(folder), "free 3 GB, or set APKILN_CACHE to a folder on a larger disk")
    return Part("cache", "found" if folder.is_dir() else "not yet", version, str(folder), "" if folder.is_dir() else BRING)


def _phone_libraries() -> Part:
    """What runs the phones' ARM64 libraries: models are checked on them before they ship."""
    absent = missing_parts()
    if absent:
        return Part("phones' ARM64 libraries", "optional", "", f"lacks {absent}", INSTALL)
    return Part("phones' ARM64 libraries", "found", f"QEMU as {CPU}", shutil.which(QEMU) or platform.machine())


def _jvm_library() -> Part:
    """What runs the phones' library in a JVM: the preview computes with it."""
    name, absent, compiler = "phones' library in a JVM", missing_parts("x86_64"), find_compiler("x86_64")
    if absent or compiler is None:
        return Part(name, "optional", "", f"lacks {absent}", INSTALL_COMPILER)
    return Part(name, "found", "x86_64", compiler.command[0])


def _jvm_gpu() -> Part:
    """What runs the phones' GPU delegate there, by software."""
    name, absent = "phones' GPU delegate in a JVM", missing_gpu_parts()
    if absent:
        compiles = find_compiler("x86_64") is not None
        return Part(name, "optional", "", f"lacks {absent}", INSTALL_GPU if compiles else INSTALL_COMPILER)
    lacking_opencl = missing_opencl_parts()
    if lacking_opencl:
        return Part(name, "found", "OpenGL ES", f"Mesa; OpenCL lacks {lacking_opencl}", f"for OpenCL, {INSTALL_OPENCL}")
    return Part(name, "found", "OpenGL ES, OpenCL", "Mesa, PoCL")


def _newest_gpu() -> Part:
    """What runs LiteRT's newest GPU delegate: `model.check --run` asks it too."""
    name, absent, folder = "LiteRT's newest GPU delegate", missing_vulkan_parts(), find_swiftshader()
    if absent or folder is None:
        return Part(name, "optional", "", f"lacks {absent}", INSTALL_VULKAN)
    return Part(name, "found", "Vulkan by SwiftShader", str(folder))


def _onnx() -> Part:
    """What `invoke convert` needs for ONNX files."""
    folder = converter_folder()
    there = folder.is_dir()
    return Part(
        "ONNX converter", "assembled" if there else "optional", "", str(folder) if there else "", "" if there else BRING_ONNX
    )


def _core_ml() -> Part:
    """What writes Core ML."""
    return _extra("Core ML", "coremltools", "coreml")


def _micro() -> Part:
    """What knows microcontrollers."""
    return _extra("TinyML", "tflite-micro", "micro")


def _extra(name: str, package: str, extra: str) -> Part:
    """A package that one of the kit's extras brings."""
    try:
        version = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return Part(name, "optional", "", f"lacks {package}", f"pip install -e '.[{extra}]' -c constraints.txt")
    return Part(name, "found", f"{package} {version}", sys.prefix)
