"""One way to read a text file that somebody else wrote: UTF-8 with or without a byte order mark, UTF-16 and UTF-32 with one.

`python -m appspec.text ENCODING FILE` writes a file of another encoding anew as UTF-8.
"""

from __future__ import annotations

import codecs
import re
import shlex
import sys
from pathlib import Path

from appspec.errors import KitError
from appspec.whole_file import write_whole

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LIKELY = (
    "cp949", "shift_jis", "euc_jp", "gb18030", "big5", "utf_16_le", "utf_16_be", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254",
    "cp1255", "cp1256", "koi8_r", "tis_620",
)  # fmt: skip
"""Encodings that programs of our time write: what a guess may be."""

WESTERN = frozenset("°µ²³±·äöüÄÖÜßéèêëàâáåæøñóòôíîïúùûçÉÅÆØÑÇ€–—‘’“”".encode("cp1252"))
"""Signs that Western tables write among ASCII ones."""

_HIGH = re.compile(rb"[\x80-\xff]+")

LOOKED_AT = 1 << 18
"""Bytes from which an unknown encoding is guessed."""


class NotTextError(ValueError):
    """Why bytes are no text in an encoding that the kit reads, and what to do about it."""

    def __init__(self, why: str, fix: str) -> None:
        super().__init__(why)
        self.why = why
        self.fix = fix


def read_text(path: Path) -> str:
    """The text of a file; line ends are those of the file.

    Raises:
        KitError: it can't be read, or is in another encoding: the likely one is named, with a line that converts the file.
    """
    try:
        return decode(path.read_bytes(), path)
    except OSError as error:
        raise KitError(f"Can't read {path}", error.strerror or str(error), "check the path and its permissions") from error
    except NotTextError as error:
        raise KitError(f"Can't read {path}", error.why, error.fix) from error


def decode(data: bytes, path: Path, declared: str | None = None) -> str:
    """The text in a file's bytes.

    Args:
        path: the file, for the remedy.
        declared: the encoding that the file itself names, as an XML does; a byte order mark counts more.

    Raises:
        NotTextError: another encoding.
    """
    encoding = encoding_of(data)
    if encoding == "utf-8" and declared is not None:
        encoding = _known(declared)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise not_text(data, path, encoding, error.start) from error


def encoding_of(beginning: bytes) -> str:
    """The codec that a file's byte order mark names; utf-8 without one."""
    return next((name for mark, name in MARKS if beginning.startswith(mark)), "utf-8")


def not_text(data: bytes, path: Path, encoding: str = "utf-8", at: int = 0) -> NotTextError:
    """The error for bytes that are no text in `encoding`.

    Args:
        at: the first byte that isn't.
    """
    found = f"byte {at} is no {encoding.removesuffix('-sig').upper()} text"
    guess = _guess(data)
    if guess is None:
        return NotTextError(f"{found}, and no other encoding fits: it seems to be no text", "give a text file")
    convert = shlex.join(["python", "-m", "appspec.text", guess, str(path)])
    return NotTextError(f"{found}; it looks like {guess}", f"save it as UTF-8, or, in the kit's folder: {convert}")


def to_utf8(path: Path, encoding: str) -> Path:
    """Writes the file anew as UTF-8; what it was is kept beside it, under a name that ends in the old encoding.

    Raises:
        OSError, UnicodeDecodeError, LookupError: it can't be read so; nothing is changed.
        KitError: it can't be written; it is as it was.
        FileExistsError: there is such a copy already.
    """
    data = path.read_bytes()
    text = data.decode(encoding)
    with path.with_name(f"{path.name}.{encoding}").open("xb") as copy:
        copy.write(data)
    write_whole(path, text)
    return Path(copy.name)


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    high = _HIGH.findall(data[:LOOKED_AT])
    if high and not any(len(run) > 1 for run in high) and {run[0] for run in high} <= WESTERN:
        return "cp1252"  # a lone sign such as ° tells a guesser nothing, but no other script stands alone between ASCII letters
    matches = from_bytes(data[:LOOKED_AT], cp_isolation=list(LIKELY))
    best = matches.best()
    if best is None:
        return None
    alike = {match.encoding for match in matches if match.chaos <= best.chaos} | set(best.could_be_from_charset)
    return next((name for name in LIKELY if name in alike), best.encoding)


def _known(declared: str) -> str:
    try:
        return codecs.lookup(declared).name
    except LookupError as error:
        raise NotTextError(f"it declares the encoding {declared!r}, which is not known", "save it as UTF-8") from error


def main() -> int:
    """Converts the file that the command line names."""
    if len(sys.argv) != 3:
        sys.stderr.write("usage: python -m appspec.text ENCODING FILE\n")
        return 1
    encoding, file = sys.argv[1:]
    try:
        copy = to_utf8(Path(file), encoding)
    except (OSError, ValueError, LookupError, KitError) as error:
        sys.stderr.write(f"{file} can't be converted from {encoding}: {error}\n")
        return 1
    sys.stdout.write(f"{file} is UTF-8 now; {copy} is what it was\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
