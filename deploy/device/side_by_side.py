"""One function on many things at once, in threads that Ctrl-C ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
Result = TypeVar("Result")

END_S = 5.0
POLL_S = 0.2  # Windows delivers no Ctrl-C in a wait without a limit


def side_by_side(
    work: Callable[[Thing], Result], things: Sequence[Thing], stop: Callable[[], None] = lambda: None
) -> list[Result]:
    """The results, in the order of the things.

    Args:
        stop: ends the work in all threads; called when Ctrl-C has reached this thread or a program that one of the others runs.

    Raises:
        Exception: the first that `work` raised, once all have ended.
        KeyboardInterrupt: Ctrl-C, once all have ended or have had some seconds to do so.
    """
    results: dict[int, Result] = {}
    errors: dict[int, BaseException] = {}

    ended = [threading.Event() for _ in things]

    def run(place: int) -> None:
        try:
            results[place] = work(things[place])
        except BaseException as error:
            errors[place] = error
            if isinstance(error, KeyboardInterrupt):
                stop()
        finally:
            ended[place].set()

    started = []
    try:
        for place, event in enumerate(ended):
            threading.Thread(target=run, args=(place,), daemon=True).start()
            started.append(event)
        for event in ended:
            while not event.wait(POLL_S):
                pass
    except KeyboardInterrupt:
        stop()
        deadline = time.monotonic() + END_S
        for event in started:
            event.wait(max(0.0, deadline - time.monotonic()))
        raise
    for error in sorted(errors.values(), key=lambda error: not isinstance(error, KeyboardInterrupt)):
        raise error
    return [results[place] for place in range(len(things))]
