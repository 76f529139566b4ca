"""A port that stays one phone's own while nothing listens at it."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def held_port(port: int) -> Iterator[int]:
    """Holds a port on 127.0.0.1; yields it: a free one for 0.

    A port is free again the moment its listener closes. While a phone is off or reboots, another program may be given it,
    or adb's own attempt to connect may get it as its source port, and then reaches itself. A socket that is bound and never
    listens prevents both, and connections are refused as before. A listener with SO_REUSEADDR, as asyncio's are, may share
    the port with it on Linux alone; elsewhere the port is only looked up, not held.

    Raises:
        OSError: something listens at the port already, or it is held.
    """
    with socket.socket() as holder:
        if sys.platform == "linux":
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", port))
        held: int = holder.getsockname()[1]
        if sys.platform != "linux":
            holder.close()
        yield held
