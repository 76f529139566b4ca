"""Runs models on the phone's own library and its GPU delegate, in a JVM of their own with limits on time and memory."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from appspec.errors import KitError
from deploy.phone_library.jvm import JvmLibrary
from deploy.toolchain.artifacts import gradle_dependencies
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent
from deploy.toolchain.downloads import fetch
from deploy.toolchain.jdk import find_jdk
from deploy.toolchain.prefetch import TEMPLATE_VERIFICATION
from deploy.toolchain.process import child_environment

Processor = Literal["cpu", "gpu", "gpu_16"]
"""`gpu` computes in 32 bits, `gpu_16` in 16 where it may, as phones do unless told otherwise."""

LONGEST_S = 120.0
MOST_MEMORY_KB = 12 * 2**20
"""Of address space: a JVM and a software renderer set much aside that they never use."""

_SOURCE = Path(__file__).with_name("RunModels.java")
_CLASSES = ("tensorflow-lite", "tensorflow-lite-api", "tensorflow-lite-gpu", "tensorflow-lite-gpu-api")
_FLAGS = ("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-CreateCoredumpOnCrash", "-Djava.awt.headless=true")


@dataclass(frozen=True)
class Job:
    """One model on one processor.

    Attributes:
        inputs: of all inputs in a row.
    """

    model: Path
    processor: Processor
    inputs: bytes


@dataclass(frozen=True)
class Ran:
    """How a job went.

    Attributes:
        error: why there are no outputs, in the library's words; empty where there are.
        taken, nodes, partitions: how much of the graph the GPU delegate runs; 0 where it says nothing.
        outputs: raw values of each.
    """

    error: str
    taken: int = 0
    nodes: int = 0
    partitions: int = 0
    outputs: tuple[bytes, ...] = field(default=(), repr=False)
    log: str = field(default="", repr=False)


def run_models(library: JvmLibrary, jobs: Sequence[Job], longest_s: float = LONGEST_S) -> list[Ran]:
    """Runs jobs one after the other; one that crashes the JVM is told, and the rest go on in another.

    Raises:
        KitError: there is no JDK, or a download fails.
    """
    results: list[Ran] = []
    while len(results) < len(jobs):
        results += _run_until_crash(library, jobs[len(results) :], longest_s)
    return results


def _run_until_crash(library: JvmLibrary, jobs: Sequence[Job], longest_s: float) -> list[Ran]:
    jdk = find_jdk()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = []
        for i, job in enumerate(jobs):
            given, answers = folder / f"{i}.in", folder / f"{i}.out"
            given.write_bytes(job.inputs)
            answers.mkdir()
            lines.append("\t".join((str(job.model.resolve()), job.processor, str(given), str(answers))))
        (folder / "jobs").write_text("\n".join(lines), encoding="utf-8")
        command = [
            *("sh", "-c", 'ulimit -v "$0"; exec "$@"', str(MOST_MEMORY_KB)),
            str(jdk.java),
            *_FLAGS,
            f"-XX:ErrorFile={folder}/crash",
            *(f"-D{key}={value}" for key, value in library.properties.items()),
            *("-cp", os.pathsep.join(map(str, _classpath(silent))), "RunModels", str(folder / "jobs")),
        ]
        environment = child_environment(jdk, **library.environment)
        try:
            done = subprocess.run(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                timeout=longest_s,
                check=False,
                cwd=folder,
            )
            output, ended = done.stdout, _ending(done.returncode)
        except subprocess.TimeoutExpired as error:
            output, ended = error.stdout or b"", f"it did not end within {longest_s:.0f} s"
        texts = output.decode("utf-8", "replace").split("\x01job ")[1:]
        if not texts:
            raise KitError(f"can't run {library.name}", ended or "it said nothing", "look at `invoke doctor`")
        return [_read(text, folder / f"{i}.out", ended) for i, text in enumerate(texts)]


def _ending(code: int) -> str:
    if code < 0 or code in (128 + signal.SIGABRT, 128 + signal.SIGSEGV):
        number = -code if code < 0 else code - 128
        return f"it crashed ({signal.Signals(number).name})"
    return f"it ended with exit code {code}" if code else ""


_TAKEN = re.compile(
    r"Replacing (\d+) out of (\d+) node\(s\) with delegate \(TfLiteGpuDelegateV2\) node, yielding (\d+) partitions"
)
_SHADER = re.compile(r"No shader implementation for (\w+)")


def _read(text: str, answers: Path, ended: str) -> Ran:
    found = _TAKEN.search(text)
    taken, nodes, partitions = map(int, found.groups()) if found else (0, 0, 0)
    failed = re.search(r"\x01failed (.*)", text)
    if "\x01done" in text:
        outputs = tuple(path.read_bytes() for path in sorted(answers.iterdir(), key=lambda path: int(path.stem)))
        return Ran("", taken, nodes, partitions, outputs, text)
    error = failed[1].strip() if failed else ended or "it ended without a word"
    shader = _SHADER.search(error)
    return Ran(f"{shader[0]} by OpenGL ES" if shader else error, taken, nodes, partitions, (), text)


def _classpath(on_progress: OnProgress) -> list[Path]:
    """Google's Java classes, and our program."""
    artifacts = [one for one in gradle_dependencies(TEMPLATE_VERIFICATION) if one.name in _CLASSES and one.file.endswith(".aar")]
    packages = [package for package in fetch(artifacts, on_progress) if package.suffix == ".aar"]
    jdk = find_jdk()

    def make(folder: Path) -> None:
        jars = []
        for package in packages:
            with zipfile.ZipFile(package) as archive:
                jars.append(folder / f"{package.stem}.jar")
                jars[-1].write_bytes(archive.read("classes.jar"))
        command = [str(jdk.javac), "--release", "17", "-cp", os.pathsep.join(map(str, jars)), "-d", str(folder), str(_SOURCE)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise KitError("can't compile the program that runs models", done.stderr.strip()[-400:], "use another JDK 17 to 23")

    folder = assembled(cache_dir() / "phone_library" / f"run_models-{content_key(_SOURCE, *packages)}", make, on_progress)
    return [folder, *sorted(folder.glob("*.jar"))]
