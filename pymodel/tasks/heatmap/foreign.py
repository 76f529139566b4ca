"""How the output of a ready model is read whose user says that it gives heatmaps."""

from __future__ import annotations

from appspec.contract import CropPolicy, Peak
from pymodel.foreign.evidence import ForeignModel, Output, chosen
from pymodel.foreign.reading import Reading
from pymodel.tasks.camera import crop_of

NAMES = ("heatmap", "hourglass")


def recognize_heatmaps(found: ForeignModel) -> Reading | None:
    """Certain where a map is called so."""
    maps = [output for output in found.outputs if _is_map(output) and output.is_called(*NAMES)]
    return read_heatmaps(found) if len(maps) == 1 and len(found.outputs) == 1 else None


def read_heatmaps(found: ForeignModel) -> Reading:
    """One map a point.

    Raises:
        KitError: no output is a map, or several are; the labels don't fit.
    """
    output = found.outputs[0] if found.named else chosen(found, "is a heatmap", [one for one in found.outputs if _is_map(one)])
    count = output.shape[3]
    labels, notes = found.labels_of(output, count, "points", "point")
    return Reading(
        meaning=f"{count} points",
        decoder=Peak(threshold=found.wishes.score or 0.0),
        outputs=(output,),
        names=("heatmaps",),
        crop=crop_of(found, CropPolicy()),
        labels=labels,
        notes=(f"output {output.words}: {count} heatmaps of {output.shape[2]}×{output.shape[1]} cells", *notes),
    )


def _is_map(output: Output) -> bool:
    return len(output.shape) == 4 and output.shape[1] > 1 and output.shape[2] > 1
