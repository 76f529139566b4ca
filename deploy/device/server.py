"""Where adb's server listens, and which version it is: asked without adb, which ends a server of another version unasked.

Every adb program first asks the server for its version; where that isn't its own, it kills the server and starts its own in its
place (AOSP, packages/modules/adb/client/adb_client.cpp, adb_connect). That takes the phones away from whoever uses that server.
"""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass

from appspec.errors import KitError

DEFAULT_PORT = 5037
ANSWER_S = 3.0
VERSION_REQUEST = b"000chost:version"
ELSEWHERE = (
    "where its phones are plugged in: adb kill-server, then adb -a nodaemon server; its firewall must let the port through"
)


@dataclass(frozen=True)
class AdbServer:
    """One adb server.

    Attributes:
        address: (host, port), or the path of a Unix socket.
        arguments: what makes an adb program use it; empty for the one that it uses anyway.
    """

    address: tuple[str, int] | str
    arguments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its address in words, as "shelf-2:5037"."""
        return self.address if isinstance(self.address, str) else f"{self.address[0]}:{self.address[1]}"

    @property
    def remote(self) -> bool:
        """Whether it was named by the user: adb starts none there."""
        return bool(self.arguments)

    def version(self) -> int | None:
        """Its version, as 41; None where nothing listens.

        Raises:
            KitError: what listens there is no adb server, or doesn't answer.
        """
        try:
            with self._connect() as connection:
                connection.settimeout(ANSWER_S)
                connection.sendall(VERSION_REQUEST)
                return _read_version(connection)
        except (ConnectionRefusedError, FileNotFoundError):
            return None
        except (OSError, ValueError) as error:
            cause = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
            raise self._unusable(cause) from error

    def unreachable(self) -> KitError:
        """The error for a server of the user's choice where nothing listens."""
        return KitError(f"no adb server at {self.name}", "nothing listens there", ELSEWHERE)

    def _connect(self) -> socket.socket:
        if isinstance(self.address, str):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(ANSWER_S)
            connection.connect(self.address)
            return connection
        return socket.create_connection((self.address[0].strip("[]"), self.address[1]), timeout=ANSWER_S)

    def _unusable(self, cause: str) -> KitError:
        what = f"adb's server at {self.name} can't be used"
        if self.remote:
            return KitError(what, cause, ELSEWHERE)
        return KitError(what, cause, "end the program that holds this port, or set ANDROID_ADB_SERVER_PORT to a free one")


def named_server(text: str) -> AdbServer:
    """The server at HOST:PORT, HOST or [IPv6]:PORT.

    Raises:
        KitError: the text is none of these.
    """
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.%\w]+\]|[A-Za-z0-9][A-Za-z0-9._-]*)(?::(\d{1,5}))?", text)
    port = int(found.group(2) or DEFAULT_PORT) if found else 0
    if found is None or not 0 < port < 65536:
        raise KitError(f"--adb {text!r} can't be used", "it is no HOST:PORT", "as --adb shelf-2:5037, or --adb 192.168.0.7:5037")
    host = found.group(1)
    return AdbServer((host, port), ("-H", host, "-P", str(port)))


def usual_server() -> AdbServer:
    """The server that adb programs use unasked, by the environment variables that they heed.

    Raises:
        KitError: these can't be understood.
    """
    spec = os.environ.get("ADB_SERVER_SOCKET")
    if spec:
        kind, _, rest = spec.partition(":")
        if kind == "localfilesystem" and hasattr(socket, "AF_UNIX"):
            return AdbServer(rest)
        host, _, port = rest.rpartition(":")
        if kind != "tcp" or not port.isdigit():
            raise KitError(f"ADB_SERVER_SOCKET={spec} can't be used", "it is neither tcp: nor localfilesystem:", "unset it")
        return AdbServer((host or "localhost", int(port)))
    host = os.environ.get("ANDROID_ADB_SERVER_ADDRESS") or "localhost"
    port = os.environ.get("ANDROID_ADB_SERVER_PORT") or str(DEFAULT_PORT)
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise KitError(f"ANDROID_ADB_SERVER_PORT={port} can't be used", "it is no port", f"unset it, or set it to {DEFAULT_PORT}")
    return AdbServer((host, int(port)))


def _read_version(connection: socket.socket) -> int:
    """`OKAY`, four hexadecimal digits of length, the version in as many; a server of 2009 says `FAIL` and counts as 0."""
    status = _read(connection, 4)
    if status == b"FAIL":
        return 0
    if status != b"OKAY":
        raise ValueError("what listens there is no adb server")
    return int(_read(connection, int(_read(connection, 4), 16)), 16)


def _read(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise ValueError("what listens there hung up")
        data += piece
    return data
