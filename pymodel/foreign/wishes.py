"""What the user says of a ready model: on the command line, or in app.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from appspec.contract import Square
from appspec.errors import KitError
from appspec.model_spec import Model
from appspec.spec import AppSpec
from pymodel.foreign.labels import numbered_labels, read_labels

Values = tuple[float, ...]


class AskedError(KitError):
    """Something that the file doesn't say and the user must.

    Args:
        flag: that says it, without its dashes; `mean` stands for std too.
    """

    def __init__(self, flag: str, what: str, why: str, fix: str) -> None:
        super().__init__(what, why, fix)
        self.flag = flag


@dataclass(frozen=True)
class Wishes:
    """Each None, or empty, where nothing is said: then it is read from the file.

    Attributes:
        labels: as they stand in the user's list or file; see labels.read_labels.
        mean, std: per channel, of a picture's values 0–255.
        score, overlap, outputs, constants, signature, margin: see appspec.spec.Model.
        in_box: it looks at the box of the model before it.
        square: where the model before it says that it looks there.
        then: where it says that the model after it looks.
        again, presence, show, order: see appspec.spec.Model.
    """

    task: str | None = None
    labels: tuple[str, ...] = ()
    mean: Values | None = None
    std: Values | None = None
    score: float | None = None
    overlap: float | None = None
    outputs: tuple[str, ...] = ()
    constants: Mapping[str, Values] = field(default_factory=dict)
    signature: str | None = None
    margin: float | None = None
    in_box: bool = False
    square: Square | None = None
    then: Square | None = None
    again: Square | None = None
    presence: float | None = None
    show: tuple[str, ...] = ()
    order: str | None = None


def wishes_of(spec: AppSpec, model: Model) -> Wishes:
    """What app.toml says.

    Raises:
        KitError: the file of labels can't be read.
    """
    given = model.input.model_fields_set
    labels = model.labels or ()
    if isinstance(labels, str):
        labels = read_labels(spec.path(labels))
    elif isinstance(labels, int):
        labels = numbered_labels(labels)
    if {"mean", "std"} & given not in (set(), {"mean", "std"}):
        raise KitError(
            f"app.toml: model {model.name}: input", "mean and std belong together, one of them is missing", NORMALIZATION_FIX
        )
    place = spec.model.index(model)
    before = spec.model[place - 1].then if place else None
    return Wishes(
        task=model.task,
        labels=labels,
        mean=model.input.mean_rgb if "mean" in given else None,
        std=model.input.std_rgb if "std" in given else None,
        score=model.score,
        overlap=model.overlap,
        outputs=model.outputs,
        constants={name: value if isinstance(value, tuple) else (value,) for name, value in model.constants.items()},
        signature=model.signature,
        margin=model.margin,
        in_box=place > 0,
        square=before.square if before else None,
        then=model.then.square if model.then else None,
        again=model.again.square if model.again else None,
        presence=model.presence,
        show=model.show or (),
        order=model.order,
    )


USUAL_NORMALIZATIONS = {
    (127.5, 127.5): "pixels become -1 to 1",
    (0.0, 255.0): "pixels become 0 to 1",
    (0.0, 1.0): "pixels stay 0 to 255",
}

NORMALIZATION_FIX = "say it, as the model was trained: " + ", ".join(
    f"--mean {mean:g} --std {std:g} ({words})" for (mean, std), words in USUAL_NORMALIZATIONS.items()
)
NORMALIZATION_FIX += "; in app.toml: input = { mean = 127.5, std = 127.5 }"
