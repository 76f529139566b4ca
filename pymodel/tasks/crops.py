"""The crops of a store's examples that a picture model is trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from appspec.errors import KitError
from appspec.model_spec import Model
from pymodel.data.augmentation import Jitter, jittered_crop
from pymodel.data.examples import Example
from pymodel.data.images import RgbImage
from pymodel.data.splits import SplitName
from pymodel.data.store import ExampleStore
from pymodel.inference.decoders import Floats
from pymodel.preprocess.geometry import REGION_MARGIN, Region, box_around, box_region, crop_region, frame_region
from pymodel.preprocess.normalize import fill_color
from pymodel.train.loop import Example as TrainExample
from pymodel.train.objective import Array


@dataclass(frozen=True)
class Crop:
    """A model's input and its annotation.

    Attributes:
        pixels: (S, S, 3) uint8.
        points: (K, 2) in [0, 1] of the crop, the target points first.
        box: (4,) of the object, in [0, 1] of the crop.
        example: the one that it is cropped from.
    """

    pixels: RgbImage
    points: Floats
    box: Floats
    example: Example


class PictureCrops:
    """The crops of a store's examples: augmented for training, as they are for validation.

    Args:
        store: a finished one.
        in_box: whether the model's input is a box, not a whole picture.
        target: gives the training target of a crop.
        is_trainable: whether an example can be used for training.

    Raises:
        KitError: no example of the training split can.
    """

    def __init__(
        self,
        model: Model,
        store: ExampleStore,
        in_box: bool,
        jitter: Jitter,
        target: Callable[[Crop], Array],
        is_trainable: Callable[[Example], bool],
    ) -> None:
        self.store, self._in_box, self._jitter = store, in_box, jitter
        self._target, self._is_trainable = target, is_trainable
        self._fill, self._seed = fill_color(model.input.mean_rgb), model.train.seed
        self.train = self._usable("train")

    def augmented(self, epoch: int, i: int, side: int) -> TrainExample:
        """Training example i, augmented for an epoch; the same for the same seed."""
        n = self.train[i]
        rng = np.random.default_rng((self._seed, epoch, n))
        known, margin = self.store.examples[n], self.store.box_margin
        outline = known.outline(margin)
        points = self.store.all_points(n)
        count = len(points)
        order = (*self.store.mirrored, *range(count, count + len(outline)))
        both = np.concatenate([points, outline])
        region = region_of(known, self._in_box)
        pixels, placed = jittered_crop(
            self.store.image(n), self.store.half(n), both, order, region, side, self._fill, self._jitter, rng
        )
        box = box_around(placed[count:], margin or 0.0, 1, 1)
        return pixels, self._target(Crop(pixels, placed[:count], box, known))

    def batch_of_split(self, split: SplitName, side: int) -> TrainExample:
        """All examples of a split, stacked, without augmentation."""
        crops = [self._plain(n, side) for n in self._usable(split)]
        return np.stack([crop.pixels for crop in crops]), np.stack([self._target(crop) for crop in crops])

    def _usable(self, split: SplitName) -> list[int]:
        found = self.store.indices(split, every_object=self._in_box)
        usable = [i for i in found if self._is_trainable(self.store.examples[i])]
        if not usable:
            raise KitError(
                f"There is nothing to learn from in the {split} split",
                f"none of its {len(found)} examples shows what the task asks for",
                "add pictures (200 or more), or raise the shares in [data] split of app.toml",
            )
        return usable

    def _plain(self, n: int, side: int) -> Crop:
        known = self.store.examples[n]
        x0, y0, width, _ = region = region_of(known, self._in_box)
        corner = np.array([x0, y0], np.float32)
        points = (self.store.all_points(n) - corner) / np.float32(width)
        box = (known.box.reshape(2, 2) - corner) / np.float32(width)
        pixels = crop_region(self.store.image(n), region, (side, side), self._fill)
        return Crop(pixels, points.astype(np.float32), box.reshape(4).astype(np.float32), known)


def region_of(example: Example, in_box: bool) -> Region:
    """The true region of a model's input."""
    return box_region(example.box, REGION_MARGIN) if in_box else frame_region(example.width, example.height)
