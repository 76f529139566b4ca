"""A hand's surface as a camera sees it: round bones laid into fields of height, direction and coverage, nearest first.

Pixel space: x to the right, y down, z towards the camera.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from pymodel.drawn.hand_shape import Floats
from pymodel.drawn.texture import Field, blur

FAR = np.float32(-1e4)
NOTHING, SKIN, SLEEVE, BAND, OBJECT = range(5)
"""What a pixel shows."""


@dataclass(frozen=True)
class Camera:
    """Where a hand is seen from.

    Attributes:
        turn: (3, 3) rotation of hand coordinates.
        is_left: whether the right hand is mirrored first.
        unit: the hand's length, pixels.
        centre: (2,) pixels, where the middle of the hand falls.
        distance: from the camera to the hand, in hand's lengths.
    """

    turn: Floats
    is_left: bool
    unit: float
    centre: Floats
    distance: float

    def aim(self, ways: Floats) -> Floats:
        """(..., 3) directions of hand coordinates → of pixel space."""
        flip = np.array([-1 if self.is_left else 1, 1, 1])
        return np.asarray((ways * flip) @ self.turn.T * (1, -1, 1), np.float32)

    def place(self, points: Floats, radii: Floats | float = 0.0) -> tuple[Floats, Floats]:
        """(N, 3) hand coordinates and (N,) lengths → pixels."""
        seen = self.aim(points - np.array([0, 0.45, 0], np.float32))
        nearness = self.distance / np.maximum(self.distance - seen[:, 2], self.distance / 2)
        flat = self.centre + seen[:, :2] * nearness[:, None] * self.unit
        lengths = np.broadcast_to(np.asarray(radii), nearness.shape) * nearness * self.unit
        return np.concatenate([flat, seen[:, 2:] * self.unit], -1).astype(np.float32), lengths.astype(np.float32)


@dataclass(frozen=True)
class Bone:
    """A round bar of pixel space whose thickness changes evenly.

    Attributes:
        ends: (2, 3) pixels.
        radii: (2,) pixels.
        flat: its depth as a share of its width.
        has_cut_ends: whether it ends like a tube, not like a sausage.
    """

    ends: Floats
    radii: Floats
    flat: float = 1.0
    has_cut_ends: bool = False

    @property
    def way(self) -> Floats:
        """(3,) unit vector from the first end to the second."""
        across = self.ends[1] - self.ends[0]
        return np.asarray(across / (np.linalg.norm(across) + 1e-3), np.float32)


@dataclass(frozen=True)
class Patch:
    """One bone's pixels.

    Attributes:
        place: rows and columns of the picture it covers.
        height: z of the surface, pixels; FAR outside.
        inside: distance to the outline, pixels, positive inside.
        along: 0 at the first end, 1 at the second, beyond them where the ends are round.
        normal: (h, w, 3).
    """

    place: tuple[slice, slice]
    height: Field
    inside: Field
    along: Field
    normal: Floats


@dataclass(frozen=True)
class Surface:
    """Fields (H, W) that a picture is painted from.

    Attributes:
        height: z, pixels; FAR where there is nothing.
        inside: distance to the outline, pixels, positive inside.
        normal: (H, W, 3) unit vectors.
        kind: NOTHING, SKIN …
        back: -1 on the palm's side of the hand, 1 on its back.
        crease, nail, flush: how much of it there is, 0–1.
    """

    height: Field
    inside: Field
    normal: Floats
    kind: Field
    back: Field
    crease: Field
    nail: Field
    flush: Field

    def lay(self, patch: Patch, kind: int, **traits: Field) -> None:
        """What of a patch is in front of all that is there already."""
        wins = (patch.height > self.height[patch.place]) & (patch.inside > -1)
        self._replace(wins, patch, kind, **traits)

    def grow(self, patch: Patch, kind: int, reach: float, **traits: Field) -> None:
        """A patch that comes out of the flesh below its first end, without a seam; reach: pixels."""
        there = self.height[patch.place]
        rooted = np.abs(patch.height - there) < reach
        rise = np.where(rooted, np.clip(2.2 * patch.along, 0, 1), 1)[..., None]
        normal = self.normal[patch.place] + rise * (patch.normal - self.normal[patch.place])
        wins = (patch.height > there) & (patch.inside > -1) & ((patch.along > 0) | (there <= FAR))
        traits = {name: field * rise[..., 0] if name != "back" else field for name, field in traits.items()}
        self._replace(wins, replace(patch, normal=normal), kind, **traits)

    def _replace(self, wins: npt.NDArray[np.bool_], patch: Patch, kind: int, **traits: Field) -> None:
        self.height[patch.place][wins] = patch.height[wins]
        self.normal[patch.place][wins] = patch.normal[wins]
        self.kind[patch.place][wins] = kind
        np.maximum(self.inside[patch.place], patch.inside, out=self.inside[patch.place])
        for name in ("back", "crease", "nail", "flush"):
            getattr(self, name)[patch.place][wins] = traits[name][wins] if name in traits else 0.0

    def part(self, place: tuple[slice, slice]) -> Surface:
        """Some rows and columns of it."""
        return Surface(**{field.name: getattr(self, field.name)[place] for field in fields(self)})

    @property
    def coverage(self) -> Field:
        """Antialiased, 0–1."""
        return np.asarray(np.clip(self.inside + 0.5, 0, 1), np.float32)


def empty_surface(height: int, width: int) -> Surface:
    """With nothing on it."""
    flat = [np.zeros((height, width), np.float32) for _ in range(5)]
    low, outside = np.full((height, width), FAR, np.float32), np.full((height, width), FAR, np.float32)
    return Surface(low, outside, np.zeros((height, width, 3), np.float32), *flat)


def patch(bone: Bone, height: int, width: int, margin: float = 1.5) -> Patch | None:
    """Where a bone appears in a picture; None: nowhere. margin: how far around it distances are known, pixels."""
    reach = float(bone.radii.max()) + margin
    x0, y0 = (max(0, int(v)) for v in bone.ends[:, :2].min(0) - reach)
    x1, y1 = (min(size, int(v) + 2) for v, size in zip(bone.ends[:, :2].max(0) + reach, (width, height), strict=True))
    if x0 >= x1 or y0 >= y1:
        return None
    start, way = bone.ends[0], bone.ends[1] - bone.ends[0]
    x = np.arange(x0, x1, dtype=np.float32)[None] - start[0]
    y = np.arange(y0, y1, dtype=np.float32)[:, None] - start[1]
    free = (x * way[0] + y * way[1]) / np.float32(way[0] ** 2 + way[1] ** 2 + 1e-3)
    along = np.clip(free, 0, 1)
    across_x, across_y = x - along * way[0], y - along * way[1]
    distance = np.sqrt(across_x**2 + across_y**2)
    radius = bone.radii[0] + along * (bone.radii[1] - bone.radii[0])
    inside = radius - distance
    if bone.has_cut_ends:
        length = float(np.hypot(way[0], way[1]))
        inside = np.minimum(inside, np.minimum(free, 1 - free) * length)
    share = np.minimum(distance / np.maximum(radius, 1e-3), 1)
    rise = np.sqrt(1 - share**2)
    level = np.where(inside > -margin, start[2] + along * way[2] + bone.flat * radius * rise, FAR)
    level -= 0.02 * radius * ((free < 0) + 2 * (free > 1))
    towards = share / np.maximum(distance, 1e-3)
    normal = _tilted(np.stack([across_x * towards, across_y * towards, rise], -1), bone.way, along)
    return Patch((slice(y0, y1), slice(x0, x1)), level, inside, free, normal)


def _tilted(normal: Floats, way: Floats, along: Field) -> Floats:
    """Normals of a round bar seen from its side → of one that leans; unchanged at its ends, where it joins the next one."""
    lean = np.minimum(1, 3.2 * along * (1 - along)) * (normal @ way)
    normal = normal - lean[..., None] * way
    return np.asarray(normal / np.sqrt(np.square(normal).sum(-1, keepdims=True) + 1e-4), np.float32)


def lay_flesh(surface: Surface, bones: list[Bone], soften: float, back: Floats) -> None:
    """Bones under one smooth skin: palm, webs between the fingers, arm.

    Args:
        soften: how far the skin bridges gaps, pixels.
        back: (3,) direction that the back of the hand faces.
    """
    height, width = surface.height.shape
    inside = np.full((height, width), -4 * soften, np.float32)
    level = np.full((height, width), FAR, np.float32)
    for bone in bones:
        part = patch(bone, height, width, soften)
        if part is None:
            continue
        known, there = inside[part.place], level[part.place]
        bridge = np.maximum(soften - np.abs(known - part.inside), 0) ** 2 / (4 * soften)
        known[...] = np.maximum(known, part.inside) + bridge
        np.maximum(there, np.where(part.inside > 0, part.height, FAR), out=there)
    has = (level > FAR).astype(np.float32)
    weight = blur(has, 0.45 * soften)
    smooth = blur(np.where(has > 0, level, 0).astype(np.float32), 0.45 * soften) / np.maximum(weight, 0.02)
    edge = np.clip(1 - inside / (1.3 * soften), 0, 1)
    smooth = np.where(inside > -1.5, smooth - 1.3 * soften * (1 - np.sqrt(1 - 0.98 * edge**2)), FAR).astype(np.float32)
    slope_y, slope_x = np.gradient(np.maximum(smooth, smooth.max() - 20 * soften))
    steep = np.clip(np.stack([-slope_x, -slope_y], -1), -2.5, 2.5)
    normal = np.concatenate([steep, np.ones((height, width, 1), np.float32)], -1)
    normal = (normal / np.linalg.norm(normal, axis=-1, keepdims=True)).astype(np.float32)
    whole = Patch((slice(None), slice(None)), smooth, inside, inside, normal)
    surface.lay(whole, SKIN, back=np.clip(normal @ back * 2, -1, 1).astype(np.float32))
