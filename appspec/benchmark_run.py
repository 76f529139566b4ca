"""One run of `invoke benchmark` on one phone, as it lies under results/NAME/: who measured what on what, and every single time.

A summary is never stored: it follows from the raw times (appspec.distribution).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from appspec.benchmark_result import Bytes, Count, Failure, Heat, Memory, Milliseconds, Moment, Nodes, Part, Tensor
from appspec.errors import KitError
from appspec.whole_file import write_whole

SCHEMA = 1
MEASURE_AGAIN = "measure again, restore the file, or remove it"

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Delegate = Literal["cpu", "gpu", "gpu_32", "nnapi"]
Way = Literal["app", "tool", "host"]
"""Who took the time: the app itself, TensorFlow Lite's or LiteRT's benchmark tool on the phone, or this computer."""


class Kit(Part):
    """The kit that measured; `revision` is its git commit, null outside a clone."""

    version: str
    revision: str | None


class MeasuredApp(Part):
    """The app whose models were measured; `apk_sha256` is null where no APK took part."""

    name: str
    id: str
    version: str
    apk_sha256: Sha256 | None


class MeasuredPhone(Part):
    """What measured. `kind` says whether its times are a phone's: those of `virtual` and `host` are this computer's.

    Attributes:
        serial: adb's name of it, which changes with the cable and the network; null for the host.
        serial_number: its own, ro.serialno; null where it has none that is its alone, and in older results.
        adb_server: HOST:PORT of the adb server that reached it, where one was named; serials are names of that server.
        soc, gpu: where the phone tells.
        abis: best first.
    """

    kind: Literal["phone", "virtual", "host"]
    serial: str | None
    manufacturer: str
    model: str
    soc: str | None
    gpu: str | None
    android: str | None
    sdk: int | None
    abis: list[str]
    cores: Annotated[int, Field(ge=1)]
    fingerprint: str | None
    serial_number: str | None = None
    adb_server: str | None = None

    @property
    def identity(self) -> str:
        """What tells this phone from others of its kind, by cable and by Wi-Fi alike."""
        if self.serial is None:
            return f"{self.manufacturer} {self.model}"
        return self.serial_number or (f"{self.serial} at {self.adb_server}" if self.adb_server else self.serial)


class Settings(Part):
    """What was asked for.

    Attributes:
        warmup_runs, num_runs: of one start.
        precision: a row is repeated until the 95 % interval of its median is within this share of it …
        limit_s: … or the whole run has taken this long.
        seed: of the order of the rows, which is shuffled anew in every round.
        cool_below: no start begins while the phone's thermal status is above it, as long as patience lasts; null: not waited.
        sustained_s: of the run that shows how the speed falls; null without one.
    """

    way: Way
    delegates: list[Delegate]
    threads: list[int]
    warmup_runs: Count
    num_runs: Annotated[int, Field(ge=1)]
    precision: Annotated[float, Field(gt=0)]
    limit_s: Annotated[float, Field(gt=0)]
    seed: int
    cool_below: Heat | None
    sustained_s: Annotated[float, Field(gt=0)] | None


class Tool(Part):
    """The benchmark tool of others that measured, and how it was called."""

    file: str
    sha256: Sha256
    size_bytes: Bytes
    arguments: list[str]


class MeasuredModel(Part):
    """A file of a model. `variant` is its quantization, as app.toml names it; `task` as the app names it."""

    name: str
    variant: str
    file: str
    sha256: Sha256
    size_bytes: Bytes
    task: str | None
    input: Tensor | None
    outputs: list[Tensor]


class Battery(Part):
    """The phone's battery; null where it doesn't say."""

    percent: Annotated[int, Field(ge=0, le=100)] | None
    temperature_c: float | None
    charging: bool | None


class Condition(Part):
    """The phone before or after a start."""

    thermal: Heat | None
    battery: Battery | None


class Printed(Part):
    """What a tool tells in place of every single time; null where it doesn't. Milliseconds.

    Attributes:
        rounded: the tool printed few digits, as `avg=1.24027e+06`: its values are no exact ones.
    """

    count: Count | None
    first_ms: Milliseconds | None
    min_ms: Milliseconds | None
    p5_ms: Milliseconds | None
    median_ms: Milliseconds | None
    p95_ms: Milliseconds | None
    max_ms: Milliseconds | None
    mean_ms: Milliseconds | None
    std_ms: Milliseconds | None
    rounded: bool


class OperationTime(Part):
    """One line of a tool's profile: an operation's mean time in one inference, and its share of all."""

    type: str
    name: str
    ms: Milliseconds
    share: Annotated[float, Field(ge=0)]


class Start(Part):
    """One start of the app or of the tool: a process that loads the model, warms up and measures.

    Attributes:
        order: its place among all starts of the run, from 0.
        started_at: ISO 8601, UTC, by this computer's clock.
        cache: the GPU's store of compiled kernels: emptied before, or left as an earlier start filled it; null for the CPU.
        init_ms: interpreter and delegate, from nothing to ready.
        first_ms: the first inference.
        runs_ms: the inference alone, one a run; empty where a tool prints a summary only.
        frame_ms: a whole frame or sample: input, inference, decoding.
        difference_from_cpu: largest difference of an output from the CPU's, as a share of its range.
        peak_bytes: the most memory that the process held; null where unknown.
        error: what ended it early; what came before stays.
    """

    order: Count
    started_at: str
    cache: Literal["cold", "warm"] | None
    init_ms: Milliseconds | None
    first_ms: Milliseconds | None
    warmup_ms: list[Milliseconds]
    runs_ms: list[Milliseconds]
    frame_ms: list[Milliseconds]
    printed: Printed | None
    difference_from_cpu: Annotated[float, Field(ge=0)] | None
    nodes: Nodes | None
    memory: list[Memory]
    peak_bytes: Bytes | None
    before: Condition
    after: Condition
    error: Failure | None


class Measurement(Part):
    """A row: one file of a model on one processor. `threads` is 0 where it is not the CPU."""

    model: str
    variant: str
    delegate: Delegate
    threads: Count
    starts: list[Start]
    operations: list[OperationTime]


class Sustained(Part):
    """How the speed of one row fell while it ran without a pause."""

    model: str
    variant: str
    delegate: Delegate
    threads: Count
    moments: list[Moment]
    error: Failure | None


class BenchmarkRun(Part):
    """One run of `invoke benchmark` on one phone.

    Attributes:
        started_at: ISO 8601, UTC, by this computer's clock.
        runtime: the library that ran the models, with its version.
        ended: why there are no more starts: all rows were precise enough, the time was up, or something failed.
    """

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    started_at: str
    seconds: Annotated[float, Field(ge=0)]
    kit: Kit
    app: MeasuredApp
    phone: MeasuredPhone
    runtime: str
    settings: Settings
    tool: Tool | None
    models: list[MeasuredModel]
    measurements: list[Measurement]
    sustained: list[Sustained]
    ended: Literal["precise", "time", "stopped", "phone lost"]

    @property
    def is_whole(self) -> bool:
        """Whether it ended by itself, not by Ctrl-C or a lost phone."""
        return self.ended in ("precise", "time")


def read_run(path: Path) -> BenchmarkRun:
    """A run's file.

    Raises:
        KitError: it isn't there, is damaged, no run, or of a newer kit.
    """
    return parse_run(read_text(path), str(path))


def read_text(path: Path) -> str:
    """What is in a run's file; an editor may have put UTF-8's mark before it.

    Raises:
        KitError: it isn't there, or no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise KitError("no such result", f"{path} is not there", "invoke benchmark makes results under results/") from error
    except (OSError, ValueError) as error:
        why = "it is no text in UTF-8" if isinstance(error, ValueError) else error.strerror or str(error)
        raise KitError("the result can't be read", f"{path}: {why}", MEASURE_AGAIN) from error


