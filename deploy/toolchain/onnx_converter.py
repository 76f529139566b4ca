"""The ONNX converter, beside the kit's environment.

It runs on the kit's TensorFlow and numpy, but wants an older protobuf and other packages: in the environment it would move eight.
"""

from __future__ import annotations

from pathlib import Path

from deploy.toolchain.cache import OnProgress, silent
from deploy.toolchain.python_packages import packages_folder, prepare_packages

REQUIREMENTS = Path(__file__).with_name("onnx_requirements.txt")
NAME, WHAT = "onnx", "the ONNX converter (166 MB)"


def converter_folder() -> Path:
    """Where it lies in the cache; it may not exist yet."""
    return packages_folder(NAME, REQUIREMENTS)


def prepare_converter(on_progress: OnProgress = silent) -> Path:
    """The folder, made if it isn't there.

    Raises:
        KitError: pip can't have a package, or a hash is wrong.
    """
    return prepare_packages(NAME, REQUIREMENTS, WHAT, on_progress)
