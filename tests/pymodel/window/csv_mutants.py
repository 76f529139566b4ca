"""CSV files damaged in bytes, structure and values, by hypothesis: the same ones for the same seed."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.pymodel.window.kit import iso

ROWS = 60

BASE = "\n".join(
    [
        "timestamp,temperature,vibration,state",
        *(f"{iso(hour)},{20 + hour % 7}.{hour % 10},{hour * 1.5:.2f},{int(hour % 15 == 14)}" for hour in range(ROWS)),
    ]
)

BYTES = [
    b"\0",
    b"\r",
    b"\n",
    b'"',
    b"'",
    b",",
    b";",
    b"\t",
    b"|",
    b"#",
    b"=",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3",
    b"\x80",
    b" ",
    b"-",
    b"1" * 40,
]
"""Pieces that mean something to some reader of CSV."""

CELLS = [
    "", " ", "nan", "NaN", "inf", "-inf", "1e400", "-1e308", "1e-320", "3.4e38", "-200", "-9999", "65535", "99999999999999999999", "0x1F",
    "1,5", "1.204", "1,204.5", "1.204,5", "1'204", "41 °C", "12%", "ERR", "true", "None", '"', '""', '"a,b"', '"a\nb"', "=1+1", "2024-03-01",
    "01.03.2024 00:10", "03/01/2024 12:10 AM", "20240301", "202403010010", "1709251200", "45352.5", "2024-02-30T00:00:00", "0000-00-00",
    "9999-12-31T23:59:59", "1969-12-31", "2024-03-01T00:00:00+25:00", "오전 12:10", "2024. 3. 1. 오후 1:10", "24:00", "-1", "1e18", "𝟙𝟚", "١٢",
    "\u200b", "timestamp", "x" * 300,
]  # fmt: skip

LINES = [
    "", ",,,", "sep=;", "sep=,", "# a comment", "Logger SN 4711", ",°C,mm/s,", "timestamp,temperature,vibration,state", "a;b;c;d", "Total,1,2,3",
    '"', '"open,1,2', "1", ",", "-----",
]  # fmt: skip


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """One damaged file."""
    rows = [row.split(",") for row in BASE.split("\n")]
    for _ in range(draw(st.integers(0, 4))):
        _change_structure(draw, rows)
    lines = [",".join(row) for row in rows]
    for _ in range(draw(st.integers(0, 2))):
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(LINES)))
    separator = draw(st.sampled_from([",", ",", ",", ";", "\t", "|"]))
    text = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])).join(lines).replace(",", separator)
    data = bytearray(text.encode(draw(st.sampled_from(["utf-8"] * 6 + ["utf-8-sig", "utf-16", "utf-16-le"])), "replace"))
    for _ in range(draw(st.integers(0, 3))):
        _change_bytes(draw, data)
    return bytes(data)


def _change_structure(draw: st.DrawFn, rows: list[list[str]]) -> None:
    kind = draw(st.integers(0, 6))
    column = draw(st.integers(0, 3))
    row = draw(st.integers(0, len(rows) - 1))
    if kind == 0:
        rows[row] = [*rows[row], draw(st.sampled_from(CELLS))]
    elif kind == 1:
        del rows[row][draw(st.integers(0, max(0, len(rows[row]) - 1))) :]
    elif kind == 2:
        del rows[row : row + draw(st.integers(1, ROWS))]
        rows[:] = rows or [[""]]
    elif kind == 3:
        cell = draw(st.sampled_from(CELLS))
        for line in rows[draw(st.integers(0, 1)) :: draw(st.integers(1, 3))]:
            if column < len(line):
                line[column] = cell
    elif kind == 4:
        name = draw(st.sampled_from(CELLS))
        rows[0][column % max(1, len(rows[0])) : 1 + column % max(1, len(rows[0]))] = [name]
    elif kind == 5:
        rows[:] = rows * draw(st.integers(1, 2)) if draw(st.booleans()) else rows[::-1]
    elif column < len(rows[row]):
        rows[row][column] = draw(st.sampled_from(CELLS))


def _change_bytes(draw: st.DrawFn, data: bytearray) -> None:
    place = draw(st.integers(0, len(data)))
    kind = draw(st.integers(0, 2))
    piece = draw(st.one_of(st.sampled_from(BYTES), st.binary(min_size=1, max_size=8)))
    if kind == 0:
        data[place:place] = piece
    elif kind == 1:
        data[place : place + len(piece)] = piece
    else:
        del data[place : place + draw(st.integers(1, 4000))]
