"""Files that are the same, byte for byte."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from appspec.file_tree import shown
from appspec.stages import hash_file
from appspec.words import counted
from pymodel.data.remarks import Remarks


def find_copies(folder: Path, files: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Groups of two and more files with the same bytes.

    Args:
        files: of each something that is the same for the same bytes; only where that and the sizes agree, files are read.
    """
    alike: dict[int, list[str]] = defaultdict(list)
    for file, mark in files.items():
        alike[mark].append(file)
    sizes: dict[tuple[int, int], list[str]] = defaultdict(list)
    for mark, found in alike.items():
        for file in found if len(found) > 1 else ():
            try:
                sizes[mark, (folder / file).stat().st_size].append(file)
            except OSError:
                continue  # told where it is read
    hashes: dict[str, list[str]] = defaultdict(list)
    for (_, size), found in sizes.items():
        for file in found if len(found) > 1 and size else ():
            hashes[hash_file(folder / file)].append(file)
    return sorted(tuple(sorted(found)) for found in hashes.values() if len(found) > 1)


def are_copies(folder: Path, files: Sequence[str]) -> bool:
    """Whether files hold the same bytes."""
    try:
        return (
            len({(folder / file).stat().st_size for file in files}) == 1
            and len({hash_file(folder / file) for file in files}) == 1
        )
    except OSError:
        return False


def without_copies(folder: Path, files: Sequence[str], remarks: Remarks) -> list[str]:
    """Without files that hold the same bytes as one with a shorter name."""
    kept: list[str] = []
    for file in sorted(files, key=lambda name: (len(name), name)):
        same = next((one for one in kept if are_copies(folder, [one, file])), None)
        if same is None:
            kept.append(file)
        else:
            remarks.add(f"passed over: files with the same bytes as {shown(same)}", file)
    return [file for file in files if file in kept]


def copy_words(copies: list[tuple[str, ...]], classes: Mapping[str, str] | None = None) -> list[str]:
    """What to know of copies, a line each.

    Args:
        classes: of each file, where that matters.
    """
    if not copies:
        return []
    more = sum(len(found) - 1 for found in copies)
    first = copies[0]
    lines = [
        f"{counted(more, 'file')} {'holds' if more == 1 else 'hold'} the same bytes as another, as {shown(first[1])} and "
        f"{shown(first[0])}: each counts anew"
    ]
    torn = [found for found in copies if classes and len({classes.get(file) for file in found}) > 1]
    if torn:
        lines.append(
            f"{counted(len(torn), 'picture')} {'lies' if len(torn) == 1 else 'lie'} in two classes with the same bytes, as "
            f"{shown(torn[0][0])} and {shown(_elsewhere(torn[0], classes or {}))}: keep the right one of each"
        )
    return lines


def _elsewhere(files: Sequence[str], classes: Mapping[str, str]) -> str:
    """The first file of another class than the first one's."""
    return next(file for file in files if classes.get(file) != classes.get(files[0]))
