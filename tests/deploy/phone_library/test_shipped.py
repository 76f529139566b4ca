"""Apps of every kind on the phone's own ARM64 library: every variant, and the gate before an APK."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from appspec.artifacts import Artifacts
from appspec.errors import KitError
from deploy.phone_library.library import phone_libraries
from flow.app import OpenApp
from flow.generate import generate_project
from pymodel.quantize.phone_check import INPUTS, phone_difference
from tests.conftest import open_tiny
from tests.deploy.phone_library.required import on_arm64
from tests.kinds import APPS, Built

ONE_STEP = 0.01
"""Of the 255 steps of an int8 output, with some room: kernels of two versions may round to neighbouring ones."""

MOST = {"float32": 1e-5, "float16": 1e-5, "int8": ONE_STEP, "dynamic": 0.05}
"""Largest differences as shares of the output's range. Dynamic range rounds its inputs otherwise on each kind of processor."""

ANOTHER_INT8 = 0.05
"""What javacpp's release, another version than the host's, may differ by in whole steps."""


@on_arm64
@pytest.mark.parametrize("kind", [*APPS, "tiny"])
def test_every_variant_answers_as_here(kind: str, builds: Callable[[str], Built], tiny_root: Path) -> None:
    app = open_tiny(tiny_root) if kind == "tiny" else builds(kind).app
    checked = 0
    for model in app.spec.model:
        folder = app.artifacts.convert(model.name)
        for path in sorted(folder.glob("*/*.tflite")):
            variant = path.parent.name
            for phone in phone_libraries(("tensorflow-lite", "javacpp")):
                most = ANOTHER_INT8 if (phone.runtime, variant) == ("javacpp", "int8") else MOST[variant]
                assert phone_difference(path, np.load(folder / INPUTS), phone) <= most, f"{path.name} {variant} on {phone.name}"
                checked += 1
    assert checked >= 4


def test_a_model_that_phones_would_refuse_is_told_before_gradle_starts(tiny_root: Path, tmp_path: Path) -> None:
    app = open_tiny(tiny_root)
    root = tmp_path / "build"
    shutil.copytree(app.artifacts.models, Artifacts(root).models)
    other: OpenApp = replace(app, artifacts=Artifacts(root))
    model = other.artifacts.models / "cat_landmarks.tflite"
    model.write_bytes(with_newer_operator(model.read_bytes()))
    with pytest.raises(KitError, match=r"cat_landmarks.tflite would not start on a phone") as refused:
        generate_project(other, lambda _: None)
    assert "version 99 (TensorFlow Lite" in refused.value.why
    assert not other.artifacts.android.exists()


def with_newer_operator(model: bytes) -> bytes:
    """The same file, asking for version 99 of one of its operators."""
    from ai_edge_litert import schema_py_generated as schema

    content = bytearray(model)
    parsed = schema.Model.GetRootAs(content, 0)
    version_slot = 8  # of the table OperatorCode
    for i in range(parsed.OperatorCodesLength()):
        table = parsed.OperatorCodes(i)._tab
        offset = table.Offset(version_slot)
        if offset:
            content[table.Pos + offset : table.Pos + offset + 4] = (99).to_bytes(4, "little")
            return bytes(content)
    raise AssertionError("no operator has a version of its own")
