"""A hand's surface as the camera sees it: rounded bones rendered into fields of depth, normal and coverage (a z-buffer).

Pixel space: x to the right, y down, z towards the camera.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pymodel.synthetic.arrays import Field, Floats
from pymodel.synthetic.masks import blur, bounding_slices

FAR = np.float32(-1e4)
NOTHING, SKIN, SLEEVE, WATCH, OBJECT = range(5)
"""What a pixel shows; OBJECT: something held."""


@dataclass(frozen=True)
class Bone:
    """A rounded bar in pixel space whose radius changes linearly (a tapered capsule).

    Attributes:
        ends: (2, 3) pixels.
        radii: (2,) pixels.
        depth_ratio: its depth as a share of its width.
        has_flat_ends: whether its ends are cut off flat instead of round.
    """

    ends: Floats
    radii: Floats
    depth_ratio: float = 1.0
    has_flat_ends: bool = False

    @property
    def direction(self) -> Floats:
        """(3,) unit vector from the first end to the second."""
        across = self.ends[1] - self.ends[0]
        return np.asarray(across / (np.linalg.norm(across) + 1e-3), np.float32)


@dataclass(frozen=True)
class Patch:
    """The pixels of one bone.

    Attributes:
        region: rows and columns of the picture that it covers.
        height: z of the surface, pixels; FAR outside.
        inside: signed distance to the outline, pixels, positive inside.
        along: position along the bone: 0 at the first end, 1 at the second, beyond them in the round ends.
        round_normal: x, y and z of the normal if the bone lay parallel to the picture.
        direction: (3,) unit vector along the bone.
    """

    region: tuple[slice, slice]
    height: Field
    inside: Field
    along: Field
    round_normal: tuple[Field, Field, Field]
    direction: Floats

    @cached_property
    def normal(self) -> Floats:
        """(h, w, 3) normals of the tilted bone; untilted at its ends, where it joins the next bone."""
        x, y, z = self.round_normal
        along = np.clip(self.along, 0, 1)
        lean = np.minimum(1, 3.2 * along * (1 - along)) * (x * self.direction[0] + y * self.direction[1] + z * self.direction[2])
        x, y, z = x - lean * self.direction[0], y - lean * self.direction[1], z - lean * self.direction[2]
        size = 1 / np.sqrt(x * x + y * y + z * z + np.float32(1e-4))
        return np.stack([x * size, y * size, z * size], -1)


@dataclass(frozen=True)
class Surface:
    """Fields (H, W) from which a picture is painted.

    Attributes:
        height: z, pixels; FAR where there is nothing.
        inside: signed distance to the outline, pixels, positive inside.
        normal: (H, W, 3) unit vectors.
        kind: NOTHING, SKIN …
        back: -1 on the palmar side of the hand, 1 on its back.
        crease, nail, flush: strength of skin creases, nails and redness, 0–1.
    """

    height: Field
    inside: Field
    normal: Floats
    kind: Field
    back: Field
    crease: Field
    nail: Field
    flush: Field

    def add(self, patch: Patch, kind: int, **traits: Field) -> None:
        """Adds a patch where it is in front of what is there already."""
        in_front = (patch.height > self.height[patch.region]) & (patch.inside > -1)
        self._replace(in_front, patch, patch.normal, kind, **traits)

    def attach(self, patch: Patch, kind: int, reach: float, **traits: Field) -> None:
        """Adds a patch that grows out of the flesh at its first end, without a seam.

        Args:
            reach: greatest difference in depth at which the two are blended, pixels.
        """
        existing = self.height[patch.region]
        rooted = np.abs(patch.height - existing) < reach
        rise = np.where(rooted, np.clip(2.2 * patch.along, 0, 1), 1)[..., None]
        normal = self.normal[patch.region] + rise * (patch.normal - self.normal[patch.region])
        in_front = (patch.height > existing) & (patch.inside > -1) & ((patch.along > 0) | (existing <= FAR))
        traits = {name: field * rise[..., 0] if name != "back" else field for name, field in traits.items()}
        self._replace(in_front, patch, normal, kind, **traits)

    def _replace(self, in_front: npt.NDArray[np.bool_], patch: Patch, normal: Floats, kind: int, **traits: Field) -> None:
        if not in_front.any():
            return
        np.copyto(self.height[patch.region], patch.height, where=in_front)
        np.copyto(self.normal[patch.region], normal, where=in_front[..., None])
        np.copyto(self.kind[patch.region], np.float32(kind), where=in_front)
        np.maximum(self.inside[patch.region], patch.inside, out=self.inside[patch.region])
        for name in ("back", "crease", "nail", "flush"):
            np.copyto(getattr(self, name)[patch.region], traits.get(name, np.float32(0)), where=in_front)

    def part(self, region: tuple[slice, slice]) -> Surface:
        """The part of the surface in some rows and columns."""
        return Surface(**{field.name: getattr(self, field.name)[region] for field in fields(self)})

    @property
    def coverage(self) -> Field:
        """Antialiased mask of the surface, 0–1."""
        return np.asarray(np.clip(self.inside + 0.5, 0, 1), np.float32)


def empty_surface(height: int, width: int) -> Surface:
    """A surface with nothing on it."""
    flat = [np.zeros((height, width), np.float32) for _ in range(5)]
    low, outside = np.full((height, width), FAR, np.float32), np.full((height, width), FAR, np.float32)
    return Surface(low, outside, np.zeros((height, width, 3), np.float32), *flat)


def rasterize(bone: Bone, height: int, width: int, margin: float = 1.5) -> Patch | None:
    """The pixels of a bone; None where it is outside the picture.

    Args:
        margin: how far outside the bone the signed distance is computed, pixels.
    """
    reach = float(bone.radii.max()) + margin
    x0, y0 = (max(0, int(v)) for v in bone.ends[:, :2].min(0) - reach)
    x1, y1 = (min(size, int(v) + 2) for v, size in zip(bone.ends[:, :2].max(0) + reach, (width, height), strict=True))
    if x0 >= x1 or y0 >= y1:
        return None
    start, direction = bone.ends[0], bone.ends[1] - bone.ends[0]
    x = np.arange(x0, x1, dtype=np.float32)[None] - start[0]
    y = np.arange(y0, y1, dtype=np.float32)[:, None] - start[1]
    free = (x * direction[0] + y * direction[1]) / np.float32(direction[0] ** 2 + direction[1] ** 2 + 1e-3)
    along = np.clip(free, 0, 1)
    across_x, across_y = x - along * direction[0], y - along * direction[1]
    distance = np.sqrt(across_x**2 + across_y**2)
    radius = bone.radii[0] + along * (bone.radii[1] - bone.radii[0])
    inside = radius - distance
    if bone.has_flat_ends:
        length = float(np.hypot(direction[0], direction[1]))
        inside = np.minimum(inside, np.minimum(free, 1 - free) * length)
    share = np.minimum(distance / np.maximum(radius, 1e-3), 1)
    rise = np.sqrt(1 - share**2)
    level = np.where(inside > -margin, start[2] + along * direction[2] + bone.depth_ratio * radius * rise, FAR)
    level -= 0.02 * radius * ((free < 0) + 2 * (free > 1))
    towards = share / np.maximum(distance, 1e-3)
    region = slice(y0, y1), slice(x0, x1)
    return Patch(region, level, inside, free, (across_x * towards, across_y * towards, rise), bone.direction)


def add_flesh(surface: Surface, bones: list[Bone], smoothing: float, back: Floats) -> None:
    """Adds bones under one smooth skin: palm, webs between the fingers, arm.

    Args:
        smoothing: width of the gaps that the skin bridges, pixels.
        back: (3,) direction that the back of the hand faces.
    """
    height, width = surface.height.shape
    inside = np.full((height, width), -4 * smoothing, np.float32)
    level = np.full((height, width), FAR, np.float32)
    for bone in bones:
        part = rasterize(bone, height, width, smoothing)
        if part is None:
            continue
        distance_so_far, existing = inside[part.region], level[part.region]
        bridge = np.maximum(smoothing - np.abs(distance_so_far - part.inside), 0) ** 2 / (4 * smoothing)
        distance_so_far[...] = np.maximum(distance_so_far, part.inside) + bridge
        np.maximum(existing, np.where(part.inside > 0, part.height, FAR), out=existing)
    region = bounding_slices((inside > -2).astype(np.float32))
    inside, level = inside[region], level[region]
    if min(inside.shape) < 2:
        return
    smooth = _smoothed(level, inside, smoothing)
    slope_y, slope_x = np.gradient(np.maximum(smooth, smooth.max() - 20 * smoothing))
    x, y = np.clip(-slope_x, -2.5, 2.5), np.clip(-slope_y, -2.5, 2.5)
    size = 1 / np.sqrt(x * x + y * y + 1)
    normal = (x * size, y * size, size)
    whole = Patch(region, smooth, inside, np.zeros_like(inside), normal, np.zeros(3, np.float32))
    facing = normal[0] * back[0] + normal[1] * back[1] + normal[2] * back[2]
    surface.add(whole, SKIN, back=np.clip(2 * facing, -1, 1))


def _smoothed(level: Field, inside: Field, smoothing: float) -> Field:
    """Heights with seams and gaps between bones smoothed, rounded off towards the outline."""
    has = level > FAR
    weight = blur(has.astype(np.float32), 0.6 * smoothing)
    smooth = blur(np.where(has, level, 0).astype(np.float32), 0.6 * smoothing) / np.maximum(weight, 0.02)
    edge = np.clip(1 - inside / (1.3 * smoothing), 0, 1)
    return np.where(inside > -1.5, smooth - 1.3 * smoothing * (1 - np.sqrt(1 - 0.98 * edge**2)), FAR).astype(np.float32)
