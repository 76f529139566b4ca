"""Names of columns that stand in several lines, as pandas and spreadsheets with merged cells write them."""

from __future__ import annotations

from collections.abc import Sequence

MOST_LEVELS = 5
"""Lines that names may stand in."""


def join_levels(rows: Sequence[Sequence[str]], header: int, first: int) -> tuple[int, int, tuple[str, ...]] | None:
    """(first line, line after the last, names) where names are whole only together with lines above or below; else None.

    Three kinds: an index's name alone in the last line (pandas), a line below that tells columns of one name apart, and a line
    above that does so. A name in a merged cell counts for the empty cells right of it.

    Args:
        rows: the cells of the first lines.
        header: the line that was found as the header.
        first: the first line that may be a row.
    """
    width = len(rows[header])
    if width < 2:
        return None
    index = next((i for i, cell in enumerate(rows[header]) if not cell), width)
    top = header
    rows = [_padded(row, width) for row in rows]
    while top > 0 and header - top < MOST_LEVELS and len(rows[top - 1]) == width:
        top -= 1
    if 0 < index < width and not any(rows[header][index:]):  # an index's name, and no other
        above = [row for row in rows[top:header] if any(row[index:])]
        names = _joined(above, width, index)
        if above and _whole(names[index:]):
            return top, first, (*rows[header][:index], *names[index:])
    if _whole(rows[header]):
        return None
    tries = [(header, header + 2)] if first > header + 1 and len(rows[header + 1]) == width else []
    tries += [(header - 1, header + 1)] if top < header else []
    for begin, end in tries:
        last = max((i for i, cell in enumerate(rows[end - 1]) if cell), default=0)
        names = [name if i <= last else "" for i, name in enumerate(_joined(rows[begin:end], width, 1))]
        if _whole(names):
            return begin, max(first, end), tuple(names)
    return None


def _padded(row: Sequence[str], width: int) -> Sequence[str]:
    """As wide as the header where only a separator at its end is missing, or too many."""
    if len(row) == width - 1:
        return [*row, ""]
    return row[:width] if len(row) == width + 1 and not row[-1] else row


def _joined(levels: Sequence[Sequence[str]], width: int, index: int) -> list[str]:
    """Each column's names from top to bottom; an empty cell has the name left of it, but for those of the index."""
    parts: list[list[str]] = [[] for _ in range(width)]
    for depth, level in enumerate(levels):
        left = ""
        for place, cell in enumerate(level):
            left = cell if cell or place < index or depth == len(levels) - 1 else left
            if left and left not in parts[place]:
                parts[place].append(left)
    return [" ".join(one) for one in parts]


def _whole(names: Sequence[str]) -> bool:
    """Whether each column has a name of its own; the last ones may lack it, as where a separator ends each line."""
    found = list(names)
    while found and not found[-1]:
        found.pop()
    return all(found[1:]) and len(set(found)) == len(found)
