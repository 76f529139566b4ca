"""The JSON that the app's BenchmarkActivity writes, as typed values.

`python -m appspec.benchmark_result` writes its JSON schema into docs/benchmark.md anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from appspec.errors import KitError

DOCS = Path(__file__).resolve().parents[1] / "docs" / "benchmark.md"

Milliseconds = Annotated[float, Field(ge=0)]
Bytes = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """A part of the result; a key that is not known is an error, and so is one that is missing."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class App(Part):
    """The app that measured."""

    id: str
    version: str | None
    version_code: int
    debuggable: bool


class Phone(Part):
    """The phone; `soc` from Android 12 on."""

    manufacturer: str
    model: str
    soc: str | None
    fingerprint: str
    android: str
    sdk: int
    abi: str | None
    cores: Annotated[int, Field(ge=1)]


class Request(Part):
    """What was asked for.

    Attributes:
        threads: 0 where it is not the CPU.
        cold: the GPU's store of compiled kernels was emptied before.
        sustained_s: how long to run without a pause, in place of single runs and frames; 0: not.
    """

    delegate: Literal["cpu", "gpu", "gpu_32", "nnapi"]
    threads: Count
    warmup_runs: Count
    num_runs: Annotated[int, Field(ge=1)]
    min_seconds: Annotated[float, Field(ge=0)]
    cold: bool
    sustained_s: Annotated[float, Field(ge=0)]


class Tensor(Part):
    """An input or output."""

    shape: list[int]
    type: str


class Model(Part):
    """The model that was measured."""

    name: str
    file: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    task: str
    quantization: str
    input: Tensor
    outputs: list[Tensor]


class Memory(Part):
    """What the app's process held at a moment."""

    moment: Literal["before", "after_init", "after_runs"]
    pss_bytes: Bytes
    native_heap_bytes: Bytes


Heat = Literal["none", "light", "moderate", "severe", "critical", "emergency", "shutdown"]


class Thermal(Part):
    """Android's thermal status, from Android 10 on."""

    before: Heat | None
    after: Heat | None


class Moment(Part):
    """A second of a sustained run: its inferences' median, and the phone's heat: thermal status and battery."""

    at_s: Annotated[float, Field(ge=0)]
    ms: Milliseconds
    thermal: Heat | None
    temperature_c: float | None


class Nodes(Part):
    """What TensorFlow Lite's log says the delegate took."""

    delegated: Count
    total: Count
    partitions: Count


class Failure(Part):
    """What went wrong, and at which stage; "process": it ended or hung, as seen from outside."""

    stage: Literal["request", "model", "init", "run", "frame", "sustained", "difference", "process"]
    type: str
    message: str


class BenchmarkResult(Part):
    """One run of BenchmarkActivity. What a failed one did not come to is null or empty.

    Attributes:
        run_id: the extra `run_id` of this run's `am start`; null without one.
        started_at_ms: milliseconds since 1970, by the phone's clock.
        init_ms: interpreter and delegate, from nothing to ready.
        first_ms: the first inference.
        runs_ms: time of the inference only, one value per run.
        frame: what comes in where a whole frame is timed.
        frame_ms: frame or sample → input, inference, decoding; one a run.
        sustained: a moment a second, where a sustained run was asked for.
        difference_from_cpu: largest difference of an output value from the CPU's, as a share of their range; null: it is the CPU.
        peak_bytes: the most memory that the process held at once.
    """

    schema_version: Annotated[Literal[4], Field(alias="schema")]
    run_id: str | None
    started_at_ms: Count
    app: App
    phone: Phone
    runtime: str
    request: Request | None
    model: Model | None
    init_ms: Milliseconds | None
    first_ms: Milliseconds | None
    warmup_ms: list[Milliseconds]
    runs_ms: list[Milliseconds]
    frame: str | None
    frame_ms: list[Milliseconds]
    sustained: list[Moment]
    difference_from_cpu: Annotated[float, Field(ge=0)] | None
    memory: list[Memory]
    peak_bytes: Bytes | None
    thermal: Thermal
    nodes: Nodes | None
    error: Failure | None

    @model_validator(mode="after")
    def _whole_unless_failed(self) -> BenchmarkResult:
        if self.error is not None:
            return self
        if self.request is None or self.model is None or self.init_ms is None or self.first_ms is None:
            raise ValueError("neither measured nor failed")
        if self.request.sustained_s:
            if not self.sustained:
                raise ValueError("no moment of the sustained run")
            return self
        if min(len(self.runs_ms), len(self.frame_ms)) < self.request.num_runs:
            raise ValueError(f"{len(self.runs_ms)} runs and {len(self.frame_ms)} frames, {self.request.num_runs} were asked for")
        return self


def read_result(text: str) -> BenchmarkResult:
    """The result in a file's text.

    Raises:
        KitError: the text is no result.
    """
    try:
        return BenchmarkResult.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole text"
        raise KitError(
            "the phone's benchmark can't be read",
            f"{place}: {first['msg']}",
            "install the app that this version of the kit builds, and measure again",
        ) from error


def schema_text() -> str:
    """The JSON schema, as it stands in docs/benchmark.md."""
    return json.dumps(BenchmarkResult.model_json_schema(), indent=1, ensure_ascii=False)


BLOCK = re.compile(r"(?<=```json\n).*?(?=\n```)", re.DOTALL)
"""The schema's place in the page: its only block of JSON."""


def main() -> None:
    """Writes the schema into the page."""
    page = DOCS.read_text(encoding="utf-8")
    DOCS.write_text(BLOCK.sub(lambda _found: schema_text(), page, count=1), encoding="utf-8")


if __name__ == "__main__":
    main()
