"""What the user sees: lines, progress, tables, errors."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from appspec.errors import KitError
from appspec.json_text import json_text

NOTHING = "nothing"
_WIDEST_WORD = 30
"""Longer ones, such as paths and hashes, are broken where a line ends."""


class Screen:
    """Writes to the terminal; progress only where there is one, a line every few seconds elsewhere."""

    def __init__(self, as_json: bool = False) -> None:
        """as_json: standard output carries JSON alone; everything else goes to standard error."""
        self.as_json = as_json
        self._console = Console(stderr=as_json, highlight=False, soft_wrap=True)
        self._shown = 0.0
        self._answered = False
        self._open = False

    def say(self, line: str) -> None:
        """One line."""
        self._end_progress()
        self._console.print(escape(line))

    def styled(self, line: str, style: str) -> None:
        """One line in a style of rich's, as "bold red"; plain where there is no terminal."""
        self._end_progress()
        self._console.print(escape(line), style=style or None)

    def heading(self, line: str) -> None:
        """One line that starts a stage."""
        self._end_progress()
        self._console.print(f"[bold]{escape(line)}[/bold]")

    def progress(self, what: str, done: int, total: int) -> None:
        """How far a long step is; redrawn in place on a terminal."""
        now = time.monotonic()
        last = done >= total
        if now - self._shown < (0.1 if self._console.is_terminal else 10.0) and not (last and self._open):
            return
        self._shown = now
        text = f"  {what} {done} of {total}" if total else f"  {what}"
        if self._console.is_terminal:
            self._console.file.write(f"\r\x1b[2K{text[: self._console.width - 1]}")
            self._console.file.flush()
            self._open = True
        else:
            self._console.print(escape(text))

    def status(self, line: str) -> None:
        """What is going on now; redrawn in place on a terminal."""
        self.progress(line, 0, 0)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]], note: str = "") -> None:
        """Rows as a table, or as JSON where that was asked for.

        Args:
            columns: keys of the rows, shown as headings.
            note: shown under the table.
        """
        self._end_progress()
        if self.as_json:
            self.json([dict(row) for row in rows])
            return
        if rows:
            self._print_rows(title, columns, [{column: _text(row.get(column, "")) for column in columns} for row in rows])
        else:
            self._console.print(f"[bold]{escape(title)}[/bold]: {NOTHING}")
        if note:
            self._console.print(escape(note))

    def _print_rows(self, title: str, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
        """With lines around, with fewer lines, or one below the other: the first of these that the terminal is wide enough for."""
        for lines, padding, beside in (
            (box.HEAVY_HEAD, (0, 1), 3 * len(columns) + 1),
            (box.SIMPLE_HEAD, (0, 0), len(columns) + 1),
        ):
            widths = _fitting(columns, rows, self._console.width - beside)
            if widths:
                self._console.print(_as_table(title, columns, rows, widths, lines, padding))
                return
        self._print_records(title, columns, rows)

    def _print_records(self, title: str, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
        """Rows that are too wide for a table: one below the other, a line a value, without those that are empty."""
        self._console.print(f"[bold]{escape(title)}[/bold]")
        width = max(len(_heading(column)) for column in columns)
        for row in rows:
            for place, column in enumerate(columns):
                value = row.get(column, "")
                if value:
                    self._console.print(f"{'  ' if place else '• '}{_heading(column):{width}}  {escape(value)}")

    def json(self, document: object) -> None:
        """A document on standard output; see appspec.json_text."""
        self._answered = True
        sys.stdout.write(json_text(document))
        sys.stdout.flush()

    def error(self, error: KitError) -> None:
        """What failed, why, what to do; as JSON too where that was asked for, unless a document that tells of it was printed."""
        self._end_progress()
        if self.as_json and not self._answered:
            self.json({"error": {"what": error.what, "why": error.why, "fix": error.fix}})
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print(f"[bold red]✗ {escape(error.what)}[/bold red]")
        console.print(f"  why: {escape(error.why)}")
        console.print(f"  fix: {escape(error.fix)}")

    def _end_progress(self) -> None:
        if self._open:
            self._console.file.write("\r\x1b[2K")
            self._open = False


def _as_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    widths: Sequence[int],
    lines: box.Box,
    padding: tuple[int, int],
) -> Table:
    table = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold", box=lines, padding=padding)
    for column, width in zip(columns, widths, strict=True):
        table.add_column(escape(_heading(column)), overflow="fold", width=width)
    for row in rows:
        table.add_row(*(escape(row.get(column, "")) for column in columns))
    return table


def _fitting(columns: Sequence[str], rows: Sequence[Mapping[str, str]], room: int) -> list[int]:
    """Widths of columns that break no word but the longest, and all lines that they need not; empty where there is no room."""
    texts = [[_heading(column), *(row.get(column, "") for row in rows)] for column in columns]
    words = (max((cell_len(word) for text in one for word in text.split()), default=1) for one in texts)
    widths = [min(_WIDEST_WORD, longest) for longest in words]
    wishes = [max(cell_len(line) for text in one for line in text.split("\n")) for one in texts]
    if sum(widths) > room:
        return []
    for _ in range(room - sum(widths)):
        lacking = [wish - width for wish, width in zip(wishes, widths, strict=True)]
        if max(lacking) <= 0:
            break
        widths[lacking.index(max(lacking))] += 1
    return widths


def _text(value: object) -> str:
    """A list as people write it, not as Python does."""
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _heading(column: str) -> str:
    return column.replace("_", " ")
