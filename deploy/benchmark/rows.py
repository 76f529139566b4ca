"""What is measured, and who can measure it: the app, a tool of others, this computer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from appspec.benchmark_result import Tensor
from appspec.benchmark_run import Condition, Delegate, MeasuredModel, Start
from appspec.read_contract import read_contract

Cache = Literal["cold", "warm"]


@dataclass(frozen=True)
class Row:
    """A file of a model on a processor.

    Attributes:
        path: the file on this computer.
        threads: 0 where it is not the CPU.
    """

    model: MeasuredModel
    path: Path
    delegate: Delegate
    threads: int


class Starter(Protocol):
    """Measures one row once, in a process of its own."""

    def start(self, row: Row, order: int, cache: Cache | None) -> Start:
        """One start. What keeps this row from being measured is in the answer's `error`.

        Args:
            order: its place among all starts of the run.
            cache: empty the GPU's store of kernels first, or leave it as it is; None for the CPU.

        Raises:
            KitError: nothing more can be measured: the phone is gone, the app doesn't start at all.
        """

    def condition(self) -> Condition:
        """Heat and battery now."""


def make_rows(files: Sequence[tuple[str, Path]], delegates: Sequence[Delegate], threads: Sequence[int]) -> list[Row]:
    """Every file on every processor, on the CPU with each number of threads.

    Args:
        files: a model's name and one of its files; a model has one for each of its variants.

    Raises:
        KitError: a file is missing or damaged.
    """
    models = [(measured_model(name, path), path) for name, path in files]
    return [Row(model, path, delegate, count) for model, path in models for delegate, count in processors(delegates, threads)]


def processors(delegates: Sequence[Delegate], threads: Sequence[int]) -> list[tuple[Delegate, int]]:
    """What each file is measured on: a delegate and its number of threads, 0 where it is not the CPU."""
    return [
        (delegate, count)
        for delegate in dict.fromkeys(delegates)
        for count in (sorted(set(threads)) if delegate == "cpu" else (0,))
    ]


def measured_model(name: str, path: Path) -> MeasuredModel:
    """What a file says of itself.

    Raises:
        KitError: it is missing or damaged.
    """
    contract = read_contract(path)
    inputs, outputs = (
        [Tensor(shape=list(tensor.shape), type=tensor.dtype) for tensor in tensors]
        for tensors in (contract.inputs, contract.outputs)
    )
    return MeasuredModel(
        name=name,
        variant=contract.quantization or "unknown",
        file=path.name,
        sha256=contract.sha256,
        size_bytes=path.stat().st_size,
        task=contract.task,
        input=inputs[0] if inputs else None,
        outputs=outputs,
    )
