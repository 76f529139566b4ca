"""Work on many items in order: fast ones by one thread, slow ones by several, never far ahead."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from pymodel.data.ahead import PART, in_order

COUNT = 40 * PART


@pytest.mark.parametrize("seconds", [0.0, 0.002])
def test_the_order_stays_and_only_slow_items_are_spread(seconds: float) -> None:
    threads = set()

    def work(item: int) -> int:
        threads.add(threading.get_ident())
        time.sleep(seconds)
        return item * item

    assert list(in_order(work, range(COUNT // 4))) == [item * item for item in range(COUNT // 4)]
    assert (len(threads) > 1) == (seconds > 0)


def test_items_are_taken_as_results_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pymodel.data.ahead.SMALL_S", 0.0)  # as slow ones
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for item in range(COUNT):
            taken += 1
            yield item

    for done, _ in enumerate(in_order(lambda item: item, items()), 1):
        assert taken <= done + 6 * PART
    assert taken == COUNT


@pytest.mark.parametrize("bad", [3, 200])
def test_an_error_comes_out(bad: int) -> None:
    def work(item: int) -> int:
        if item == bad:
            raise ValueError(f"item {item}")
        time.sleep(0.001)
        return item

    with pytest.raises(ValueError, match=f"item {bad}"):
        list(in_order(work, range(300)))
