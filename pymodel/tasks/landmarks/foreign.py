"""How the outputs of a ready model are read whose user says that it finds points."""

from __future__ import annotations

import difflib
from dataclasses import replace
from functools import partial

import numpy as np

from appspec.contract import Coordinates, CoordinateUnit, CropPolicy, Presence
from appspec.errors import KitError
from pymodel.foreign.appended import turned_points
from pymodel.foreign.evidence import ForeignModel, Output, chosen, listed
from pymodel.foreign.reading import Reading
from pymodel.foreign.wishes import AskedError
from pymodel.tasks.camera import check_points, crop_of

THRESHOLD = 0.5
"""Probability that what the points belong to is there, from which they are shown, where the user says none."""

PIXELS_FROM = 2.0
"""A coordinate above this can be no share of the input."""

NUMBERS = range(2, 9)
"""How many a point may have: x, y, and what isn't used, as z, visibility and presence."""

FEWEST = 4
"""Numbers of an output with points."""


def read_points(found: ForeignModel) -> Reading:
    """Coordinates, and where another output tells it, whether what they belong to is there at all.

    Raises:
        KitError: no output can be coordinates, or several can; how many points there are isn't certain.
    """
    points = _points(found)
    labels, notes = _labels(found, points)
    count = _count(found, points, len(labels))
    labels = labels or tuple(f"point {i}" for i in range(count))
    numbers = points.values.size // count
    y_first = found.wishes.order == "yx" or (found.wishes.order is None and _is_of_movenet(points))
    places = points.values.reshape(count, numbers)[:, :2]
    unit: CoordinateUnit = "pixel" if float(np.abs(places).max()) > PIXELS_FROM else "share"
    other = _presence(found, points)
    presence: Presence = "none" if other is None else "probability" if found.is_made_by(other, "LOGISTIC") else "logit"
    _check_presence(found, other)
    check_points(found, "again", found.wishes.again, count)
    score = found.wishes.score if found.wishes.presence is None else found.wishes.presence
    threshold = score if score is not None else THRESHOLD if other else 0.0
    lines = [f"output {points.words}: {count} points of {numbers} numbers, in {'pixels' if unit == 'pixel' else 'shares'}"]
    if other:
        lines.append(f"output {other.words}: whether they are there, a {presence}")
    if y_first:
        why = "as said" if found.wishes.order else "MoveNet's form; --order xy if it is another's"
        lines.append(f"y comes before x ({why}): the app's copy has them turned round")
    left = [output.words for output in found.outputs if output not in (points, other)]
    if left:
        lines.append(f"not used: {', '.join(left)}")
    return Reading(
        meaning=f"{count} points",
        decoder=Coordinates(threshold, 0.0, numbers, unit, presence, _shown(found, labels)),
        outputs=(points, other) if other else (points,),
        names=("points", "presence") if other else ("points",),
        crop=replace(crop_of(found, CropPolicy()), again=found.wishes.again),
        labels=labels,
        notes=(*lines, *notes),
        finish=partial(turned_points, numbers=numbers) if y_first else None,
    )


def _is_of_movenet(points: Output) -> bool:
    """(1, 1, K, 3): y, x, score of each point."""
    return len(points.shape) == 4 and points.shape[:2] == (1, 1) and points.shape[2] > 1 and points.shape[3] == 3


def _points(found: ForeignModel) -> Output:
    if found.named:
        points = found.outputs[0]
        if points.values.size < FEWEST:
            raise KitError(
                f"Output {points.words} of {found.name} holds no points",
                f"it has fewer than {FEWEST} numbers",
                "give --outputs POINTS,PRESENCE (in app.toml: outputs = [POINTS, PRESENCE])",
            )
        return points
    candidates = [output for output in found.outputs if output.values.size >= FEWEST and not _is_map(output)]
    in_pixels = [output for output in candidates if _looks_like_pixels(output, found.size)]
    return chosen(found, "holds the points", in_pixels if len(in_pixels) == 1 else candidates)


def _presence(found: ForeignModel, points: Output) -> Output | None:
    if found.named:
        return found.outputs[1] if len(found.outputs) > 1 else None
    candidates = [output for output in found.outputs if output.values.size == 1 and output is not points]
    return chosen(found, "tells whether the points are there", candidates) if candidates else None


def _check_presence(found: ForeignModel, presence: Output | None) -> None:
    """One number says whether the points are there, and a model that is followed needs it: it must know when it lost them."""
    if presence is not None and presence.values.size != 1:
        raise KitError(
            f"Output {presence.words} of {found.name} can't tell whether the points are there",
            f"that is one number, this output has {presence.values.size}",
            "name the points first, then the output with one number: outputs = [POINTS, PRESENCE]",
        )
    key = next((key for key in ("again", "presence") if getattr(found.wishes, key) is not None), None)
    if presence is None and key is not None:
        raise KitError(
            f"app.toml: {key}: {found.name} doesn't tell whether its points are there",
            f"none of its outputs that are read is one number: {listed(found.outputs)}",
            f"name that output after the points in outputs, or leave {key} out",
        )


def _shown(found: ForeignModel, labels: tuple[str, ...]) -> tuple[int, ...]:
    missing = [name for name in found.wishes.show if name not in labels]
    if missing:
        close = difflib.get_close_matches(missing[0], labels, 1, 0.5)
        raise KitError(
            f"app.toml: show: {found.name} has no point {missing[0]!r}",
            f"its points are {', '.join(labels[:24])}{' …' if len(labels) > 24 else ''}",
            f"did you mean {close[0]!r}?" if close else "name some of these, or give labels",
        )
    return tuple(labels.index(name) for name in found.wishes.show)


def _is_map(output: Output) -> bool:
    return len(output.shape) == 4 and output.shape[1] > 1 and output.shape[2] > 1


def _looks_like_pixels(output: Output, size: tuple[int, int]) -> bool:
    largest = float(np.abs(output.values).max())
    return PIXELS_FROM < largest < 10 * max(size)


def _labels(found: ForeignModel, points: Output) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those of the user, else those of the file where they fit: some describe their outputs in another order than they have."""
    labels, notes = found.known_labels(points)
    if (
        found.wishes.labels
        or not labels
        or (points.values.size // len(labels) in NUMBERS and points.values.size % len(labels) == 0)
    ):
        return labels, notes
    return (), (f"labels of its metadata ({labels[0]} …) are not those of its points: not used",)


def _count(found: ForeignModel, points: Output, named: int) -> int:
    """How many points: as many as there are names, or as the shape says."""
    size = points.values.size
    fits = [numbers for numbers in (2, 3) if size % numbers == 0]
    if named:
        if size % named or size // named not in NUMBERS:
            could = " or ".join(str(size // numbers) for numbers in fits) or "no whole number of"
            raise KitError(
                f"The labels don't fit {found.name}",
                f"they are {named}, output {points.name} has {size} numbers: {could} points",
                "give one label for each point, in the model's order",
            )
        return named
    if len(points.shape) == 3 and points.shape[2] in (2, 3):
        return points.shape[1]
    if len(fits) == 1:
        return size // fits[0]
    raise AskedError(
        "labels",
        f"How many points does {found.name} find?",
        f"output {points.words} has {size} numbers: {size // 2} points of x, y, or {size // 3} of x, y, z",
        f"say how many, or what they are called: --labels {size // 3}, or --labels FILE with a name a line",
    )
