"""What an app's page says of the app itself: what it is, how it looks, how it was trained, what each variant costs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PIL import Image

from appspec.contract import ModelContract
from appspec.errors import KitError
from appspec.read_contract import read_contract
from appspec.stages import hash_file, read_stamp
from appspec.words import byte_words
from flow.app import OpenApp
from pages.cells import code
from pages.page import KeyFigure, Section, picture_uri
from pymodel.evaluate.document import EvaluationDocument
from pymodel.evaluate.page import metric_rows
from pymodel.inspect.section import places_section
from pymodel.quantize.choice import CHOICE, read_choice, read_variants
from pymodel.quantize.section import variants_section
from pymodel.stages.judged import find_judge
from pymodel.train.page import curve_charts, findings, read_training, training_words

SIDE = 960
"""The longer side of a screen's picture, pixels."""

PREVIEWS = {
    "camera": ("portrait", "permission", "large-korean", "info"),
    "sensor": ("portrait", "dark", "normal", "info"),
}
"""Which screens of `invoke preview` the page shows, by `[app] screen`."""


def shipped(app: OpenApp) -> list[ModelContract]:
    """The files that are in the APK, as they describe themselves."""
    return [read_contract(path) for model in app.spec.model for path in app.artifacts.shipped(model.name)]


def app_figures(app: OpenApp) -> list[KeyFigure]:
    """The numbers of the app to see first."""
    figures = []
    if app.apk.is_file():
        sizes = sum(path.stat().st_size for model in app.spec.model for path in app.artifacts.shipped(model.name))
        figures.append(KeyFigure("APK", byte_words(app.apk.stat().st_size), f"models in it: {byte_words(sizes)}"))
    document = _evaluation(app)
    if document:
        name, found = next(iter(document["metrics"].items()))
        note = f"{found['low']:.3f} to {found['high']:.3f} (95 %), {document['pictures']} examples"
        figures.append(KeyFigure(f"{name.replace('_', ' ')}, test split", f"{found['value']:.3f}", note))
    return figures


def app_section(app: OpenApp, files: Sequence[ModelContract]) -> Section:
    """What it is, and what is in it."""
    spec = app.spec.app
    rows: list[tuple[str, object]] = [("name", spec.name), ("application id", code(spec.id)), ("version", spec.version)]
    missing = []
    if app.apk.is_file():
        facts = json.loads((app.artifacts.apk / "facts.json").read_text(encoding="utf-8"))
        rows += [(key, facts[key]) for key in ("Android", "ABIs", "signer") if key in facts]
        rows += [("APK", byte_words(app.apk.stat().st_size)), ("sha256 of the APK", code(hash_file(app.apk)))]
    else:
        missing.append(("There is no APK yet.", f"invoke build-apk{app.arguments}"))
    listed = [(one.file, one.task, one.quantization or "", byte_words(one.about.size_bytes), code(one.sha256)) for one in files]
    models = Section("Models in it", columns=("file", "task", "variant", "size", "sha256"), rows=listed)
    return Section("App", missing=missing, columns=("", ""), rows=rows, sections=[models])


def look_section(app: OpenApp) -> Section:
    """Pictures: of phones where there are any, and of the preview."""
    folder, screenshots = app.artifacts.root / "preview", sorted((app.artifacts.root / "screenshots").glob("*.png"))
    previews = [folder / f"{name}.png" for name in PREVIEWS[app.spec.app.screen]]
    pictures = [(_picture(path), f"{path.stem} (invoke screenshot)") for path in screenshots]
    pictures += [(_picture(path), f"{path.stem}, drawn on this computer (preview)") for path in previews if path.is_file()]
    drawn = any(path.is_file() for path in previews)
    missing = [] if drawn else [("No screen was drawn yet.", f"invoke preview{app.arguments}")]
    return Section("Screens", missing=missing, pictures=pictures, tall=True)


def quality_section(app: OpenApp) -> Section:
    """How good the whole app is."""
    document = _evaluation(app)
    judge = find_judge(app.spec)
    if document is None or judge is None:
        why = "The app was not evaluated yet." if judge else "The last model is a ready file, and no data judges it."
        return Section("Quality", missing=[(why, f"invoke train{app.arguments}" if judge else "add [data] to app.toml")])
    text = [f"All models together, on the {document['pictures']} examples of the test split, which nothing was chosen by."]
    rows = metric_rows(document, judge.meanings)
    return Section("Quality", text, columns=("metric", "value", "95 % interval", "meaning"), rows=rows)


def training_section(app: OpenApp) -> Section:
    """The curves of each model."""
    parts = []
    for model in app.spec.model:
        folder = app.artifacts.train(model.name)
        if model.file is not None:
            parts.append(Section(model.name, [f"A ready file ({Path(model.file).name}): the kit did not train it."]))
        elif (folder / "curve.csv").is_file():
            training = read_training(folder)
            charts = curve_charts(training.curve, training.metric)
            parts.append(Section(model.name, [training_words(training)], findings=findings(training), charts=charts))
        else:
            parts.append(Section(model.name, missing=[("It was not trained here.", f"invoke train{app.arguments}")]))
    return Section("Training", sections=parts)


def variants_sections(app: OpenApp) -> Section:
    """What each quantization costs and loses, and why which one ships."""
    parts = []
    for model in app.spec.model:
        if model.file is not None:
            parts.append(Section(model.name, ["A ready file: it ships as it is."]))
        elif (app.artifacts.convert(model.name) / "variants.json").is_file() and (app.artifacts.models / CHOICE).is_file():
            variants = read_variants(app.artifacts.convert(model.name))
            parts.append(variants_section(model.name, variants, read_choice(app.artifacts.models, model.name, variants)))
        else:
            parts.append(Section(model.name, missing=[("It was not converted here.", f"invoke train{app.arguments}")]))
    text = ["Lost: share of the float32 variant's metric; negative: better. Shorter bars are better; times are this computer's."]
    return Section("Quantization", text, sections=parts)


def places(app: OpenApp) -> Section:
    """Which runtime and delegate takes what of each shipped file."""
    return places_section("Operations", [path for model in app.spec.model for path in app.artifacts.shipped(model.name)])


def build_hashes(app: OpenApp) -> list[tuple[str, object]]:
    """What a second build must begin with: (what, hash) pairs."""
    rows: list[tuple[str, object]] = [(f"apps/{app.name}/app.toml", code(hash_file(app.spec.folder / "app.toml")))]
    stamp = read_stamp(app.artifacts.examples)
    return [*rows, ("data, as it was read", code(str(stamp["stamp"])))] if stamp else rows


def _picture(path: Path) -> str:
    try:
        with Image.open(path) as image:
            return picture_uri(image, SIDE)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise KitError(f"Can't read {path.name}", f"{path} is no whole picture", "remove it, or make it again") from error


def _evaluation(app: OpenApp) -> EvaluationDocument | None:
    path = app.artifacts.evaluation / "evaluation.json"
    return cast(EvaluationDocument, json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
