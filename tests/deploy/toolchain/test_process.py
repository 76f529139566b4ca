"""A child's output goes to the log and to us, and the child ends when we do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.toolchain.jdk import Jdk, find_jdk
from deploy.toolchain.process import child_environment, run_logged

END_WITH_PARENT = Path(__file__).parents[3] / "deploy" / "toolchain" / "EndWithParent.java"
# Starts a child of its own, as Gradle starts aapt2, and says both process ids.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""


def ends(process: int, within_s: float = 30.0) -> bool:
    """Whether a process is gone (or a zombie of somebody else's) in time."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_every_line_is_logged_and_told(tmp_path: Path) -> None:
    log, lines = tmp_path / "로그 폴더" / "gradle.log", list[str]()
    command = [sys.executable, "-c", "import sys; print('하나'); print('two', file=sys.stderr); sys.exit(3)"]
    assert run_logged(command, {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}, tmp_path, log, lines.append) == 3
    assert lines == ["하나", "two"]
    assert log.read_text(encoding="utf-8") == "하나\ntwo\n"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_ends_the_whole_group(tmp_path: Path, interruption: type[BaseException]) -> None:
    started: list[int] = []

    def interrupt(line: str) -> None:
        started.extend(map(int, line.split()))
        raise interruption

    with pytest.raises(interruption):
        run_logged([sys.executable, "-c", FAMILY], os.environ, tmp_path, tmp_path / "log", interrupt)
    assert len(started) == 2
    assert all(ends(process) for process in started)


def wait_for(condition: Callable[[], bool], within_s: float = 30.0) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_the_launchers_jvm_ends_when_the_kit_is_killed(tmp_path: Path) -> None:
    """The rule the launcher follows, on a JVM: standard input that closes is the end."""
    jdk = find_jdk()
    (tmp_path / "Watched.java").write_text(
        "public class Watched {\n    public static void main(String[] args) throws Exception {\n"
        "        EndWithParent.watch();\n        System.out.println(ProcessHandle.current().pid());\n"
        "        Thread.sleep(60000);\n    }\n}\n"
    )
    subprocess.run([jdk.javac, "-d", tmp_path, tmp_path / "Watched.java", END_WITH_PARENT], check=True)
    kit = (
        "import os, sys\nfrom pathlib import Path\nfrom deploy.toolchain.process import run_logged\n"
        "run_logged(sys.argv[2:], os.environ, Path('.'), Path(sys.argv[1]), lambda line: None)\n"
    )
    log = tmp_path / "log"
    parent = subprocess.Popen([sys.executable, "-c", kit, str(log), str(jdk.java), "-cp", str(tmp_path), "Watched"])
    assert wait_for(lambda: log.is_file() and log.read_text().endswith("\n"))
    watched = int(log.read_text())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert ends(watched)


def test_file_names_are_utf8_for_a_jvm_in_any_locale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    environment = child_environment(Jdk(tmp_path, "17"), ANDROID_HOME="/sdk")
    assert environment["LC_ALL"] == "C.UTF-8"
    assert (environment["JAVA_HOME"], environment["ANDROID_HOME"]) == (str(tmp_path), "/sdk")
