"""Models to be run in a child process, and how that went: what the phone's library and LiteRT's newest are both asked."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from appspec.errors import KitError

Processor = Literal["cpu", "gpu", "gpu_16"]
"""`gpu` computes in 32 bits, `gpu_16` in 16 where it may, as phones do unless told otherwise."""

LONGEST_S = 120.0
MOST_MEMORY_KB = 16 * 2**20
"""Of address space: JVMs and software renderers set much aside that they never use."""


@dataclass(frozen=True)
class Job:
    """One model on one processor.

    Attributes:
        inputs: raw values of each, in the order of the graph; of each all runs, one after the other.
        input_names, output_names: what the file calls each: the tensor's name and the signature's, in the order of the graph.
    """

    model: Path
    processor: Processor
    inputs: tuple[bytes, ...]
    input_names: tuple[tuple[str, ...], ...] = ()
    output_names: tuple[tuple[str, ...], ...] = ()
    runs: int = 1


@dataclass(frozen=True)
class Ran:
    """How a job went.

    Attributes:
        error: why there are no outputs, in the library's words; empty where there are.
        taken, nodes, partitions: how much of the graph the GPU delegate runs; 0 where it says nothing, taken -1 where all.
        refusals: what the delegate says of operations that it does not take, where it says so.
        outputs: raw values of each, in the order of the graph; of each all runs, one after the other.
    """

    error: str
    taken: int = 0
    nodes: int = 0
    partitions: int = 0
    refusals: tuple[str, ...] = ()
    outputs: tuple[bytes, ...] = field(default=(), repr=False)
    log: str = field(default="", repr=False)


Command = Callable[[Sequence[Job], Sequence[Path], Path], list[str]]
"""The child's command line, from jobs, a folder for the outputs of each, and a folder to write what it needs into."""

Read = Callable[[str], Ran]
"""What a child's words say of one job, without its outputs."""


def run_jobs(
    name: str, jobs: Sequence[Job], command: Command, environment: Mapping[str, str], read: Read, longest_s: float
) -> list[Ran]:
    r"""Runs jobs one after the other in a child; one that crashes it is told, and the rest go on in another.

    The child writes `\x01job N`, then `\x01done` or `\x01failed WHY`, and the outputs into files `0.bin`, `1.bin` …

    Args:
        name: of what runs them, for messages.
        longest_s: for all jobs of a child.

    Raises:
        KitError: the child does not even start.
    """
    results: list[Ran] = []
    while len(results) < len(jobs):
        results += _until_crash(name, jobs[len(results) :], command, environment, read, longest_s)
    return results


def _until_crash(
    name: str, jobs: Sequence[Job], command: Command, environment: Mapping[str, str], read: Read, longest_s: float
) -> list[Ran]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        answers = [folder / str(i) for i in range(len(jobs))]
        for one in answers:
            one.mkdir()
        limited = ("sh", "-c", 'ulimit -v "$0"; exec "$@"', str(MOST_MEMORY_KB))
        try:
            done = subprocess.run(
                [*limited, *command(jobs, answers, folder)],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                timeout=longest_s,
                check=False,
                cwd=folder,
            )
            output, ended = done.stdout, _ending(done.returncode)
        except subprocess.TimeoutExpired as error:
            output, ended = error.stdout or b"", f"it did not end within {longest_s:.0f} s"
        texts = output.decode("utf-8", "replace").split("\x01job ")[1:]
        if not texts:
            said = output.decode("utf-8", "replace").strip()[-300:]
            raise KitError(f"can't run {name}", f"{ended or 'it said nothing'}: {said}", "look at `invoke doctor`")
        return [_result(text, read(text), one, ended) for text, one in zip(texts, answers, strict=False)]


def _result(text: str, ran: Ran, answers: Path, ended: str) -> Ran:
    counts = (ran.taken, ran.nodes, ran.partitions, ran.refusals)
    if "\x01done" in text:
        return Ran(
            "", *counts, tuple(path.read_bytes() for path in sorted(answers.iterdir(), key=lambda path: int(path.stem))), text
        )
    return Ran(ran.error or ended or "it ended without a word", *counts, (), text)


def _ending(code: int) -> str:
    number = -code if code < 0 else code - 128
    if number in (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGKILL, signal.SIGFPE):
        return f"it crashed ({signal.Signals(number).name})"
    return f"it ended with exit code {code}" if code else ""
