"""Files that lie where a text file is wanted: what each is, by its first bytes, and what to do."""

from __future__ import annotations

import re

HEAD = 512
"""Bytes that `what_it_is` looks at."""

_BYTES = (
    (b"\x1f\x8b", "it is compressed (gzip)", "unpack it: gunzip"),
    (b"BZh", "it is compressed (bzip2)", "unpack it: bunzip2"),
    (b"\xfd7zXZ", "it is compressed (xz)", "unpack it: unxz"),
    (b"\x28\xb5\x2f\xfd", "it is compressed (zstd)", "unpack it: unzstd"),
    (
        b"PK\x03\x04",
        "it is an Excel workbook or another ZIP archive, not text",
        "save it as CSV in the program that made it, or unpack it",
    ),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook, not text", "save it as CSV in Excel"),
    (b"7z\xbc\xaf", "it is a 7z archive", "unpack it"),
    (b"Rar!", "it is a RAR archive", "unpack it"),
    (b"\xff\xd8\xff", "it is a JPEG picture", "give the text file"),
    (b"\x89PNG", "it is a PNG picture", "give the text file"),
    (b"%PDF", "it is a PDF", "export it from the program that made it"),
    (b"SQLite format 3", "it is a database (SQLite)", "export it from there as text"),
)

_TEXTS = (
    (re.compile(rb"\s*<(?:!doctype\s+html|html|head)", re.IGNORECASE), "it is a web page", "download the file itself; where the page asks to log in, do so first"),
    (re.compile(rb"version https://git-lfs"), "it is a pointer of Git LFS, not the file itself", "fetch it in the repository: git lfs pull"),
)  # fmt: skip


def what_it_is(head: bytes) -> tuple[str, str] | None:
    """What a file is, and what to do; None where its beginning doesn't tell.

    Args:
        head: its first bytes; a byte order mark may stand in front.
    """
    for mark, what, fix in _BYTES:
        if head.startswith(mark):
            return what, fix
    return next((found[1:] for found in _TEXTS if found[0].match(head.removeprefix(b"\xef\xbb\xbf"))), None)
