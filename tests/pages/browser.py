"""Chromium without a window, by its own DevTools protocol over a pair of pipes: opens a page as a person's browser would.

Nothing but the browser itself is needed. Protocol: https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FOUND = next(filter(None, map(shutil.which, NAMES)), None)

needs_browser = pytest.mark.skipif(FOUND is None and "APKILN_BROWSER" not in os.environ, reason="this machine lacks Chromium")
"""Skipped where there is no browser, unless APKILN_BROWSER is set, as in CI."""

WAIT_S = 30.0
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
)  # fmt: skip
CHILD = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"


@dataclass
class Browser:
    """One page in a browser.

    Attributes:
        requests: addresses of everything that was asked for, the page's own and data within it left out.
        complaints: errors and warnings that the page gave.
    """

    to_browser: int
    from_browser: int
    session: str = ""
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _number: int = 0
    _unread: bytes = b""
    _events: list[str] = field(default_factory=list)

    def open(self, page: Path, width: int, height: int = 900, dark: bool = False, media: str = "screen") -> None:
        """Loads a file as a screen of that size shows it, or as paper does."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if width < 600 else 1, mobile=width < 600)  # fmt: skip
        self.emulate(dark, media)
        self._events.clear()
        self.call("Page.navigate", url=page.resolve().as_uri())
        self._wait_for("Page.loadEventFired")
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def emulate(self, dark: bool = False, media: str = "screen") -> None:
        """Another theme, or paper."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def value(self, expression: str) -> Any:
        """What JavaScript says, as JSON has it."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def screenshot(self, path: Path, whole: bool = True) -> None:
        """As PNG; the whole page, or what the window shows."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {**size, "scale": 1}
            answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(answer["data"]))

    def pdf(self) -> bytes:
        """The page as it is printed on A4."""
        answer = self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=False, preferCSSPageSize=True)
        return base64.b64decode(answer["data"])

    def press(self, key: str) -> None:
        """A key, pressed and let go."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"Tab": 9}.get(key, 0))

    def call(self, method: str, **parameters: Any) -> Any:
        """A method of the protocol."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next(method)
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def _wait_for(self, event: str) -> None:
        while event not in self._events:
            self._next(event)

    def _next(self, what: str) -> dict[str, Any]:
        until = time.monotonic() + WAIT_S
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self.from_browser], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"the browser doesn't answer to {what}"
            part = os.read(self.from_browser, 1 << 16)
            assert part, "the browser has ended"
            self._unread += part
        text, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        self._hear(message.get("method", ""), message.get("params", {}))
        return message

    def _hear(self, event: str, told: dict[str, Any]) -> None:
        self._events.append(event)
        if event == "Network.requestWillBeSent" and told["type"] != "Document" and not told["request"]["url"].startswith("data:"):
            self.requests.append(told["request"]["url"])
        elif event == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(told["args"]))
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(str(told["exceptionDetails"]))
        elif event == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.complaints.append(told["entry"]["text"])


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser with an empty page, ended afterwards."""
    assert FOUND is not None, "APKILN_BROWSER is set, and there is no Chromium"
    (its_in, ours_out), (ours_in, its_out) = _pipe(), _pipe()
    with tempfile.TemporaryDirectory(prefix="apkiln-browser-", ignore_cleanup_errors=True) as profile:
        child = subprocess.Popen(
            [
                sys.executable,
                "-c",
                CHILD,
                str(its_in),
                str(its_out),
                FOUND,
                *FLAGS,
                "--remote-debugging-pipe",
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            pass_fds=(its_in, its_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(its_in)
        os.close(its_out)
        page = Browser(ours_out, ours_in)
        try:
            targets = page.call("Target.getTargets")["targetInfos"]
            place = next(one["targetId"] for one in targets if one["type"] == "page")
            page.session = page.call("Target.attachToTarget", targetId=place, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                page.call(f"{domain}.enable")
            yield page
        finally:
            os.close(ours_out)  # the end of the pipe ends the browser
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            os.close(ours_in)


def _pipe() -> tuple[int, int]:
    """Read and write end, away from the two numbers that the browser expects."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
