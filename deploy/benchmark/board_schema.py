"""The schema of LiteRT's board.json.

Source: google-ai-edge/litert-samples, benchmark/driver/{collect,build_board}.py and benchmark/leaderboard/index.html.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Part(BaseModel):
    """Keys that other tools add are kept."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Latency(_Part):
    """Milliseconds."""

    median: Amount | None
    avg: Amount | None
    p5: Amount | None
    p95: Amount | None
    min: Amount | None
    max: Amount | None
    stddev: Amount | None
    init: Amount | None
    first_inference: Amount | None
    warm_up_avg: Amount | None


class Footprint(_Part):
    """Mebibytes."""

    init_footprint: Amount | None
    overall_footprint: Amount | None


class BoardRow(_Part):
    """One measurement."""

    row_id: str
    model: str
    file: str
    task: str
    model_size_mb: Amount | None
    platform: str
    device_id: str
    device: str
    os: str | None
    accelerator: str
    delegate: str | None
    nodes_delegated: int | None
    nodes_total: int | None
    partitions: int | None
    latency_ms: Latency
    memory_mb: Footprint
    runs: int | None
    warmup_runs: int | None
    throughput_mb_s: Amount | None
    source: str
    runtime: str
    runtime_version: str
    binary: str | None
    runner: str
    session: str
    job: str
    status: str
    date: str


class BoardPlatform(_Part):
    """`rows`: how many there are."""

    id: str
    name: str
    rows: int


class BoardDevice(_Part):
    """A device that has rows."""

    id: str
    name: str
    platform: str


class Board(_Part):
    """The whole file."""

    generated_at: str
    runtime: str
    runtime_versions: list[str]
    row_count: int
    models: list[str]
    platforms: list[BoardPlatform]
    devices: list[BoardDevice]
    rows: list[BoardRow]
