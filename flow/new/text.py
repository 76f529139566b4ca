"""An app.toml as a newcomer wants to read it: each key with what it means."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MEANINGS = {
    "app.name": "shown on the phone",
    "app.id": "unique on Google Play: before a release, put a domain of yours in place of org.example",
    "app.version": "raise it with each release",
    "app.screen": "what feeds the models",
    "model.name": "of the .tflite file",
    "model.task": "",
    "model.input.size": "pixels; smaller is faster, larger sees smaller things; a multiple of 32",
    "model.backbone.name": "the network",
    "model.backbone.alpha": "its width: 0.35 is the smallest and fastest; 0.5, 0.75, 1.0 learn more from many pictures",
    "model.backbone.width": "its channels; more learn more, and are slower",
    "model.backbone.stages": "networks in a row: each mends what the one before it says",
    "model.backbone.weights": 'what it starts from: "none", "imagenet" (a download), a model above, or a .keras file',
    "model.head": '"points" or "regress" (docs/models.md)',
    "model.pooling": '"avg" or "max"',
    "model.train.epochs": "how often it sees all examples, at most",
    "model.train.batch_size": "examples a step",
    "model.train.learning_rate": "lower it where the training diverges",
    "model.train.patience": "it stops after so many epochs without a better validation metric",
    "data.format": "docs/data.md shows each",
    "data.path": "relative paths start at this file's folder",
    "data.annotations": "the annotation file in that folder",
    "data.category": "what to find",
    "data.points": "what to find of it; the order is that of the app's answers",
    "data.sizes": "what boxes count in",
    "data.match": "which picture an annotation means",
    "data.units": "what boxes count in",
    "data.boxes": "what the four numbers of a box are",
    "data.axes": "which of a point's two numbers comes first",
    "data.group": "files with the same text in its parentheses stay in one split",
    "data.split.given": "train, validation and test are those that the data gives; the shares are for one that it lacks",
    "data.split.validation": "share that training is judged by",
    "data.split.test": "share that the finished app is judged by",
    "data.series.timestamp": "column of the stamps",
    "data.series.values": "columns that the model sees",
    "data.series.label": "column that says what is abnormal",
    "data.series.abnormal": "its words that mean abnormal; all others mean normal",
    "data.series.failures": "when it failed",
    "data.series.group": "column that names the machine",
    "data.series.channel": "column that names what was measured: a row holds one value",
    "data.series.value": "column of that value",
    "data.series.interval": "time between samples",
    "data.series.max_gap": "gaps up to this length are filled",
    "data.series.error_values": 'values that mean "no measurement"',
    "data.series.decimal": "what stands before decimals",
    "data.series.dates": "the order of day, month and year",
    "data.series.begin": "the moment of second 0",
    "data.series.validation_from": "where the splits begin: each has failures",
    "data.series.test_from": "",
    "data.series.window": "samples that the model looks at",
    "data.series.stride": "samples from one window to the next in training",
    "data.series.horizon": "so long before a failure a window counts as abnormal: how early to warn",
    "data.series.margin": "so long after a failure windows are left out: it is being mended",
    "convert.quantize": "the fastest variant that loses little; docs/quantize.md lists others",
    "convert.max_metric_loss": "share of the metric that it may lose",
    "android.min_sdk": "Android 7.0",
    "android.target_sdk": "what Google Play asks for",
    "android.abis": 'processors; "armeabi-v7a" for old phones',
    "android.delegate": "CPU or GPU: measured on each phone",
    "android.camera": '"back" or "front"',
}
"""What is written behind each key."""

TASKS = {
    "box": "finds the box around one object",
    "landmarks": "finds points in that box, or in the whole picture",
    "heatmap": "finds points by stacked hourglasses",
    "classify": "tells the class of the picture",
    "window": "tells whether the last samples are abnormal, and warns",
}

COLUMN = 44
"""Where comments begin, where there is room."""

Table = Mapping[str, object]


@dataclass(frozen=True)
class AppText:
    """The parts of an app.toml; keys may be dotted.

    Attributes:
        remarks: lines at its top.
    """

    remarks: Sequence[str]
    app: Table
    models: Sequence[Table]
    data: Table
    series: Table
    android: Table

    def write(self) -> str:
        """The whole file."""
        convert = {"quantize": "auto", "max_metric_loss": 0.01}
        parts = [
            "".join(f"# {line}\n" for line in self.remarks),
            _section("[app]", "app", self.app),
            *(_section("[[model]]", "model", model) for model in self.models),
            _section("[data]", "data", self.data),
            *([_section("[data.series]", "data.series", self.series)] if self.series else []),
            _section("[convert]", "convert", convert),
            _section("[android]", "android", self.android),
        ]
        return "\n".join(parts)


def _section(head: str, name: str, table: Table) -> str:
    return "\n".join([head, *(_line(name, key, value) for key, value in table.items())]) + "\n"


def _line(section: str, key: str, value: object) -> str:
    text = f"{key} = {_value(value)}"
    meaning = TASKS.get(str(value), "") if key == "task" else MEANINGS.get(f"{section}.{key}", "")
    return f"{text:{COLUMN}}  # {meaning}" if meaning else text


def _value(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
