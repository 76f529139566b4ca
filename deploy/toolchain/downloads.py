"""Files from Maven, each checked by its sha256, kept once per user, resumed where an earlier run stopped.

A file lies under its final name only when it is whole and its hash is right; what is on its way is `NAME.part`.
The folder is laid out as a Maven repository, so Gradle reads the same files without a second copy.
"""

from __future__ import annotations

import hashlib
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

CONNECTIONS = 16
TRIES = 4
CHUNK = 1 << 18
TIMEOUT_S = (10.0, 30.0)  # to connect, between two pieces
ABSENT_FOR_S = 24 * 3600.0  # how long a repository's "I don't have it" is believed
FIX_OFFLINE = "connect to the network and run again: what is already there is kept and downloads go on where they stopped"


class AbsentError(Exception):
    """The repository answers, and does not have this file."""


class OfflineError(KitError):
    """The network or the server can't be reached."""


def maven_folder() -> Path:
    """The cached files, laid out as a Maven repository."""
    return cache_dir() / "maven"


def central() -> str:
    """The address of Maven Central, as jgo knows it."""
    from jgo.maven import MavenContext  # takes 0.3 s, needed only when something is missing

    return next(iter(MavenContext().remote_repos.values())).rstrip("/")


def missing(artifacts: Iterable[Artifact]) -> list[Artifact]:
    """Those of `artifacts` that are not in the cache yet."""
    return [artifact for artifact in artifacts if not (maven_folder() / artifact.path).is_file()]


def fetch(artifacts: Sequence[Artifact], on_progress: OnProgress = silent) -> list[Path]:
    """The files of `artifacts`, downloaded if needed, in the same order.

    Raises:
        KitError: no network, a file that is not to be had, a hash that is wrong twice, a full disk.
    """
    absent = fetch_available(artifacts, on_progress)
    if absent:
        raise KitError(f"could not download {absent[0].file}", "Maven Central does not have it",
                       "check that no proxy or mirror stands between, then run again")
    return [maven_folder() / artifact.path for artifact in artifacts]


def fetch_available(artifacts: Sequence[Artifact], on_progress: OnProgress = silent) -> list[Artifact]:
    """As `fetch`, but returns what the repository does not have instead of failing on it."""
    if _wanted(artifacts):
        with locked("downloads", on_progress), writing("a download"):
            wanted = _wanted(artifacts)
            if wanted:
                _Batch(central(), on_progress, len(wanted), sum(artifact.size or 0 for artifact in wanted)).run(wanted)
    return missing(artifacts)


def download(
    url: str, target: Path, sha256: str, count: _Count | None = None, session: requests.Session | None = None
) -> None:
    """Brings one file to `target`, resuming `target.part`; tries again when the line breaks or the hash is wrong.

    Raises:
        AbsentError: the server says 404 or 410.
        KitError: no network, or a wrong hash twice.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    wrong = 0
    for attempt in range(TRIES):
        try:
            found = _transfer(session or requests.Session(), url, part, count)
        except requests.RequestException as error:
            if attempt == TRIES - 1 or (attempt and isinstance(error, requests.ConnectionError) and not part.exists()):
                raise OfflineError(f"could not download {target.name}", _reason(error), FIX_OFFLINE) from error
            time.sleep(0.5 * 2**attempt)
            continue
        if found == sha256:
            part.replace(target)
            return
        part.unlink()
        wrong += 1
        if wrong == 2:
            break
    raise KitError(f"refused {target.name}", f"its sha256 is {found[:16]}…, expected {sha256[:16]}…",
                   "something between you and the server changes files: try another network, then run again")


def _transfer(session: requests.Session, url: str, part: Path, count: _Count | None) -> str:
    """Appends what is missing to `part`; returns the sha256 of the whole."""
    digest = hashlib.sha256()
    have = 0
    if part.is_file():
        with part.open("rb") as left:
            while chunk := left.read(CHUNK):
                digest.update(chunk)
                have += len(chunk)
    headers = {"Range": f"bytes={have}-"} if have else {}
    with session.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as answer:
        if answer.status_code in (404, 410):
            raise AbsentError(part.name)
        if answer.status_code == 416:  # already whole, or not a part of this file: the hash tells
            return digest.hexdigest()
        answer.raise_for_status()
        if have and answer.status_code != 206:
            digest, have = hashlib.sha256(), 0
        with part.open("ab" if have else "wb") as out:
            for chunk in answer.iter_content(CHUNK):
                out.write(chunk)
                digest.update(chunk)
                if count:
                    count.add(len(chunk))
    return digest.hexdigest()


def _absence(artifact: Artifact) -> Path:
    """The mark that the repository was asked for `artifact` and does not have it."""
    return maven_folder() / f"{artifact.path}.absent"


def _wanted(artifacts: Iterable[Artifact]) -> list[Artifact]:
    """Those that are missing and worth asking for."""

    def told_lately(mark: Path) -> bool:
        return mark.is_file() and time.time() - mark.stat().st_mtime < ABSENT_FOR_S

    return [artifact for artifact in missing(artifacts) if not told_lately(_absence(artifact))]


def _reason(error: requests.RequestException) -> str:
    """The cause in a user's words."""
    if isinstance(error, requests.Timeout):
        return "the server did not answer in time"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answers {error.response.status_code}"
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate is not trusted here"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke"
    return "the network or the server can't be reached"


@dataclass
class _Count:
    """Bytes and files so far, said at most twice a second."""

    on_progress: OnProgress
    files_total: int
    bytes_total: int
    files: int = 0
    bytes: int = 0
    said: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, size: int, files: int = 0) -> None:
        with self.lock:
            self.bytes += size
            self.files += files
            if time.monotonic() - self.said > 0.5 or self.files == self.files_total:
                self.said = time.monotonic()
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
        session = requests.Session()
        while not self.failure:
            try:
                artifact = self.waiting.get_nowait()
            except queue.Empty:
                return
            try:
                download(f"{self.base}/{artifact.path}", maven_folder() / artifact.path, artifact.sha256, self.count, session)
            except AbsentError:
                _absence(artifact).touch()
            except BaseException as error:  # handed to the caller's thread
                self.failure = error
            self.count.add(0, files=1)
