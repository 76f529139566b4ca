"""Runs models on the phone's own library and its GPU delegate, in a JVM of their own with limits on time and memory."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

from appspec.errors import KitError
from deploy.phone_library.jobs import LONGEST_S, Job, Ran, run_jobs
from deploy.phone_library.jvm import JvmLibrary
from deploy.toolchain.artifacts import gradle_dependencies
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent
from deploy.toolchain.downloads import fetch
from deploy.toolchain.jdk import Jdk, find_jdk
from deploy.toolchain.prefetch import TEMPLATE_VERIFICATION
from deploy.toolchain.process import child_environment

_SOURCE = Path(__file__).with_name("RunModels.java")
_CLASSES = ("tensorflow-lite", "tensorflow-lite-api", "tensorflow-lite-gpu", "tensorflow-lite-gpu-api")
_FLAGS = ("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-CreateCoredumpOnCrash", "-Djava.awt.headless=true")


def run_models(library: JvmLibrary, jobs: Sequence[Job], longest_s: float = LONGEST_S) -> list[Ran]:
    """Runs jobs one after the other.

    Raises:
        KitError: there is no JDK, a download fails, or the JVM does not start.
    """
    jdk = find_jdk()
    classpath = _classpath(jdk, silent)

    def command(jobs: Sequence[Job], answers: Sequence[Path], folder: Path) -> list[str]:
        lines = []
        for i, (job, answer) in enumerate(zip(jobs, answers, strict=True)):
            given = folder / f"{i}.in"
            given.write_bytes(b"".join(job.inputs))
            lines.append("\t".join((str(job.model.resolve()), job.processor, str(job.runs), str(given), str(answer))))
        (folder / "jobs").write_text("\n".join(lines), encoding="utf-8")
        return [
            str(jdk.java),
            *_FLAGS,
            f"-XX:ErrorFile={folder}/crash",
            *(f"-D{key}={value}" for key, value in library.properties.items()),
            *("-cp", os.pathsep.join(map(str, classpath)), "RunModels", str(folder / "jobs")),
        ]

    return run_jobs(library.name, jobs, command, child_environment(jdk, **library.environment), _read, longest_s)


_TAKEN = re.compile(
    r"Replacing (\d+) out of (\d+) node\(s\) with delegate \(TfLiteGpuDelegateV2\) node, yielding (\d+) partitions"
)
_SHADER = re.compile(r"No shader implementation for (\w+)")


def _read(text: str) -> Ran:
    found = _TAKEN.search(text)
    taken, nodes, partitions = map(int, found.groups()) if found else (0, 0, 0)
    failed = re.search(r"\x01failed (.*)", text)
    shader = _SHADER.search(text)
    error = f"{shader[0]} by OpenGL ES" if failed and shader else failed[1].strip() if failed else ""
    return Ran(error, taken, nodes, partitions)


def _classpath(jdk: Jdk, on_progress: OnProgress) -> list[Path]:
    """Google's Java classes, and our program."""
    artifacts = [one for one in gradle_dependencies(TEMPLATE_VERIFICATION) if one.name in _CLASSES and one.file.endswith(".aar")]
    packages = fetch(artifacts, on_progress)

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
