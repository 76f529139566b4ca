"""How a picture task kind shows an answer; kinds in pymodel/tasks implement it."""

from __future__ import annotations

from abc import ABC, abstractmethod

from pages.drawing import Drawing
from pymodel.inference.interpreter import Answer


class Shown(ABC):
    """An answer as drawing, words and rows."""

    @abstractmethod
    def draw(self, drawing: Drawing, answer: Answer) -> None:
        """The last model's answer, into a picture."""

    @abstractmethod
    def rows(self, answer: Answer) -> list[dict[str, object]]:
        """The answer as rows of a table, without the model's name."""

    def caption(self, answer: Answer) -> str:
        """The answer in a few words."""
        sure = f"{answer.confidence.mean():.0%}" if len(answer.confidence) else ""
        return sure if answer.found else f"nothing found ({sure})"
