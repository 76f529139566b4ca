"""Reads one picture of a COCO data set whose conventions are known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pymodel.data.annotations.boxes import has_size, upright_corners
from pymodel.data.annotations.frames import Frames
from pymodel.data.formats.coco_objects import LABELLED, Annotation, Conventions, Picture
from pymodel.data.images import NothingShownError, RgbImage, StoredSize, UnreadableImageError, read_picture
from pymodel.data.remarks import Remarks
from pymodel.data.source import Floats, Instance, check_instance, check_size


@dataclass(frozen=True)
class CocoReader:
    """Reads pictures of a data set whose conventions are known.

    Attributes:
        points: names of all, the `targets` to learn first; `order` their places in the file.
    """

    folder: Path
    points: tuple[str, ...]
    targets: int
    order: list[int]
    conventions: Conventions
    frames: Frames
    remarks: Remarks

    def read(self, picture: Picture) -> tuple[tuple[Instance, ...], RgbImage]:
        """The instances of a picture, and its pixels."""
        if picture.why:
            raise UnreadableImageError(picture.why)
        found = read_picture(self.folder / picture.file, self.remarks, picture.file)
        check_size(found.pixels)
        instances, problems = [], list[UnreadableImageError]()
        for one in picture.objects:
            try:
                instance = self._instance(one, picture, found.stored)
                if instance is not None:
                    check_instance(instance, self.points, found.pixels)
                    instances.append(instance)
            except UnreadableImageError as error:
                problems.append(error)
        if problems:
            more = f" ({len(problems) - 1} more objects)" if len(problems) > 1 else ""
            raise UnreadableImageError(f"{problems[0]}{more}", problems[0].fix)
        if not instances:
            wanted = self.points[: self.targets]
            shown = f"{' or '.join(wanted[:4])}{' …' if len(wanted) > 4 else ''}" if wanted else "more than a box of no size"
            raise NothingShownError(f"none of its objects shows {shown}")
        return tuple(instances), found.pixels

    def _instance(self, one: Annotation, picture: Picture, stored: StoredSize) -> Instance | None:
        """None where it shows none of the points to learn, or nothing at all."""
        if np.isinf(one.points).any():
            raise UnreadableImageError(f"annotation {one.id} has keypoints that are no x, y, v of each point")
        is_nowhere = one.nowhere and one.mask is None
        corners = np.zeros(4, np.float32) if is_nowhere else self._corners(one, picture.file)
        if not has_size(corners):
            self.remarks.add("passed over: objects whose box has no width or no height, in pictures", picture.file)
            return None
        points = self._labelled(one.points, corners, picture.file)
        shown_points = points[self.order] if self.order else np.zeros((0, 3), np.float32)
        places = np.where(shown_points[:, 2:] > LABELLED, shown_points[:, :2], np.float32(np.nan))
        if self.targets and not np.isfinite(places[: self.targets]).any():
            return None
        box_scale, scale = self.conventions.scale_of(corners), self.conventions.point_scale
        if box_scale is not None and self.conventions.any_pixels:
            self.remarks.add("single boxes that are shares of the picture, among boxes in pixels; taken so", picture.file)
        moved = self._pixels(corners.reshape(2, 2), box_scale, picture, stored)
        return Instance(
            self._pixels(places, scale, picture, stored), np.concatenate([moved.min(0), moved.max(0)]).astype(np.float32)
        )

    def _pixels(self, places: Floats, scale: float | None, picture: Picture, stored: StoredSize) -> Floats:
        """(N, 2) in pixels of the upright picture."""
        if scale is not None:
            return np.asarray(places * (np.array(stored.upright, np.float32) / scale), np.float32)
        if not self.conventions.any_pixels or not len(places):
            return places.astype(np.float32)
        return self.frames.to_picture(places, picture.size, stored, picture.file).astype(np.float32)

    def _labelled(self, points: Floats, corners: Floats, file: str) -> Floats:
        """Without those at 0, 0 or -1, -1 that their own object's box doesn't reach: programs write them for missing ones."""
        scale = self.conventions.point_scale
        if scale != self.conventions.scale_of(corners):
            return points
        low, high = np.minimum(corners[:2], corners[2:]), np.maximum(corners[:2], corners[2:])
        nowhere = ((points[:, :2] == 0).all(1) | (points[:, :2] == -1).all(1)) & (points[:, 2] > LABELLED)
        lost = nowhere & ((points[:, :2] < low) | (points[:, :2] > high)).any(1)
        if not lost.any():
            return points
        self.remarks.add("keypoints at 0, 0 or -1, -1, outside of their object's box: taken as not labelled", file)
        return np.where(lost[:, None], np.float32(0), points).astype(np.float32)

    def _corners(self, one: Annotation, file: str) -> Floats:
        found = self.conventions.corners(one)
        if found is None:
            instead = f" (but {one.written})" if one.written else ""
            raise UnreadableImageError(f"annotation {one.id} has no bbox of four numbers{instead}, and no mask that has one")
        if one.box is not None:
            return upright_corners(found, file, self.remarks)
        self.remarks.add("annotations without a box, their mask's is taken", file)
        return found