def parse_run(text: str, place: str) -> BenchmarkRun:
    """A run's text.

    Args:
        place: where it lies, for the error.

    Raises:
        KitError: it is damaged, no run, or of a newer kit.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        why = "it is empty" if not text.strip() else f"it is cut short, or no JSON: {error}"
        raise KitError("the result can't be read", f"{place}: {why}", MEASURE_AGAIN) from error
    if not _is_run(document):
        raise _no_run(document, place)
    version = document["schema"]
    if isinstance(version, int) and version > SCHEMA:
        raise KitError("the result is of a newer kit", f"{place} has schema {version}, this kit knows {SCHEMA}", "update the kit")
    if version != SCHEMA:
        why = f"{place}: its schema is {version!r}, this kit knows {SCHEMA}"
        raise KitError("the result is damaged", why, MEASURE_AGAIN)
    try:
        return BenchmarkRun.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "the whole file"
        raise KitError("the result is damaged", f"{place}: {field}: {first['msg']}", MEASURE_AGAIN) from error


def is_foreign(text: str) -> bool:
    """Whether a text is JSON of something else than a run, as may lie among them; what is damaged may be one."""
    try:
        return not _is_run(json.loads(text))
    except (ValueError, RecursionError):
        return False


def _is_run(document: object) -> bool:
    """Whether a JSON document means to be a run; the app's own one of a single start isn't, though it has a schema too."""
    return isinstance(document, dict) and "schema" in document and "runs_ms" not in document


def _no_run(document: object, place: str) -> KitError:
    """The error for JSON of something else, by what it looks like."""
    what = "this is no run of invoke benchmark"
    ours = "give a file that invoke benchmark wrote under results/"
    if isinstance(document, dict) and "runs_ms" in document:
        return KitError(what, f"{place} is what the app wrote of a single start", ours)
    inside = document if isinstance(document, list) else []
    files = [str(one["file"]) for one in inside if _is_run(one) and "file" in one]
    if files:
        return KitError(what, f"{place} is what invoke benchmark --json printed", f"give the run's own file: {', '.join(files)}")
    return KitError(what, f"{place} is JSON of something else: there is no schema in it", ours)


def write_run(run: BenchmarkRun, path: Path) -> None:
    """Writes the file whole or not at all.

    Raises:
        KitError: it can't be written.
    """
    write_whole(path, run.model_dump_json(by_alias=True, indent=1) + "\n", "make the folder writable, then measure again")
