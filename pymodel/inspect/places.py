"""Where a model may run: the runtimes' CPUs, the GPU delegate, NNAPI, microcontrollers; by our own tables, node by node."""

from __future__ import annotations

from typing import get_args

from appspec.operators import operator_table
from appspec.runtimes import Runtime
from appspec.tflite_file import TfliteFile
from pymodel.inspect.cpu import cpu_verdict
from pymodel.inspect.gpu import gpu_verdict
from pymodel.inspect.micro import micro_verdict
from pymodel.inspect.nnapi import nnapi_verdict
from pymodel.inspect.verdict import Verdict


def verdicts(model: TfliteFile) -> tuple[Verdict, ...]:
    """One for each place."""
    cpus = tuple(cpu_verdict(model, runtime) for runtime in get_args(Runtime))
    loads = next(one for one in cpus if one.name == operator_table("tensorflow-lite").library)
    return (*cpus, gpu_verdict(model, loads), nnapi_verdict(model, loads), micro_verdict(model))
