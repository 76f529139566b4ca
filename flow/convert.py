"""`invoke convert`: a model from anywhere, converted and compared with its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from appspec.stages import ROOT
from deploy.toolchain.onnx_converter import prepare_converter
from flow.arguments import given_path, made_folder, number
from flow.screen import Screen
from pymodel.convert.convert import Conversion
from pymodel.convert.convert import convert as run_conversion
from pymodel.convert.recognize import recognize
from pymodel.convert.request import TARGETS, Request, Target, parse_shapes
from pymodel.convert.tflite import MODES
from pymodel.quantize.phone_check import INPUTS

LOG = ROOT / "build" / "logs" / "convert.log"
FOLDER = ROOT / "build" / "converted"


@dataclass(frozen=True)
class Wishes:
    """The task's arguments as they were typed; see `invoke --help convert`."""

    model: str | None
    frozen_pb: str | None
    input_node_name: str
    output_node_name: str
    signature: str
    input_shape: Sequence[str]
    to: str | None
    type: str | None
    quantize: str
    inputs: str | None
    mean: str
    std: str
    tolerance: str | None
    output_path: str | None
    inputs_flag: str = "--inputs"


def convert(wishes: Wishes, screen: Screen) -> None:
    """Converts, and shows how far the result is from its source.

    Raises:
        KitError: see pymodel.convert.convert; or an argument is wrong.
    """
    request = conversion_request(wishes)
    folder = made_folder("--output-path", given_path("--output-path", wishes.output_path) or FOLDER)
    screen.heading(f"{request.source.name} to {request.to}")
    made = run_conversion(request, folder, LOG, screen.status, onnx_packages(screen))
    if screen.as_json:
        screen.json({**made.report, "result": str(made.model), "report": str(made.report_file), "replaced": made.replaced})
        return
    _show(made, screen)


def onnx_packages(screen: Screen) -> Callable[[], Path]:
    """Gives the folder with the ONNX converter, and fetches it before where it isn't there."""
    return lambda: prepare_converter(screen.say)


def conversion_request(wishes: Wishes) -> Request:
    """The request that the arguments spell.

    Raises:
        KitError: one is wrong.
    """
    if bool(wishes.model) == bool(wishes.frozen_pb):
        why = "both --model and --frozen-pb are given" if wishes.model else "no model is given"
        raise KitError("Can't convert", why, "invoke convert --model FILE, or --frozen-pb FILE.pb for a frozen graph")
    source = Path(wishes.model or wishes.frozen_pb or "").expanduser()
    target = _target(wishes)
    quantize = "float32" if wishes.quantize == "none" else wishes.quantize
    if quantize not in MODES:
        raise KitError("Can't convert", f"{quantize!r} is no quantization", f"--quantize is one of: none, {', '.join(MODES)}")
    mean, std = number("--mean", wishes.mean, "127.5"), number("--std", wishes.std, "127.5")
    if std <= 0:
        raise KitError(f"--std {wishes.std} can't be used", "values are divided by it", "give a number above 0, as --std 255")
    return Request(
        source=source,
        kind=recognize(source, wishes.frozen_pb is not None),
        to=target,
        quantize=quantize,
        signature=wishes.signature,
        input_names=_names(wishes.input_node_name),
        output_names=_names(wishes.output_node_name),
        shapes=parse_shapes(wishes.input_shape),
        inputs=_inputs(wishes) or app_inputs(source),
        inputs_flag=wishes.inputs_flag,
        mean=mean,
        std=std,
        tolerance=_tolerance(wishes.tolerance),
    )


def _target(wishes: Wishes) -> Target:
    if wishes.to and wishes.type and wishes.to != wishes.type:
        why = f"--to {wishes.to} and --type {wishes.type} contradict each other"
        raise KitError("Can't convert", why, "give one of the two: they mean the same")
    wanted = wishes.to or wishes.type or TARGETS[0]
    for target in TARGETS:
        if target == wanted:
            return target
    flag = "--to" if wishes.to else "--type"
    raise KitError("Can't convert", f"{wanted!r} is no target", f"{flag} is one of: {', '.join(TARGETS)}")


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in text.split(","))))


def _inputs(wishes: Wishes) -> Path | None:
    if wishes.inputs is None:
        return None
    path = Path(wishes.inputs).expanduser()
    if not path.exists():
        raise KitError("Can't convert", f"there is no {path}", f"{wishes.inputs_flag} is a folder of pictures or an .npz file")
    return path


def app_inputs(source: Path) -> Path | None:
    """Inputs of the app's own data, where the source is a model that the kit trained for one."""
    for folder in source.resolve().parents:
        inputs = folder / "convert" / INPUTS
        if folder.parent.name == "models" and inputs.is_file():
            return inputs
    return None


def _tolerance(text: str | None) -> float | None:
    value = None if text is None else number("--tolerance", text, "0.01")
    if value is not None and value < 0:
        raise KitError(f"--tolerance {text} can't be used", "it is below 0", "give a share of the range, as --tolerance 0.01")
    return value


COLUMNS = ("output", "shape", "largest", "mean", "range", "largest / range")


def _show(made: Conversion, screen: Screen) -> None:
    report = made.report
    for note in report["notes"]:
        screen.say(note)
    if report["unchecked"]:
        screen.say(f"Not compared with the source: {report['unchecked']}")
    rows = [
        {
            "output": row["output"],
            "shape": "×".join(map(str, row["shape"])) or "one number",
            "largest": f"{row['largest']:.2g}",
            "mean": f"{row['mean']:.2g}",
            "range": f"{row['range']:.3g}",
            "largest / range": f"{row['relative']:.1e}",
        }
        for row in report["outputs"]
    ]
    held = report["tolerance"]
    note = f"On {report['compared_on']}; by {report['checked_by']}; {held['of']} / range may be {held['allowed']:g}"
    if rows:
        screen.table("Differences between source and result", COLUMNS, rows, note)
    if report["unmoved"]:
        screen.say(
            f"! {', '.join(report['unmoved'])}: the source answers nearly the same on all these inputs, which proves little: "
            "where that is not meant, give inputs that it is made for (--inputs)"
        )
    facts = report["facts"]
    if "arena_bytes" in facts:
        title = (
            f"Arena {facts['arena_bytes']} bytes, model {facts['model_bytes']} bytes; operators: {', '.join(facts['operators'])}"
        )
        screen.table(title, ("board", "verdict", "flash", "ram"), facts["boards"])
    size = sum(file["bytes"] for file in report["files"])
    if made.replaced:
        screen.say(f"Replaced {made.model.name}, an earlier result of the same source")
    screen.say(f"{made.model} ({size} bytes); report: {made.report_file}")
