"""MobileNetV2 with a dense head that tells classes apart; its probabilities are calibrated on the validation split."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from appspec.contract import Classes
from appspec.errors import KitError
from appspec.intervals import Interval, bootstrap
from appspec.model_spec import Model
from appspec.read_contract import read_contract
from appspec.spec import AppSpec
from pages.drawing import Drawing, RgbImage
from pages.page import Section
from pymodel.data.examples import Example
from pymodel.data.source import open_source
from pymodel.data.splits import SplitName
from pymodel.data.store import ExampleStore
from pymodel.evaluate.document import PictureDocument
from pymodel.evaluate.judge import Judged, Values
from pymodel.evaluate.metrics import calibration_error
from pymodel.foreign.evidence import ForeignModel
from pymodel.foreign.reading import Reading
from pymodel.inference.interpreter import Answer
from pymodel.networks.fused import assign_weights, weights_of
from pymodel.networks.mobilenet_v2 import build_classifier
from pymodel.tasks.classify.figures import ClassDocument, class_sections
from pymodel.tasks.classify.foreign import read_classes, recognize_classes
from pymodel.tasks.classify.objective import ClassifyObjective, balanced
from pymodel.tasks.crops import Crop
from pymodel.tasks.picture import Outputs, PictureTask
from pymodel.train.objective import Array, Objective

if TYPE_CHECKING:
    import keras

THRESHOLD = 0.6
"""Probability below which the app says that it is not sure."""

TEMPERATURES = np.exp(np.linspace(np.log(0.2), np.log(5.0), 161))


MEANINGS = {
    "accuracy": "share of pictures whose likeliest class is the true one",
    "ece": "expected calibration error: how far probabilities are from the share that comes true; 0 is perfect",
}


class ClassifyTask(PictureTask):
    """C classes."""

    formats = ("folder",)
    ready_outputs = "one score a class"
    metric = "accuracy"
    meanings = MEANINGS

    def network(self, model: Model, store: ExampleStore, weights: str | Path) -> keras.Model:
        _check_classes(store)
        shape = None, model.backbone.alpha, weights, len(store.classes), model.pooling
        return build_classifier(*shape, corners=_knows_boxes(store))

    def exported(self, trained: keras.Model, model: Model, store: ExampleStore) -> keras.Model:
        size, alpha = model.input.size[0], model.backbone.alpha
        fixed = build_classifier(size, alpha, "none", len(store.classes), model.pooling, phone=True)
        assign_weights(fixed, weights_of(trained))
        return fixed

    def objective(self, model: Model, store: ExampleStore) -> Objective:
        return ClassifyObjective(model.input.mean_rgb, model.input.std_rgb, balanced(_counts(store, "train")))

    def target(self, crop: Crop) -> Array:
        box = crop.box if _has_box(crop.example) else np.full(4, np.nan)
        return np.asarray(np.concatenate([[crop.example.label], box]), np.float32)

    def outputs(self, spec: AppSpec, model: Model, store: ExampleStore) -> Outputs:
        meaning = f"Whether a picture shows {' or '.join(store.classes)}"
        return Outputs(meaning, Classes(THRESHOLD), store.classes, "probabilities")

    def calibrate(self, exported: keras.Model, model: Model, store: ExampleStore, validation: Array) -> None:
        """Temperature scaling (Guo et al., On Calibration of Modern Neural Networks, 2017), folded into the last layer."""
        probabilities = exported.predict(validation, verbose=0)
        truth = np.array([store.examples[i].label for i in store.indices("validation")])
        layer = exported.get_layer("head_classes")
        layer.set_weights([values / temperature(np.log(probabilities + 1e-12), truth) for values in layer.get_weights()])

    def recognize(self, found: ForeignModel) -> Reading | None:
        return recognize_classes(found)

    def interpret(self, found: ForeignModel) -> Reading:
        return read_classes(found)

    def evaluate(self, spec: AppSpec, models: Sequence[Path], examples: Path, target: Path) -> None:
        _require_classes(models[-1], ExampleStore(examples).classes)
        super().evaluate(spec, models, examples, target)

    def evaluate_folder(self, spec: AppSpec, models: Sequence[Path], folder: Path, target: Path) -> None:
        _require_classes(models[-1], open_source(folder, spec.training_data).classes)
        super().evaluate_folder(spec, models, folder, target)

    def measure(self, answer: Answer, example: Example, image: RgbImage) -> float:
        return float(answer.probabilities.argmax() == example.label)

    def score(self, answers: Sequence[Answer], example: Example, image: RgbImage) -> dict[str, float | None]:
        return {"correct": self.measure(answers[-1], example, image)}

    def badness(self, values: Values, confidence: float) -> float:
        return -confidence if values["correct"] else 2.0 + confidence

    def metrics(self, judged: Sequence[Judged]) -> dict[str, Interval]:
        correct = np.array([one.values["correct"] for one in judged], np.float64)
        confidence = np.array([round(one.confidence, 4) for one in judged])
        return {
            "accuracy": bootstrap(correct),
            "ece": bootstrap(np.stack([confidence, correct], -1), lambda rows: calibration_error(rows[:, 0], rows[:, 1])),
        }

    def details(self, judged: Sequence[Judged]) -> dict[str, object]:
        """classes, and confusion: (C, C) counts, rows true, columns predicted."""
        classes = judged[0].answers[-1].contract.labels
        confusion = np.zeros((len(classes), len(classes)), int)
        for one in judged:
            confusion[one.example.label, int(one.answers[-1].probabilities.argmax())] += 1
        return {"classes": list(classes), "confusion": confusion.tolist()}

    def sections(self, document: PictureDocument) -> list[Section]:
        return class_sections(cast(ClassDocument, document))

    def draw(self, drawing: Drawing, answer: Answer) -> None:
        """A class has no place in the picture."""

    def draw_truth(self, drawing: Drawing, example: Example) -> None:
        """A class has no place in the picture."""

    def caption(self, answer: Answer) -> str:
        order = np.argsort(-answer.probabilities)[:3]
        return ", ".join(f"{answer.contract.labels[i]} {answer.probabilities[i]:.0%}" for i in order)

    def verdict(self, answer: Answer, example: Example) -> str:
        return f"{answer.contract.labels[example.label]}; predicted {self.caption(answer)}"

    def score_words(self, values: Values, confidence: float) -> str:
        return f"{'right' if values['correct'] else 'wrong'}, {confidence:.0%}"

    def rows(self, answer: Answer) -> list[dict[str, object]]:
        pairs = zip(answer.contract.labels, answer.probabilities, strict=True)
        return [{"class": name, "probability": round(float(p), 4)} for name, p in pairs]


def temperature(logits: Array, truth: Array) -> float:
    """What logits (N, C) must be divided by for the least cross-entropy with the classes (N,)."""

    def loss(value: float) -> float:
        scaled = logits / value
        scaled = scaled - scaled.max(-1, keepdims=True)
        return float(np.mean(np.log(np.exp(scaled).sum(-1)) - scaled[np.arange(len(truth)), truth]))

    return float(min(TEMPERATURES, key=loss))


def _require_classes(model: Path, classes: Sequence[str]) -> None:
    """The classes of the data are counted as the model's, so they must be the same in the same order."""
    labels = read_contract(model).labels
    if tuple(classes) != labels:
        raise KitError(
            f"{model.stem} can't be judged by this data",
            f"the data's classes are {', '.join(classes)}; the model's {', '.join(labels)}",
            "name the folders as the model's labels; they are counted in alphabetical order",
        )


def _counts(store: ExampleStore, split: SplitName) -> list[int]:
    labels = [store.examples[i].label for i in store.indices(split)]
    return [labels.count(label) for label in range(len(store.classes))]


def _knows_boxes(store: ExampleStore) -> bool:
    return any(_has_box(store.examples[i]) for i in store.indices("train"))


def _has_box(example: Example) -> bool:
    """Whether the box is less than the whole picture."""
    return bool((example.box != (0, 0, example.width, example.height)).any())


def _check_classes(store: ExampleStore) -> None:
    for name, count in zip(store.classes, _counts(store, "train"), strict=True):
        if not count:
            raise KitError(
                f"Class {name} can't be learnt",
                "none of its pictures is in the training split",
                "add pictures of it; where it is no class, as a test set's folder of pictures that nobody has named, take it out of the data",
            )


TASK = ClassifyTask()
