"""One function on each chosen phone, side by side: a phone that fails stops no other, Ctrl-C stops them all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from appspec.errors import KitError
from deploy.device.choose import Say, settle
from deploy.device.listing import Connected, twin
from deploy.device.side_by_side import side_by_side
from deploy.device.stop import Stop

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What became of one phone: a result or an error; `seconds` is how long that took."""

    phone: Connected
    result: T | None
    error: KitError | None
    seconds: float


def on_each(phones: Sequence[Connected], work: Callable[[Connected, Say], T], say: Say) -> list[Outcome[T]]:
    """Runs `work` on each phone in a thread of its own; the outcomes are in the order of the phones.

    Args:
        work: gets the phone, ready by now, and where to write lines. Its adb ends with KeyboardInterrupt when the user stops
            everything; to wait, it uses `phone.adb.stop.wait`.
        say: gets every line, with the phone's name before it where there are several; called by one thread at a time.

    Raises:
        KeyboardInterrupt: Ctrl-C; the programs of all phones have been ended.
        Exception: what `work` raised beside KitError, once all phones are done.
    """
    stop, lock = Stop(), threading.Lock()

    def one_phone(phone: Connected) -> Outcome[T]:
        def tell(line: str) -> None:
            with lock:
                say(f"{phone.name}: {line}" if len(phones) > 1 else line)

        start = time.monotonic()
        try:
            settled = settle(replace(phone, adb=replace(phone.adb, stop=stop)))
            other = twin(settled, phones)
            if other is not None:
                why = f"it is {other.name}, which is worked on: one phone at two addresses"
                raise KitError(f"{phone.name} is left out", why, "nothing, or disconnect one of them")
            return Outcome(settled, work(settled, tell), None, time.monotonic() - start)
        except KitError as error:
            if len(phones) > 1:
                tell(f"✗ {error.what}: {error.why}")
            return Outcome(phone, None, error, time.monotonic() - start)

    return side_by_side(one_phone, phones, stop.set)
