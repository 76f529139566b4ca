"""`invoke phone.virtual`: phones that the user's adb knows while it runs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.virtual_phone import Faults, PrivateAdbServer
from deploy.virtual_phone.fault_values import fault_names, set_fault
from deploy.virtual_phone.profiles import profile_names
from flow.phone_virtual import run_phones
from flow.screen import Screen
from tests.deploy.device.conftest import wait_until

ROOT = Path(__file__).parents[1]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PrivateAdbServer]:
    with PrivateAdbServer(Adb.bundled().program, tmp_path) as server:
        yield server


def start(server: PrivateAdbServer, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "invoke", "phone.virtual", *arguments],
        cwd=ROOT,
        env={**os.environ, **server.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(child: subprocess.Popen[str], pattern: str) -> str:
    """Reads the child's lines up to one that matches."""
    assert child.stdout is not None
    read = ""
    for line in child.stdout:
        read += line
        if re.search(pattern, line):
            return read
    raise AssertionError(f"{pattern!r} never came:\n{read}")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_two_phones_are_there_until_it_ends(server: PrivateAdbServer, ending: signal.Signals) -> None:
    child = start(server, "--like", "pixel-9", "--count", "2")
    try:
        said = until(child, "Ctrl-C ends it")
        serials = re.findall(r"127\.0\.0\.1:\d+", said)[:2]
        wait_until(lambda: server.run("devices").stdout.count("\tdevice") == 2)
        numbers = {server.run("-s", serial, "shell", "getprop ro.serialno").stdout for serial in serials}
        assert len(numbers) == 2
        assert child.stdin is not None
        child.stdin.write("2 missing-commands=getprop\nsteps\nnonsense=1\n")
        child.stdin.flush()
        said = until(child, "no fault is called nonsense")
        assert "missing-commands=getprop from now on" in said
        for value, state in (("off", "offline"), ("on", "device")):
            child.stdin.write(f"1 answers={value}\n")
            child.stdin.flush()
            wait_until(lambda state=state: f"{serials[0]}\t{state}" in server.run("devices").stdout)  # type: ignore[misc]
        assert "steps so far" in said
        assert "$ getprop ro.serialno" in said
        assert [server.run("-s", serial, "shell", "getprop").returncode for serial in serials] == [0, 127]
    finally:
        child.send_signal(ending)
        out, _ = child.communicate(timeout=60)
    assert child.returncode == 0, out
    assert "Traceback" not in out
    wait_until(lambda: "127.0.0.1" not in server.run("devices").stdout)


def test_its_table_as_json_and_adb_left_alone(server: PrivateAdbServer) -> None:
    child = start(server, "--no-connect", "--json", "--fault", "auth=refuse")
    try:
        said = until(child, r"^\]")
        row = json.loads(said[said.index("[") :])[0]
        assert (row["android"], row["sdk"]) == ("16", 36)
        assert server.run("devices").stdout.strip() == "List of devices attached"
        server.run("connect", row["serial"])
        wait_until(lambda: "unauthorized" in server.run("devices").stdout)
    finally:
        child.terminate()
        child.communicate(timeout=60)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("none", 0, 1, ()), "no phone like none"),
        ((None, 0, 0, ()), "--count 0"),
        ((None, 80, 1, ()), "--port 80"),
        ((None, 0, 1, ("nonsense",)), "no fault is called nonsense"),
        ((None, 0, 1, ("cut-at-step=soon",)), "cut-at-step can't be 'soon'"),
        ((None, 0, 1, ("auth=maybe",)), "auth can't be 'maybe'"),
    ],
)
def test_wrong_arguments_are_told(arguments: tuple[str | None, int, int, tuple[str, ...]], what: str) -> None:
    with pytest.raises(KitError) as caught:
        run_phones(*arguments, False, Screen())
    assert caught.value.what == what


def test_a_taken_port_is_told(server: PrivateAdbServer) -> None:
    with pytest.raises(KitError, match="can't listen"):
        run_phones(None, server.port, 1, (), False, Screen())


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("cut-at-step=7", "cut_at_step", 7),
        ("cut-at-step=off", "cut_at_step", None),
        ("free_bytes=1_000_000", "free_bytes", 1_000_000),
        ("heats=0.2", "heats", 0.2),
        ("grant-refused", "grant_refused", True),
        ("crash-buffer=off", "crash_buffer", False),
        ("missing-commands=sha256sum,stat", "missing_commands", frozenset({"sha256sum", "stat"})),
        ("refuse-install=INSTALL_FAILED_X: a b", "refuse_install", "INSTALL_FAILED_X: a b"),
        ("crash=native", "crash", "native"),
    ],
)
def test_faults_are_set_by_text(text: str, name: str, value: object) -> None:
    faults = Faults()
    set_fault(faults, text)
    assert getattr(faults, name) == value


@pytest.mark.parametrize(
    "text", ["crash=java", "auth=ask", "clock-offset-s=-9", "command-delay-s=2", "missing-commands=ls", "heats=1"]
)
def test_off_ends_any_fault(text: str) -> None:
    faults = Faults()
    set_fault(faults, text)
    assert faults != Faults()
    set_fault(faults, f"{text.partition('=')[0]}=off")
    assert faults == Faults()


def test_the_page_names_every_fault_and_profile() -> None:
    page = (ROOT / "docs" / "virtual-phone.md").read_text(encoding="utf-8")
    assert [name for name in (*fault_names(), *profile_names()) if f"`{name}" not in page] == []
