"""LiteRT's newest GPU delegate on this machine, by Vulkan in software (SwiftShader): models run there in a child with limits."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.phone_library.jobs import LONGEST_S, Job, Ran, run_jobs

VULKAN_PACKAGES = "chromium"
"""Debian's package with SwiftShader, a Vulkan in software."""

INSTALL_VULKAN = f"on Debian: sudo apt-get install --no-install-recommends {VULKAN_PACKAGES}"

_PROGRAM = Path(__file__).with_name("run_litert.py")
_ICD = "vk_swiftshader_icd.json"
_FOLDERS = (
    Path("/usr/lib/chromium"),
    Path("/usr/lib/chromium-browser"),
    Path("/opt/google/chrome"),
    Path("/usr/lib64/chromium-browser"),
)


def litert_name() -> str:
    """Which one, in words."""
    return f"LiteRT {importlib.metadata.version('ai-edge-litert')} and its GPU delegate by Vulkan (SwiftShader)"


def missing_vulkan_parts() -> str:
    """What this machine lacks for it, in words; empty where it can."""
    if sys.platform != "linux":
        return "Linux: LiteRT's package for desktops has a GPU delegate there alone"
    return "" if find_swiftshader() else f"SwiftShader ({_ICD})"


def find_swiftshader() -> Path | None:
    """The folder with SwiftShader's driver for Vulkan."""
    return next((folder for folder in _FOLDERS if (folder / _ICD).is_file()), None)


def run_litert(jobs: Sequence[Job], longest_s: float = LONGEST_S) -> list[Ran]:
    """Runs jobs one after the other; on `gpu`, what it does not take runs on the CPU.

    Raises:
        KitError: the child does not start.
    """
    folder = find_swiftshader()
    assert folder is not None
    icd = str(folder / _ICD)
    path = os.pathsep.join(filter(None, (str(folder), os.environ.get("LD_LIBRARY_PATH", ""))))
    environment = {**os.environ, "LD_LIBRARY_PATH": path, "VK_DRIVER_FILES": icd, "VK_ICD_FILENAMES": icd, "XDG_RUNTIME_DIR": "."}
    return run_jobs(litert_name(), jobs, _command, environment, _read, longest_s)


def _command(jobs: Sequence[Job], answers: Sequence[Path], folder: Path) -> list[str]:
    document = []
    for i, (job, answer) in enumerate(zip(jobs, answers, strict=True)):
        given = []
        for k, values in enumerate(job.inputs):
            given.append(str(folder / f"{i}-{k}.in"))
            Path(given[-1]).write_bytes(values)
        document.append(
            {
                "model": str(job.model.resolve()),
                "gpu": job.processor != "cpu",
                "inputs": given,
                "runs": job.runs,
                "input_names": job.input_names,
                "output_names": job.output_names,
                "answers": str(answer),
            }
        )
    (folder / "jobs.json").write_text(json.dumps(document), encoding="utf-8")
    return [sys.executable, str(_PROGRAM), str(folder / "jobs.json")]


_SPLIT = re.compile(r"(\d+|No) operations will run on the GPU, and (?:the remaining|all) (\d+) operations will run on the CPU")
_REFUSED = re.compile(
    r"Following operations are not supported by GPU delegate:\n(.*?)\n(?:\d+|No) operations will run", re.DOTALL
)


def _read(text: str) -> Ran:
    """A graph that is taken whole is not told of in numbers."""
    failed = re.search(r"\x01failed (.*)", text)
    split, refused = _SPLIT.search(text), _REFUSED.search(text)
    on_gpu = 0 if split is None or split[1] == "No" else int(split[1])
    nodes = on_gpu + int(split[2]) if split else 0
    refusals = tuple(line.strip() for line in refused[1].splitlines() if line.strip()) if refused else ()
    whole = -1 if split is None and "Initializing WebGPU-based API" in text else on_gpu
    return Ran(failed[1].strip() if failed else "", whole, nodes, 0, refusals)
