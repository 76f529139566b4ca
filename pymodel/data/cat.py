"""Reads the CAT data set's layout: an image, and beside it `IMAGE.cat` with `9 x1 y1 … x9 y9` in pixels.

Zhang, Sun, Tang: Cat Head Detection, ECCV 2008. The nine: left eye, right eye, mouth, three points of the left ear,
three of the right; left and right as seen in the picture.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from appspec.errors import KitError
from pymodel.data.examples import Example, Problem, Reading
from pymodel.data.images import RgbImage, UnreadableImageError, read_image

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
"""Which point of a picture becomes point k of its mirror image: a left ear runs outer base, tip, inner base; a right ear
inner base, tip, outer base."""

MAX_OUTSIDE = 0.05
"""Share of the longer side by which a point may lie outside: the data set marks the ears of cats that the frame cuts."""

MAX_PROBLEMS = 0.05
"""Share of unreadable pairs above which the data as a whole can't be trusted."""


def find_pairs(folder: Path) -> list[Path]:
    """Annotation files below a folder, in stable order.

    Raises:
        KitError: the folder is missing, or holds no `.cat` file.
    """
    if not folder.is_dir():
        raise KitError(
            f"There is no data in {folder}",
            "the folder does not exist" if not folder.exists() else "it is a file, not a folder",
            "set path in [data] of app.toml, or --data, to the folder that holds the images and their .cat files",
        )
    pairs = sorted(folder.rglob("*.cat"))
    if not pairs:
        raise KitError(
            f"There is no data in {folder}",
            "it holds no .cat file (each image NAME.jpg needs its NAME.jpg.cat)",
            "set path in [data] of app.toml, or --data, to the folder that holds them",
        )
    return pairs


def read_pair(folder: Path, annotation: Path) -> tuple[Example, RgbImage]:
    """One image with its landmarks.

    Raises:
        UnreadableImageError: the image or the annotation can't be used; says why.
    """
    image_file = annotation.with_suffix("")
    if not image_file.is_file():
        raise UnreadableImageError(f"its image {image_file.name} is missing")
    points = _read_points(annotation)
    image = read_image(image_file)
    height, width = image.shape[:2]
    slack = MAX_OUTSIDE * max(width, height)
    outside = np.any((points < -slack) | (points > (width + slack, height + slack)), axis=1)
    if outside.any():
        name = POINTS[int(np.argmax(outside))]
        raise UnreadableImageError(f"{name} at {_pair(points[int(np.argmax(outside))])} is outside the {width}×{height} image")
    if np.ptp(points[:, 0]) < 4 or np.ptp(points[:, 1]) < 4:
        raise UnreadableImageError("all its points lie within 4 pixels")
    return Example(image_file.relative_to(folder).as_posix(), width, height, points), image


def check_problems(folder: Path, reading: Reading) -> None:
    """Stops where too much of the data is unreadable.

    Raises:
        KitError: more than MAX_PROBLEMS of the pairs have a problem, or none is left.
    """
    total = len(reading.examples) + len(reading.problems)
    if len(reading.problems) > MAX_PROBLEMS * total or not reading.examples:
        shown = "; ".join(f"{problem.file}: {problem.why}" for problem in reading.problems[:3])
        raise KitError(
            f"{len(reading.problems)} of {total} pictures in {folder} can't be used",
            f"{shown}{' …' if len(reading.problems) > 3 else ''}",
            f"mend or remove them; up to {MAX_PROBLEMS:.0%} are left out without stopping",
        )


def read_folder(folder: Path) -> tuple[Reading, list[RgbImage]]:
    """All usable pairs below a folder with their images, for small folders (evaluation, contact sheets).

    Raises:
        KitError: no data, or too much of it unreadable.
    """
    examples, images, problems = [], [], []
    for annotation in find_pairs(folder):
        try:
            example, image = read_pair(folder, annotation)
        except UnreadableImageError as error:
            problems.append(Problem(annotation.relative_to(folder).as_posix(), str(error)))
        else:
            examples.append(example)
            images.append(image)
    reading = Reading(tuple(examples), tuple(problems))
    check_problems(folder, reading)
    return reading, images


def _read_points(annotation: Path) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
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


def _pair(point: np.ndarray[tuple[int], np.dtype[np.float32]]) -> str:
    return f"({point[0]:g}, {point[1]:g})"
