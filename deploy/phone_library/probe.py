"""Which operators in which versions a library knows: asked of the library itself with models of one operator each.

A library looks up all operators when it loads a file, and refuses the file for one that it does not know. Other complaints,
such as of options that these models lack, come after that.
`python -m deploy.phone_library.probe LITERT` writes the tables of `appspec/runtime_ops/` anew. LITERT is a folder with the
unpacked PyPI wheel `ai-edge-litert` 1.4.0: only Google's repository has LiteRT 1.4.2 for Android.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from appspec.operators import TABLES
from appspec.runtimes import Runtime
from deploy.phone_library.library import PhoneLibrary

HIGHEST = 20
"""Above every version that any runtime knows."""

UNKNOWN = ("Didn't find op for builtin opcode", "Op builtin_code out of range")
"""TensorFlow Lite's words (`op_resolver.cc`)."""

LoadingErrors = Callable[[Sequence[Path]], list[str]]


def operator_names() -> dict[str, int]:
    """The builtin operators of the newest schema at hand, with their codes."""
    from ai_edge_litert import schema_py_generated as schema

    other = {"CUSTOM", "DELEGATE", "PLACEHOLDER_FOR_GREATER_OP_CODES"}
    return {name: code for name, code in vars(schema.BuiltinOperator).items() if name.isupper() and name not in other}


def one_operator_model(code: int, version: int) -> bytes:
    """A model that asks for one operator, for loading only."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    operator = schema.OperatorCodeT()
    operator.deprecatedBuiltinCode = min(code, int(schema.BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES))
    operator.builtinCode, operator.version = code, version
    node = schema.OperatorT()
    node.opcodeIndex, node.inputs, node.outputs = 0, [0], [1]
    tensors = []
    for name in (b"in", b"out"):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.buffer = name, [1], 0
        tensors.append(tensor)
    graph = schema.SubGraphT()
    graph.tensors, graph.inputs, graph.outputs, graph.operators = tensors, [0], [1], [node]
    model = schema.ModelT()
    model.version, model.operatorCodes, model.subgraphs, model.buffers = 3, [operator], [graph], [schema.BufferT()]
    builder = flatbuffers.Builder(256)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def probe(loading_errors: LoadingErrors) -> dict[str, int]:
    """The highest version that a library knows of each operator; operators that it does not know are left out."""
    known: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        models = {}
        for name, code in operator_names().items():
            for version in range(1, HIGHEST + 1):
                path = Path(folder, f"{name}-{version}.tflite")
                path.write_bytes(one_operator_model(code, version))
                models[path] = name, version
        for (name, version), error in zip(models.values(), loading_errors(list(models)), strict=True):
            if not any(words in error for words in UNKNOWN):
                known[name] = max(version, known.get(name, 0))
    return dict(sorted(known.items()))


def wheel_loading_errors(folder: Path, models: Sequence[Path]) -> list[str]:
    """As PhoneLibrary.loading_errors, of the interpreter in an unpacked wheel of `ai-edge-litert`."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as listed:
        json.dump([str(model) for model in models], listed)
        listed.flush()
        command = [sys.executable, "-c", _LOAD_WITH_WHEEL, listed.name]
        environment = {**os.environ, "PYTHONPATH": str(folder)}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return [str(error) for error in json.loads(done.stdout)]


def write_table(runtime: Runtime, library: str, highest: dict[str, int]) -> None:
    """Writes what a library knows."""
    document = {"library": library, "highest": highest}
    (TABLES / f"{runtime}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


_LOAD_WITH_WHEEL = """
import json, sys
from ai_edge_litert.interpreter import Interpreter
found = []
for path in json.load(open(sys.argv[1])):
    try:
        Interpreter(path)
        found.append("")
    except (ValueError, RuntimeError) as error:
        found.append(str(error) or "no word")
print(json.dumps(found))
"""


def main(litert: Path) -> None:
    """Writes every table."""
    write_table("tensorflow-lite", "TensorFlow Lite 2.16.1", probe(PhoneLibrary("tensorflow-lite", "x86_64").loading_errors))
    write_table("javacpp", "TensorFlow Lite 2.20 of javacpp", probe(PhoneLibrary("javacpp", "x86_64").loading_errors))
    write_table("litert", "LiteRT 1.4", probe(lambda models: wheel_loading_errors(litert, models)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
