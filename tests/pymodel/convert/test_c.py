"""C arrays hold the model byte by byte, the arena is exact, and boards that are too small are told."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from appspec.errors import KitError
from pymodel.convert.targets.c import fits, resolver_calls
from tests.pymodel.convert.kit import convert_here, refused

pytest.importorskip("tflite_micro")


def test_the_arena_is_exact(models: Path) -> None:
    from tflite_micro.python.tflite_micro import runtime

    made = convert_here(models / "net.keras", to="c")
    arena = made.report["facts"]["arena_bytes"]
    content = (made.folder.parent / "net.tflite").read_bytes()
    interpreter = runtime.Interpreter.from_bytes(content, arena_size=arena)
    interpreter.set_input(np.zeros((1, 16, 16, 3), np.float32), 0)
    interpreter.invoke()
    with pytest.raises(RuntimeError):
        runtime.Interpreter.from_bytes(content, arena_size=arena - 1)
    assert f"#define NET_ARENA_BYTES {arena}\n" in (made.folder / "net.h").read_text(encoding="ascii")


def test_integers_need_less_and_say_nearly_the_same(models: Path, pictures: Path) -> None:
    whole = convert_here(models / "net.keras", to="c", inputs=pictures)
    small = convert_here(models / "net.keras", to="c", inputs=pictures, quantize="int8")
    assert small.report["facts"]["arena_bytes"] < 0.5 * whole.report["facts"]["arena_bytes"]
    assert small.report["checked_by"].startswith("TensorFlow Lite Micro")
    assert 0 < max(row["relative_mean"] for row in small.report["outputs"]) < 0.05


@pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="compiles the array")
def test_a_compiler_takes_the_array_and_the_bytes_are_the_models(models: Path, tmp_path: Path) -> None:
    source = tmp_path / "7-net.v2.keras"
    shutil.copy(models / "net.keras", source)
    made = convert_here(source, to="c")
    assert [file["name"] for file in made.report["files"]] == ["7-net.v2.c", "7-net.v2.h"]
    warnings = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
    library = tmp_path / "net.so"
    subprocess.run(["gcc", *warnings, "-shared", "-fPIC", made.path, "-o", library], check=True)
    loaded = ctypes.CDLL(str(library))
    size = ctypes.c_uint.in_dll(loaded, "m_7_net_v2_len").value
    array = (ctypes.c_ubyte * size).in_dll(loaded, "m_7_net_v2")
    assert bytes(array) == (made.folder.parent / "7-net.v2.tflite").read_bytes()
    assert ctypes.addressof(array) % 16 == 0
    program = tmp_path / "main.cc"
    program.write_text(
        '#include "7-net.v2.h"\nint main() { return m_7_net_v2[4] == 0x54 ? 0 : M_7_NET_V2_OPERATORS; }\n', encoding="ascii"
    )
    subprocess.run(
        ["g++", *warnings, "-I", made.folder, program, library, f"-Wl,-rpath,{tmp_path}", "-o", tmp_path / "main"], check=True
    )
    subprocess.run([tmp_path / "main"], check=True)


def test_the_operators_are_those_of_the_resolver(models: Path) -> None:
    operators = convert_here(models / "net.keras", to="c").report["facts"]["operators"]
    assert operators == ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "MEAN", "SOFTMAX"]
    calls = ["AddConv2D", "AddDepthwiseConv2D", "AddFullyConnected", "AddMean", "AddSoftmax"]
    assert list(resolver_calls(operators)) == calls


@pytest.mark.parametrize(("quantize", "why"), [("float16", "DEQUANTIZE"), ("float32", "Cast")])
def test_what_micro_lacks_is_its_own_words(models: Path, quantize: str, why: str) -> None:
    source, wishes = ("net.keras", {}) if quantize == "float16" else ("odd", {"signature": "bytes_in"})
    error = refused(models / source, to="c", quantize=quantize, **wishes)
    assert why.lower() in error.why.lower()


def test_boards_that_are_too_small_are_told() -> None:
    rows = {row["board"]: row["verdict"] for row in fits(model=300_000, arena=280_000)}
    assert rows == {
        "SparkFun Edge": "fits",
        "Arduino Nano 33 BLE Sense": "does not fit: 34240 bytes of RAM too much",  # 280,000 + 16 KiB - 256 KiB
        "STM32F746G-DISCO": "fits",
    }
    assert all("flash" in str(row["verdict"]) for row in fits(model=1_000_000, arena=1_000))


def test_without_tflite_micro_its_command_is_told(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(KitError) as caught:
        convert_here(models / "net.keras", to="c")
    assert caught.value.fix == "pip install -e '.[micro]' -c constraints.txt"
