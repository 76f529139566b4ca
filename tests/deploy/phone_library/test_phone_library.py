"""The phone's own libraries say what they refuse and what they answer; the tables and the kit's checks follow them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from appspec.errors import KitError
from appspec.operators import operator_table, read_operators, require_known_operators, runtime_refusals
from appspec.phone_runtime import RefusedByPhoneError
from appspec.runtimes import Runtime
from deploy.phone_library.android_elf import make_loadable
from deploy.phone_library.compiler import find_compiler
from deploy.phone_library.instructions import counting_plugin
from deploy.phone_library.library import PhoneLibrary, missing_parts, phone_libraries
from deploy.phone_library.probe import probe
from pymodel.convert.keras import freeze_keras
from pymodel.convert.tflite import Converter
from pymodel.quantize.phone_check import PhoneChecks, phone_difference
from tests.deploy.phone_library import dense_models
from tests.deploy.phone_library.required import here, on_arm64


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dense")


@pytest.fixture(scope="module")
def float_model(folder: Path) -> Path:
    return dense_models.write(folder, dynamic=False)


@pytest.fixture(scope="module")
def dynamic_model(folder: Path) -> Path:
    return dense_models.write(folder, dynamic=True)


@here
@pytest.mark.parametrize("runtime", ["tensorflow-lite", "javacpp"])
def test_the_tables_are_what_the_libraries_say(runtime: Runtime) -> None:
    assert probe(PhoneLibrary(runtime, "x86_64").loading_errors) == operator_table(runtime).highest


def test_a_table_names_what_its_runtime_refuses(dynamic_model: Path, float_model: Path) -> None:
    (dense,) = read_operators(dynamic_model)
    assert (dense.name, dense.version, dense.count) == ("FULLY_CONNECTED", 12, 2)
    assert runtime_refusals(dynamic_model, ["javacpp", "litert"]) == []
    words = runtime_refusals(dynamic_model, ["javacpp", "tensorflow-lite"])
    assert words == ["FULLY_CONNECTED version 12 (TensorFlow Lite 2.16.1 knows it up to version 11)"]
    require_known_operators([float_model], ["tensorflow-lite"])
    with pytest.raises(KitError, match=r"dense_dynamic.tflite would not start on a phone") as refused:
        require_known_operators([float_model, dynamic_model], ["tensorflow-lite"])
    assert words[0] in refused.value.why


@here
def test_the_library_refuses_the_same_in_its_own_words(dynamic_model: Path, float_model: Path) -> None:
    phone = PhoneLibrary("tensorflow-lite", "x86_64")
    loads, refused = phone.loading_errors([float_model, dynamic_model])
    assert loads == ""
    assert "Didn't find op for builtin opcode 'FULLY_CONNECTED' version '12'" in refused
    with pytest.raises(RefusedByPhoneError, match="version '12'"):
        phone.run(dynamic_model, dense_models.inputs().tobytes(), 8)


@here
def test_too_few_inputs_are_refused(float_model: Path) -> None:
    with pytest.raises(RefusedByPhoneError, match="the inputs end too early"):
        PhoneLibrary("tensorflow-lite", "x86_64").run(float_model, b"1234", 1)


@on_arm64
def test_a_file_that_only_arm64_gets_wrong_is_caught(dynamic_model: Path, float_model: Path, tmp_path: Path) -> None:
    wrong, inputs = dense_models.relabelled(dynamic_model), tmp_path / "inputs.npy"
    np.save(inputs, dense_models.inputs())
    (arm64,) = phone_libraries(["tensorflow-lite"])
    assert phone_difference(float_model, dense_models.inputs(), arm64) < 1e-5
    assert phone_difference(wrong, dense_models.inputs(), PhoneLibrary("tensorflow-lite", "x86_64")) < 0.01
    assert phone_difference(wrong, dense_models.inputs(), arm64) > 100
    checks = PhoneChecks(("tensorflow-lite",), (arm64,))
    assert checks.objection(float_model, "float32", inputs) == ""
    assert "answers otherwise on tensorflow-lite 2.16.1 (ARM64)" in checks.objection(wrong, "dynamic", inputs)
    assert "FULLY_CONNECTED version 12" in checks.objection(dynamic_model, "dynamic", inputs)


@on_arm64
def test_the_kits_own_dynamic_range_runs_on_every_runtime(float_model: Path, tmp_path: Path) -> None:
    network = dense_models.dense_network()
    network.save(tmp_path / "dense.keras")
    log = tmp_path / "convert.log"
    converter = Converter(freeze_keras(tmp_path / "dense.keras", log), [dense_models.inputs()[:, None]], log)
    path = tmp_path / "dense.tflite"
    path.write_bytes(converter.convert("dynamic"))
    assert [(one.name, one.version) for one in read_operators(path)] == [("FULLY_CONNECTED", 9)]
    np.save(tmp_path / "inputs.npy", dense_models.inputs())
    checks = PhoneChecks(("tensorflow-lite", "javacpp"), phone_libraries(("tensorflow-lite", "javacpp")))
    assert len(checks.phones) == 2
    assert checks.objection(path, "dynamic", tmp_path / "inputs.npy") == ""


@on_arm64
def test_instructions_are_counted_alike_in_two_runs_and_fewer_with_dot_products(tmp_path: Path) -> None:
    dense_models.dense_network().save(tmp_path / "dense.keras")
    path = tmp_path / "dense.tflite"
    log = tmp_path / "convert.log"
    converter = Converter(freeze_keras(tmp_path / "dense.keras", log), [dense_models.inputs()[:, None]], log)
    path.write_bytes(converter.convert("int8"))
    inputs = np.zeros((1, dense_models.WIDTH), np.int8).tobytes()
    newer, older = (PhoneLibrary("tensorflow-lite", core=core) for core in ("cortex-a76", "cortex-a53"))
    first, second, without = (phone.instructions(path, inputs) for phone in (newer, newer, older))
    assert first is not None
    assert second == pytest.approx(first, rel=0.01)
    assert without is not None
    assert without > 1.2 * first


@here
def test_only_arm64_is_counted(float_model: Path) -> None:
    assert PhoneLibrary("tensorflow-lite", "x86_64").instructions(float_model, dense_models.inputs().tobytes()) is None


@on_arm64
def test_a_model_that_the_library_refuses_has_no_count(dynamic_model: Path) -> None:
    with pytest.raises(RefusedByPhoneError, match="version '12'"):
        PhoneLibrary("tensorflow-lite").instructions(dynamic_model, dense_models.inputs()[:1].tobytes())


def test_an_emulator_without_plugins_counts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APKILN_CACHE", str(tmp_path))
    without = tmp_path / "emulator"
    without.write_text("#!/bin/sh\nexit 0\n")
    without.chmod(0o755)
    assert counting_plugin((str(without),), tmp_path / "program") is None
    assert counting_plugin((), tmp_path / "program") is None


def test_dynamic_range_does_not_ship_where_no_phone_library_ran_it(float_model: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "inputs.npy", dense_models.inputs())
    without = PhoneChecks(("tensorflow-lite",))
    assert "invoke doctor" in without.objection(float_model, "dynamic", tmp_path / "inputs.npy")
    assert without.objection(float_model, "int8", tmp_path / "inputs.npy") == ""


def test_values_that_are_no_numbers_are_no_agreement(float_model: Path, tmp_path: Path) -> None:
    class Lost:
        name = "a phone that computes nothing"

        def run(self, model: Path, inputs: bytes, runs: int) -> bytes:
            return np.full((runs, 8), np.nan, np.float32).tobytes()

        def instructions(self, model: Path, inputs: bytes) -> int | None:
            return None

    np.save(tmp_path / "inputs.npy", dense_models.inputs())
    words = PhoneChecks(("tensorflow-lite",), (Lost(),)).objection(float_model, "float32", tmp_path / "inputs.npy")
    assert "answers otherwise on a phone that computes nothing" in words


def test_litert_has_no_library_outside_googles_repository() -> None:
    assert phone_libraries(["litert"]) == ()
    if not missing_parts():
        with pytest.raises(KitError, match="can't run litert"):
            _ = PhoneLibrary("litert").name


def test_what_is_lacking_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    if sys.platform == "linux":
        assert "qemu-aarch64" in missing_parts()
    else:
        assert "Linux" in missing_parts()
    if find_compiler("aarch64") is None:
        assert phone_libraries(["tensorflow-lite"]) == ()


@pytest.mark.parametrize("content", [b"", b"MZ", b"\x7fELF\x01\x01" + bytes(80)])
def test_no_elf64_file_is_said(content: bytes) -> None:
    with pytest.raises(ValueError, match="no little-endian ELF64 file"):
        make_loadable(content)
