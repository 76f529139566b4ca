"""The base of all task kinds that learn from pictures."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from appspec.contract import CropPolicy, Decoder, Quantization
from appspec.errors import KitError
from appspec.intervals import Scores
from appspec.kit_facts import KitFacts, Measured
from appspec.model_spec import Model
from appspec.progress import Reporter
from appspec.spec import AppSpec
from appspec.stages import hash_file
from appspec.whole_file import write_whole
from appspec.words import counted
from pymodel.data import pictures
from pymodel.data.augmentation import FRAME_JITTER, REGION_JITTER, Jitter
from pymodel.data.document import InspectionDocument
from pymodel.data.examples import Example
from pymodel.data.splits import SplitName
from pymodel.data.store import ExampleStore
from pymodel.evaluate.chain import Sample, evaluate_chain, evaluate_model, evaluate_stages, folder_samples, store_samples
from pymodel.evaluate.judge import Judge
from pymodel.evaluate.page import worst_files, write_page
from pymodel.inference.interpreter import DescribedModel, HostModel
from pymodel.metadata.writer import Description
from pymodel.preprocess.geometry import REFINE_BELOW_IOU, REGION_MARGIN, TILE_SIDE, ZOOM_MARGIN, crop_region
from pymodel.preprocess.normalize import fill_color, normalize
from pymodel.quantize.variants import REPRESENTATIVE_COUNT, ConversionPlan
from pymodel.tasks.camera import CameraTask
from pymodel.tasks.crops import Crop, PictureCrops, region_of
from pymodel.tasks.task import Task, TrainedTask, app_tasks
from pymodel.train.loop import SMALL_EPOCHS, TrainConfig
from pymodel.train.objective import Array, Objective
from pymodel.train.plan import TrainingPlan

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Outputs:
    """A model's output, for its metadata.

    Attributes:
        meaning: what the model predicts, in words.
        labels: see appspec.contract.OutputContract.
        name: of the output tensor.
        tile_below_confidence: see appspec.contract.CropPolicy; only of models that follow a box.
    """

    meaning: str
    decoder: Decoder
    labels: tuple[str, ...]
    name: str = "points"
    tile_below_confidence: float = 0.0


class PictureTask(CameraTask, TrainedTask, Judge):
    """A trained kind whose input is a picture.

    Attributes:
        jitter, region_jitter: augmentation of whole pictures, and of crops around a box.
        refines: whether the box around its points may correct the box that it was given.
    """

    formats: tuple[str, ...] = ("cat", "coco", "yolo")
    jitter: Jitter = FRAME_JITTER
    region_jitter: Jitter = REGION_JITTER
    refines: bool = False

    @abstractmethod
    def network(self, model: Model, store: ExampleStore, weights: str | Path) -> keras.Model:
        """The model to train, for any input size."""

    @abstractmethod
    def exported(self, trained: keras.Model, model: Model, store: ExampleStore) -> keras.Model:
        """The same model for one input size, with the output that the phone decodes."""

    @abstractmethod
    def objective(self, model: Model, store: ExampleStore) -> Objective:
        """What the training minimizes."""

    @abstractmethod
    def target(self, crop: Crop) -> Array:
        """The training target of a crop."""

    @abstractmethod
    def outputs(self, spec: AppSpec, model: Model, store: ExampleStore) -> Outputs:
        """For the metadata."""

    def network_words(self, model: Model) -> str:
        """The network in a few words, for the model's description."""
        return f"MobileNetV2 alpha {model.backbone.alpha:g}"

    def calibrate(self, exported: keras.Model, model: Model, store: ExampleStore, validation: Array) -> None:
        """Calibrates the model's probabilities in place, on the validation split; nothing to do for points.

        Args:
            validation: (N, S, S, 3) normalized.
        """
        return

    def is_trainable(self, example: Example) -> bool:
        """Whether an example can be used for training."""
        return bool(np.isfinite(example.points).any()) if len(example.points) else True

    @property
    def read_version(self) -> int:
        return pictures.STAGE_VERSION

    def read(self, folder: Path, spec: AppSpec, target: Path, reporter: Reporter) -> None:
        pictures.read_pictures(folder, spec.training_data, target, reporter)

    def inspect(self, folder: Path, spec: AppSpec, picture: Path, pictures_shown: int) -> InspectionDocument:
        return pictures.inspect_pictures(folder, spec.training_data, picture, pictures_shown)

    def plan_training(self, spec: AppSpec, model: Model, weights: str | Path, examples: Path) -> TrainingPlan:
        import cv2

        cv2.setNumThreads(1)  # the loader is parallel already
        store, in_box, size = ExampleStore(examples), looks_at_box(self, spec), model.input.size[0]
        jitter = self.region_jitter if in_box else self.jitter
        crops = PictureCrops(model, store, in_box, jitter, self.target, self.is_trainable)
        network = self.network(model, store, weights)

        def export() -> keras.Model:
            exported = self.exported(network, model, store)
            validation, _ = crops.batch_of_split("validation", size)
            self.calibrate(exported, model, store, normalize(validation, model.input.mean_rgb, model.input.std_rgb))
            return exported

        facts = {"weights": str(weights), "data": hash_file(examples / "index.json")[:16]}
        return TrainingPlan(
            network=network,
            objective=self.objective(model, store),
            config=training_config(model, weights),
            count=len(crops.train),
            example=crops.augmented,
            validation=lambda side: crops.batch_of_split("validation", side),
            judged_by="validation",
            summary=f"{len(crops.train)} examples, {size}×{size} pixels",
            facts=facts | {f"{name} pictures": n for name, n in store.counts().items()},
            export=export,
            finish=lambda _: (),
        )

    def plan_conversion(self, spec: AppSpec, model: Model, trained: Path, examples: Path) -> ConversionPlan:
        store, size = ExampleStore(examples), model.input.size[0]

        def measure(host: HostModel, split: SplitName) -> Scores:
            return evaluate_model(host, store.pictures(split), self)

        return ConversionPlan(
            representative=representative(store, model, looks_at_box(self, spec)),
            input_name="image",
            sample=np.full((size, size, 3), 128, np.uint8),
            metric=self.metric,
            lower_is_better=self.lower_is_better,
            measure=measure,
            describe=lambda quantization, measured: self._description(spec, model, store, quantization, measured),
        )

    def measure_model(self, model: DescribedModel, examples: Path, split: SplitName, most: int | None = None) -> Scores:
        return evaluate_model(model, ExampleStore(examples).pictures(split, most), self)

    def evaluate(self, spec: AppSpec, models: Sequence[Path], examples: Path, target: Path) -> None:
        store = ExampleStore(examples)
        alone = {path: task for path, task in zip(models, app_tasks(spec), strict=True) if isinstance(task, Judge)}
        found, _ = evaluate_chain(models, store_samples(store), self, evaluate_stages(alone, store))
        write_whole(target / "evaluation.json", json.dumps(found.as_document(), indent=1))

    def evaluate_folder(self, spec: AppSpec, models: Sequence[Path], folder: Path, target: Path) -> None:
        samples, problems = folder_samples(folder, spec.training_data)
        found, _ = evaluate_chain(models, samples, self)
        document = found.as_document()
        write_whole(target / "evaluation.json", json.dumps(document, indent=1))
        title = f"{spec.app.name}: {folder.name} ({counted(len(samples), 'picture')}, {len(problems)} left out)"
        by_file = {sample.example.file: sample for sample in samples}
        write_page(title, document, models, [by_file[file] for file in worst_files(document)], self, target)

    def draw_evaluation(self, spec: AppSpec, models: Sequence[Path], examples: Path, evaluation: Path, target: Path) -> None:
        document = json.loads((evaluation / "evaluation.json").read_text(encoding="utf-8"))
        store = ExampleStore(examples)
        numbers = {store.examples[i].file: i for i in store.indices("test")}
        worst = [numbers[file] for file in worst_files(document)]
        samples = [Sample(store.examples[i], store.image(i), store.boxes(i)) for i in worst]
        title = f"{spec.app.name}: the test split ({counted(document['pictures'], 'picture')})"
        write_page(title, document, models, samples, self, target)

    def _description(
        self, spec: AppSpec, model: Model, store: ExampleStore, quantization: Quantization, measured: Measured
    ) -> Description:
        outputs = self.outputs(spec, model, store)
        crop = self._crop_policy(spec, store, outputs)
        synthetic = spec.training_data.format == "drawn"
        source = f"{spec.training_data.pictures} drawn pictures" if synthetic else "the user's pictures"
        return Description(
            name=model.name,
            description=f"{outputs.meaning}; {self.network_words(model)}, trained on {source} by APKiln.",
            author=spec.app.name,
            version=spec.app.version,
            facts=KitFacts(model.task, outputs.decoder, crop, quantization, measured),
            labels=outputs.labels,
            mean=model.input.mean_rgb,
            std=model.input.std_rgb,
            output_names=(outputs.name,),
        )

    def _crop_policy(self, spec: AppSpec, store: ExampleStore, outputs: Outputs) -> CropPolicy:
        """A box that is made of points can be corrected by the points found in it; an annotated box can't. A box that no later
        model corrects is refined by its own model, which zooms in.
        """
        made_by_points = store.box_margin is not None
        if looks_at_box(self, spec):
            return CropPolicy(
                follows="box",
                margin=REGION_MARGIN,
                refine_below_iou=REFINE_BELOW_IOU if self.refines and made_by_points else 0.0,
                tile_below_confidence=outputs.tile_below_confidence,
                tile_side=TILE_SIDE if outputs.tile_below_confidence else 0.0,
            )
        later = [task for task in app_tasks(spec)[1:] if isinstance(task, PictureTask)]
        refined = made_by_points and any(task.refines for task in later)
        return CropPolicy(zoom_margin=ZOOM_MARGIN if self.gives_box and not refined else 0.0)


