"""The user's one cache folder: where it is, how a folder in it comes to be whole, who may write it now."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_dir

from appspec.errors import KitError

OnProgress = Callable[[str], None]
"""Receives one short line each time something worth saying happened."""


def silent(_line: str) -> None:
    """An `OnProgress` that says nothing."""


def cache_dir() -> Path:
    """The cache folder of this user: `APKILN_CACHE`, else the platform's own place. It may not exist yet."""
    asked = os.environ.get("APKILN_CACHE")
    return Path(asked).expanduser().absolute() if asked else Path(user_cache_dir("apkiln", appauthor=False))


def content_key(*parts: str | bytes | Path) -> str:
    """Twelve hex digits over the content of `parts` (a path counts by the bytes of its file)."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:12]


@contextmanager
def writing(what: str) -> Iterator[None]:
    """Turns a full disk or a forbidden folder into an error the user can mend.

    Raises:
        KitError: when the block meets ENOSPC, EDQUOT, EACCES, EPERM or EROFS.
    """
    try:
        yield
    except OSError as error:
        where = error.filename or cache_dir()
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise KitError(
                f"could not write {what}",
                f"the disk is full ({where})",
                "free some space (the toolchain takes 3 GB) and run again, or set APKILN_CACHE to a folder on a larger disk",
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise KitError(
                f"could not write {what}",
                f"no permission to write {where}",
                "make that folder yours (chown), or set APKILN_CACHE to a folder you can write",
            ) from error
        if error.errno in (errno.ENOTDIR, errno.EEXIST):
            raise KitError(
                f"could not write {what}", f"{where} is no folder", "set APKILN_CACHE to a folder you can write"
            ) from error
        raise


@contextmanager
def locked(name: str, on_progress: OnProgress = silent) -> Iterator[None]:
    """Holds the cache's lock `name`; says so once when another run holds it.

    The operating system frees the lock when its holder dies, however it dies.
    """
    with writing("the cache's lock"):
        folder = cache_dir() / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            on_progress(f"another run is preparing {name}: waiting for it")
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def assembled(target: Path, make: Callable[[Path], None], on_progress: OnProgress = silent) -> Path:
    """`target`, made by `make(folder)` if it is not there yet.

    `make` fills a temporary folder beside `target`, which is renamed when whole: a `target` that exists is
    complete, whatever killed an earlier run. Two runs side by side make it once.

    Raises:
        KitError: when the cache can't be written.
    """
    if target.is_dir():
        return target
    with locked(target.name, on_progress), writing(target.name):
        if not target.is_dir():
            unfinished = target.with_name(f".{target.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            make(unfinished)
            unfinished.rename(target)
    return target
