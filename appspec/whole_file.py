"""One way to write a file that a user named or keeps: beside its place, then renamed into it. It is never there in part."""

from __future__ import annotations

import errno
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from appspec.errors import KitError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def whole_file(path: Path, fix: str = "give a file that you can write") -> Iterator[Path]:
    """A new name in the same folder, of the same ending, to write to; the file takes its place where the block ends well.

    What was there before stays where it doesn't, and nothing is left beside it. The folder is made where it isn't there.

    Args:
        fix: what to do where the file can't be written; a full disk has its own remedy.

    Raises:
        KitError: it can't be written.
    """
    target = path.resolve() if path.is_symlink() else path
    part = target.with_name(f".apkiln-{secrets.token_hex(4)}{target.suffix[:20]}")
    try:
        if path.exists() and not path.is_file() and not path.is_dir():  # /dev/stdout: nothing can take its place
            yield path
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
            if target.is_file():
                shutil.copymode(target, part)
            part.replace(target)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    except OSError as error:
        remedy = f"free some room on the disk with {target.parent}, then again" if error.errno in FULL else fix
        raise KitError(f"Can't write {path}", error.strerror or str(error), remedy) from error


def write_whole(path: Path, content: str | bytes, fix: str = "give a file that you can write") -> None:
    """Writes bytes, or text as UTF-8, with its line ends as they are; see whole_file.

    Raises:
        KitError: it can't be written.
    """
    with whole_file(path, fix) as part:
        part.write_bytes(content if isinstance(content, bytes) else content.encode())
