"""Pages that people read in a browser: one file each, with its pictures inside, light and dark."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment
from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

TEMPLATE = Path(__file__).with_name("page.html.j2")
"""The look of every page."""


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        findings: (what, evidence and what to do) pairs.
        columns, rows: a table.
        chart: a data URI, see `figure_uri`.
        drawing: an SVG within the page, as wide as it is.
        pictures: (data URI, caption) pairs.
    """

    title: str
    text: Sequence[str] = ()
    findings: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    chart: str = ""
    drawing: Markup | None = None
    pictures: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Page:
    """What a page says; `lead` comes under its title."""

    title: str
    lead: Sequence[str] = ()
    sections: list[Section] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """As HTML; every text is escaped."""
        text = (
            Environment(autoescape=True, keep_trailing_newline=True)
            .from_string(TEMPLATE.read_text(encoding="utf-8"))
            .render(page=self)
        )
        path.write_text(text, encoding="utf-8")


def figure_uri(figure: Figure) -> Markup:
    """A matplotlib figure as an SVG within the page."""
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None})
    return _uri("image/svg+xml", content.getvalue())


def picture_uri(image: Image) -> Markup:
    """A Pillow image as a JPEG within the page."""
    content = io.BytesIO()
    image.convert("RGB").save(content, "JPEG", quality=85)
    return _uri("image/jpeg", content.getvalue())


def _uri(kind: str, content: bytes) -> Markup:
    return Markup(f"data:{kind};base64,{base64.b64encode(content).decode()}")
