"""A C array and its header for TensorFlow Lite Micro, with the arena and the operators that the program must provide."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from appspec.errors import KitError
from appspec.operators import read_operators
from pymodel.convert.lite_model import LiteModel
from pymodel.convert.loaded import Loaded, Values
from pymodel.convert.made import Made
from pymodel.convert.micro import MicroModel, MicroRefusalError
from pymodel.convert.request import Request
from pymodel.convert.targets.tflite import tflite_content

INSTALL = "pip install -e '.[micro]' -c constraints.txt"
BOARDS = Path(__file__).parents[1] / "boards.json"
PER_LINE = 16


def make(loaded: Loaded, request: Request, calibration: Sequence[Values], folder: Path, log: Path) -> Made:
    """Writes `SOURCE.c` and `SOURCE.h`.

    Raises:
        KitError: tflite-micro is not there, or can't run the model.
    """
    if importlib.util.find_spec("tflite_micro") is None:
        raise KitError(request.what, "microcontrollers need tflite-micro, which is not installed", INSTALL)
    content, suffix = tflite_content(loaded, request, calibration, log)
    details = LiteModel(content, {one.name: one.shape for one in loaded.inputs})
    names = [[one["name"] for one in several] for several in (details.inputs(), details.outputs())]
    try:
        micro = MicroModel(content, names[0], names[1], folder.parent / "micro.log")
    except MicroRefusalError as error:
        why = f"TensorFlow Lite Micro can't run it: {error}"
        raise KitError(request.what, why, "use --quantize int8 or none, and operators that it has") from error
    stem = f"{request.source.stem}{suffix}"
    model = folder.parent / f"{stem}.tflite"
    model.write_bytes(content)
    operators = sorted({operator.name for operator in read_operators(model)})
    identifier = re.sub(r"\W", "_", f"m_{stem}" if stem[:1].isdigit() else stem)
    paths = folder / f"{stem}.c", folder / f"{stem}.h"
    paths[0].write_text(c_source(identifier, stem, content), encoding="ascii")
    paths[1].write_text(c_header(identifier, content, micro.arena, operators), encoding="ascii")
    facts = {
        "arena_bytes": micro.arena,
        "model_bytes": len(content),
        "operators": operators,
        "boards": fits(len(content), micro.arena),
    }
    return Made(paths, micro.run, "TensorFlow Lite Micro on this machine", facts)


def c_source(identifier: str, stem: str, content: bytes) -> str:
    """The array, aligned as the interpreter reads it."""
    rows = (content[i : i + PER_LINE] for i in range(0, len(content), PER_LINE))
    lines = ",\n".join("    " + ", ".join(f"0x{byte:02x}" for byte in row) for row in rows)
    return (
        f'#include "{stem}.h"\n\n'
        "#if defined(__GNUC__)\n__attribute__((aligned(16)))\n#endif\n"
        f"const unsigned char {identifier}[] = {{\n{lines}\n}};\n"
        f"const unsigned int {identifier}_len = {len(content)};\n"
    )


def c_header(identifier: str, content: bytes, arena: int, operators: Sequence[str]) -> str:
    """Declarations, the arena, and the lines that add the operators."""
    upper = identifier.upper()
    lines = [
        f"#ifndef {upper}_H_",
        f"#define {upper}_H_",
        "",
        "#ifdef __cplusplus",
        'extern "C" {',
        "#endif",
        "",
        f"/* {len(content)} bytes of model, for flash. */",
        f"extern const unsigned char {identifier}[];",
        f"extern const unsigned int {identifier}_len;",
        "",
        "/* The smallest tensor arena, found with TensorFlow Lite Micro on a 64-bit machine; a 32-bit board needs no more. */",
        f"#define {upper}_ARENA_BYTES {arena}",
        "",
        f"/* tflite::MicroMutableOpResolver<{len(operators)}> resolver;",
        *(f"   resolver.{add}();" for add in resolver_calls(operators)),
        "*/",
        f"#define {upper}_OPERATORS {len(operators)}",
        "",
        "#ifdef __cplusplus",
        "}",
        "#endif",
        "",
        "#endif",
    ]
    return "\n".join(lines) + "\n"


def resolver_calls(operators: Sequence[str]) -> Iterator[str]:
    """Names of MicroMutableOpResolver's methods: DEPTHWISE_CONV_2D is AddDepthwiseConv2D."""
    for name in operators:
        yield "Add" + "".join(part if part[0].isdigit() else part.capitalize() for part in name.split("_"))


def fits(model: int, arena: int) -> list[dict[str, object]]:
    """Whether the model goes on each board of `boards.json`, beside a program of the size that stands there.

    Args:
        model, arena: bytes of flash and of RAM.
    """
    document = json.loads(BOARDS.read_text(encoding="utf-8"))
    program = document["program"]
    rows: list[dict[str, object]] = []
    for board in document["boards"]:
        lacks = {
            "flash": model + program["flash"] - board["flash"],
            "RAM": arena + program["ram"] - board["ram"],
        }
        short = [f"{bytes_} bytes of {what} too much" for what, bytes_ in lacks.items() if bytes_ > 0]
        rows.append(
            {
                "board": board["name"],
                "verdict": f"does not fit: {', '.join(short)}" if short else "fits",
                "flash": board["flash"],
                "ram": board["ram"],
            }
        )
    return rows
