"""The splits of a data set: what they are called, and which one a file goes into."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath
from typing import Literal

from appspec.data_spec import Data

SplitName = Literal["train", "validation", "test"]

SPLITS: tuple[SplitName, ...] = ("train", "validation", "test")

WORDS: dict[str, SplitName] = {
    **dict.fromkeys(("train", "training", "trn", "trainval", "학습", "훈련", "训练", "訓練", "学習"), "train"),
    **dict.fromkeys(("val", "valid", "validate", "validation", "dev", "검증", "验证", "驗證", "検証"), "validation"),
    **dict.fromkeys(
        ("test", "testing", "tst", "eval", "evaluation", "holdout", "시험", "테스트", "평가", "测试", "測試", "テスト"), "test"
    ),
}
"""Words that say a split, in the languages of data sets."""

BESIDE = frozenset(
    {"set", "data", "dataset", "images", "imgs", "img", "pictures", "photos", "split", "list", "데이터", "데이터셋"}
)
"""Words that may stand behind them."""

BEHIND = ("set", "데이터셋", "데이터", "용", "셋", "集", "用", "データ")
"""What may end them."""


def split_word(name: str) -> SplitName | None:
    """The split that a folder's name says, as train, Val2017, test_images, training_set or trainset."""
    words = [word for word in re.split(r"[\W\d_]+", unicodedata.normalize("NFC", name).lower()) if word]
    first = words[0] if words else ""
    forms = (first, *(first.removesuffix(end) for end in BEHIND))
    return next((WORDS[form] for form in forms if form in WORDS), None) if set(words[1:]) <= BESIDE else None


def split_in_stem(name: str) -> SplitName | None:
    """The split that a word in a file's name says, as in instances_val2017.json."""
    found = {split for word in re.split(r"[^A-Za-z0-9]+", PurePosixPath(name).stem) if (split := split_word(word)) is not None}
    return found.pop() if len(found) == 1 else None


def split_of(file: str, data: Data) -> SplitName:
    """The split of a file: it depends on the name of the file, or of its group, alone, so other files never change it."""
    split = data.split
    place = int.from_bytes(hashlib.sha256(group_of(file, data).encode("utf-8", "surrogateescape")).digest()[:8], "big") / 2**64
    if place < split.test:
        return "test"
    return "validation" if place < split.test + split.validation else "train"


def group_of(file: str, data: Data) -> str:
    """The group of a file, such as a video or an animal: all its files go into one split; without one, the file's name."""
    match = re.search(data.group, file) if data.group else None
    return match[1] if match and match[1] is not None else file
