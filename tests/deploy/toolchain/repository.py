"""A Maven repository on 127.0.0.1 that answers ranges, breaks off, lies or lacks files, as a test asks."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from deploy.toolchain.artifacts import Artifact


@dataclass
class Repository:
    """What is served under which path, and what was asked.

    Attributes:
        break_after: a path's connections to break, each after so many bytes.
        lies: answers that come before the true one.
        asked: path and first byte of every request.
    """

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    break_after: dict[str, list[int]] = field(default_factory=dict)
    lies: dict[str, list[bytes]] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def artifact(self, name: str, content: bytes) -> Artifact:
        """Puts `content` there and returns its row."""
        artifact = Artifact("org.example", name, "1.0", f"{name}-1.0.jar", hashlib.sha256(content).hexdigest(), len(content))
        self.files[artifact.path] = content
        return artifact


@contextmanager
def serving() -> Iterator[Repository]:
    """A repository that answers until the block ends."""
    repository = Repository()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            found = self.path.lstrip("/") in repository.files
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            path = self.path.lstrip("/")
            header = self.headers.get("Range", "")
            start = int(header.removeprefix("bytes=").rstrip("-")) if header else 0
            repository.asked.append((path, start))
            lies = repository.lies.get(path)
            content = lies.pop(0) if lies else repository.files.get(path)
            if content is None or (start and start >= len(content)):
                self.send_response(404 if content is None else 416)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            breaks = repository.break_after.get(path)
            if breaks:
                self.wfile.write(body[: breaks.pop(0)])
                self.close_connection = True
                self.connection.shutdown(2)
                return
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away is no news."""

    with Server(("127.0.0.1", 0), Handler) as server:
        repository.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield repository
        server.shutdown()
