"""`invoke quantize`: every quantization of a model side by side, as a table, JSON and a picture."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from appspec.contract import Quantization
from appspec.errors import KitError
from appspec.json_text import json_text
from appspec.operators import runtime_refusals
from appspec.runtimes import Runtime
from appspec.stages import ROOT
from appspec.tflite_file import read_tflite
from appspec.whole_file import whole_file, write_whole
from deploy.phone_library.library import Core, missing_parts
from flow.app import OpenApp, app_lock, open_app
from flow.arguments import given_path, made_folder
from flow.arm64_check import CORES, THREADS, arm64_check, million
from flow.convert import Wishes, conversion_request, onnx_packages
from flow.phone_checks import phone_checks
from flow.screen import Screen
from pymodel.inference.host_run import run_on_host
from pymodel.inspect.inputs import as_arrays, read_samples
from pymodel.inspect.values import NO_NUMBERS
from pymodel.quantize.chart import Bar, quantization_figure
from pymodel.quantize.choice import Judgement, Variant, choose
from pymodel.quantize.phone_check import INPUTS as CHECKED_INPUTS
from pymodel.quantize.study import INPUTS, STUDIED, Studied, Study, moved, study_source, study_trained
from pymodel.tasks.task import find_trained_task

LOG = ROOT / "build" / "logs" / "quantize.log"
FOLDER = ROOT / "build" / "quantized"
SAMPLES = 4
MODES: tuple[Quantization, ...] = ("float16", "dynamic", "int8", "int8_float_io", "int16x8")
"""Beside float32, where nothing else is asked for."""


@dataclass(frozen=True)
class Costs:
    """What one file costs, and where it runs.

    Attributes:
        host_ms: of one inference on this machine, by threads.
        instructions: ARM64 instructions of one inference by core; empty where they can't be counted.
        refused_by: runtimes whose operator tables refuse it, with the operators in words.
        phone: what the phone's library makes of it where that is no answer as here; empty where it answers so, or was not asked.
        error: why it does not even run here.
    """

    host_ms: Mapping[int, float]
    instructions: Mapping[Core, int]
    refused_by: Mapping[Runtime, str]
    phone: str = ""
    error: str = ""


def quantize(app: str, data: str | None, modes: str, wishes: Wishes, screen: Screen) -> None:
    """Makes, measures and shows them.

    Args:
        app: whose trained models are taken where `wishes` names no model.
        modes: with commas between; empty: all.

    Raises:
        KitError: an argument is wrong, there is no trained model, or the source can't be taken.
    """
    wanted = read_modes(modes)
    folder = given_path("--out", wishes.output_path)
    if wishes.model or wishes.frozen_pb:
        studies = [_foreign(wishes, wanted, folder, screen)]
    else:
        if wishes.inputs:
            raise KitError("--representative can't be used here", "an app's own training split calibrates", "give --model FILE")
        for flag, value in (
            ("--input-shape", wishes.input_shape),
            ("--signature", wishes.signature),
            ("--input-node-name", wishes.input_node_name),
            ("--output-node-name", wishes.output_node_name),
        ):
            if value:
                raise KitError(
                    f"{flag} can't be used here", "it tells of a source what an app's own model has", "give --model FILE"
                )
        opened = open_app(app, data)
        with app_lock(opened, screen):
            studies = _trained(opened, wanted, folder, screen)
    documents = [_show(study, costs, picked, place, screen) for study, costs, picked, place in studies]
    if screen.as_json:
        screen.json(documents)


def read_modes(text: str) -> tuple[Quantization, ...]:
    """The modes that a user names, with commas between.

    Raises:
        KitError: there is no such mode.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in STUDIED:
            raise KitError("Can't read --modes", f"{name!r} is no mode", f"use some of: {', '.join(STUDIED)}")
    return tuple(kind for kind in STUDIED if kind in names and kind != "float32") or MODES


Result = tuple[Study, dict[Quantization, Costs], str, Path]
"""A study, what each of its files costs, what `auto` makes of it in words, and its folder."""


def _foreign(wishes: Wishes, wanted: Sequence[Quantization], out: Path | None, screen: Screen) -> Result:
    request = conversion_request(wishes)
    folder = made_folder("--out", out or FOLDER / request.source.stem)
    screen.heading(f"Quantizing {request.source.name}")
    with tempfile.TemporaryDirectory(prefix=".apkiln-", dir=folder) as name:
        study = study_source(request, wanted, Path(name), LOG, screen.status, onnx_packages(screen))
        costs = _all_costs(study, Path(name), screen)
        return moved(study, folder), costs, "", folder


