"""Ends what is under way in several threads: Python hands Ctrl-C to the main one alone."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager


class Stop:
    """Runs programs and waits, until it is set: then both end at once with KeyboardInterrupt, in whatever thread they are."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()

    def set(self) -> None:
        """Kills the programs that run, and lets none start any more."""
        self._set.set()
        with self._lock:
            for process in self._running:
                process.kill()

    def wait(self, seconds: float) -> None:
        """Sleeps.

        Raises:
            KeyboardInterrupt: it was set meanwhile.
        """
        if self._set.wait(seconds):
            raise KeyboardInterrupt

    def run(
        self, words: Sequence[str], timeout_s: float, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs a program without input, to its end.

        Args:
            environment: None: this process's own.

        Raises:
            KeyboardInterrupt: it was set meanwhile, or the program itself got Ctrl-C.
            subprocess.TimeoutExpired: it took too long, and was killed.
            OSError: it can't be started.
        """
        with self._started(words, subprocess.PIPE, environment) as process:
            out, err = process.communicate(timeout=timeout_s)
        self.wait(0)
        if process.returncode == -signal.SIGINT:
            raise KeyboardInterrupt
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    @contextmanager
    def open(self, words: Sequence[str]) -> Iterator[Iterator[bytes]]:
        """The lines of a program's output as they come; it ends with the block.

        Raises:
            KeyboardInterrupt: it was set meanwhile.
            OSError: the program can't be started.
        """
        with self._started(words, subprocess.DEVNULL) as process:
            yield self._lines(process)

    def _lines(self, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
        assert process.stdout is not None
        yield from process.stdout
        self.wait(0)

    @contextmanager
    def _started(
        self, words: Sequence[str], errors: int, environment: Mapping[str, str] | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A program, killed where the block ends before it or this is set."""
        self.wait(0)
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=environment) as process:
            with self._lock:
                self._running.add(process)
            try:
                if self._set.is_set():  # it was started between the question and the kill
                    process.kill()
                yield process
            finally:
                if process.poll() is None:
                    process.kill()
                with self._lock:
                    self._running.discard(process)
