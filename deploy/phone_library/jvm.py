"""The phone's own TensorFlow Lite in a JVM of this machine, behind Google's own Java classes; the GPU's part by Mesa's software."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from appspec.runtimes import Runtime
from deploy.phone_library.android_elf import make_loadable
from deploy.phone_library.compiler import find_compiler
from deploy.phone_library.library import PhoneLibrary, missing_parts, packaged_library, runtime_artifact
from deploy.toolchain.artifacts import gradle_dependencies
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent
from deploy.toolchain.downloads import fetch
from deploy.toolchain.prefetch import TEMPLATE_VERIFICATION

GPU_PACKAGES = "libegl1 libgles2 libegl-mesa0 libgl1-mesa-dri"
"""Debian's and Ubuntu's packages that the GPU delegate needs."""

INSTALL_COMPILER = (
    "on Debian or Ubuntu: sudo apt-get install --no-install-recommends gcc libc6-dev; elsewhere: pip install ziglang"
)
INSTALL_GPU = f"on Debian or Ubuntu: sudo apt-get install --no-install-recommends {GPU_PACKAGES}"

OPENCL_PACKAGES = "pocl-opencl-icd ocl-icd-libopencl1"
"""Likewise, for its kernels in OpenCL, which phones prefer to OpenGL ES."""

INSTALL_OPENCL = f"on Debian or Ubuntu: sudo apt-get install --no-install-recommends {OPENCL_PACKAGES}"

LIBRARY = "apkiln.phone_library"
"""The system property that says what the JVM can load: `cpu`, or `gpu` for both; not set for neither."""

_HERE = Path(__file__).parent
_GPU_MEMBER = "libtensorflowlite_gpu_jni.so"
_MESA = {"libEGL.so": "libEGL.so.1", "libGLESv3.so": "libGLESv2.so.2"}
"""What the GPU delegate asks for under Android's names, and Linux's names for it."""

_OPENCL = ("libOpenCL.so.1", "libpocl.so.2")
"""The loader of OpenCL's drivers, and the driver for CPUs."""

_DRIVER = "libEGL_mesa.so.0"
_SOFTWARE = ("dri/swrast_dri.so", "libgallium-*.so")
"""Mesa's software renderer, beside its libEGL: before version 24.2, and since."""


@dataclass(frozen=True)
class JvmLibrary:
    """What computes the models in a JVM.

    Attributes:
        name: in words.
        folders: of the phone's own libraries; none for TensorFlow Lite's build for desktops.
        with_gpu: the GPU delegate is among them.
        kernels: where OpenCL keeps what it compiles; None: the delegate draws with OpenGL ES.
    """

    name: str
    folders: tuple[Path, ...] = ()
    with_gpu: bool = False
    kernels: Path | None = None

    @property
    def properties(self) -> dict[str, str]:
        """System properties of the JVM."""
        if not self.folders:
            return {}
        return {"java.library.path": self._path, LIBRARY: "gpu" if self.with_gpu else "cpu"}

    @property
    def environment(self) -> dict[str, str]:
        """Variables of the JVM's environment."""
        if not self.folders:
            return {}
        kernels = {"POCL_CACHE_DIR": str(self.kernels)} if self.kernels else {}
        return {"LD_LIBRARY_PATH": self._path, "EGL_PLATFORM": "surfaceless", "LIBGL_ALWAYS_SOFTWARE": "1", **kernels}

    @property
    def _path(self) -> str:
        return os.pathsep.join(map(str, self.folders))


DESKTOP = JvmLibrary(f"TensorFlow Lite {runtime_artifact('javacpp', 'x86_64').version.partition('-')[0]} for desktops")


