"""One way to read a text file that somebody else wrote: UTF-8 with or without a byte order mark, UTF-16 and UTF-32 with one.

`python -m appspec.text ENCODING FILE …` writes files of another encoding anew as UTF-8.
"""

from __future__ import annotations

import codecs
import re
import shlex
import sys
from pathlib import Path

from appspec.encoding_guess import LOOKED_AT, guess_encodings
from appspec.errors import KitError
from appspec.no_text import HEAD, what_it_is
from appspec.whole_file import write_whole

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "big5": "cp950"}
"""Encodings whose programs write letters of a larger one (as browsers read them: WHATWG, Encoding Standard)."""

XML_ENCODING = re.compile(r"""(<\?xml[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""")


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
        declared: the encoding that the file itself names, as an XML does. A byte order mark counts more; so does UTF-8 where the
            bytes are UTF-8 and the declaration can't be right.

    Raises:
        NotTextError: another encoding.
    """
    encoding = encoding_of(data)
    if encoding == "utf-8" and declared is not None:
        return _as_declared(data, path, declared)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise not_text(data, path, encoding, error.start) from error
    if encoding == "utf-8" and "\0" in text:
        wide = _without_mark(data)
        if wide is not None:
            raise NotTextError(f"it is {wide.upper()} without a byte order mark", _conversion(wide, path))
    return text


def encoding_of(beginning: bytes) -> str:
    """The codec that a file's byte order mark names; utf-8 without one."""
    return next((name for mark, name in MARKS if beginning.startswith(mark)), "utf-8")


def not_text(data: bytes, path: Path, encoding: str = "utf-8", at: int = 0) -> NotTextError:
    """The error for bytes that are no text in `encoding`.

    Args:
        at: the first byte that isn't.
    """
    other = what_it_is(data[:HEAD])
    if other is not None:
        return NotTextError(*other)
    found = f"byte {at} is no {encoding.removesuffix('-sig').upper()} text"
    guesses = guess_encodings(data)
    if not guesses:
        return NotTextError(f"{found}, and no other encoding fits: it seems to be no text", "give a text file")
    said = [f"{one.encoding} ({', '.join(one.words)} …)" if one.words else one.encoding for one in guesses]
    others = f", or like {' or '.join(said[1:])}" if len(said) > 1 else ""
    return NotTextError(f"{found}; it looks like {said[0]}{others}", _conversion(guesses[0].encoding, path, len(said) > 1))


def to_utf8(path: Path, encoding: str) -> Path:
    """Writes the file anew as UTF-8; what it was is kept beside it, under a name that ends in the old encoding.

    Raises:
        OSError, UnicodeDecodeError, LookupError: it can't be read so; nothing is changed.
        KitError: it can't be written; it is as it was.
        FileExistsError: there is such a copy already.
    """
    data = path.read_bytes()
    text = XML_ENCODING.sub(r"\1", data.decode(encoding), count=1)  # it would name the old one
    with path.with_name(f"{path.name}.{encoding}").open("xb") as copy:
        copy.write(data)
    write_whole(path, text)
    return Path(copy.name)


def _conversion(encoding: str, path: Path, is_doubtful: bool = False) -> str:
    command = shlex.join(["python", "-m", "appspec.text", encoding, str(path)])
    which = ", with the encoding whose words are right" if is_doubtful else ""
    return f"save it as UTF-8, or, in the kit's folder{which} (more files may follow): {command}"


def _as_declared(data: bytes, path: Path, declared: str) -> str:
    """The text in the encoding that a file declares, in ASCII letters; in UTF-8 where only that can be."""
    name = _known(declared)
    wide = name is not None and name.startswith(("utf-16", "utf-32"))  # then the declaration itself couldn't be read
    single = name is not None and _takes_all(name)
    if name is None or wide or (single and _is_utf8(data)):
        name = "utf-8" if wide or _is_utf8(data) else name
    if name is None:
        raise NotTextError(f"it declares the encoding {declared!r}, which is not known", "save it as UTF-8, and declare that")
    for encoding in (name, "utf-8", LARGER.get(name, name)):
        try:
            return data.decode(encoding)
        except UnicodeError:
            continue
    raise not_text(data, path, name, _first_wrong(data, name))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _takes_all(encoding: str) -> bool:
    """Whether an encoding has a letter for nearly every byte, so that it fits everything."""
    try:
        return len(bytes(range(128, 256)).decode(encoding, "ignore")) > 96
    except UnicodeError:
        return False


def _first_wrong(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    except UnicodeError:
        return 0
    return 0


def _without_mark(data: bytes) -> str | None:
    """utf-16-le or utf-16-be where every other byte is 0, as in ASCII letters; a power cut's zeros stand in a row."""
    even, odd = data[0:LOOKED_AT:2], data[1:LOOKED_AT:2]
    shares = [half.count(0) / max(1, len(half)) for half in (even, odd)]
    if max(shares) < 0.5 or min(shares) > 0.1:
        return None
    return "utf-16-be" if shares[0] > shares[1] else "utf-16-le"


def _known(declared: str) -> str | None:
    """Python's name of a text encoding; None where it is none."""
    try:
        name = codecs.lookup(declared).name
        b"<".decode(name)  # zlib's and others are no encodings of text
    except (LookupError, ValueError, TypeError):
        return None
    return name


def main() -> int:
    """Converts the files that the command line names."""
    if len(sys.argv) < 3:
        sys.stderr.write("usage: python -m appspec.text ENCODING FILE …\n")
        return 1
    encoding, failed = sys.argv[1], 0
    for file in sys.argv[2:]:
        try:
            copy = to_utf8(Path(file), encoding)
        except (OSError, ValueError, LookupError, KitError) as error:
            sys.stderr.write(f"{file} can't be converted from {encoding}: {error}\n")
            failed = 1
        else:
            sys.stdout.write(f"{file} is UTF-8 now; {copy} is what it was\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
