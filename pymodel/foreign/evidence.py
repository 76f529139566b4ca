"""What is known of a ready model before it is decided what it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appspec.errors import KitError
from appspec.tflite_file import Node, TfliteFile
from pymodel.foreign.labels import without_numbers, wrong_count
from pymodel.foreign.wishes import AskedError, Wishes

Floats = npt.NDArray[np.float32]

_PASSES = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS", "DEQUANTIZE", "QUANTIZE", "CAST")
"""Operators that leave values as they are, as far as it matters here."""


@dataclass(frozen=True)
class Output:
    """An output of the graph.

    Attributes:
        tensor: its index.
        name: of the tensor.
        aliases: other names: of its metadata, in the signature.
        values: on a picture, dequantized, with the batch axis.
        labels: packed for it.
    """

    tensor: int
    name: str
    aliases: tuple[str, ...]
    values: Floats
    labels: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the values, the batch axis with it."""
        return tuple(self.values.shape)

    @property
    def words(self) -> str:
        """Name, shape and range, as a user looks for it."""
        low, high = (float(self.values.min()), float(self.values.max())) if self.values.size else (0.0, 0.0)
        return f"{self.name} {list(self.shape)} ({low:.3g} to {high:.3g})"

    def is_called(self, *words: str) -> bool:
        """Whether one of its names holds one of these words."""
        names = " ".join((self.name, *self.aliases)).lower()
        return any(word in names for word in words)


@dataclass(frozen=True)
class ForeignModel:
    """A ready model: one picture goes in.

    Attributes:
        name: of the file, for messages.
        file: the graph, with constants in place of other inputs.
        size: width and height of the input, pixels.
        outputs: all of the graph, or those that the user named, in that order.
        wishes: what the user says.
        named: the user named the outputs.
        packed: the label file in its metadata that belongs to no output, or stood beside the model.
    """

    name: str
    file: TfliteFile
    size: tuple[int, int]
    outputs: tuple[Output, ...]
    wishes: Wishes
    named: bool = False
    packed: tuple[str, ...] = ()

    def maker(self, output: Output) -> Node | None:
        """The operator whose values an output has, seen through those that only shape them."""
        made = {tensor: node for node in self.file.main.nodes for tensor in node.outputs}
        node = made.get(output.tensor)
        while node is not None and node.op in _PASSES and node.inputs[0] in made:
            node = made[node.inputs[0]]
        return node

    def is_made_by(self, output: Output, *operators: str) -> bool:
        """Whether that operator is one of these."""
        node = self.maker(output)
        return node is not None and node.op in operators

    def known_labels(self, output: Output) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What the user, the metadata or a file beside the model says of an output, and notes on it; see without_numbers."""
        given = self.wishes.labels or output.labels or self.packed
        labels, numbered = without_numbers(given)
        note = f"labels: the running numbers were left out ({given[0]!r} is {labels[0]!r})" if numbered else ""
        return labels, (note,) if note else ()

    def labels_of(self, output: Output, count: int, of: str, one: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """`count` labels of an output, and notes on them.

        Args:
            of: what they are labels of, in the plural.
            one: the name of one that has none, before its number.

        Raises:
            KitError: there are some, but not as many.
        """
        labels, notes = self.known_labels(output)
        if not labels:
            numbers = tuple(f"{one} {i}" for i in range(count))
            return numbers, (f"no labels: its {of} are called {numbers[0]!r} and so on; --labels FILE names them",)
        if len(labels) != count:
            raise wrong_count(self.name, labels, count, of)
        return labels, notes


def chosen(found: ForeignModel, what: str, candidates: Sequence[Output]) -> Output:
    """The only candidate.

    Raises:
        KitError: there is none, or there are several.
    """
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise KitError(
            f"{found.name} can't be used for the task {found.wishes.task!r}",
            f"none of its outputs {what}: {listed(found.outputs)}",
            "use another --task (classify, landmarks, heatmap, detect, mask or raw)",
        )
    raise AskedError(
        "outputs",
        f"Which output of {found.name} {what}?",
        f"several could: {listed(candidates)}",
        'name the outputs in the task\'s order: --outputs NAME,NAME (in app.toml: outputs = ["NAME", …])',
    )


def listed(outputs: Sequence[Output]) -> str:
    """All of them in words."""
    return ", ".join(output.words for output in outputs)