def jvm_library(runtime: Runtime, on_progress: OnProgress = silent) -> JvmLibrary:
    """What a JVM here computes an app's models with: `tensorflow-lite` itself where it can be, else its build for desktops.

    Raises:
        KitError: a download fails, or the compiler that was found.
    """
    if runtime != "tensorflow-lite":
        return DESKTOP
    missing = missing_parts("x86_64")
    if missing:
        return JvmLibrary(f"{DESKTOP.name}, because this machine lacks {missing}")
    phone = PhoneLibrary("tensorflow-lite", "x86_64")
    name = f"the phone's own {phone.name}"
    missing_gpu = missing_gpu_parts()
    if missing_gpu:
        return JvmLibrary(f"{name} without GPU, because this machine lacks {missing_gpu}", (phone.folder(on_progress),))
    return JvmLibrary(f"{name} and its GPU delegate", (phone.folder(on_progress), _gpu_folder(on_progress)), with_gpu=True)


def missing_gpu_parts() -> str:
    """What this machine lacks to run the GPU delegate as well, in words; empty where it can."""
    missing = missing_parts("x86_64")
    if missing:
        return missing
    found = _system_libraries((*_MESA.values(), _DRIVER))
    absent = [name for name, path in found.items() if path is None]
    driver = found[_DRIVER]
    if driver is not None and not any(True for pattern in _SOFTWARE for _ in driver.parent.glob(pattern)):
        absent.append("Mesa's software renderer")
    return ", ".join(absent)


def by_opencl(library: JvmLibrary, on_progress: OnProgress = silent) -> JvmLibrary:
    """A library with the GPU delegate, whose kernels PoCL computes: `missing_opencl_parts` must be empty.

    Its first kernels take some seconds to compile; they are kept in the cache.

    Raises:
        KitError: the compiler fails.
    """
    compiler = find_compiler("x86_64")
    assert compiler is not None
    real = _system_libraries(_OPENCL)[_OPENCL[0]]
    assert real is not None
    source = _HERE / "opencl.c"
    key = content_key(source, str(real), " ".join(compiler.command))

    def make(folder: Path) -> None:
        compiler.library(source, folder / "libOpenCL.so", (real, "dl"))

    folder = assembled(cache_dir() / "phone_library" / f"opencl-x86_64-{key}", make, on_progress)
    return replace(library, name=f"{library.name} by OpenCL", folders=(*library.folders, folder), kernels=cache_dir() / "pocl")


def missing_opencl_parts() -> str:
    """What this machine lacks to run the GPU delegate by OpenCL, in words; empty where it can."""
    return missing_gpu_parts() or ", ".join(name for name, path in _system_libraries(_OPENCL).items() if path is None)


def _gpu_folder(on_progress: OnProgress) -> Path:
    """The folder of the prepared GPU delegate and of links to what it draws on."""
    artifact = next(
        one
        for one in gradle_dependencies(TEMPLATE_VERIFICATION)
        if one.name == "tensorflow-lite-gpu" and one.file.endswith(".aar")
    )
    (package,) = fetch([artifact], on_progress)
    found = _system_libraries(tuple(_MESA.values()))
    key = content_key(package, _HERE / "android_elf.py", *map(str, found.values()))

    def make(folder: Path) -> None:
        (folder / _GPU_MEMBER).write_bytes(make_loadable(packaged_library(package, _GPU_MEMBER, "x86_64")))
        for name, soname in _MESA.items():
            (folder / name).symlink_to(str(found[soname]))

    return assembled(cache_dir() / "phone_library" / f"gpu-x86_64-{key}", make, on_progress)


def _system_libraries(names: Sequence[str]) -> dict[str, Path | None]:
    """Where the system's linker finds libraries for x86_64, by soname."""
    known: dict[str, Path] = {}
    linker = shutil.which("ldconfig", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin")))
    if linker is not None:
        listed = subprocess.run([linker, "-p"], capture_output=True, text=True, errors="replace", check=False)
        for line in listed.stdout.splitlines():
            name, _, path = line.strip().partition(" => ")
            soname, _, kind = name.partition(" ")
            if "x86-64" in kind:
                known.setdefault(soname, Path(path))
    return {name: known.get(name) for name in names}
