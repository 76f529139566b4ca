"""Splits that the data itself gives: folders or files called train, val and test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from appspec.data_spec import Data
from appspec.errors import KitError
from appspec.file_tree import shown
from pymodel.data.splits import SplitName, split_of, split_word


def by_folder(files: Sequence[str]) -> dict[str, SplitName] | None:
    """The split of each file by the folders that it lies in; None unless every file lies in one, and in two or more at all."""
    found: dict[str, SplitName] = {}
    for file in files:
        words = [split for part in file.split("/")[:-1] if (split := split_word(part)) is not None]
        if not words:
            return None
        found[file] = words[0]
    return found if is_split(found) else None


def given_by_folder(files: Sequence[str], data: Data) -> tuple[dict[str, SplitName] | None, list[str]]:
    """The splits that folders give, all three parts, and a line that says so; None where [data] split is to decide.

    Raises:
        KitError: split = "given", and the folders give none.
    """
    found = by_folder(files) if data.split.given is not False else None
    if found is None:
        if data.split.given:
            raise no_splits()
        return None, []
    splits, line = completed(found, lambda file: split_of(file, data))
    return splits, [line]


def given_by_lists(
    found: Mapping[str, SplitName], pictures: Sequence[str], data: Data, place: str
) -> tuple[dict[str, SplitName] | None, list[str]]:
    """The splits that lists of file names give, and a line that says so; None, with why, where they don't name every picture.

    Args:
        found: pictures that are listed.
        place: where the lists lie.
    """
    missing = [file for file in pictures if file not in found]
    if missing and found:
        return None, [f"the splits in {shown(place)} are not used: {len(missing)} pictures are in none, as {shown(missing[0])}"]
    if not is_split(found):
        only = next(iter(found.values()), "train")
        return None, [f"the splits in {shown(place)} are not used: all pictures are in {only}"] if found else []
    splits, line = completed(found, lambda file: split_of(file, data))
    return splits, [f"{line}, in {shown(place)}"]


def no_splits() -> KitError:
    """The error for split = "given" where nothing gives one."""
    return KitError(
        'The data gives no splits, and split = "given" asks for them',
        "its pictures don't lie in folders called train, val and test",
        "lay them so, or leave split out of [data]: shares of the pictures are then kept apart by their names",
    )


def is_split(splits: Mapping[str, SplitName]) -> bool:
    """Whether there is something to learn from and something to judge on."""
    return len(set(splits.values())) > 1 and "train" in splits.values()


def completed(splits: Mapping[str, SplitName], choose: Callable[[str], SplitName]) -> tuple[dict[str, SplitName], str]:
    """Splits with all three parts, and a line that says where they come from.

    Args:
        choose: the split that a file's name alone gives; a part that the data lacks gets its files from the training's.
    """
    present = set(splits.values())
    lacking = [name for name in ("validation", "test") if name not in present]
    found = {
        file: choose(file) if lacking and split == "train" and choose(file) in lacking else split
        for file, split in splits.items()
    }
    line = "splits are those that the data gives (split.given = false in [data]: shares by the names of the pictures)"
    return found, f"{line}; it has no {' and no '.join(lacking)}: taken from train" if lacking else line
