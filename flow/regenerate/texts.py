"""One text file merged three ways by `git merge-file`, byte by byte: line endings and encodings stay as they are."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError

LABELS = ("yours", "last generated", "new")
MARKER = re.compile(rb"^(?:<{7} yours|\|{7} last generated|>{7} new)\r?$", re.MULTILINE)


@dataclass(frozen=True)
class Merged:
    """A merged text, and how many places in it are left to the user, between markers."""

    content: bytes
    conflicts: int


def merge_texts(theirs: bytes, base: bytes, new: bytes) -> Merged:
    """The user's text with what changed from `base` to `new`.

    A file that the user's editor has given other line endings throughout is merged by its lines and keeps them.

    Raises:
        KitError: there is no git, or it refuses.
    """
    crlf = _endings(theirs) == b"\r\n" and _endings(base) == _endings(new) == b"\n"
    merged = _merge_file(theirs.replace(b"\r\n", b"\n") if crlf else theirs, base, new)
    return Merged(merged.content.replace(b"\n", b"\r\n"), merged.conflicts) if crlf else merged


def has_markers(content: bytes) -> bool:
    """Whether a conflict of ours is still in a text."""
    return MARKER.search(content) is not None


def _endings(content: bytes) -> bytes:
    """The one line ending of a text; empty where it has none or several."""
    lines, crlf, returns = content.count(b"\n"), content.count(b"\r\n"), content.count(b"\r")
    if lines and crlf == lines == returns:
        return b"\r\n"
    return b"\n" if lines and not returns else b""


def _merge_file(theirs: bytes, base: bytes, new: bytes) -> Merged:
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("theirs", "base", "new")]
        for file, content in zip(files, (theirs, base, new), strict=True):
            file.write_bytes(content)
        labels = [part for label in LABELS for part in ("-L", label)]
        try:
            run = subprocess.run(
                ["git", "merge-file", "-p", "--diff3", *labels, *files], capture_output=True, check=False, cwd=folder
            )
        except FileNotFoundError as error:
            raise KitError(
                "Can't join your edits with the new project",
                "there is no git on the PATH",
                "install git, then run the same command again; your files are as they were",
            ) from error
    if not 0 <= run.returncode <= 127:  # as the manual says: the number of conflicts, or an error
        told = run.stderr.decode("utf-8", "replace").strip().splitlines()
        raise KitError(
            "Can't join your edits with the new project",
            told[0] if told else f"git merge-file ended with {run.returncode}",
            "git --version should be 2.20 or newer; your files are as they were",
        )
    return Merged(run.stdout, run.returncode)
