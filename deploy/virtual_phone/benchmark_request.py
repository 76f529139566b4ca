"""Reads what a benchmark is asked for: the extras of its intent, against the models of the installed APK (BenchmarkRequest.kt)."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from appspec.benchmark_result import Failure, Request
from appspec.contract import ModelContract
from appspec.errors import KitError
from appspec.read_contract import read_contract

DELEGATES = ("cpu", "gpu", "gpu_32", "nnapi")
MOST_RUNS, MOST_SECONDS, MOST_SUSTAINED_SECONDS = 100_000, 600.0, 7200.0


class RequestError(Exception):
    """The extras are invalid; the message is the app's."""


@dataclass(frozen=True)
class ShippedModel:
    """A model's file in an APK; `name` is that of the app's model of which it is a variant."""

    name: str
    contract: ModelContract
    data: bytes


@dataclass(frozen=True)
class Asked:
    """A valid request: which file, on what, how often."""

    model: ShippedModel
    request: Request


def read_request(apk: bytes, extras: Mapping[str, object]) -> Asked:
    """What the extras ask for, as BenchmarkRequest.kt reads them.

    Raises:
        RequestError: they are invalid.
    """
    shipped = models_in(apk)
    if not shipped:
        raise RequestError("this APK has no model")
    names = list(dict.fromkeys(one.name for one in shipped))
    name = extras.get("model", names[0])
    files: dict[str, ShippedModel] = {one.contract.quantization or "": one for one in shipped if one.name == name}
    if not files:
        raise RequestError(f"no model {name}, but {', '.join(names)}")
    variant = extras.get("variant", next(iter(files)))
    if variant not in files:
        raise RequestError(f"no variant {variant}, but {', '.join(files)}")
    delegate = extras.get("delegate", "cpu")
    threads = _number(extras, "threads", 1, 1, 16)
    if delegate not in DELEGATES:
        raise RequestError(f"no delegate {delegate}, but {', '.join(DELEGATES)}")
    request = Request(
        delegate=cast(Literal["cpu", "gpu", "gpu_32", "nnapi"], delegate),
        threads=threads if delegate == "cpu" else 0,
        warmup_runs=_number(extras, "warmup_runs", 10, 0, MOST_RUNS),
        num_runs=_number(extras, "num_runs", 50, 1, MOST_RUNS),
        min_seconds=_seconds(extras, "min_seconds", MOST_SECONDS),
        cold=extras.get("cold") is True,
        sustained_s=_seconds(extras, "sustained_s", MOST_SUSTAINED_SECONDS),
    )
    return Asked(files[str(variant)], request)


def models_in(apk: bytes) -> list[ShippedModel]:
    """The models in an APK's assets: those first that look at the whole picture, and of each the file that bears its name alone."""
    with zipfile.ZipFile(io.BytesIO(apk)) as packed, tempfile.TemporaryDirectory(prefix="virtual-phone-") as folder:
        found: list[tuple[ModelContract, bytes]] = []
        for entry in packed.namelist():
            if re.fullmatch(r"assets/[^/]+\.tflite", entry):
                path = Path(folder) / entry.removeprefix("assets/")
                path.write_bytes(packed.read(entry))
                with contextlib.suppress(KitError):  # no model, whatever its name says
                    found.append((read_contract(path), path.read_bytes()))
    known = {contract.name for contract, _ in found}

    def name(contract: ModelContract) -> str:
        short = contract.name.removesuffix(f"_{contract.quantization}")
        return short if short in known else contract.name

    def place(one: ShippedModel) -> tuple[bool, str, bool]:
        crop = one.contract.crop
        return crop is not None and crop.follows == "box", one.name, one.contract.name != one.name

    return sorted((ShippedModel(name(contract), contract, data) for contract, data in found), key=place)


def damaged(apk: bytes, contract: ModelContract) -> Failure | None:
    """The app knows the model's sha256 from its code."""
    with zipfile.ZipFile(io.BytesIO(apk)) as packed:
        code = [packed.read(name) for name in packed.namelist() if re.fullmatch(r"classes\d*\.dex", name)]
    if not code or any(contract.sha256.encode() in part for part in code):
        return None
    return Failure(stage="model", type="DamagedModel", message=f"{contract.file} is damaged, or another model")


def _number(extras: Mapping[str, object], key: str, usual: int, least: int, most: int) -> int:
    value = extras.get(key, usual)
    if not isinstance(value, int) or isinstance(value, bool):  # getIntExtra: the default where the type is another
        return usual
    if not least <= value <= most:
        raise RequestError(f"{key} {value} is not in {least}..{most}")
    return value


def _seconds(extras: Mapping[str, object], key: str, most: float) -> float:
    value = extras.get(key, 0.0)
    seconds = value if isinstance(value, float) else 0.0
    if not 0 <= seconds <= most:
        raise RequestError(f"{key} {seconds} is not in 0.0..{most}")
    return seconds
