"""What the user sees: lines, progress, tables, errors."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from appspec.errors import KitError


class Screen:
    """Writes to the terminal; progress only where there is one, a line every few seconds elsewhere."""

    def __init__(self, as_json: bool = False) -> None:
        """as_json: standard output carries JSON alone; everything else goes to standard error."""
        self.as_json = as_json
        self._console = Console(stderr=as_json, highlight=False, soft_wrap=True)
        self._shown = 0.0
        self._open = False

    def say(self, line: str) -> None:
        """One line."""
        self._end_progress()
        self._console.print(escape(line))

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
        table = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
        for column in columns:
            table.add_column(escape(column), overflow="fold")
        for row in rows:
            table.add_row(*(escape(str(row.get(column, ""))) for column in columns))
        self._console.print(table)
        if note:
            self._console.print(escape(note))

    def json(self, document: object) -> None:
        """A document on standard output."""
        sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False, default=str) + "\n")
        sys.stdout.flush()

    def error(self, error: KitError) -> None:
        """What failed, why, what to do."""
        self._end_progress()
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print(f"[bold red]✗ {escape(error.what)}[/bold red]")
        console.print(f"  why: {escape(error.why)}")
        console.print(f"  fix: {escape(error.fix)}")

    def _end_progress(self) -> None:
        if self._open:
            self._console.file.write("\r\x1b[2K")
            self._open = False
