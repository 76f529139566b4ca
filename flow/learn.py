"""Tasks that look at data and models, without Android."""

from __future__ import annotations

from pathlib import Path

from appspec.errors import KitError
from flow.app import alone, open_app, same_app
from flow.screen import Screen
from pymodel.pipeline import Models, build_models, chosen_models, data_stage


def train(name: str, data: str | None, screen: Screen) -> None:
    """Data to described `.tflite` files."""
    app = open_app(name, data)
    with alone(app, screen):
        models = build_models(app.spec, app.artifacts, screen)
    same = same_app(name, data)
    note = f"Next: invoke predict{same} --image FILE, or invoke build-apk{same}"
    screen.table("Models", MODEL_COLUMNS, model_rows(models), note)


MODEL_COLUMNS = ("model", "quantization", "bytes", "metric", "float", "chosen", "loss", "host_ms")


def model_rows(models: Models) -> list[dict[str, object]]:
    """One row a model: what was chosen, before and after quantization."""
    rows: list[dict[str, object]] = []
    for pick in models.models:
        reference = next(v for v in pick.variants if v.quantization == "float32")
        rows.append(
            {
                "model": pick.path.stem,
                "quantization": pick.chosen.quantization,
                "bytes": f"{pick.chosen.size_bytes} (float32 {reference.size_bytes})",
                "metric": pick.chosen.metric,
                "float": round(reference.value, 4),
                "chosen": round(pick.chosen.value, 4),
                "loss": f"{pick.chosen.loss:+.2%}",
                "host_ms": round(pick.chosen.median_ms, 2),
            }
        )
    return rows


def evaluate(name: str, data: str | None, screen: Screen) -> None:
    """The finished chain on a folder of pictures or on the test split, drawn."""
    from pymodel.predict import evaluate_data

    app = open_app(name)
    models = chosen_models(app.spec, app.artifacts)
    folder, out = (Path(data).expanduser(), "data") if data else (None, "test")
    sheet = app.artifacts.root / "evaluation" / f"{out}.png"
    if folder is None:
        from pymodel.predict import evaluate_test

        evaluation = evaluate_test(models, app.artifacts.examples, sheet)
    else:
        evaluation = evaluate_data(models, folder, sheet)
    if screen.as_json:
        screen.json({**evaluation.as_dict(), "picture": str(sheet)})
        return
    if folder is not None:
        screen.table("Pictures", ("file", "iou", "nme", "confidence", "duration_ms"), [vars(s) for s in evaluation.scores[:50]])
    screen.say(
        f"{evaluation.pictures} pictures: mean IoU {evaluation.iou:.3f}, NME {_number(evaluation.nme, 4)}, "
        f"median {evaluation.median_ms:.2f} ms a picture on one thread of this machine"
    )
    screen.say(f"Drawn, worst first: {sheet}")


def predict(name: str, data: str | None, image: Path, out: Path | None, screen: Screen) -> None:
    """The finished chain on one photograph."""
    from pymodel.predict import predict as run

    app = open_app(name, data)
    models = chosen_models(app.spec, app.artifacts)
    prediction = run(models, image, out or app.artifacts.root / "predictions" / f"{image.stem}.png")
    if screen.as_json:
        milliseconds = round(prediction.duration_ms, 3)
        found = {"image": str(image), "box": prediction.box, "points": prediction.rows}
        screen.json({**found, "duration_ms": milliseconds, "picture": str(prediction.picture)})
        return
    columns = ("model", "point", "x", "y", "confidence")
    screen.table(
        image.name, columns, prediction.rows, f"{prediction.duration_ms:.2f} ms on one thread; drawn: {prediction.picture}"
    )


def inspect_data(name: str, data: str | None, pictures: int, screen: Screen) -> None:
    """Contact sheet and counts of the app's data."""
    from pymodel.inspect import inspect

    if pictures < 1:
        raise KitError("--pictures can't be used", f"{pictures} is less than 1", "give 1 or more")
    app = open_app(name, data)
    with alone(app, screen):
        folder, _, _ = data_stage(app.spec, app.artifacts, screen)
        found = inspect(folder, app.spec.data.split, app.artifacts.root / "data.png", pictures)
    sheet = app.artifacts.root / "data.png"
    if screen.as_json:
        screen.json({**vars(found), "problems": [vars(problem) for problem in found.problems], "picture": str(sheet)})
        return
    screen.table("Splits", ("split", "pictures"), [{"split": k, "pictures": v} for k, v in found.counts.items()])
    low, middle, high = found.face_share
    screen.say(f"Faces: {low:.0%} to {high:.0%} of the picture's width (5th to 95th percentile), median {middle:.0%}")
    screen.say(f"Sizes: {', '.join(f'{size} ({count})' for size, count in found.sizes)}")
    for problem in found.problems[:20]:
        screen.say(f"Left out: {problem.file}: {problem.why}")
    if len(found.problems) > 20:
        screen.say(f"… and {len(found.problems) - 20} more")
    screen.say(f"Contact sheet: {sheet}")


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
