"""Adb servers of tests: one that only says what it is told to, and one that stands before the real one and renames its phones."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType


class FakeServer:
    """Says its version and its list, and keeps what it was asked for.

    Args:
        version: what `adb version` ends with in the adb that started it.
        listed: its answer to `adb devices`.
        dies: whether it ends when it is told to, as a real one does.
    """

    def __init__(self, version: int = 41, listed: str = "", dies: bool = True) -> None:
        self._version = version
        self._listed = listed
        self._dies = dies
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.requests: list[str] = []

    def __enter__(self) -> FakeServer:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def serve(self, client: socket.socket, request: str) -> None:
        """Answers one request; the connection is closed afterwards."""
        if request == "host:version":
            client.sendall(_answer(f"{self._version:04x}"))
        elif request.startswith("host:devices"):
            client.sendall(_answer(self._listed))
        elif request == "host:kill" and self._dies:
            client.sendall(b"OKAY")
            self._end()
        else:
            client.sendall(b"FAIL" + _sized("unknown host service"))

    def _listen(self) -> None:
        while True:
            try:
                client = self._socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError, ValueError):
            request = _read(client, int(_read(client, 4), 16)).decode("utf-8", "surrogateescape")
            self.requests.append(request)
            self.serve(client, request)

    def _end(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class RenamingServer(FakeServer):
    """The real server, whose phones have other serials here.

    Args:
        port: of the real one.
        names: its serial for each serial here.
    """

    def __init__(self, port: int, names: Mapping[str, str]) -> None:
        super().__init__()
        self._real = port
        self._names = names

    def serve(self, client: socket.socket, request: str) -> None:
        """Hands the request on, and from then on all bytes in both directions."""
        for name, serial in self._names.items():
            request = re.sub(rf"(serial:|transport:){re.escape(name)}(?=:|$)", lambda found, to=serial: found[1] + to, request)
        with socket.create_connection(("127.0.0.1", self._real)) as server:
            server.sendall(_sized(request))
            if request.startswith("host:devices"):
                status, text = _read(server, 4), _read(server, int(_read(server, 4), 16)).decode()
                for name, serial in self._names.items():
                    text = re.sub(rf"^{re.escape(serial)}(?=\s)", lambda _, to=name: to, text, flags=re.MULTILINE)
                client.sendall(status + _sized(text))
                return
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            _copy(client, server)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _answer(text: str) -> bytes:
    return b"OKAY" + _sized(text)


def _sized(text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    return f"{len(data):04x}".encode() + data


def _read(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise ValueError("hung up")
        data += piece
    return data
