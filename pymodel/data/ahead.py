"""Work on many files by threads, in order, a few ahead: memory doesn't grow with their number."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

PART = 32
"""Items that a thread takes at once."""

SMALL_S = 0.0008
"""Below this time an item is mostly Python code, which threads only wait for each other to run: one thread was faster up to
320×240 pixels, two from 640×480 on."""


def in_order(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """What the function makes of each item, in their order; by threads where an item of the first part takes long enough."""
    rest = iter(items)
    start = time.perf_counter()
    first = [function(item) for item in islice(rest, PART)]
    small = time.perf_counter() - start < SMALL_S * len(first)
    yield from first
    if small:
        yield from map(function, rest)
        return
    workers = os.cpu_count() or 1
    waiting: deque[Future[list[Result]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        while part := list(islice(rest, PART)):
            waiting.append(pool.submit(_each, function, part))
            if len(waiting) > 2 * workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _each(function: Callable[[Item], Result], part: list[Item]) -> list[Result]:
    return [function(item) for item in part]
