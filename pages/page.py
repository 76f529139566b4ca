"""Pages that people read in a browser: one file each, with its pictures inside, light and dark, for phones and paper too."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment
from markupsafe import Markup

from appspec.file_tree import shown
from appspec.whole_file import write_whole
from pages.chart import Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

TEMPLATE = Path(__file__).with_name("page.html.j2")
"""The look of every page."""

_NUMBER = r"[-+−<≤≥≈]?[\d.,]+(e[-+]\d+)?"
FIGURE = re.compile(rf"(≈ )?{_NUMBER}(( to | × | of ){_NUMBER})?( ?(%|×|ms|s|h|B|KB|MB|GB|K|M|G))?")
"""A cell that stands at the right of its column."""


@dataclass(frozen=True)
class KeyFigure:
    """A number that stands out.

    Attributes:
        mark: a word that it must never be read without, as "virtual"; empty: none.
    """

    name: str
    value: str
    note: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        key_figures: the numbers to see first.
        findings: (what, evidence and what to do) pairs.
        missing: (what is not there, the command that makes it) pairs.
        charts: drawn by pages.dot_chart or pages.line_chart.
        columns, rows: a table; its first column names the row. Cells of pages.cells, texts, numbers.
        chart: a data URI, see `figure_uri`.
        drawing: an SVG within the page, as wide as it is.
        pictures: (data URI, caption) pairs; `tall` ones, as of phones' screens, are narrower.
        commands: lines of a shell.
        sections: its own parts.
    """

    title: str
    text: Sequence[str] = ()
    key_figures: Sequence[KeyFigure] = ()
    findings: Sequence[tuple[str, str]] = ()
    missing: Sequence[tuple[str, str]] = ()
    charts: Sequence[Chart] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    chart: str = ""
    drawing: Markup | None = None
    pictures: Sequence[tuple[str, str]] = ()
    tall: bool = False
    commands: Sequence[str] = ()
    sections: Sequence[Section] = ()

    @property
    def anchor(self) -> str:
        """Its address within the page."""
        return re.sub(r"\W+", "-", self.title.lower()).strip("-")

    @property
    def right_columns(self) -> frozenset[int]:
        """Columns that hold figures alone."""
        cells = [[row[i] for row in self.rows if str(row[i])] for i in range(len(self.columns))]
        return frozenset(i for i, column in enumerate(cells) if column and all(map(is_figure, column)))


@dataclass(frozen=True)
class Page:
    """What a page says; `lead` comes under its title, `contents` lists its sections there."""

    title: str
    lead: Sequence[str] = ()
    sections: list[Section] = field(default_factory=list)
    contents: bool = False

    def html(self) -> str:
        """The whole file; every text is escaped."""
        environment = Environment(autoescape=True, keep_trailing_newline=True, trim_blocks=True, lstrip_blocks=True)
        return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(page=self)

    def save(self, path: Path, fix: str = "see that you can write there") -> None:
        """As HTML, whole or not at all.

        Raises:
            KitError: it can't be written; `fix` is what to do.
        """
        write_whole(path, shown(self.html()), fix)


def is_figure(cell: object) -> bool:
    """Whether a cell is a number, as it is or in words."""
    return isinstance(cell, (int, float)) or (not isinstance(cell, Markup) and FIGURE.fullmatch(str(cell)) is not None)


def figure_uri(figure: Figure) -> Markup:
    """A matplotlib figure as an SVG within the page."""
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None})
    return _uri("image/svg+xml", content.getvalue())


def picture_uri(image: Image, side: int | None = None) -> Markup:
    """A Pillow image as a JPEG within the page.

    Args:
        side: the longest that its longer side may be, pixels; None: as it is.
    """
    shown = image.convert("RGB")
    if side is not None:
        shown.thumbnail((side, side), reducing_gap=2.0)
    content = io.BytesIO()
    shown.save(content, "JPEG", quality=85, optimize=True)
    return _uri("image/jpeg", content.getvalue())


def _uri(kind: str, content: bytes) -> Markup:
    return Markup(f"data:{kind};base64,{base64.b64encode(content).decode()}")
