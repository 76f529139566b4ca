"""Downloads files from Maven Central, several at a time, into one folder per user.

The folder is laid out as a Maven repository, so Gradle reads the same files without a second copy.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import requests

from appspec.errors import KitError
from deploy.toolchain.artifacts import Artifact
from deploy.toolchain.cache import OnProgress, cache_dir, locked, silent, writing
from deploy.toolchain.transfer import AbsentError, download

CONNECTIONS = 16
ABSENT_FOR_S = 24 * 3600.0  # how long a repository's "not found" is remembered


def maven_folder() -> Path:
    """The cached files, laid out as a Maven repository."""
    return cache_dir() / "maven"


def central() -> str:
    """The address of Maven Central. jgo provides it, because no registry's address is written in this repository."""
    from jgo.constants import MAVEN_CENTRAL_URL  # takes 0.2 s, and is needed only when something is missing

    return str(MAVEN_CENTRAL_URL)


def missing(artifacts: Iterable[Artifact]) -> list[Artifact]:
    """Those of `artifacts` that are not in the cache yet."""
    return [artifact for artifact in artifacts if not (maven_folder() / artifact.path).is_file()]


def fetch(artifacts: Sequence[Artifact], on_progress: OnProgress = silent) -> list[Path]:
    """The files of `artifacts`, downloaded if needed, in the same order.

    Raises:
        KitError: no network, a file that Maven Central lacks, a hash that is wrong twice, a full disk.
    """
    absent = fetch_available(artifacts, on_progress)
    if absent:
        raise KitError(
            f"could not download {absent[0].file}",
            "Maven Central does not have it",
            "check that no proxy or mirror is in use, then run again",
        )
    return [maven_folder() / artifact.path for artifact in artifacts]


def fetch_available(artifacts: Sequence[Artifact], on_progress: OnProgress = silent) -> list[Artifact]:
    """As `fetch`, but returns the artifacts that the repository lacks instead of failing.

    Raises:
        KitError: as `fetch`, except for those.
    """
    if _wanted(artifacts):
        with locked("downloads", on_progress), writing("a download"):
            wanted = _wanted(artifacts)
            if wanted:
                _Batch(central(), on_progress, len(wanted), sum(artifact.size or 0 for artifact in wanted)).run(wanted)
    return missing(artifacts)


def _absence(artifact: Artifact) -> Path:
    """The empty file which records that the repository lacks `artifact`."""
    return maven_folder() / f"{artifact.path}.absent"


def _wanted(artifacts: Iterable[Artifact]) -> list[Artifact]:
    """Those that are missing, and that the repository did not lack within the last day."""

    def is_recent(mark: Path) -> bool:
        return mark.is_file() and time.time() - mark.stat().st_mtime < ABSENT_FOR_S

    return [artifact for artifact in missing(artifacts) if not is_recent(_absence(artifact))]


@dataclass
class _Count:
    """Bytes and files so far, reported at most twice a second."""

    on_progress: OnProgress
    files_total: int
    bytes_total: int
    files: int = 0
    bytes: int = 0
    reported_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, size: int, files: int = 0) -> None:
        with self.lock:
            self.bytes += size
            self.files += files
            if time.monotonic() - self.reported_s > 0.5 or self.files == self.files_total:
                self.reported_s = time.monotonic()
                of = f" of {self.bytes_total / 1e6:.0f}" if self.bytes_total else ""
                self.on_progress(f"downloading: {self.bytes / 1e6:.0f}{of} MB, {self.files} of {self.files_total} files")


class _Batch:
    """Several downloads at a time, in daemon threads, so that Ctrl-C ends them with the process."""

    def __init__(self, base: str, on_progress: OnProgress, files: int, size: int) -> None:
        self.base = base
        self.count = _Count(on_progress, files, size)
        self.waiting: queue.SimpleQueue[Artifact] = queue.SimpleQueue()
        self.failure: BaseException | None = None

    def run(self, artifacts: Sequence[Artifact]) -> None:
        for artifact in sorted(artifacts, key=lambda one: -(one.size or 0)):
            self.waiting.put(artifact)
        workers = [threading.Thread(target=self._work, daemon=True) for _ in range(min(CONNECTIONS, len(artifacts)))]
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive():
                worker.join(0.2)  # a join without a limit would hold back Ctrl-C
        if self.failure:
            raise self.failure

    def _work(self) -> None:
        with requests.Session() as session:
            while not self.failure:
                try:
                    artifact = self.waiting.get_nowait()
                except queue.Empty:
                    return
                target = maven_folder() / artifact.path
                try:
                    download(f"{self.base}/{artifact.path}", target, artifact.sha256, self.count.add, session)
                except AbsentError:
                    _absence(artifact).touch()
                except BaseException as error:  # raised in the caller's thread
                    self.failure = error
                self.count.add(0, files=1)