def _trained(app: OpenApp, wanted: Sequence[Quantization], out: Path | None, screen: Screen) -> list[Result]:
    """Of each model of an app that the kit trains."""
    found = []
    for model in app.spec.model:
        if model.file is not None:
            screen.say(f"{model.name} is a ready file: its operators and types are chosen")
            continue
        keras_file = app.artifacts.train(model.name) / "model.keras"
        if not keras_file.is_file():
            why = f"{keras_file} does not exist"
            raise KitError(f"There is no trained model {model.name} yet", why, f"run: invoke train{app.arguments}")
        folder = made_folder("--out", (out or FOLDER / app.artifacts.root.name) / model.name)
        screen.heading(f"Quantizing {model.name}")
        with tempfile.TemporaryDirectory(prefix=".apkiln-", dir=folder) as name:
            train, examples = app.artifacts.train(model.name), app.artifacts.examples
            plan = find_trained_task(model.task).plan_conversion(app.spec, model, train, examples)
            allowed = app.spec.convert.max_metric_loss
            study = study_trained(model.name, keras_file, plan, wanted, allowed, Path(name), LOG, screen)
            costs = _all_costs(study, Path(name), screen)
            picked = _picked(app, study, costs, Path(name) / INPUTS, screen)
            found.append((moved(study, folder), costs, picked, folder))
    return found


def _all_costs(study: Study, folder: Path, screen: Screen) -> dict[Quantization, Costs]:
    costs = {}
    for one in study.modes:
        if one.path:
            screen.status(f"measuring {one.quantization}")
            costs[one.quantization] = _costs(one.path, folder / INPUTS)
    return costs


def _costs(path: Path, inputs: Path) -> Costs:
    model = read_tflite(path)
    samples = read_samples(model, inputs, SAMPLES).values
    refused: dict[Runtime, str] = {}
    for runtime in get_args(Runtime):
        words = runtime_refusals(path, [runtime])
        if words:
            refused[runtime] = "; ".join(words)
    try:
        if missing_parts():
            arrays = [as_arrays(model, values) for values in samples]
            return Costs(run_on_host(path.name, path.read_bytes(), arrays, LOG, THREADS).median_ms, {}, refused)
        checked = arm64_check(path, samples, ("tensorflow-lite",))
    except KitError as error:
        return Costs({}, {}, refused, error=error.why)
    run = checked.runs[0]
    apart = f"{run.share:.0%} of its range apart" if run.share > DIFFERENT else NO_NUMBERS if run.no_numbers else ""
    return Costs(checked.host_ms, run.instructions, refused, run.error or apart)


DIFFERENT = 0.05
"""Share of an output's range: up to this it is rounding, as phones' libraries are judged before a variant ships."""


def _picked(app: OpenApp, study: Study, costs: Mapping[Quantization, Costs], inputs: Path, screen: Screen) -> str:
    """What `auto` takes of these, and why.

    Args:
        inputs: beside the files, see pymodel.quantize.study.
    """
    screen.status("choosing")
    checks = phone_checks(app.spec)
    variants = [_variant(study, one) for one in study.modes if one.value is not None]
    paths = {one.quantization: one.path for one in study.modes if one.path}
    checked = inputs.with_name(CHECKED_INPUTS)
    with np.load(inputs) as arrays:
        np.save(checked, arrays[arrays.files[0]])
    judgement = Judgement(
        objection=lambda kind: checks.objection(paths[kind], kind, checked),
        instructions=lambda kind: costs[kind].instructions.get("cortex-a76"),
    )
    try:
        return choose(study.name, variants, app.spec.convert.model_copy(update={"quantize": "auto"}), judgement).reason
    except KitError as error:
        return f"none: {error.why}"


def _variant(study: Study, one: Studied) -> Variant:
    assert one.value is not None
    assert one.validation is not None
    assert one.validation_loss is not None
    assert one.loss is not None
    measured = (one.quantization, one.size_bytes, study.metric, one.validation, one.value, 0.0, one.float_layers)
    return Variant(*measured, validation_loss=one.validation_loss, test_loss=one.loss.value)


