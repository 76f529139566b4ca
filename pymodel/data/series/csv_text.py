"""The text of a CSV file as bytes, mended in place: encodings, line ends, NULs, cells and lines in quotes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from appspec.no_text import HEAD, what_it_is
from appspec.text import NotTextError, decode, encoding_of, not_text
from pymodel.data.series.csv_layout import looks_like_row
from pymodel.data.series.csv_lines import CHUNK, NEWLINE, QUOTE, RETURN, TORN_LINES, Bytes, Lines, mend_stray_quotes, scan

HEAD_BYTES, HEAD_LINES = 1 << 18, 400
"""What the layout is seen from; of very wide files more bytes are taken, until there are some lines."""

OTHER = (
    (re.compile(rb"\s*<(?:!doctype|html|head|\?xml|table)", re.IGNORECASE), "it is a web page or XML, no table", "download the file itself; where it asks to log in, do so first; tables of web pages: save them as CSV in a spreadsheet"),
    (re.compile(rb"\s*(?:\[\s*)?\{\s*\""), "it is JSON, no table", "write it as CSV, as pandas.read_json(…).to_csv(…) does (lines=True where each line is an object)"),
    (
        re.compile(rb"[\w\-]+(?:,[\w\-]+=[^\s,]+)* [\w\-]+=[^\s]+ \d{10,19}\s"),
        "it is InfluxDB's line protocol, no table",
        "export it as CSV: influx query … --raw, or influx -format csv -execute …",
    ),
    (
        re.compile(rb"\W*\w+=[^\s,;]+[\s,;]+\w+=[^\s,;]+(?:[\s,;]+\w+=[^\n]*)?\n"),
        "it is a log in which each value has its name in front, no table",
        "write the names once, in a header, and below it the values alone",
    ),
)  # fmt: skip
"""What text isn't a table, by its beginning."""

BINARY = {
    b"PAR1": ("it is a Parquet file, not text", "write it as CSV: pandas.read_parquet(…).to_csv(…)"),
}


@dataclass
class CsvText:
    """The bytes of a file, mended in place: each byte stays where it was.

    Attributes:
        numbered: with the line ends of the file as it was.
        is_file: nothing was mended.
    """

    data: Bytes
    numbered: Bytes
    is_file: bool
    notes: list[str] = field(default_factory=list)


def open_text(file: Path) -> CsvText:
    """The bytes of a file as UTF-8 text.

    Raises:
        NotTextError: another encoding, or no text.
    """
    if not file.stat().st_size:
        raise NotTextError("it is empty", "remove it, or write a header line and one line a sample")
    data: Bytes = np.memmap(file, np.uint8, "r")
    head = data[:4096].tobytes()
    for mark, (why, fix) in BINARY.items():
        if head.startswith(mark):
            raise NotTextError(why, fix)
    other = what_it_is(head[:HEAD])
    if other is not None:
        raise NotTextError(*other)
    for begins, why, fix in OTHER:
        if begins.match(head.removeprefix(codecs.BOM_UTF8)):
            raise NotTextError(why, fix)
    encoding = encoding_of(head)
    if encoding not in ("utf-8", "utf-8-sig"):
        decoded = np.frombuffer(decode(file.read_bytes(), file).encode(), np.uint8)
        return CsvText(decoded, decoded, False)
    if head.count(0) > len(head) // 4 and head.strip(b"\0"):
        raise not_text(data[: 1 << 18].tobytes(), file)
    nulls, returns = _check(data, file)
    if not nulls and not returns:
        return CsvText(data, data, True)
    mended = np.array(data)
    if returns:
        alone = (mended == RETURN) & (np.append(mended[1:], 0) != NEWLINE)
        mended[alone] = NEWLINE
    text = CsvText(mended, mended, False)
    if nulls:
        text.data = np.where(mended == 0, np.uint8(NEWLINE), mended)
        text.notes.append(f"{file.name}: {nulls} bytes of nothing (NUL), as a power cut leaves them; passed over")
    return text


def head_lines(data: Bytes) -> list[str]:
    """The first lines."""
    size = HEAD_BYTES
    while size < min(len(data), 64 << 20) and np.count_nonzero(data[:size] == NEWLINE) < 12:
        size *= 4
    lines = data[:size].tobytes().decode("utf-8", "ignore").removeprefix("\ufeff").split("\n")
    whole = lines if size >= len(data) else lines[:-1]
    return [line.rstrip("\r") for line in whole[:HEAD_LINES]]


