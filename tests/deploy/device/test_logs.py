"""One app's log: across restarts, without other apps' lines, its crashes told once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.device.logs import KIT, AppLines, LogLine, app_log
from deploy.virtual_phone import VirtualPhone
from tests.deploy.device.conftest import PACKAGE, Deploy, wait_until

HEAD = "11-29 06:47:22.099"
OTHER = f"{HEAD}  777   777 I Other   : nothing of ours"


def line(pid: int, level: str, tag: str, text: str) -> str:
    return f"{HEAD} {pid:5d} {pid:5d} {level} {tag:8s}: {text}"


def picked(lines: AppLines, text: list[str]) -> list[str]:
    found = [str(told) for one in text for told in lines.pick(one)]
    return found + [str(told) for told in lines.told_crashes()]


def started(pid: int, package: str = PACKAGE) -> str:
    return line(1534, "I", "ActivityManager", f"Start proc {pid}:{package}/u0a150 for top-activity {{{package}/.Main}}")


def test_a_restart_is_followed_and_others_are_left_out() -> None:
    text = [
        OTHER,
        line(10, "I", "App", "before: not known yet"),
        started(11),
        line(11, "I", "App", "first"),
        started(12, f"{PACKAGE}.more"),
        line(12, "I", "App", "another app"),
        line(1534, "I", "ActivityManager", f"Process {PACKAGE} (pid 11) has died: fg  TOP"),
        started(13, f"{PACKAGE}:worker"),
        started(14),
        line(14, "W", "App", "second"),
        line(13, "D", "App", "a process beside it"),
        "not a line of the log",
    ]
    assert picked(AppLines(PACKAGE), text) == [
        f"--- {PACKAGE} started (process 11) ---",
        f"{HEAD} I App: first",
        f"--- {PACKAGE} ended (process 11) ---",
        f"--- {PACKAGE}:worker started (process 13) ---",
        f"--- {PACKAGE} started (process 14) ---",
        f"{HEAD} W App: second",
        f"{HEAD} D App: a process beside it",
    ]


def test_a_native_crash_is_told_with_its_backtrace_alone() -> None:
    dump = [
        "*** *** ***", "Build fingerprint: 'x'", "ABI: 'arm64'", f"Cmdline: {PACKAGE}", f"pid: 11, tid: 19, name: worker  >>> {PACKAGE} <<<",
        "signal 6 (SIGABRT), code -1 (SI_QUEUE), fault addr --------", "Abort message: 'no such tensor'", "    x0  0000  x1  0001",
        "5 total frames", "backtrace:", "      #00 pc 0001  /apex/com.android.runtime/lib64/bionic/libc.so (abort+164)",
        f"      #01 pc 0002  /data/app/{PACKAGE}/base.apk!libtensorflowlite_jni.so (tflite::Fail()+8)",
    ]  # fmt: skip
    other = [text.replace(PACKAGE, "org.other") for text in dump]
    text = [
        started(11),
        *(line(90, "F", "DEBUG", one) for one in other),
        OTHER,
        *(part for one in dump for part in (line(91, "F", "DEBUG", one), OTHER)),
        line(1534, "I", "ActivityManager", f"Process {PACKAGE} (pid 11) has died: fg  TOP"),
    ]
    lines = AppLines(PACKAGE)
    found = picked(lines, text)
    assert [one for one in found if "#0" in one and "crashed" not in one] == [f"{HEAD} F DEBUG: {one}" for one in dump[-2:]]
    crashes = [one for one in found if "crashed" in one]
    assert len(crashes) == 1
    assert "process 11" in crashes[0]
    assert "SIGABRT" in crashes[0]
    assert "no such tensor" in crashes[0]
    assert "tflite::Fail()" in crashes[0]
    assert not [one for one in found if "x0" in one or "fingerprint" in one or "org.other" in one]
    assert picked(lines, [OTHER]) == []


def test_the_log_so_far_ends(phone: VirtualPhone, adb: Adb, run_deploy: Deploy) -> None:
    run_deploy()
    phone.state.log.write(phone.state.processes[PACKAGE], "I", "ApkilnApp", "a line of ours")
    found: list[LogLine] = []
    app_log(adb, phone.serial, PACKAGE, False, found.append)
    assert [one.text for one in found if one.level == KIT] == [
        f"--- {PACKAGE} started (process {phone.state.processes[PACKAGE]}) ---"
    ]
    assert "a line of ours" in [one.text for one in found]


@pytest.mark.parametrize("crash", ["java", "native"])
def test_a_crash_is_followed_as_it_comes(crash: str, phone: VirtualPhone, adb: Adb, run_deploy: Deploy) -> None:
    run_deploy()
    found: list[LogLine] = []
    ended: list[BaseException] = []

    def follow() -> None:
        try:
            app_log(adb, phone.serial, PACKAGE, True, found.append)
        except (KeyboardInterrupt, KitError) as error:
            ended.append(error)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    wait_until(lambda: len(found) > 0)
    phone.faults.crash = crash  # type: ignore[assignment]
    with pytest.raises(KitError, match="crashed"):
        run_deploy()
    wait_until(lambda: any("crashed" in one.text for one in found))
    phone.faults.crash = "no"
    run_deploy()
    wait_until(lambda: sum("started" in one.text for one in found) == 3)
    assert sum("crashed" in one.text for one in found) == 1
    assert any(("tflite::Subgraph::Invoke" if crash == "native" else "ModelContract.kt:41") in one.text for one in found)
    adb.stop.set()
    thread.join(10)
    assert [type(one) for one in ended] == [KeyboardInterrupt]


def test_a_phone_lost_in_the_middle_is_said(phone: VirtualPhone, adb: Adb, run_deploy: Deploy) -> None:
    run_deploy()
    threading.Timer(0.5, phone.switch_off).start()
    with pytest.raises(KitError, match="lost the phone") as caught:
        app_log(adb, phone.serial, PACKAGE, True, lambda line: None)
    assert "reading its log" in caught.value.why


def test_an_app_that_never_ran_has_no_lines(phone: VirtualPhone, adb: Adb, apk: Path) -> None:
    found: list[LogLine] = []
    app_log(adb, phone.serial, PACKAGE, False, found.append)
    assert found == []
