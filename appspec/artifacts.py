"""Where each artifact of an app lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from appspec.file_tree import shown

BESIDE = "float16"
"""The variant that GPUs may get beside an integer one."""


@dataclass(frozen=True)
class Artifacts:
    """Paths below `build/NAME`.

    Attributes:
        root: the app's build folder.
    """

    root: Path

    def refuse_data(self, folder: Path) -> None:
        """Refuses data of the user's that lies where results are written, or that would hold them.

        Raises:
            KitError: it does; nothing was touched.
        """
        given, root = folder.expanduser().resolve(), self.root.resolve()
        if given.is_relative_to(root):
            raise KitError(
                f"Can't learn from {shown(str(folder))}",
                f"it lies in {self.root}, where this app's own results are written; nothing was touched",
                "move the data to another place, and name that",
            )
        if root.is_relative_to(given):
            raise KitError(
                f"Can't learn from {shown(str(folder))}",
                f"{self.root}, where this app's own results are written, lies in it; nothing was touched",
                "name the folder that holds the data alone",
            )

    @property
    def data(self) -> Path:
        """Drawn data, in the layout of the format it stands for."""
        return self.root / "data"

    @property
    def examples(self) -> Path:
        """What was read of the data: index and pixels."""
        return self.root / "examples"

    def train(self, model: str) -> Path:
        """model.keras, trained.keras, curve.csv, training.json."""
        return self.root / "models" / model / "train"

    def training_page(self, model: str) -> Path:
        """train.html, curve.png."""
        return self.root / "models" / model / "page"

    def checkpoint(self, model: str, stamp: str) -> Path:
        """State of an unfinished training; belongs to one state of its inputs."""
        return self.root / "models" / model / f"checkpoint-{stamp[:12]}"

    def convert(self, model: str) -> Path:
        """The variants, evaluated: VARIANT/NAME.tflite, variants.json."""
        return self.root / "models" / model / "convert"

    def adopt(self, model: str) -> Path:
        """The described copy of a ready model: NAME.tflite, adopted.json."""
        return self.root / "models" / model / "adopt"

    @property
    def models(self) -> Path:
        """The chosen NAME.tflite of each model, and NAME_float16.tflite where one goes beside it; choice.json."""
        return self.root / "chosen"

    def shipped(self, model: str) -> list[Path]:
        """The files of a model that go into the APK, the one that is judged first."""
        beside = self.models / f"{model}_{BESIDE}.tflite"
        return [self.models / f"{model}.tflite", *([beside] if beside.is_file() else [])]

    @property
    def evaluation(self) -> Path:
        """The app's models on the test split: evaluation.json; of a sensor app, replay.csv."""
        return self.root / "evaluation"

    @property
    def evaluation_page(self) -> Path:
        """The same to look at: evaluate.html, worst.png."""
        return self.root / "evaluation_page"

    @property
    def evaluations(self) -> Path:
        """What `invoke evaluate` wrote: evaluation.json, evaluate.html and worst.png of the test split or of a folder."""
        return self.root / "evaluations"

    @property
    def android(self) -> Path:
        """The generated Android project."""
        return self.root / "android"

    @property
    def apk(self) -> Path:
        """Folder of the finished APK and its facts."""
        return self.root / "apk"

    @property
    def unsigned(self) -> Path:
        """The release as Gradle wrote it: app.aab, ABI.apk, mapping.txt."""
        return self.root / "unsigned"

    @property
    def release(self) -> Path:
        """The signed release: NAME.aab, NAME-ABI.apk, mapping.txt and its facts."""
        return self.root / "release"

    @property
    def logs(self) -> Path:
        """What TensorFlow and Gradle printed."""
        return self.root / "logs"