def looks_at_box(task: Task, spec: AppSpec) -> bool:
    """Whether a model's input is the box of the model before it, or the whole picture."""
    return task.follows_box and len(spec.model) > 1


def training_config(model: Model, weights: str | Path) -> TrainConfig:
    """A model's training settings. One that starts from weights freezes them first if the spec says so, and trains at the final
    input size from the start: it needs no coarse positions first."""
    frozen, small = (0, SMALL_EPOCHS) if weights == "none" else (model.backbone.frozen_epochs, 0.0)
    return TrainConfig(size=model.input.size[0], frozen_epochs=frozen, small_epochs=small, **model.train.model_dump())


def representative(store: ExampleStore, model: Model, in_box: bool) -> Array:
    """(N, S, S, 3) float32 normalized inputs from the training split alone, as the model sees them on the phone."""
    size, mean, std = model.input.size, model.input.mean_rgb, model.input.std_rgb
    indices = store.indices("train")
    chosen = indices[:: max(1, len(indices) // REPRESENTATIVE_COUNT)][:REPRESENTATIVE_COUNT]
    crops = [crop_region(store.image(i), region_of(store.examples[i], in_box), size, fill_color(mean)) for i in chosen]
    return normalize(np.stack(crops), mean, std)


def needs_points(model: Model, store: ExampleStore) -> int:
    """How many points the data has.

    Raises:
        KitError: it has none.
    """
    if not store.points:
        raise KitError(
            f"{model.name} can't learn {model.task} from this data",
            "its format has no points",
            "use data with points (cat, coco), or another task",
        )
    return len(store.points)
