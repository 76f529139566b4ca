"""Reads the CAT data set's layout: an image, and beside it `IMAGE.cat` with `9 x1 y1 … x9 y9` in pixels.

Zhang, Sun, Tang: Cat Head Detection, ECCV 2008. The nine: left eye, right eye, mouth, three points of the left ear,
three of the right; left and right as seen in the picture. Ears may reach beyond the picture's edge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import read_tree, shown, with_suffix
from appspec.text import NotTextError, decode
from pymodel.data.annotations.axes import faces_y_first
from pymodel.data.annotations.boxes import WHOLE
from pymodel.data.annotations.frames import Annotated, Frames, choose_frames
from pymodel.data.annotations.given_splits import given_by_folder
from pymodel.data.annotations.numbers import number
from pymodel.data.images import RgbImage, UnreadableImageError, is_picture, read_picture, read_size
from pymodel.data.lookup import Lookup
from pymodel.data.remarks import Remarks, files_note
from pymodel.data.source import MAX_OUTSIDE, MIN_BOX_SIDE, Category, Floats, Instance, Source, check_instance
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

SAMPLE, FACES = 200, 1000
"""Headers of pictures that are read to see whether EXIF turns some, and faces that are looked at to see whether x comes first."""

MAX_EAR_OUTSIDE = 0.5
"""Share of the picture's longer side by which a point may lie beyond its edge."""


def open_folder(folder: Path, data: Data) -> Source:
    """All pairs below a folder.

    Raises:
        KitError: the folder holds no `.cat` file.
    """
    tree = read_tree(folder)
    annotations = with_suffix(tree.files, ".cat")
    if not annotations:
        raise KitError(
            f"There is no data in {folder}",
            "it holds no .cat file (each image NAME.jpg needs its NAME.jpg.cat)",
            "set path in [data] of app.toml, or --data, to the folder that holds them",
        )
    pictures = [file for file in tree.files if is_picture(file)]
    lookup, remarks = Lookup(pictures), Remarks()
    named = _once(folder, _pictures_of(annotations, lookup), remarks)
    y_first = _y_first(folder, named, data, remarks)
    frames = _frames(folder, named, y_first, data, remarks)
    taken = {picture for picture in named.values() if picture}
    passed = files_note("pictures without a .cat file", [file for file in pictures if file not in taken])
    splits, notes = given_by_folder([picture for picture in named.values() if picture], data)

    def read(file: str) -> tuple[str, tuple[Instance, ...], RgbImage]:
        picture = named[file]
        if picture is None:
            raise UnreadableImageError(f"its image {Path(file).stem} is missing")
        return picture, *_read(folder / file, folder / picture, y_first, frames, remarks)

    return Source(
        folder,
        tuple(named),
        read,
        POINTS,
        MIRRORED,
        ("cat",),
        LANDMARK_MARGIN,
        splits=splits,
        notes=(*tree.notes(), *passed, *notes),
        remarks=remarks,
    )


def categories(folder: Path, data: Data) -> list[Category]:
    """Cats, one an annotation."""
    count = len(with_suffix(read_tree(folder).files, ".cat"))
    return [Category("cat", count, dict.fromkeys(POINTS, count))] if count else []


def _pictures_of(annotations: Sequence[str], lookup: Lookup) -> dict[str, str | None]:
    """`1.jpg` of `1.jpg.cat`, of `1.cat` the picture of that stem: beside it, else the only one elsewhere that has no annotation."""
    found = {file: _meant(file, lookup) for file in annotations}
    beside = {
        file: next((one for one in several if one.rpartition("/")[0] == file.rpartition("/")[0]), None)
        for file, several in found.items()
    }
    taken = set(beside.values())
    free = {file: [one for one in several if one not in taken] for file, several in found.items()}
    counts = Counter(several[0] for file, several in free.items() if beside[file] is None and len(several) == 1)
    return {
        file: beside[file] or (several[0] if len(several) == 1 and counts[several[0]] == 1 else None)
        for file, several in free.items()
    }


def _meant(annotation: str, lookup: Lookup) -> list[str]:
    """Pictures that it may belong to, in any folder; of several in its own folder none is certain."""
    name = annotation[: -len(".cat")]
    found = list(lookup.find(name) or lookup.find_stem(f"{name}.jpg"))
    last = name.rpartition("/")[2]
    found = found or list(lookup.find(last) or lookup.find_stem(f"{last}.jpg"))
    same = [one for one in found if one.rpartition("/")[0] == annotation.rpartition("/")[0]]
    return found if len(same) < 2 else []


def _once(folder: Path, named: dict[str, str | None], remarks: Remarks) -> dict[str, str | None]:
    """Without annotations that hold the same as another of their picture.

    Raises:
        KitError: two of one picture differ.
    """
    first: dict[str, str] = {}
    found = dict(named)
    for file, picture in named.items():
        other = first.setdefault(picture, file) if picture is not None else file
        if other == file:
            continue
        if (folder / other).read_bytes().split() != (folder / file).read_bytes().split():
            raise KitError(
                f"{shown(picture or '')} is annotated twice",
                f"{shown(other)} and {shown(file)} name it as their image, and differ",
                "remove one of them",
            )
        remarks.add("passed over: annotations that say the same as another of their picture", file)
        del found[file]
    return found


