"""A hand's surface as a camera sees it: round bones laid into fields of height, direction and coverage, nearest first.

Pixel space: x to the right, y down, z towards the camera.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pymodel.synthetic.arrays import Field, Floats
from pymodel.synthetic.masks import blur, window

FAR = np.float32(-1e4)
NOTHING, SKIN, SLEEVE, BAND, OBJECT = range(5)
"""What a pixel shows."""


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
        round: its normal's x, y and z as if the bone were seen from its side.
        way: (3,) unit vector along the bone.
    """

    place: tuple[slice, slice]
    height: Field
    inside: Field
    along: Field
    round: tuple[Field, Field, Field]
    way: Floats

    @cached_property
    def normal(self) -> Floats:
        """(h, w, 3) of the leaning bone; at its ends, where it joins the next one, as if it didn't lean."""
        x, y, z = self.round
        along = np.clip(self.along, 0, 1)
        lean = np.minimum(1, 3.2 * along * (1 - along)) * (x * self.way[0] + y * self.way[1] + z * self.way[2])
        x, y, z = x - lean * self.way[0], y - lean * self.way[1], z - lean * self.way[2]
        size = 1 / np.sqrt(x * x + y * y + z * z + np.float32(1e-4))
        return np.stack([x * size, y * size, z * size], -1)


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
        self._replace(wins, patch, patch.normal, kind, **traits)

    def grow(self, patch: Patch, kind: int, reach: float, **traits: Field) -> None:
        """A patch that comes out of the flesh below its first end, without a seam; reach: pixels."""
        there = self.height[patch.place]
        rooted = np.abs(patch.height - there) < reach
        rise = np.where(rooted, np.clip(2.2 * patch.along, 0, 1), 1)[..., None]
        normal = self.normal[patch.place] + rise * (patch.normal - self.normal[patch.place])
        wins = (patch.height > there) & (patch.inside > -1) & ((patch.along > 0) | (there <= FAR))
        traits = {name: field * rise[..., 0] if name != "back" else field for name, field in traits.items()}
        self._replace(wins, patch, normal, kind, **traits)

    def _replace(self, wins: npt.NDArray[np.bool_], patch: Patch, normal: Floats, kind: int, **traits: Field) -> None:
        if not wins.any():
            return
        np.copyto(self.height[patch.place], patch.height, where=wins)
        np.copyto(self.normal[patch.place], normal, where=wins[..., None])
        np.copyto(self.kind[patch.place], np.float32(kind), where=wins)
        np.maximum(self.inside[patch.place], patch.inside, out=self.inside[patch.place])
        for name in ("back", "crease", "nail", "flush"):
            np.copyto(getattr(self, name)[patch.place], traits.get(name, np.float32(0)), where=wins)

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
    place = slice(y0, y1), slice(x0, x1)
    return Patch(place, level, inside, free, (across_x * towards, across_y * towards, rise), bone.way)


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
    place = window((inside > -2).astype(np.float32))
    inside, level = inside[place], level[place]
    if min(inside.shape) < 2:
        return
    smooth = _smoothed(level, inside, soften)
    slope_y, slope_x = np.gradient(np.maximum(smooth, smooth.max() - 20 * soften))
    x, y = np.clip(-slope_x, -2.5, 2.5), np.clip(-slope_y, -2.5, 2.5)
    size = 1 / np.sqrt(x * x + y * y + 1)
    normal = (x * size, y * size, size)
    whole = Patch(place, smooth, inside, np.zeros_like(inside), normal, np.zeros(3, np.float32))
    facing = normal[0] * back[0] + normal[1] * back[1] + normal[2] * back[2]
    surface.lay(whole, SKIN, back=np.clip(2 * facing, -1, 1))


def _smoothed(level: Field, inside: Field, soften: float) -> Field:
    """Heights without the seams between bones, gaps filled, rounded off towards the outline."""
    has = level > FAR
    weight = blur(has.astype(np.float32), 0.6 * soften)
    smooth = blur(np.where(has, level, 0).astype(np.float32), 0.6 * soften) / np.maximum(weight, 0.02)
    edge = np.clip(1 - inside / (1.3 * soften), 0, 1)
    return np.where(inside > -1.5, smooth - 1.3 * soften * (1 - np.sqrt(1 - 0.98 * edge**2)), FAR).astype(np.float32)
