"""`[data]` of app.toml: what the models learn from."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from appspec.durations import Duration, seconds
from appspec.section import Section


class Split(Section):
    """`[data] split`: shares of the examples kept out of training.

    Attributes:
        given: pictures: True: the splits that the data itself gives; False: not those; None: those where there are any.
    """

    given: bool | None = None
    validation: Annotated[float, Field(gt=0, lt=1)] = 0.1
    test: Annotated[float, Field(gt=0, lt=1)] = 0.1

    @model_validator(mode="before")
    @classmethod
    def _said(cls, value: object) -> object:
        return {"given": True} if value == "given" else value

    @model_validator(mode="after")
    def _leaves_training(self) -> Split:
        if self.validation + self.test > 0.8:
            raise ValueError("validation and test together leave less than 0.2 to train on")
        return self


class Series(Section):
    """`[data.series]`: how windows are cut out of time series, and what is called abnormal.

    Attributes:
        timestamp: the column of the stamps: ISO 8601, or a number of seconds (milliseconds where they are that large).
        values: the columns that the model sees; every numeric one where it is left out.
        label: the column that tells of each row whether it is abnormal (0/1, true/false, normal/abnormal), or None.
        failures: times of failures, as the stamps are written, or the name of a text file in the data folder with one a line.
        group: the column that names the machine, where there are several in a file; None: one a file.
        channel: the column that names what was measured, where a row holds one value; None: a row holds a value of each channel.
        value: the column of that value; None: the only one that can be it.
        interval: time from one sample to the next; None: the commonest step of the stamps.
        window: samples a window.
        stride: samples from one window to the next, for training and evaluation.
        horizon: how long before a failure a window counts as abnormal.
        margin: how long after a failure windows are left out: the machine is being mended.
        max_gap: a hole up to this long is filled; a window with a longer one is left out. None: three intervals.
        validation_from, test_from: stamps from which on samples are in these splits; None: by the shares of `split`.
        abnormal: the words of the label column that mean abnormal; all its others mean normal.
        decimal: what stands before decimals, where the numbers don't tell.
        dates: the order of day, month and year, where the stamps don't tell.
        begin: the moment of second 0, where stamps count seconds from the start of the recording.
        error_values: what sensors say for "no measurement"; None: the kit looks for them, (): there are none.
    """

    timestamp: Annotated[str, Field(min_length=1)] = "timestamp"
    values: Annotated[tuple[str, ...], Field(min_length=1, strict=False)] | None = None
    label: str | None = None
    failures: Annotated[tuple[str | int | float, ...], Field(strict=False)] | str = ()
    group: str | None = None
    channel: str | None = None
    value: str | None = None
    interval: Duration | None = None
    window: Annotated[int, Field(ge=4, le=4096)] = 48
    stride: Annotated[int, Field(ge=1, le=4096)] = 1
    horizon: Duration = "24h"
    margin: Duration = "12h"
    max_gap: Duration | None = None
    validation_from: str | int | float | None = None
    test_from: str | int | float | None = None
    abnormal: Annotated[tuple[str | int | float, ...], Field(strict=False)] = ()
    decimal: Literal[",", "."] | None = None
    dates: Literal["day first", "month first", "year first"] | None = None
    begin: str | None = None
    error_values: Annotated[tuple[float, ...], Field(strict=False)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _dates_as_text(cls, table: object) -> object:
        """TOML has dates of its own, without quotes."""
        if not isinstance(table, dict):
            return table
        found = {
            key: _as_text(value) if key in ("failures", "begin", "validation_from", "test_from") else value
            for key, value in table.items()
        }
        return found | {"failures": [found["failures"]]} if isinstance(table.get("failures"), date) else found

    @property
    def horizon_s(self) -> float:
        """Seconds."""
        return seconds(self.horizon)

    @property
    def margin_s(self) -> float:
        """Seconds."""
        return seconds(self.margin)


def _as_text(value: object) -> object:
    """Dates as ISO 8601, also in a list; anything else as it is."""
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


LAYOUTS = {
    "cats": ("cat", "coco", "voc"),
    "pointing_hands": ("coco",),
    "pets": ("folder",),
    "machine": ("csv",),
}
"""What our code draws or simulates, and the formats that it can be written in, the natural one first."""


READINGS = frozenset({"sizes", "match", "units", "boxes", "axes"})
"""Keys of [data] that say which of several readings is right."""


class Data(Section):
    """`[data]`: what the models learn from.

    Attributes:
        format: how the files are laid out; "drawn": our code draws `subject` in the format `layout` first.
        path: the data folder.
        annotations: coco: the annotation file in that folder; the only *.json where it is left out.
        category: coco, voc: the one to learn; may be left out where there is only one.
        points: coco, yolo: names of the keypoints to learn.
        match: voc: what says which picture an annotation means where both do: its <filename>, or its own name.
        sizes: coco, voc: what boxes count in where a picture's size isn't the one that its annotation declares.
        units: coco, voc, yolo: what boxes count in, where they don't tell.
        boxes: coco, voc, yolo: what the four numbers of a box are, where they don't tell.
        axes: cat, coco, yolo: which of a point's two numbers comes first, where they don't tell.
        group: a regular expression; files for which its first group matches the same text stay in one split.
    """

    format: Literal["cat", "coco", "voc", "yolo", "folder", "csv", "drawn"]
    path: str | None = None
    annotations: str | None = None
    category: str | None = None
    points: Annotated[tuple[str, ...], Field(min_length=1, strict=False)] | None = None
    sizes: Literal["declared", "picture"] | None = None
    match: Literal["filename", "stem"] | None = None
    units: Literal["pixels", "percent", "shares"] | None = None
    boxes: Literal["corner and size", "corners", "center and size"] | None = None
    axes: Literal["x first", "y first"] | None = None
    group: str | None = None
    subject: Literal["cats", "pointing_hands", "pets", "machine"] = "cats"
    layout: Literal["cat", "coco", "voc", "folder", "csv"] | None = None
    pictures: Annotated[int, Field(ge=20, le=1_000_000)] = 8000
    days: Annotated[int, Field(ge=14, le=100_000)] = 365
    """How long the simulated machine runs."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    split: Split = Split()
    series: Series = Series()

    @property
    def read_as(self) -> str:
        """The format of the files that are read in the end."""
        return self.format if self.format != "drawn" else self.layout or LAYOUTS[self.subject][0]

    @field_validator("group")
    @classmethod
    def _expression(cls, group: str | None) -> str | None:
        if group is not None:
            try:
                groups = re.compile(group).groups
            except re.error as error:
                raise ValueError(f"is no regular expression: {error}") from error
            if groups < 1:
                raise ValueError("needs one part in parentheses: what a group's files have in common")
        return group

    @model_validator(mode="after")
    def _path_where_read(self) -> Data:
        if self.format != "drawn" and not self.path:
            raise ValueError(f"format {self.format!r} is read from a folder: path is missing")
        if self.layout is not None and self.layout not in LAYOUTS[self.subject]:
            raise ValueError(f"{self.subject} can be written as {', '.join(LAYOUTS[self.subject])}, not as {self.layout}")
        return self