def _y_first(folder: Path, named: Mapping[str, str | None], data: Data, remarks: Remarks) -> bool:
    """Whether points are y before x."""
    pairs = [(file, picture) for file, picture in named.items() if picture is not None]
    files, points, sizes = [], [], []
    for file, picture in pairs[:: max(1, len(pairs) // FACES)]:
        try:
            found = _read_points(folder / file, Remarks())
        except UnreadableImageError:
            continue  # told where it is read
        size = read_size(folder / picture)
        files.append(picture)
        points.append(found)
        if _are_shares(found):
            sizes.append((1.0, 1.0))
        else:
            sizes.append((np.nan, np.nan) if size is None or size.orientation != 1 else size.upright)
    every = np.stack(points) if points else np.zeros((0, len(POINTS), 2), np.float32)
    return faces_y_first(files, every, np.array(sizes, np.float32).reshape(-1, 2), data, remarks)


def _frames(folder: Path, named: Mapping[str, str | None], y_first: bool, data: Data, remarks: Remarks) -> Frames:
    """Whether points count in the stored pixels of pictures that EXIF turns; annotations are read for it only where it turns some."""
    pairs = [(file, picture) for file, picture in named.items() if picture is not None]
    sample = pairs[:: max(1, len(pairs) // SAMPLE)]
    if not any(size is not None and size.orientation != 1 for size in (read_size(folder / picture) for _, picture in sample)):
        return Frames({}, remarks)
    places = []
    for file, picture in pairs:
        try:
            points = _read_points(folder / file, Remarks(), y_first)
        except UnreadableImageError:
            continue  # told where it is read
        places.append(Annotated(picture, None, np.concatenate([points.min(0), points.max(0)])[None], points))
    return choose_frames(folder, places, data, remarks)


def _read(
    annotation: Path, picture: Path, y_first: bool, frames: Frames, remarks: Remarks
) -> tuple[tuple[Instance, ...], RgbImage]:
    points = _read_points(annotation, remarks, y_first)
    found = read_picture(picture, remarks, annotation.name[:-4])
    image = found.pixels
    height, width = image.shape[:2]
    if _are_shares(points):
        remarks.add("points are shares of the picture, not pixels; taken so", picture.name)
        points = np.asarray(points * np.array([width, height], np.float32), np.float32)
    else:
        points = frames.to_picture(points, None, found.stored, picture.name).astype(np.float32)
    if np.ptp(points[:, 0]) < MIN_BOX_SIDE or np.ptp(points[:, 1]) < MIN_BOX_SIDE:
        raise UnreadableImageError(f"all its points lie within {MIN_BOX_SIDE} pixels")
    nowhere = ((points == 0).all(1) | (points == -1).all(1)) & (points != np.median(points, 0)).any(1)
    if nowhere.any():
        k = int(np.argmax(nowhere))
        raise UnreadableImageError(
            f"{POINTS[k]} is at ({points[k, 0]:g}, {points[k, 1]:g}), as programs write for a point that is not there"
        )
    if points[0, 0] > points[1, 0] and points[3:6, 0].mean() > points[6:, 0].mean():
        remarks.add(
            "pictures whose left eye and ear lie to the right of the right ones",
            picture.name,
            "left and right are as seen in the picture",
        )
    instance = Instance(points, box_from_landmarks(points, width, height))
    check_instance(instance, POINTS, image, MAX_EAR_OUTSIDE)
    slack = MAX_OUTSIDE * max(width, height)
    if ((points < -slack) | (points > (width + slack, height + slack))).any():
        remarks.add("points beyond the picture's edge: the box ends there, and they are not judged", picture.name)
    return (instance,), image


def _are_shares(points: Floats) -> bool:
    return bool((np.abs(points) <= WHOLE).all() and (points != np.rint(points)).any())


def _read_points(annotation: Path, remarks: Remarks, y_first: bool = False) -> Floats:
    try:
        text = decode(annotation.read_bytes(), annotation).replace("\0", " ")
        words = text.split()
        if len(words) <= len(POINTS) and text.count(",") >= 2 * len(POINTS):
            words = text.replace(",", " ").replace(";", " ").split()
    except NotTextError as error:
        raise UnreadableImageError(f"the annotation is not a list of numbers ({error.why})", error.fix) from error
    except OSError as error:
        raise UnreadableImageError(f"the annotation can't be read ({error.strerror or error})") from error
    if not words:
        raise UnreadableImageError("the annotation is empty")
    if len(words) == 2 * len(POINTS) and words[0] != str(len(POINTS)):
        remarks.add("annotations without the 9 before the coordinates, read all the same", annotation.name)
        words = [str(len(POINTS)), *words]
    values = [number(word) for word in words]
    if None in values[: 1 + 2 * len(POINTS)]:
        raise UnreadableImageError(
            f"the annotation is not a list of numbers: {words[values.index(None)][:20]!r} is no finite number"
        )
    numbers = [value for value in values if value is not None]
    if numbers[0] != len(POINTS):
        raise UnreadableImageError(f"the annotation has {numbers[0]:g} points, {len(POINTS)} are needed")
    if len(numbers) < 1 + 2 * len(POINTS):
        raise UnreadableImageError(f"the annotation stops after {len(numbers) - 1} of {2 * len(POINTS)} coordinates")
    if len(words) > 1 + 2 * len(POINTS):
        raise UnreadableImageError(f"the annotation has {len(words) - 1} numbers behind the 9, {2 * len(POINTS)} are needed")
    points = np.array(numbers[1 : 1 + 2 * len(POINTS)], np.float32).reshape(-1, 2)
    return points[:, ::-1] if y_first else points
