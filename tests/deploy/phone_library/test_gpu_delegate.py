"""The app's own runner and tuner in a JVM, with the GPU delegate that ships: what it takes, answers, refuses and survives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from codegen import generate, template_folder
from deploy.jvm.compile import FRAME_SOURCES, MODEL_SOURCES, compile_for_jvm
from deploy.jvm.junit import run_junit
from deploy.jvm.libraries import model_libraries
from deploy.phone_library.jvm import JvmLibrary, by_opencl, jvm_library
from deploy.toolchain.toolchain import prepare_toolchain
from tests.deploy.phone_library import dense_models, network_models
from tests.deploy.phone_library.required import gpu_here, opencl_here
from tests.golden.rewrite import classify_contract, example_contracts, example_spec, heatmap_contract
from tests.overlays import add_kind
from tests.parity.writer import CaseWriter

KOTLIN = Path(__file__).parent / "kotlin"
CASES = Path(__file__).parents[2] / "parity" / "kotlin"
"""`Case` reads there what Python writes."""

WITHOUT_SHADER = ("regress", "classify")
"""Networks with a maximum over a whole map: the delegate takes it, and its part for OpenGL then finds no shader; OpenCL has one."""

pytestmark = gpu_here


@dataclass(frozen=True)
class OnGpu:
    """How a model did on a GPU.

    Attributes:
        difference: from the CPU's answer, as a share of its range; or what is said in its place.
        taken, nodes, partitions: how much of the graph the delegate runs.
    """

    difference: float | str
    taken: int
    nodes: int
    partitions: int


Run = tuple[list[str], dict[tuple[str, str], OnGpu]]
"""What failed, and how each model did by name and processor."""


@dataclass(frozen=True)
class Compiled:
    """The tests in Kotlin and their cases, ready to run."""

    folder: Path
    classpath: list[Path]

    def run(self, test: str, report: str, library: JvmLibrary) -> Run:
        cases, phone_log = self.folder / "cases", self.folder / f"{test}.phone.log"
        phone_log.touch()
        failed = run_junit(
            prepare_toolchain().jdk,
            self.classpath,
            [f"io.apkiln.app.library.{test}"],
            {"apkiln.cases": str(cases)},
            self.folder,
            self.folder / f"{test}.log",
            library=library,
            environment={"APKILN_PHONE_LOG": str(phone_log)},
        )
        rows = [line.split("\t") for line in (cases / report).read_text(encoding="utf-8").splitlines()]
        found = {(name, key): OnGpu(_number(difference), *map(int, nodes)) for name, key, difference, *nodes in rows}
        print(*(f"{name} on {key}: {how}" for (name, key), how in found.items()), sep="\n")
        return failed, found


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("gpu")
    project, files, cases = folder / "android", folder / "models", folder / "cases"
    for made in (project, files, cases):
        made.mkdir()
    _write_models(files, CaseWriter(cases, "model"))
    generate(example_spec(), [*example_contracts(), heatmap_contract(), classify_contract()], template_folder(), project, {})
    for kind in ("window", "detect", "mask", "raw"):  # what the parity tests' sources name
        add_kind(project, kind)
    sources, log = [MODEL_SOURCES, FRAME_SOURCES, CASES, KOTLIN], folder / "gradle.log"
    return Compiled(folder, compile_for_jvm(project, sources, model_libraries(), prepare_toolchain(), log))


@pytest.fixture(scope="module")
def run(compiled: Compiled) -> Run:
    """What failed by OpenGL ES, and how each model did by name and processor."""
    return compiled.run("GpuDelegateTest", "gpu.tsv", jvm_library("tensorflow-lite"))


@pytest.fixture(scope="module")
def opencl_run(compiled: Compiled) -> Run:
    """The same by OpenCL."""
    return compiled.run("OpenClDelegateTest", "opencl.tsv", by_opencl(jvm_library("tensorflow-lite")))


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _write_models(folder: Path, writer: CaseWriter) -> None:
    for name, variant, path, contract in network_models.models(folder):
        writer.write(
            name, {"name": f"{name}-{variant}", "model": path}, {"input": network_models.example_input(contract)}, contract
        )
    points = example_contracts()[1]
    for name, path in (
        ("partial", network_models.half_reversed(folder)),
        ("vanishing", network_models.vanishing(folder)),
        ("refused", dense_models.write(folder, dynamic=True)),
    ):
        contract = network_models.as_the_file_says(points, path)
        writer.write(name, {"name": name, "model": path}, {"input": network_models.example_input(contract)}, contract)


def test_it_starts_answers_and_closes_in_the_apps_order(run: Run) -> None:
    failed, _ = run
    assert failed == []


def test_float_models_agree_with_the_cpu_to_the_last_digits(run: Run) -> None:
    _, found = run
    for kind in network_models.networks():
        for variant in ("float32", "float16"):
            for processor, most in (("gpu_32", 1e-4), ("gpu", 0.05)):
                how = found[f"{kind}-{variant}", processor]
                assert (how.taken, how.partitions) == (how.nodes, 1), kind
                if kind in WITHOUT_SHADER:
                    assert "No shader implementation for reduce_maximum" in str(how.difference)
                else:
                    assert isinstance(how.difference, float)
                    assert how.difference <= most, (kind, variant, processor)


def test_quantized_models_are_taken_whole(run: Run) -> None:
    """How far such models are from the CPU depends on what they learnt: only steady networks are asked."""
    _, found = run
    for (name, processor), how in found.items():
        if "-dynamic" in name or "-int8" in name:
            assert how.taken == how.nodes, name
            if name.startswith(("heatmap", "window")):
                assert isinstance(how.difference, float)
                assert how.difference <= 0.05, (name, processor)


def test_a_model_is_taken_in_part(run: Run) -> None:
    _, found = run
    how = found["partial", "gpu_32"]
    assert (how.taken, how.nodes, how.partitions) == (1, 3, 2)
    assert isinstance(how.difference, float)
    assert how.difference <= 1e-4


@pytest.mark.parametrize("processor", ["gpu", "gpu_32"])
def test_a_file_that_is_refused_is_refused_in_words(run: Run, processor: str) -> None:
    _, found = run
    assert "Didn't find op for builtin opcode 'FULLY_CONNECTED' version '12'" in str(found["refused", processor].difference)


@opencl_here
def test_by_opencl_every_network_runs_whole_and_agrees(opencl_run: Run) -> None:
    failed, found = opencl_run
    assert failed == []
    for kind in network_models.networks():
        how = found[f"{kind}-float32", "gpu_32"]
        assert (how.taken, how.partitions) == (how.nodes, 1), kind
        assert isinstance(how.difference, float)
        assert how.difference <= 1e-4, kind
