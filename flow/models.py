"""Tasks that look at data and models, without Android."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from appspec.errors import KitError
from appspec.read_contract import read_contract
from appspec.whole_file import whole_file, write_whole
from appspec.words import counted
from flow.app import OpenApp, app_lock, cli_arguments, open_app
from flow.convert import onnx_packages
from flow.packaged import find_packaged
from flow.phone_checks import phone_checks
from flow.screen import Screen
from pymodel.evaluate.document import EvaluationDocument
from pymodel.pipeline import Models, build_models
from pymodel.stages.chosen import chosen_models
from pymodel.stages.data import inspect
from pymodel.stages.judged import evaluate_folder, evaluate_test, predict_image
from pymodel.train.workers import cluster, name_cluster

MOST_ROWS = 30
"""Rows of a table of counts, and lines of notes, that fit a screen."""


def train(name: str, data: str | None, settings: Sequence[str], workers: str | None, worker: str | None, screen: Screen) -> None:
    """Data to described `.tflite` files.

    Several machines train together where `workers` or TF_CONFIG name them: each runs this, in a build folder of its own.
    """
    if workers is not None or worker is not None:
        name_cluster(workers or "", worker)
    count, index = cluster()
    app = open_app(name, data, settings, worker=index)
    if count > 1:
        screen.say(f"Worker {index} of {count}: a training begins when all are there")
    with app_lock(app, screen):
        models = make_models(app, screen)
    note = f"Next: {next_command(app)}, or invoke build-apk{app.arguments}"
    if index:
        note = f"Worker 0 has the same models: go on there ({note.removeprefix('Next: ')})"
    screen.table("Models", MODEL_COLUMNS, model_rows(models), note)


def make_models(app: OpenApp, screen: Screen) -> Models:
    """Runs every stage up to the described `.tflite` files that is not up to date."""
    return build_models(app.spec, app.artifacts, screen, phone_checks(app.spec), onnx_packages(screen), find_packaged(screen))


def next_command(app: OpenApp) -> str:
    """The command that shows what the models do."""
    return (
        f"open {app.artifacts.evaluation_page / 'evaluate.html'}"
        if is_sensor(app)
        else f"invoke predict{cli_arguments(app.name, app.data)} --image FILE"
    )


def is_sensor(app: OpenApp) -> bool:
    """Whether the app looks at sensors, not through the camera."""
    return app.spec.app.screen == "sensor"


MODEL_COLUMNS = ("model", "quantization", "bytes", "metric", "float", "chosen", "loss", "arm64_instructions", "host_ms")


def model_rows(models: Models) -> list[dict[str, object]]:
    """One row a model: what was chosen, before and after quantization."""
    rows: list[dict[str, object]] = []
    for pick in models.models:
        if pick.chosen is None:
            rows.append(_ready_row(pick.path))
            continue
        reference = next(v for v in pick.variants if v.quantization == "float32")
        rows.append(
            {
                "model": pick.path.stem,
                "quantization": pick.chosen.quantization + (f" + {pick.beside.quantization}" if pick.beside else ""),
                "bytes": f"{pick.chosen.size_bytes} (float32 {reference.size_bytes})",
                "metric": pick.chosen.metric,
                "float": round(reference.test, 4),
                "chosen": round(pick.chosen.test, 4),
                "loss": f"{pick.chosen.test_loss:+.2%}",
                "arm64_instructions": _count_words(pick.instructions.get(pick.chosen.quantization)),
                "host_ms": round(pick.chosen.median_ms, 2),
            }
        )
    return rows


def _ready_row(path: Path) -> dict[str, object]:
    contract = read_contract(path)
    return {
        "model": path.stem,
        "quantization": contract.quantization or "",
        "bytes": contract.about.size_bytes,
        "metric": contract.about.metric or "not measured",
        "float": "",
        "chosen": "",
        "loss": "",
        "arm64_instructions": "",
        "host_ms": "",
    }


def _count_words(count: int | None) -> str:
    return "not counted" if count is None else f"{count / 1e6:.3g} M"


def evaluate(name: str, data: str | None, screen: Screen) -> None:
    """The finished models on a folder or on the test split, drawn."""
    app = open_app(name)
    if data is not None:
        app.artifacts.refuse_data(Path(data).expanduser())
    models = chosen_models(app.spec, app.artifacts, app.arguments)
    target = app.artifacts.evaluations / ("test" if data is None else "data")
    if data is None:
        evaluate_test(app.spec, app.artifacts, models, target, app.arguments)
    else:
        evaluate_folder(app.spec, models, Path(data).expanduser(), target)
    document = json.loads((target / "evaluation.json").read_text(encoding="utf-8"))
    page = target / "evaluate.html"
    if screen.as_json:
        screen.json({**document, "page": str(page), "picture": str(target / "worst.png")})
        return
    scores = document.get("scores", [])
    if data is not None and scores:
        columns = [key for key in scores[0] if key != "badness" and any(score[key] is not None for score in scores)]
        screen.table("Pictures", columns, scores[:50])
    show_evaluation(document, screen)
    screen.say(f"Page with the worst cases: {page}")


FEW_EXAMPLES = 50
"""Fewer than these say little about a model."""


def show_evaluation(evaluation: EvaluationDocument, screen: Screen) -> None:
    """The metrics with their intervals; that there are too few examples to judge by comes before them."""
    count, duration = evaluation["pictures"], evaluation["median_ms"]
    rows = [
        {"metric": name, "value": f"{found['value']:.4f}", "95 % interval": f"{found['low']:.4f} to {found['high']:.4f}"}
        for name, found in evaluation["metrics"].items()
    ]
    if count < FEW_EXAMPLES and rows:
        name, found = next(iter(evaluation["metrics"].items()))
        screen.say(
            f"Only {counted(count, 'example')} to judge by: {name} lies anywhere from {found['low']:.2f} to {found['high']:.2f} (95 %); "
            "give more test data before you trust a figure"
        )
    screen.table("End to end", ("metric", "value", "95 % interval"), rows)
    screen.say(f"{counted(count, 'example')}, end to end, median {duration:.2f} ms each on one thread of this machine")


def predict(name: str, data: str | None, image: Path, out: Path | None, screen: Screen) -> None:
    """The finished chain on one photograph."""
    if out is not None and out.suffix.lower() != ".png":
        raise KitError(f"Can't write {out.name}", "the picture is a PNG", "give --out a name that ends in .png")
    app = open_app(name, data)
    models = chosen_models(app.spec, app.artifacts, app.arguments)
    prediction = predict_image(app.spec, models, image, out or app.artifacts.root / "predictions" / f"{image.stem}.png")
    if screen.as_json:
        milliseconds = round(prediction.duration_ms, 3)
        found = {"image": str(image), "box": prediction.box, "points": prediction.rows}
        missed = {"missed": prediction.missed} if prediction.missed else {}
        screen.json({**found, **missed, "duration_ms": milliseconds, "picture": str(prediction.picture)})
        return
    columns = list(dict.fromkeys(column for row in prediction.rows for column in row)) or ["model"]
    rows = [{column: row.get(column, "") for column in columns} for row in prediction.rows]
    for model, threshold in prediction.missed.items():
        screen.say(f"{model}: nothing that counts was found; it counts from a confidence of {threshold:g}")
    screen.table(image.name, columns, rows, f"{prediction.duration_ms:.2f} ms on one thread; drawn: {prediction.picture}")


def inspect_data(name: str, data: str | None, pictures: int, screen: Screen) -> None:
    """Contact sheet and counts of the app's data."""
    if pictures < 1:
        raise KitError("--pictures can't be used", f"{pictures} is less than 1", "give 1 or more")
    app = open_app(name, data)
    sheet = app.artifacts.root / "data.png"
    with app_lock(app, screen):
        found = inspect(app.spec, app.artifacts, sheet, pictures, screen)
    if screen.as_json:
        screen.json({**found, "picture": str(sheet)})
        return
    screen.table("Splits", ("split", "examples"), [{"split": k, "examples": v} for k, v in found["counts"].items()])
    tables = {"classes": found.get("classes"), "points": found.get("points"), "channels": found.get("channels")}
    for key, counts in tables.items():
        if counts:
            _count_table(key, counts, sheet.with_name(f"{key}.csv"), screen)
    for line in found["lines"][:MOST_ROWS]:
        screen.say(line)
    if len(found["lines"]) > MOST_ROWS:
        notes = sheet.with_name("notes.txt")
        write_whole(notes, "\n".join(found["lines"]) + "\n", "see that you can write there")
        screen.say(f"… and {len(found['lines']) - MOST_ROWS} more; all: {notes}")
    for problem in found["problems"][:20]:
        screen.say(f"Left out: {problem['file']}: {problem['why']}")
    if len(found["problems"]) > 20:
        screen.say(f"… and {len(found['problems']) - 20} more")
    for finding in found["findings"]:
        screen.say(f"→ {finding}")
    screen.say(f"Picture: {sheet}")


def _count_table(key: str, counts: Mapping[str, int], rest: Path, screen: Screen) -> None:
    """A table that fits a screen; of more rows those with the smallest counts, and all of them in a file."""
    rows = [{key: name, "count": count} for name, count in counts.items()]
    if len(rows) <= MOST_ROWS:
        screen.table(key.capitalize(), (key, "count"), rows)
        return
    with whole_file(rest) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([(key, "count"), *counts.items()])
    fewest = sorted(rows, key=lambda row: int(str(row["count"])))[:MOST_ROWS]
    screen.table(
        key.capitalize(), (key, "count"), fewest, f"the {MOST_ROWS} of {len(rows)} with the smallest counts; all: {rest}"
    )
