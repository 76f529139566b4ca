"""One recommendation from all verdicts, with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from appspec.tflite_file import TfliteFile
from pymodel.inspect.uses import is_hybrid
from pymodel.inspect.verdict import Refusal, Verdict

SMALL_MULTIPLY_ADDS = 1_000_000
"""Below it, handing over to a GPU takes longer than computing."""


def recommendation(model: TfliteFile, verdicts: Sequence[Verdict], multiply_adds: int) -> str:
    """Where to run it and why, or what to change first.

    Args:
        multiply_adds: of one inference.
    """
    cpus = [one for one in verdicts if one.place == "cpu"]
    gpu = next(one for one in verdicts if one.place == "gpu")
    if not any(one.runs == "whole" for one in cpus):
        return f"Change it first: no runtime loads the file, for {_first(cpus[0].refusals)}"
    if cpus[0].runs != "whole":
        others = ", ".join(one.name for one in cpus if one.runs == "whole")
        return f"Change it first, or ship {others}: {cpus[0].name}, the default runtime, refuses {_first(cpus[0].refusals)}"
    quantized = any(tensor.dtype in ("int8", "uint8", "int16") and not tensor.constant for tensor in model.main.tensors)
    if quantized:
        return (
            "The CPU: its integer kernels are made for this file, fastest on cores with dot products (most phones since 2018); a GPU "
            "computes it in float, with other answers"
        )
    if is_hybrid(model):
        return "The CPU: weights of dynamic range are small in the file, and a GPU unpacks them to float; for a GPU, convert to float16"
    if multiply_adds < SMALL_MULTIPLY_ADDS:
        return "The CPU: it has less than 1 M multiply-adds, and handing over to a GPU takes longer than computing"
    if gpu.runs == "whole":
        return 'The GPU delegate or the CPU, whichever is measured faster ([android] delegate = "auto"): the delegate takes all of it'
    worst = f"; {_first(gpu.refusals)}" if gpu.refusals else ""
    if gpu.runs == "part" and gpu.taken >= 0.9 * gpu.nodes and gpu.partitions <= 2:
        return f'The GPU delegate, measured against the CPU ([android] delegate = "auto"): only its end or its start stays on the CPU{worst}'
    share = f"the GPU delegate takes {gpu.taken} of {gpu.nodes} nodes" if gpu.taken else "the GPU delegate takes none of it"
    return f"The CPU, as it is: {share}{worst}"


def _first(refusals: Sequence[Refusal]) -> str:
    if not refusals:
        return "an operation that it does not know"
    one = refusals[0]
    return f"{one.op} ({one.why})" + (f": {one.rewrite}" if one.rewrite else "")