def _show(study: Study, costs: Mapping[Quantization, Costs], picked: str, folder: Path, screen: Screen) -> dict[str, Any]:
    """Table, picture and quantize.json; the content of the last."""
    picture = folder / "quantize.png"
    with whole_file(picture, "give --out a folder that you can write") as part:
        quantization_figure(study, _bars(study, costs)).savefig(part, dpi=130)
    document = {
        "name": study.name,
        "metric": study.metric,
        "modes": [_document(one, costs.get(one.quantization)) for one in study.modes],
        "auto": picked,
        "compared_on": study.inputs,
        "int8_hurts": study.worst,
        "picture": str(picture),
    }
    write_whole(folder / "quantize.json", json_text(document), "give --out a folder that you can write")
    if not screen.as_json:
        screen.table(f"Quantizations of {study.name}", _columns(study), _rows(study, costs), _note(study, costs))
        for one in study.modes:
            if one.error:
                screen.say(f"{one.quantization} could not be made: {one.error}")
            elif one.float_layers:
                screen.say(f"{one.quantization}: int8, with {len(one.float_layers)} layers in floats")
        if study.worst:
            screen.say(f"int8 hurts these layers most: {', '.join(study.worst[:5])}")
        if picked:
            screen.say(f"auto takes {picked}")
        screen.say(f"{folder}; picture: {picture}")
    return document


def _document(one: Studied, costs: Costs | None) -> dict[str, Any]:
    document = {**asdict(one), "path": str(one.path) if one.path else None}
    if costs:
        document |= asdict(costs) | {"host_ms": {str(count): ms for count, ms in costs.host_ms.items()}}
        document["error"] = one.error or costs.error
    return document


def _columns(study: Study) -> tuple[str, ...]:
    told = (study.metric, "loss", "95 %") if study.metric else ("largest", "mean")
    return ("mode", "KB", "ratio", "ms ×1", "ms ×2", "a76", "a53", *told, "runs on")


def _rows(study: Study, costs: Mapping[Quantization, Costs]) -> list[dict[str, object]]:
    full = study.modes[0].size_bytes
    rows: list[dict[str, object]] = []
    for one in study.modes:
        cost = costs.get(one.quantization)
        if one.error or cost is None:
            rows.append({"mode": one.quantization, "runs on": "not made"})
            continue
        rows.append(
            {
                "mode": one.quantization,
                "KB": f"{one.size_bytes / 1000:.0f}",
                "ratio": f"{one.size_bytes / full:.2f}",
                "ms ×1": _ms(cost, 1),
                "ms ×2": _ms(cost, 2),
                **{core.removeprefix("cortex-"): million(cost.instructions.get(core)) for core in CORES},
                study.metric: f"{one.value:.4f}" if one.value is not None else "",
                "loss": f"{one.loss.value:+.2%}" if one.loss else "",
                "95 %": f"{one.loss.low:+.2%} … {one.loss.high:+.2%}" if one.loss else "",
                "largest": f"{one.largest:.1e}" if one.largest is not None else "",
                "mean": f"{one.mean:.1e}" if one.mean is not None else "",
                "runs on": _runs_on(cost),
            }
        )
    return rows


def _ms(cost: Costs, threads: int) -> str:
    return f"{cost.host_ms[threads]:.3g}" if threads in cost.host_ms else "–"


def _runs_on(cost: Costs) -> str:
    if cost.error:
        return f"not here: {cost.error}"
    fine = [runtime for runtime in get_args(Runtime) if runtime not in cost.refused_by]
    words = "all" if not cost.refused_by else f"{', '.join(fine) or 'none'}; not on {', '.join(cost.refused_by)}"
    return f"{words}; CAREFUL on ARM64: {cost.phone}" if cost.phone else words


def _note(study: Study, costs: Mapping[Quantization, Costs]) -> str:
    parts = ["ms ×1, ×2: one inference on 1 and 2 threads of this machine, no phone's time."]
    if any(cost.instructions for cost in costs.values()):
        parts.append(
            "a76, a53: ARM64 instructions of one inference on a Cortex-A76, which has dot products as most phones since 2018, and an A53, which has none."
        )
    else:
        parts.append(f"ARM64 instructions were not counted: this machine lacks {missing_parts() or 'QEMU with plugins'}.")
    if study.metric:
        parts.append("Loss: share of the metric on the test split, with its confidence interval (paired bootstrap).")
    else:
        parts.append(f"Largest and mean difference to the source / range of the output, on {study.inputs}.")
    refused = {f"{runtime}: {words}" for cost in costs.values() for runtime, words in cost.refused_by.items()}
    return " ".join([*parts, *sorted(refused)])


def _bars(study: Study, costs: Mapping[Quantization, Costs]) -> list[Bar]:
    made = [one for one in study.modes if one.path and one.quantization in costs]
    return [Bar(one, costs[one.quantization].host_ms, _by_name(costs[one.quantization].instructions)) for one in made]


def _by_name(counts: Mapping[Core, int]) -> dict[str, int]:
    return {core.removeprefix("cortex-").upper(): count for core, count in counts.items()}
