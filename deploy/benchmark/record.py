"""A run as it grows: its file is whole after every start, so that nothing which was measured gets lost."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path

from appspec.benchmark_run import (
    SCHEMA,
    BenchmarkRun,
    Kit,
    MeasuredApp,
    MeasuredPhone,
    Settings,
    Sustained,
    Tool,
    write_run,
)
from appspec.errors import KitError
from deploy.benchmark.rounds import Rounds


@dataclass
class Record:
    """One run of `invoke benchmark` on one phone.

    Attributes:
        folder: of the app's results.
        runtime: names the library that ran the models; it may be known after the first start only.
        tool: None where the app or this computer measures.
        saved: what the file holds; None as long as there is none.
    """

    folder: Path
    kit: Kit
    app: MeasuredApp
    phone: MeasuredPhone
    settings: Settings
    rounds: Rounds
    runtime: Callable[[], str]
    tool: Tool | None = None
    sustained: list[Sustained] = field(default_factory=list)
    saved: BenchmarkRun | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    _start: float = field(default_factory=time.monotonic)

    @cached_property
    def path(self) -> Path:
        """results/APP/<UTC time>-<phone>.json; no character of it needs quotes anywhere.

        It is this record's own from the first question on: phones that are measured side by side may be called alike.

        Raises:
            KitError: no file can be made there.
        """
        words = " ".join(filter(None, (self.phone.model, self.phone.serial and self.phone.identity)))
        name = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60] or "phone"
        begin = self.folder / f"{self.started_at:%Y-%m-%dT%H-%M-%SZ}-{name}"
        for number in itertools.count(1):
            path = begin.with_name(f"{begin.name}{f'-{number}' if number > 1 else ''}.json")
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                path.touch(exist_ok=False)
            except FileExistsError as error:
                if not path.exists():  # it is the folder that is a file
                    raise self._not_writable(error) from error
            except OSError as error:
                raise self._not_writable(error) from error
            else:
                return path
        raise AssertionError

    def run(self) -> BenchmarkRun:
        """All that was measured so far."""
        models = {row.model.sha256: row.model for row in self.rounds.rows}
        return BenchmarkRun.model_validate(
            {
                "schema": SCHEMA,
                "started_at": self.started_at.isoformat(timespec="seconds"),
                "seconds": round(time.monotonic() - self._start, 3),
                "kit": self.kit,
                "app": self.app,
                "phone": self.phone,
                "runtime": self.runtime(),
                "settings": self.settings,
                "tool": self.tool,
                "models": list(models.values()),
                "measurements": self.rounds.measurements(),
                "sustained": self.sustained,
                "ended": self.rounds.ended,
            }
        )

    def _not_writable(self, error: OSError) -> KitError:
        return KitError(f"Can't write to {self.folder}", error.strerror or str(error), "make it a folder that you can write")

    def save(self) -> None:
        """Writes the file, once there is something in it.

        Raises:
            KitError: this computer's disk is full, or the folder can't be written.
        """
        if not self.rounds.count:
            return
        run = self.run()
        try:
            write_run(run, self.path)
        except KitError:
            if self.saved is None:
                self.path.unlink(missing_ok=True)
            raise
        self.saved = run
