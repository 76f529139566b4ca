"""One function in a child process with limits: a foreign model that takes TensorFlow down doesn't take the kit down.

The child is `python -m pymodel.isolated FOLDER`; what goes in and comes out are JSON files in that folder.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from appspec.errors import KitError
from appspec.stages import ROOT

TIMEOUT_S = 1800.0
LEAST_MEMORY = 8 << 30
"""Bytes of address space that a child may have on a small machine; TensorFlow reserves more than it uses."""

Job = Mapping[str, Any]


def run_isolated(
    function: str,
    job: Job,
    log: Path,
    what: str,
    on_step: Callable[[str], None] | None = None,
    packages: Path | None = None,
    timeout_s: float = TIMEOUT_S,
) -> dict[str, Any]:
    """What `function` makes of `job` in a child process.

    Args:
        function: `module:name` of one that takes and gives a dictionary that JSON can hold.
        log: gets all that the child prints, added to its end.
        what: of an error, as "Can't convert M.pb".
        on_step: hears what the child does now, see `step`.
        packages: a folder of Python packages that go before the environment's own.

    Raises:
        KitError: the child's own, or of its crash, its time or its memory.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="apkiln-") as name:
        folder = Path(name)
        (folder / "job.json").write_text(json.dumps({"function": function, "job": dict(job)}), encoding="utf-8")
        with log.open("ab") as output:
            code = _wait(_start(folder, output, packages), folder, on_step, timeout_s)
        return _result(folder, code, log, what, timeout_s)


def step(line: str) -> None:
    """Called in a child: what it does now, in a few words."""
    folder = os.environ.get(_FOLDER)
    if folder:
        unfinished = Path(folder, ".step")
        unfinished.write_text(line, encoding="utf-8")
        unfinished.replace(Path(folder, "step"))


_FOLDER = "APKILN_ISOLATED"


def _start(folder: Path, output: IO[bytes], packages: Path | None) -> subprocess.Popen[bytes]:
    paths = [str(path) for path in (packages, ROOT) if path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(
        [sys.executable, "-m", "pymodel.isolated", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=environment,
        start_new_session=True,
    )


def _wait(child: subprocess.Popen[bytes], folder: Path, on_step: Callable[[str], None] | None, timeout_s: float) -> int | None:
    """The child's exit code; None: it took too long and was ended."""
    end, told = time.monotonic() + timeout_s, ""
    try:
        while time.monotonic() < end:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return child.wait(0.1)
            said = _read(folder / "step")
            if on_step and said != told:
                told = said
                on_step(said)
        return None
    finally:
        if child.poll() is None:
            _kill(child)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Ends the child and what it started."""
    if sys.platform == "win32":
        child.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _result(folder: Path, code: int | None, log: Path, what: str, timeout_s: float) -> dict[str, Any]:
    said = _read(folder / "step")
    during = f" while {said}" if said else ""
    if code is None:
        raise KitError(what, f"it took longer than {timeout_s:.0f} s{during}", f"{log} has the log; try a smaller model")
    answer = _read(folder / "answer.json")
    if not answer:
        cause = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        fix = f"the file may be damaged, or too large for this machine's memory; {log} has the last words"
        raise KitError(what, f"the process that worked on it crashed{during} ({cause})", fix)
    document: dict[str, Any] = json.loads(answer)
    if "error" in document:
        raise KitError(*document["error"])
    if "exception" in document:
        raise KitError(what, f"{document['exception']}{during}", f"{log} has the log")
    result: dict[str, Any] = document["result"]
    return result


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _main(folder: Path) -> None:
    """The child's side."""
    _limit()
    os.environ[_FOLDER] = str(folder)
    document = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    module, name = document["function"].split(":")
    try:
        answer = {"result": getattr(importlib.import_module(module), name)(document["job"])}
    except KitError as error:
        answer = {"error": [error.what, error.why, error.fix]}
    except MemoryError:
        answer = {"exception": "this machine's memory is too small"}
    except Exception as error:
        traceback.print_exc()
        first = next(iter(str(error).strip().splitlines()), "")
        answer = {"exception": f"{type(error).__name__}: {first[:300]}"}
    unfinished = folder / ".answer.json"
    unfinished.write_text(json.dumps(answer), encoding="utf-8")
    unfinished.replace(folder / "answer.json")


def _limit() -> None:
    """Memory as this machine has it, no core dumps, and the end when the parent ends."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        limit = max(LEAST_MEMORY, physical)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