def join_head(text: CsvText) -> None:
    """Cells in quotes that go on in the next line, as spreadsheets write them in headers, come into one line."""
    size = min(len(text.data), HEAD_BYTES)
    head = text.data[:size]
    if not (head == QUOTE).any():
        return
    lines = mend_stray_quotes(head, scan(head, ","), ",")
    torn = lines.torn[lines.torn < HEAD_LINES]
    if len(torn) >= 2 and torn[1] - torn[0] <= TORN_LINES:
        _put_together(text, lines, [(int(torn[0]), int(torn[1]))])


def join_rows(text: CsvText, lines: Lines) -> bool:
    """The same for rows, where what comes together is as wide as the header; whether any was."""
    pairs, i = [], 0
    while i + 1 < len(lines.torn):
        first, last = int(lines.torn[i]), int(lines.torn[i + 1])
        if last - first <= TORN_LINES:
            whole = scan(_with_blanks(text.data[lines.starts[first] : lines.ends[last]]), ",")
            if not len(whole.torn):
                pairs.append((first, last))
                i += 1
        i += 1
    _put_together(text, lines, pairs)
    return bool(pairs)


def unwrap(text: CsvText) -> bool:
    """Takes the quotes away that stand around whole lines; whether there were any."""
    lines = scan(text.data, ",")
    full = np.flatnonzero(lines.ends - lines.starts >= 2)
    first, last = text.data[lines.starts[full]], text.data[lines.ends[full] - 1]
    wrapped = full[(first == QUOTE) & (last == QUOTE)]
    if not len(full) or len(wrapped) < 0.9 * len(full):
        return False
    text.data, text.is_file = np.array(text.data), False
    text.data[lines.starts[wrapped]] = text.data[lines.ends[wrapped] - 1] = 32
    quotes = np.flatnonzero(text.data == QUOTE)
    doubled = quotes[:-1][np.diff(quotes) == 1]
    text.data[doubled] = 32
    text.notes.append("each line stood in quotes as a whole; they were taken away")
    return True


def blanks_to_tabs(text: CsvText) -> bool:
    """Puts a tab at the first of the blanks between cells, which is each run of several, or each one; whether there are any."""
    data = text.data
    breaks = np.isin(data, (NEWLINE, RETURN))
    blank = (data == 32) | (data == 9)
    begins = blank & ~np.append(True, (blank | breaks)[:-1])
    several = begins & np.append(blank[1:], False)
    solid = np.flatnonzero(~blank)  # what follows a run of blanks: blanks at the end of a line separate nothing
    runs = np.flatnonzero(begins)
    after = np.searchsorted(solid, runs)
    at_end = (after >= len(solid)) | breaks[solid[np.minimum(after, len(solid) - 1)]] if len(solid) else np.ones(len(runs), bool)
    begins[runs[at_end]] = several[runs[at_end]] = False
    first_break = np.flatnonzero(breaks)[:1]
    header = slice(0, int(first_break[0]) if len(first_break) else len(data))
    chosen = several if several[header].any() else begins
    parted = np.where(chosen, np.uint8(9), np.where(data == 9, np.uint8(32), data))
    if not any("\t" in line and looks_like_row(line.split("\t")) for line in head_lines(parted)):
        return False
    text.data, text.is_file = parted, False
    text.notes.append("the cells are separated by blanks")
    return True


def _check(data: Bytes, file: Path) -> tuple[int, int]:
    """(NULs, carriage returns without a line feed).

    Raises:
        NotTextError: it isn't UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    nulls = returns = 0
    before = b""
    for begin in range(0, len(data), CHUNK):
        chunk = data[begin : begin + CHUNK].tobytes()
        last = begin + CHUNK >= len(data)
        try:
            decoder.decode(chunk, final=last)
        except UnicodeDecodeError as error:
            raise not_text(data[:].tobytes(), file, "utf-8", begin + error.start) from error
        nulls += chunk.count(0)
        together = before + chunk
        returns += together.count(b"\r") - together.count(b"\r\n")
        before = b"\r" if chunk.endswith(b"\r") and not last else b""
        returns -= len(before)
    return nulls, returns


def _put_together(text: CsvText, lines: Lines, pairs: Sequence[tuple[int, int]]) -> None:
    if not pairs:
        return
    text.data, text.is_file = np.array(text.data), False
    for first, last in pairs:
        begin, end = lines.starts[first], lines.ends[last]
        text.data[begin:end] = _with_blanks(text.data[begin:end])


def _with_blanks(data: Bytes) -> Bytes:
    """Blanks in place of line ends."""
    return np.where((data == NEWLINE) | (data == RETURN), np.uint8(32), data)
