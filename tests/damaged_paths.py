"""Damaged models through the very functions of `invoke convert` and `invoke build-apk --model`, up to the generated project.

A program of its own, which stands for the kit's process: `python -m tests.damaged_paths COUNT SEED FOLDER` prints JSON.
"""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import ai_edge_litert.interpreter  # noqa: F401 - what children need is loaded before they are forked
import numpy as np

import pymodel.convert.sources.tflite
import pymodel.convert.targets.tflite
import pymodel.convert.work  # noqa: F401
from appspec.errors import KitError
from appspec.kit_facts import FACTS_FILE
from appspec.operators import require_known_operators
from appspec.read_contract import read_contract
from appspec.runtimes import choose_runtimes, possible_runtimes
from codegen import generate, template_folder
from flow.app import open_app
from flow.convert import Wishes, conversion_request
from flow.ready_model import make_app, model_as_said
from flow.screen import Screen
from pymodel import isolated
from pymodel.convert.convert import convert
from pymodel.pipeline import build_models
from pymodel.quantize.phone_check import PhoneChecks
from tests.forked import forking
from tests.mutants import mutants
from tests.property_models import MODELS
from tests.pymodel.foreign.models import anchored, constant_outputs, postprocessed
from tests.tflite_models import conv_chain

SHIPPED = sorted((Path(__file__).parent / "appspec" / "models").glob("*.tflite"))
LONGEST_S = 10.0
"""Of processor time, the children's too: other work may share the machine."""

LONGEST_WAIT_S = 60.0
"""Of a child that waits for something."""


SAID: tuple[dict[str, str], ...] = (
    {},
    {"mean": "0", "std": "255"},
    {"mean": "0", "std": "255", "task": "raw"},
    {"mean": "127.5", "std": "127.5", "task": "classify", "labels": "3"},
    {"mean": "0", "std": "255", "task": "detect"},
)
"""What a user may say of a model that does not say itself what it does."""


def sources() -> list[bytes]:
    """Models that convert takes, and most of which become an app."""
    foreign = [
        constant_outputs({"scores": np.array([[0.1, 0.7, 0.2]])}),
        constant_outputs({"points": np.zeros((1, 5, 2)), "scores": np.ones((1, 5))}),
        constant_outputs({"map": np.zeros((1, 8, 8, 4))}),
        anchored(),
        anchored(scores_first=True, points=0),
        postprocessed((0, 1, 2, 3)),
    ]
    return [*foreign * 4, *[path.read_bytes() for path in SHIPPED] * 8, *(make() for make in MODELS.values()), conv_chain(10)]


def damaged(count: int, seed: int, folder: Path) -> Iterator[bytes]:
    """Damaged models; every second one is damaged so little that the kit's reader takes it, and what runs models gets it."""
    file, rest = folder / f"damaged-{seed}.tflite", mutants(sources(), 100 * count, seed)
    for number in range(count):
        data = next(rest)
        file.write_bytes(data)
        while number % 2 and not _is_readable(file):
            data = next(rest)
            file.write_bytes(data)
        yield data


def _is_readable(file: Path) -> bool:
    try:
        read_contract(file)
    except KitError:
        return False
    return True


def main(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """How each of them ended, by path; a file that ends otherwise than made or refused is kept in the folder."""
    ends: dict[str, Counter[str]] = {"convert": Counter(), "build": Counter()}
    refusals: dict[str, Counter[str]] = {"convert": Counter(), "build": Counter()}
    longest = dict.fromkeys(ends, 0.0)
    wrong: list[dict[str, Any]] = []
    rng = random.Random(seed)
    with forking() as used, patch.object(isolated, "_wait", _wait):
        _try_whole(folder)
        for number, data in enumerate(damaged(count, seed, folder)):
            if number % 100 == 0:
                sys.stderr.write(f"{number} of {count}: {ends}\n")
            said = {} if FACTS_FILE.encode() in data else rng.choice(SAID)
            for name, path in (("convert", _convert), ("build", partial(_build, said=said))):
                with tempfile.TemporaryDirectory(dir=folder) as place:
                    file = Path(place, "model.tflite")
                    file.write_bytes(data)
                    before = used.seconds + time.process_time()
                    end, words = _tried(path, file)
                    took = round(used.seconds + time.process_time() - before, 2)
                ends[name][end] += 1
                longest[name] = max(longest[name], took)
                if end == "refused":
                    refusals[name][words] += 1
                if end not in ("made", "refused") or took > LONGEST_S:
                    kept = folder / f"{name}-{seed}-{number}.tflite"
                    kept.write_bytes(data)
                    sys.stderr.write(f"{number} {name} {end} {took} s: {words}\n")
                    wrong.append({"file": str(kept), "said": said, "end": end, "words": words, "seconds": took})
    return {
        "ends": ends,
        "longest_s": longest,
        "wrong": wrong,
        "refusals": {name: found.most_common(80) for name, found in refusals.items()},
    }


def _try_whole(folder: Path) -> None:
    """A whole model first: what is loaded when it is needed, TensorFlow among it, is no mutant's time."""
    for path in (_convert, partial(_build, said=SAID[2])):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            file = Path(place, "model.tflite")
            file.write_bytes(anchored())
            end, words = _tried(path, file)
            assert end == "made", words


def _tried(path: Callable[[Path], None], file: Path) -> tuple[str, str]:
    """How it ended, in words too."""
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            path(file)
        end, words = "made", ""
    except KitError as error:
        words = f"{error.what}: {error.why}"
        end = "hang" if TOO_LONG in words else "refused" if error.what and error.why and error.fix else "an empty error"
    except Exception:
        end, words = "traceback", traceback.format_exc()
    return end, words


TOO_LONG = "it took longer than"
_wait_longer = isolated._wait


def _wait(child: Any, folder: Path, on_step: Any, timeout_s: float) -> int | None:
    return _wait_longer(child, folder, on_step, min(timeout_s, LONGEST_WAIT_S))


def _convert(file: Path) -> None:
    wishes = Wishes(str(file), None, "", "", "", (), "tflite", None, "none", None, "0", "255", None, str(file.parent / "made"))
    convert(conversion_request(wishes), file.parent / "made", file.parent / "convert.log")


def _build(file: Path, said: dict[str, str]) -> None:
    screen, root = Screen(), file.parent
    app = open_app(make_app(model_as_said(str(file), (), **said), screen, root), root=root)
    build_models(app.spec, app.artifacts, screen, PhoneChecks(possible_runtimes(app.spec.android)))
    shipped = [path for model in app.spec.model for path in app.artifacts.shipped(model.name)]
    chosen = choose_runtimes(app.spec.android, False)
    require_known_operators(shipped, {chosen.debug, chosen.release})
    target = root / "android"
    target.mkdir()
    contents = {path.name: path.read_bytes() for path in shipped}
    generate(app.spec, [read_contract(path) for path in shipped], template_folder(), target, contents, chosen)


if __name__ == "__main__":
    count, seed, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(json.dumps(main(count, seed, folder), indent=1))
