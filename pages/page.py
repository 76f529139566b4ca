"""Pages that people read in a browser: one file each, with its pictures inside, light and dark."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ page.title }}</title>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #2a9d5c; --bad: #d1495b; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }
table { border-collapse: collapse; margin: .6rem 0 } td, th { padding: .3rem .8rem; text-align: left; border-bottom: 1px solid var(--line) }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.wide { overflow-x: auto } figure { margin: 0 } figcaption { font-size: .85rem; opacity: .8 }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem }
.grid img, .chart img { width: 100%; border-radius: .4rem }
.chart img { background: #fff }
li { margin: .4rem 0 } .finding { border-left: .25rem solid #4a7fd6; padding: .2rem .9rem; margin: .8rem 0; background: var(--soft) }
.finding b { display: block }
</style></head><body>
<h1>{{ page.title }}</h1>
{% for line in page.lead %}<p>{{ line }}</p>{% endfor %}
{% for section in page.sections %}
<h2>{{ section.title }}</h2>
{% for line in section.text %}<p>{{ line }}</p>{% endfor %}
{% for finding in section.findings %}<div class="finding"><b>{{ finding[0] }}</b>{{ finding[1] }}</div>{% endfor %}
{% if section.rows %}<div class="wide"><table><tr>{% for name in section.columns %}<th>{{ name }}</th>{% endfor %}</tr>
{% for row in section.rows %}<tr>{% for cell in row %}<td{% if cell is number %} class="number"{% endif %}>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table></div>{% endif %}
{% if section.chart %}<figure class="chart"><img alt="{{ section.title }}" src="{{ section.chart }}"></figure>{% endif %}
{% if section.pictures %}<div class="grid">{% for picture in section.pictures %}
<figure><img alt="{{ picture[1] }}" src="{{ picture[0] }}"><figcaption>{{ picture[1] }}</figcaption></figure>{% endfor %}</div>{% endif %}
{% endfor %}
</body></html>
"""


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        findings: (what, evidence and what to do) pairs.
        columns, rows: a table.
        chart: a data URI, see `figure_uri`.
        pictures: (data URI, caption) pairs.
    """

    title: str
    text: Sequence[str] = ()
    findings: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    chart: str = ""
    pictures: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Page:
    """What a page says; `lead` comes under its title."""

    title: str
    lead: Sequence[str] = ()
    sections: list[Section] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """As HTML; every text is escaped."""
        text = Environment(autoescape=True).from_string(TEMPLATE).render(page=self)
        path.write_text(text, encoding="utf-8")


def figure_uri(figure: Any) -> Markup:
    """A matplotlib figure as an SVG within the page."""
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None})
    return _uri("image/svg+xml", content.getvalue())


def picture_uri(image: Any) -> Markup:
    """A Pillow image as a JPEG within the page."""
    content = io.BytesIO()
    image.convert("RGB").save(content, "JPEG", quality=85)
    return _uri("image/jpeg", content.getvalue())


def _uri(kind: str, content: bytes) -> Markup:
    return Markup(f"data:{kind};base64,{base64.b64encode(content).decode()}")
