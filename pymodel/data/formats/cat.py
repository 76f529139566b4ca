"""Reads the CAT data set's layout: an image, and beside it `IMAGE.cat` with `9 x1 y1 … x9 y9` in pixels.

Zhang, Sun, Tang: Cat Head Detection, ECCV 2008. The nine: left eye, right eye, mouth, three points of the left ear,
three of the right; left and right as seen in the picture.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from appspec.errors import KitError
from appspec.spec import Data
from pymodel.data.images import RgbImage, UnreadableImageError, read_image
from pymodel.data.source import MIN_BOX_SIDE, Floats, Instance, Source, check_instance
from pymodel.preprocess.geometry import LANDMARK_MARGIN, box_from_landmarks

POINTS = (
    "left_eye",
    "right_eye",
    "mouth",
    "left_ear_1",
    "left_ear_2",
    "left_ear_3",
    "right_ear_1",
    "right_ear_2",
    "right_ear_3",
)

MIRRORED = (1, 0, 2, 8, 7, 6, 5, 4, 3)
"""A left ear runs outer base, tip, inner base; a right ear inner base, tip, outer base."""


def open_folder(folder: Path, data: Data) -> Source:
    """All pairs below a folder.

    Raises:
        KitError: the folder holds no `.cat` file.
    """
    files = tuple(path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.cat")))
    if not files:
        raise KitError(
            f"There is no data in {folder}",
            "it holds no .cat file (each image NAME.jpg needs its NAME.jpg.cat)",
            "set path in [data] of app.toml, or --data, to the folder that holds them",
        )

    def read(file: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        return _read(folder, folder / file)

    return Source(folder, files, read, POINTS, MIRRORED, ("cat",), LANDMARK_MARGIN)


def _read(folder: Path, annotation: Path) -> tuple[str, tuple[Instance, ...], RgbImage]:
    image_file = annotation.with_suffix("")
    if not image_file.is_file():
        raise UnreadableImageError(f"its image {image_file.name} is missing")
    points = _read_points(annotation)
    image = read_image(image_file)
    if np.ptp(points[:, 0]) < MIN_BOX_SIDE or np.ptp(points[:, 1]) < MIN_BOX_SIDE:
        raise UnreadableImageError(f"all its points lie within {MIN_BOX_SIDE} pixels")
    instance = Instance(points, box_from_landmarks(points, image.shape[1], image.shape[0]))
    check_instance(instance, POINTS, image)
    return image_file.relative_to(folder).as_posix(), (instance,), image


def _read_points(annotation: Path) -> Floats:
    try:
        numbers = [float(word) for word in annotation.read_text(encoding="ascii").split()]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise UnreadableImageError(f"the annotation is not a list of numbers ({error})") from error
    if not numbers:
        raise UnreadableImageError("the annotation is empty")
    count = numbers[0]
    if count != len(POINTS):
        raise UnreadableImageError(f"the annotation has {count:g} points, {len(POINTS)} are needed")
    if len(numbers) < 1 + 2 * len(POINTS):
        raise UnreadableImageError(f"the annotation stops after {len(numbers) - 1} of {2 * len(POINTS)} coordinates")
    points = np.array(numbers[1 : 1 + 2 * len(POINTS)], np.float32).reshape(-1, 2)
    if not np.isfinite(points).all():
        raise UnreadableImageError("the annotation holds a coordinate that is no finite number")
    return points
