"""Executable files on the virtual phone print what benchmark tools of four generations print; statistics checked by numpy."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import numpy as np
import pytest

from deploy.virtual_phone import PhoneState
from deploy.virtual_phone.host_model import HostModel, ModelJob, ModelRun
from deploy.virtual_phone.session import Session
from deploy.virtual_phone.shell import collect, run_line
from deploy.virtual_phone.tool_text import Generation, Timed, profile_tables, stat_line
from tests.tflite_models import conv_chain

RUNS_MS = tuple(float(value) for value in np.random.default_rng(5).lognormal(1.0, 0.3, 50).round(3))
LINE = "cd /data/local/tmp; ./tool --graph=m.tflite --num_threads=4 --warmup_runs=1 --num_runs=50"
NUMBER = r"([\d.e+]+)"


class Played(HostModel):
    """Answers at once with made-up times."""

    async def run(self, model: bytes, job: ModelJob) -> ModelRun:
        memory = (2**20, 3 * 2**20, 6 * 2**20)
        return ModelRun("frame", None, 16.242, 9.0, (7.0, 8.0), RUNS_MS, (), (3, 3, 1), memory, 9 * 2**20, (("x", (1, 8, 8, 3)),))


def phone_with(generation: Generation | None = None, name: str = "tool") -> PhoneState:
    state = PhoneState(host_model=Played(), tool=generation)
    state.disk.write(f"/data/local/tmp/{name}", b"\x7fELF", 0o755)
    state.disk.write("/data/local/tmp/m.tflite", conv_chain(3))
    return state


@pytest.mark.parametrize("percentiles", [False, True])
def test_a_stat_line_has_the_numbers_of_its_times(percentiles: bool) -> None:
    times = [round(time * 1000) for time in RUNS_MS]
    line = stat_line(times, percentiles)
    values = {key: float(value) for key, value in re.findall(rf"(\w+)={NUMBER}", line)}
    assert (values["count"], values["first"], values["curr"]) == (50, times[0], times[-1])
    assert (values["min"], values["max"]) == (min(times), max(times))
    assert values["avg"] == pytest.approx(np.mean(times), rel=1e-5)
    assert values["std"] == int(np.std(times))
    if percentiles:
        assert values["median"] == np.percentile(times, 50, method="higher")
        assert values["p5"] <= values["median"] <= values["p95"]
    assert ("p95" in values) is percentiles


def test_big_averages_lose_their_digits_as_streams_do() -> None:
    assert stat_line([1_240_270, 1_240_274], False).endswith("avg=1.24027e+06 std=2")
    assert stat_line([7, 7], False) == "count=2 curr=7(all same)"
    assert stat_line([], False) == "count=0"


def test_todays_tool() -> None:
    answer = run_line(phone_with("2024"), f"{LINE} --report_peak_memory_footprint --unknown=3")
    lines = answer.out.decode().splitlines()
    assert answer.code == 0
    assert all(line.startswith(("INFO: ", "WARN: ")) or not line for line in lines)
    assert lines[:2] == ["INFO: STARTING!", "WARN: Unconsumed cmdline flags: --unknown=3"]
    assert "INFO: Num threads: [4]" in lines
    assert sum(re.match(r"INFO: count=\d+ .* p5=\d+ median=\d+ p95=\d+$", line) is not None for line in lines) == 2
    assert "INFO: Inference timings in us: Init: 16242, First inference: 9000, Warmup (avg): 8000, Inference (avg):" in "\n".join(
        lines
    )
    assert "INFO: Memory footprint delta from the start of the tool (MB): init=2 overall=5" in lines
    assert "INFO: Overall peak memory footprint (MB) via periodic monitoring: 9" in lines
    err = answer.err.decode()
    assert "VERBOSE: Replacing 3 out of 3 node(s) with delegate (TfLiteXNNPackDelegate) node, yielding 1 partitions for" in err


def test_tensorflow_2_4() -> None:
    text = run_line(phone_with("2021"), LINE).out.decode()
    assert text.startswith("STARTING!\n")
    assert re.search(r"^count=50 first=\d+ curr=\d+ min=\d+ max=\d+ avg=[\d.]+ std=\d+$", text, re.MULTILINE)
    assert re.search(r"^Peak memory footprint \(MB\): init=2 overall=5$", text, re.MULTILINE)
    assert re.search(r"^Applied XNNPACK delegate, and the model graph will be completely executed", text, re.MULTILINE)


def test_tensorflow_1_15() -> None:
    text = run_line(phone_with("2019"), f"{LINE} --enable_op_profiling=true").out.decode()
    assert re.search(rf"^Average inference timings in us: Warmup: 8000, Init: 16242, Inference: {NUMBER}$", text, re.MULTILINE)
    assert text.index("[start]") < text.index("Average inference timings")
    assert re.search(r"^Timings \(microseconds\): count=50 first=", text, re.MULTILINE)


def test_litert() -> None:
    state = phone_with(name="benchmark_litert_model")
    answer = run_line(state, LINE.replace("./tool", "./benchmark_litert_model"))
    err = answer.err.decode()
    assert "INFO: \n========== BENCHMARK RESULTS ==========\nINFO: Model initialization: 16.24 ms\n" in err
    assert f"INFO: Inference (avg):      {np.mean(RUNS_MS):.2f} ms (50 runs)" in err
    assert f"INFO: Inference (std):      {np.std(RUNS_MS):.2f}" in err
    assert "INFO: Overall footprint:    5.00 MB" in err


def test_its_words_stand_in_the_log_too() -> None:
    state = phone_with("2024")
    run_line(state, LINE)
    log = run_line(state, "logcat -d -s tflite").out.decode()
    assert re.search(r"I tflite  : count=50 first=", log)


def test_the_profile_adds_up() -> None:
    operations = [
        Timed("CONV_2D", "[a]:0", 300.0, 250.0),
        Timed("ADD", "[b]:1", 10.0, 50.0),
        Timed("CONV_2D", "[c]:2", 90.0, 100.0),
    ]
    lines = profile_tables(operations, [400, 410], start_column=False)
    rows = [line.split("\t") for line in lines if line.endswith(("[a]:0", "[b]:1", "[c]:2"))]
    assert [row[-1] for row in rows] == ["[a]:0", "[b]:1", "[c]:2", "[a]:0", "[c]:2", "[b]:1"]  # in order, then by time
    assert [row[3].strip() for row in rows[:3]] == ["0.250", "0.050", "0.100"]
    assert rows[2][5].strip() == "100.000%"
    kinds = {line.split("\t")[1].strip(): line.split("\t")[2:4] for line in lines if line.count("\t") == 7 and "[" not in line}
    assert [part.strip() for part in kinds["CONV_2D"]] == ["2", "0.350"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("./tool", "Please specify the name of your TF Lite input file with --graph"),
        ("./tool --graph=none", "Could not open '/data/local/tmp/none'."),
        ("./tool --graph=tool", "The model is not a valid Flatbuffer buffer"),
        ("./tool --graph=m.tflite --num_runs=many", "Failed to parse flag 'num_runs' against argv '--num_runs=many'"),
        ("./tool --graph=m.tflite --use_gpu=true", "Can not open OpenCL library on this device"),
        ("./tool --help", "--num_threads=-1"),
    ],
)
def test_what_goes_wrong_is_said_in_its_words(line: str, said: str) -> None:
    state = phone_with("2024")
    state.speed = type(state.speed)(gpu=None)
    answer = run_line(state, f"cd /data/local/tmp; {line}")
    assert answer.code == 1
    assert said in answer.err.decode()
    assert answer.err.endswith(b"ERROR: Benchmarking failed.\n")


def test_it_can_be_killed() -> None:
    state = phone_with("2024")

    class Slow(HostModel):
        async def run(self, model: bytes, job: ModelJob) -> ModelRun:
            await asyncio.sleep(60)
            return ModelRun()

    state.host_model = Slow()

    async def work() -> int:
        running = asyncio.create_task(collect(Session(state), LINE))
        while "tool" not in state.tasks:
            await asyncio.sleep(0.01)
        assert (await collect(Session(state), "kill -9 $(pidof tool)")).code == 0
        return (await running).code

    assert asyncio.run(work()) == 137
    assert state.processes == {}


def test_a_real_run_fills_a_real_output(tmp_path: Path) -> None:
    state = phone_with("2024")
    state.host_model = HostModel()
    text = run_line(
        state, "/data/local/tmp/tool --graph=/data/local/tmp/m.tflite --num_runs=5 --min_secs=0 --warmup_min_secs=0"
    ).out.decode()
    found = re.search(r"INFO: Inference timings in us: Init: (\d+), First inference: (\d+)", text)
    assert found is not None
    assert int(found.group(1)) > 0
