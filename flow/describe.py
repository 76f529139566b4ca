"""`invoke model.describe`: a ready model's file, with what it does written into its metadata."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path

from appspec.contract import ModelContract, TensorContract
from appspec.errors import KitError
from appspec.read_contract import read_contract
from appspec.stages import ROOT
from appspec.whole_file import write_whole
from flow.convert import onnx_packages
from flow.ready_model import ReadyModel, app_name, read_wishes
from flow.screen import Screen
from pymodel.foreign.adopt import Adopted, adopt
from pymodel.foreign.sources import Means, open_source
from pymodel.foreign.wishes import AskedError
from pymodel.tasks.recognize import recognize


def describe(ready: ReadyModel, out: Path | None, screen: Screen) -> None:
    """Writes the described copy; what must be said and isn't is asked for on a terminal.

    Raises:
        KitError: the model can't be used, or something must be said and nobody is there to ask.
    """
    target = out or ready.file.with_name(f"{ready.file.stem}_described.tflite")
    if target.is_dir() or not target.parent.is_dir():
        why = "it is a folder" if target.is_dir() else f"there is no folder {target.parent}"
        raise KitError(f"Can't write {target}", why, "give --out a file name that ends in .tflite, in a folder that is there")
    if target.suffix != ".tflite" or target.resolve() == ready.file.resolve():
        raise KitError(
            f"Can't write {target}", "the copy is a .tflite beside the model, never in its place", "give another --out"
        )
    screen.heading(f"Looking at {ready.file.name}")
    found = _adopted(ready, screen)
    write_whole(target, found.content, "give another --out")
    contract = read_contract(target)
    if screen.as_json:
        screen.json({**_document(contract), "file": str(target), "notes": list(found.notes)})
        return
    for line in found.notes:
        screen.say(f"  {line}")
    rows = [{"what": key, "it says": value} for key, value in {**_in_words(contract), "file": target}.items()]
    screen.table(target.name, ("what", "it says"), rows, f"Next: invoke build-apk --model {target}")


def _document(contract: ModelContract) -> dict[str, object]:
    """What the file says of itself, for programs: lists and numbers stay what they are."""
    mean, std = contract.normalization
    return {
        "task": contract.kind,
        "decoder": {"name": type(contract.reading).__name__.lower(), **asdict(contract.reading)},
        "input": _tensor(contract.input),
        "mean": list(mean),
        "std": list(std),
        "outputs": [_tensor(tensor) for tensor in contract.outputs],
        "labels": list(contract.labels),
        "quantization": contract.quantization,
    }


def _tensor(tensor: TensorContract) -> dict[str, object]:
    return {"name": tensor.name, "shape": list(tensor.shape), "type": tensor.dtype}


def _in_words(contract: ModelContract) -> dict[str, object]:
    return {
        "task": contract.kind,
        "decoder": ", ".join(
            [type(contract.reading).__name__.lower(), *(f"{key} {value}" for key, value in asdict(contract.reading).items())]
        ),
        "input": f"{list(contract.input.shape)} {contract.input.dtype}",
        "mean, std": " / ".join(", ".join(f"{value:g}" for value in values) for values in contract.normalization),
        "outputs": ", ".join(f"{tensor.name} {list(tensor.shape)}" for tensor in contract.outputs),
        "labels": ", ".join(contract.labels[:8]) + (f" … ({len(contract.labels)})" if len(contract.labels) > 8 else ""),
        "quantization": contract.quantization,
    }


def _adopted(ready: ReadyModel, screen: Screen) -> Adopted:
    while True:
        wishes = read_wishes(ready)
        means = Means(ROOT / "build" / "logs" / "adopt.log", onnx_packages=onnx_packages(screen), on_step=screen.status)
        try:
            with open_source(ready.file, wishes, means) as (source, left):
                return adopt(source, app_name(ready), left, recognize, means.log)
        except AskedError as asked:
            if screen.as_json or not sys.stdin.isatty():
                raise
            screen.say(f"{asked.what} ({asked.why})")
            screen.say(f"  {asked.fix}")
            ready = answered(ready, asked.flag, input(f"{PROMPTS.get(asked.flag, asked.flag)}: ").strip())


PROMPTS = {
    "mean": "mean and std, as 127.5 127.5",
    "labels": "file, names with commas between, or how many",
    "constant": "NAME=VALUE",
}


def answered(ready: ReadyModel, flag: str, text: str) -> ReadyModel:
    """What the flags say, with an answer for one of them.

    Raises:
        KitError: there was none.
    """
    if not text:
        raise KitError(f"{ready.file.name} was not described", f"nothing was said for {flag}", f"give --{flag}")
    if flag == "mean":
        mean, _, std = text.partition(" ")
        return replace(ready, mean=mean, std=std.strip() or None)
    if flag == "constant":
        return replace(ready, constants=(*ready.constants, text))
    return ReadyModel(**{**vars(ready), flag: text})
