"""What benchmark tools print is read as it is meant, in every generation, and never half."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appspec.benchmark_run import Printed
from deploy.benchmark.tool_output import ToolOutput, read_output
from deploy.benchmark.tool_result import Generation, ToolResult
from tests.deploy.benchmark import tool_writer as writer
from tests.deploy.benchmark.tool_writer import Told

OPERATIONS = (
    ("CONV_2D", "[MobilenetV1/Conv2d_0/Relu6]:0", 60957),
    ("DEPTHWISE_CONV_2D", "[MobilenetV1/Conv2d_1_depthwise/Relu6]:1", 19043),
    ("SOFTMAX", "[Softmax]:2", 20000),
)
TOLD = Told(warmup=[91810, 85097, 84834], runs=[118810, 114219, 88216, 129193, 124872])
WRITERS: dict[str, Callable[[Told], str]] = {
    "1.9": writer.average,
    "2.3": lambda told: writer.timings(told, memory="peak", severity=False),
    "2.5": writer.timings,
    "2.18": lambda told: writer.timings(told, percentiles=True),
    "litert": writer.litert,
}
GENERATION: dict[str, Generation] = {"1.9": "average", "2.3": "timings", "2.5": "timings", "2.18": "timings", "litert": "litert"}
generations = pytest.mark.parametrize("version", list(WRITERS))


def told_times(us: list[int], percentiles: tuple[float | None, ...]) -> Printed:
    """What the numbers are, from the raw times themselves."""
    p5_ms, median_ms, p95_ms = percentiles
    return Printed(
        count=len(us),
        first_ms=us[0] / 1000,
        min_ms=min(us) / 1000,
        p5_ms=p5_ms,
        median_ms=median_ms,
        p95_ms=p95_ms,
        max_ms=max(us) / 1000,
        mean_ms=statistics.fmean(us) / 1000,  # a whole number of microseconds here: nothing is lost
        std_ms=int(statistics.pstdev(us)) / 1000,
        rounded=False,
    )


def result_of(text: str) -> ToolResult:
    result = read_output(text).result
    assert result is not None
    return result


def printed_of(text: str) -> Printed:
    printed = result_of(text).printed
    assert printed is not None
    return printed


@generations
def test_every_generation_tells_the_measured_runs_and_not_the_warm_up(version: str) -> None:
    read = read_output(WRITERS[version](TOLD))
    assert read.failure is None
    assert read.result == ToolResult(
        generation=GENERATION[version],
        init_ms=4.452,
        first_ms=91.810,
        warmup_ms=(),
        printed=told_times(list(TOLD.runs), (88.216, 118.810, 129.193) if version in ("2.18", "litert") else (None,) * 3),
    )


@generations
@pytest.mark.parametrize("style", ["threadtime", "year", "brief", "time"])
def test_logcats_prefix_changes_nothing(version: str, style: str) -> None:
    told = replace(TOLD, operations=OPERATIONS)
    text = WRITERS[version](told)
    assert read_output(writer.logcat(text, style=style)) == read_output(text)


def test_another_process_in_logcat_is_not_the_tool() -> None:
    mine, other = (writer.logcat(writer.timings(replace(TOLD, init=init)), pid=pid) for init, pid in ((4452, 22838), (9999, 100)))
    mixed = "".join(f"{a}\n{b}\n" for a, b in zip(other.splitlines(), mine.splitlines(), strict=True))
    assert read_output(mixed) == read_output(writer.timings(TOLD))


@generations
def test_of_two_runs_in_one_text_the_last_counts(version: str) -> None:
    text = WRITERS[version](replace(TOLD, runs=[1, 2, 3])) + WRITERS[version](TOLD)
    assert read_output(text) == read_output(WRITERS[version](TOLD))


def test_a_rounded_mean_keeps_its_digits_and_is_marked() -> None:
    # count=2 … avg=1.24027e+06: (1240262 + 1240284) / 2 = 1240273.
    printed = printed_of(writer.timings(replace(TOLD, runs=[1240262, 1240284])))
    assert (printed.mean_ms, printed.min_ms, printed.rounded) == (1240.27, 1240.262, True)
    exact = printed_of(writer.timings(replace(TOLD, runs=[124026, 124028])))
    assert (exact.mean_ms, exact.rounded) == (124.027, False)


def test_liters_own_table_alone_is_rounded_and_has_its_percentiles() -> None:
    read = read_output(writer.litert_python([0.944, 0.951, 0.961], 5.761, [2.118, 0.951]))
    assert read.result is not None
    assert (read.result.generation, read.result.init_ms, read.result.first_ms) == ("litert", 5.76, 2.12)
    assert read.result.printed == Printed(
        count=3, first_ms=None, min_ms=0.94, p5_ms=0.94, median_ms=0.95, p95_ms=0.96, max_ms=0.96, mean_ms=0.95, std_ms=0.01,
        rounded=True,
    )  # fmt: skip


def test_what_litert_prints_as_no_time_at_all_is_its_finer_statistics_or_unknown() -> None:
    text = writer.litert(Told(warmup=[9, 3], runs=[2, 3, 4]))
    assert "Inference (avg):      0.00 ms (3 runs)" in text
    assert (printed_of(text).mean_ms, printed_of(text).min_ms) == (0.003, 0.002)
    table_alone = "".join(line + "\n" for line in text.splitlines() if "count=" not in line)
    printed = printed_of(table_alone)
    assert (printed.count, printed.mean_ms, printed.min_ms, printed.max_ms, printed.rounded) == (3, None, None, None, True)


@generations
def test_the_profilers_own_count_is_not_the_result(version: str) -> None:
    told = replace(TOLD, operations=OPERATIONS)
    text = WRITERS[version](told)
    assert "Timings (microseconds): count=5 first=237620" in text  # twice the result, to be told apart
    read, without = read_output(text), read_output(WRITERS[version](TOLD))
    assert replace(read, operations=()) == without
    assert [(one.type, one.name, one.ms, round(one.share, 5)) for one in read.operations] == [
        ("CONV_2D", "MobilenetV1/Conv2d_0/Relu6", 60.957, 0.60957),
        ("DEPTHWISE_CONV_2D", "MobilenetV1/Conv2d_1_depthwise/Relu6", 19.043, 0.19043),
        ("SOFTMAX", "Softmax", 20.0, 0.2),
    ]


def test_the_operations_inside_of_a_delegate_stand_in_its_place() -> None:
    graph = writer.profile(replace(TOLD, operations=[("TfLiteXNNPackDelegate", "[out]:3", 8000), ("SOFTMAX", "[out]:2", 2000)]))
    inside = writer.profile(
        replace(TOLD, operations=[("Convolution (NHWC, F32) IGEMM", "Delegate/Convolution (NHWC, F32) IGEMM:0", 8000)])
    )
    text = writer.timings(TOLD) + "\n".join(
        ["INFO: Operator-wise Profiling Info for Regular Benchmark Runs:", *graph, "Delegate internal: ", *inside, ""]
    )
    assert [(one.type, one.ms, one.share) for one in read_output(text).operations] == [
        ("SOFTMAX", 2.0, 0.2),
        ("Convolution (NHWC, F32) IGEMM", 8.0, 0.8),
    ]


def test_equal_times_have_no_spread_and_one_warm_up_run_is_known() -> None:
    text = writer.timings(Told(warmup=[7], runs=[5, 5, 5]))
    printed = printed_of(text)
    assert (printed.count, printed.min_ms, printed.max_ms, printed.std_ms) == (3, 0.005, 0.005, 0.0)
    assert result_of(text).warmup_ms == (0.007,)
    assert result_of(writer.timings(TOLD)).warmup_ms == ()


@pytest.mark.parametrize("version", ["2.5", "2.18", "litert"])
def test_no_inference_is_no_zero(version: str) -> None:
    read = read_output(WRITERS[version](Told(warmup=[], runs=[])))
    assert read.result is None
    assert read.failure is not None
    assert read.failure.type == "NoRuns"


def test_without_a_warm_up_there_is_no_first_inference() -> None:
    assert result_of(writer.timings(replace(TOLD, warmup=[]))).first_ms is None


@pytest.mark.parametrize(("version", "peak"), [("1.9", None), ("2.3", 138.809), ("2.5", 46.0859), ("litert", 11.51)])
def test_memory_is_in_mebibytes_or_unknown(version: str, peak: float | None) -> None:
    read = read_output(WRITERS[version](TOLD))
    assert read.peak_bytes == (None if peak is None else round(peak * 2**20))


def test_monitored_peak_goes_before_growth() -> None:
    text = writer.timings(TOLD) + "INFO: Overall peak memory footprint (MB) via periodic monitoring: 93.2383\n"
    assert read_output(text).peak_bytes == round(93.2383 * 2**20)


def test_delegates_tell_their_nodes_and_how_much_they_run() -> None:
    before = [
        "VERBOSE: Replacing 49 out of 52 node(s) with delegate (TfLiteGpuDelegateV2) node, yielding 3 partitions for subgraph 0 (main).",
        "Explicitly applied GPU delegate, and the model graph will be partially executed by the delegate w/ 2 delegate kernels.",
        "VERBOSE: Replacing 3 out of 5 node(s) with delegate (TfLiteXNNPackDelegate) node, yielding 2 partitions for the whole graph.",
        "Though NNAPI delegate is explicitly applied, the model graph will not be executed by the delegate.",
        "Explicitly applied XNNPACK delegate, and the model graph will be completely executed w/ the delegate.",
    ]
    read = read_output(writer.timings(replace(TOLD, before=before), severity=False))
    assert [(one.delegate, one.nodes, one.total, one.partitions) for one in read.replaced] == [
        ("TfLiteGpuDelegateV2", 49, 52, 3),
        ("TfLiteXNNPackDelegate", 3, 5, 2),
    ]
    assert [(one.delegate, one.share) for one in read.applied] == [("GPU", "part"), ("NNAPI", "none"), ("XNNPACK", "all")]
    assert read.model_mb == 1.01603


def test_flags_that_the_tool_does_not_know_are_told() -> None:
    before = ["WARN: Unconsumed cmdline flags: --use_xyz=true --gpu_backend=cl"]
    read = read_output(writer.timings(replace(TOLD, before=before), severity=False))
    assert (read.failure, read.unknown_flags) == (None, ("--use_xyz=true", "--gpu_backend=cl"))


FAILURES = [
    (["ERROR: Failed to load model /data/local/tmp/x.tflite"], 1, "model", "ModelNotRead", "Failed to load model /data/local/tmp/x.tflite"),
    (["ERROR: Could not open '/data/local/tmp/x.tflite'."], 1, "model", "ModelNotRead", "Could not open '/data/local/tmp/x.tflite'."),
    (["ERROR: The model is not a valid Flatbuffer buffer"], 1, "model", "ModelNotRead", "The model is not a valid Flatbuffer buffer"),
    (
        ["ERROR: Didn't find op for builtin opcode 'CONV_2D' version '6'", "ERROR: Registration failed.", "FATAL: Failed to construct interpreter"],
        134, "init", "OperationUnknown", "Didn't find op for builtin opcode 'CONV_2D' version '6'",
    ),
    (
        ["ERROR: Following operations are not supported by GPU delegate:", "RESHAPE: Tensor dimensions must be less than 5.",
         "4 operations will run on the GPU, and the remaining 1 operations will run on the CPU.", "ERROR: Failed to apply GPU delegate."],
        1, "init", "DelegateRefused", "Failed to apply GPU delegate.",
    ),
    (
        ["ERROR: Following operations are not supported by GPU delegate:", "RESHAPE: Tensor dimensions must be less than 5."],
        1, "init", "DelegateRefused",
        "Following operations are not supported by GPU delegate: RESHAPE: Tensor dimensions must be less than 5.",
    ),
    (["ERROR: Disallowed CPU fallback detected."], 1, "init", "DelegateRefused", "Disallowed CPU fallback detected."),
    (["ERROR: Node number 57 (BATCH_MATMUL) failed to prepare."], 1, "init", "NotPrepared", "Node number 57 (BATCH_MATMUL) failed to prepare."),
    (["ERROR: Run failed: no memory"], 1, "run", "RunFailed", "Run failed: no memory"),
    (["ERROR: Failed to parse flag 'num_threads' against argv '--num_threads=x'"], 1, "request", "FlagNotUnderstood",
     "Failed to parse flag 'num_threads' against argv '--num_threads=x'"),
    (["unknown flag: --graph"], 2, "request", "FlagNotUnderstood", "unknown flag: --graph"),
    (["ERROR: Something else"], 1, "init", "ToolFailed", "Something else"),
    ([], 139, "process", "Crashed", "the tool was ended by the phone: segmentation fault"),
    ([], 1, "init", "ToolFailed", "Benchmarking failed."),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "code", "stage", "kind", "message"), FAILURES)
def test_what_went_wrong_is_told_with_its_stage(lines: list[str], code: int, stage: str, kind: str, message: str) -> None:
    end = ["ERROR: Benchmarking failed."] if code == 1 else []
    text = "".join(f"{line}\n" for line in ["INFO: STARTING!", "INFO: Graph: [x]", *lines, *end])
    read = read_output(text, code)
    assert read.failure is not None
    assert (read.failure.stage, read.failure.type, read.failure.message) == (stage, kind, message)
    assert read.result is None


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ('CANNOT LINK EXECUTABLE "./tool": library "libLiteRt.so" not found: needed by main executable\n', 1, "CannotStart"),
        ("/system/bin/sh: ./tool: not executable: 64-bit ELF file\n", 126, "CannotStart"),
        ("/system/bin/sh: ./tool: No such file or directory\n", 127, "NoSuchFile"),
        ("/system/bin/sh: ./tool: can't execute: Permission denied\n", 126, "NotAllowed"),
        ("", 0, "NoResult"),
        ("hello world\n", 0, "NoResult"),
    ],
)
def test_a_tool_that_never_began_is_told(text: str, code: int, kind: str) -> None:
    failure = read_output(text, code).failure
    assert failure is not None
    assert failure.type == kind


@generations
def test_a_failing_exit_code_takes_the_result_away(version: str) -> None:
    read = read_output(WRITERS[version](TOLD), 139)
    assert read.result is None


@generations
@pytest.mark.parametrize("operations", [(), OPERATIONS])
def test_a_cut_text_is_told_or_says_what_the_whole_one_says(version: str, operations: tuple[tuple[str, str, int], ...]) -> None:
    text = WRITERS[version](replace(TOLD, operations=operations))
    full = read_output(text)
    assert len(full.operations) == len(operations)
    ends = set()
    for end in range(len(text)):
        read = read_output(text[:end])
        ends |= {text[:end].rstrip()} if read.result is not None else set()
        assert agrees(read, full), text[:end][-200:]
    # What can't be told: the text ends between the result and the memory's lines, or before a profile that follows.
    assert len(ends - {text.rstrip()}) <= 2


def agrees(read: ToolOutput, full: ToolOutput) -> bool:
    """Not whole and then nothing of it told; or the same, what comes later apart."""
    if read.result is None:
        return read.peak_bytes is None and not read.operations and read.failure is not None
    return (
        read.result == full.result
        and read.failure is None
        and read.peak_bytes in (None, full.peak_bytes)
        and read.operations in ((), full.operations)
    )


times = st.lists(st.integers(1, 10**9), min_size=1, max_size=60)


@given(
    runs=times, warmup=times, init=st.integers(0, 10**9), version=st.sampled_from(list(WRITERS)), code=st.sampled_from([0, None])
)
def test_any_times_are_read_back(runs: list[int], warmup: list[int], init: int, version: str, code: int | None) -> None:
    read = read_output(WRITERS[version](Told(warmup=warmup, runs=runs, init=init)), code)
    printed = read.result.printed if read.result is not None else None
    assert printed is not None
    assert read.result is not None
    assert (printed.count, printed.min_ms, printed.max_ms) == (len(runs), min(runs) / 1000, max(runs) / 1000)
    assert printed.mean_ms == pytest.approx(statistics.fmean(runs) / 1000, rel=1e-5)
    assert printed.rounded == (statistics.fmean(runs) >= 999999.5 and min(runs) != max(runs))
    assert read.result.init_ms == pytest.approx(init / 1000, rel=1e-5, abs=0.0051)


PIECES = ["count=", "avg=", "nan", "1e999", "-5", "Inference timings in us: Init: ", "BENCHMARK RESULTS", "=====", "\n", "I tflite : ",
          "Inference (avg):  ", " ms", "Replacing ", " out of ", "node(s) with delegate (", "Timings (microseconds): ", "\t", "%", "٣", "\x00"]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=40).map("".join), st.integers(-1, 255))
def test_anything_at_all_is_read_without_a_crash(text: str, code: int) -> None:
    read = read_output(text, code)
    assert (read.result is not None) == (read.failure is None)


@given(st.data())
def test_a_damaged_text_never_crashes(data: st.DataObject) -> None:
    text = WRITERS[data.draw(st.sampled_from(list(WRITERS)))](replace(TOLD, operations=OPERATIONS))
    at = data.draw(st.integers(0, len(text)))
    read = read_output(text[:at] + data.draw(st.text(max_size=20)) + text[at + data.draw(st.integers(0, 30)) :])
    assert (read.result is not None) == (read.failure is None)
