"""The programs of the phone's shell print what phones print, as others read it, and act on the phone."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import threading
import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from PIL import Image

from deploy.virtual_phone import PhoneState, PrivateAdbServer, VirtualPhone
from deploy.virtual_phone.log import LogLine
from deploy.virtual_phone.packages import install
from deploy.virtual_phone.profiles import like, profile_names
from deploy.virtual_phone.shell import run_line
from tests.deploy.device.conftest import wait_until
from tests.deploy.tiny_apk import TinyApk
from tests.deploy.virtual_phone.conftest import Run

PACKAGE = "org.example.cats"


@pytest.fixture
def state() -> PhoneState:
    """A phone with an app that may be debugged."""
    state = PhoneState()
    put(state, TinyApk(debuggable=True, version_name="1.2").build())
    return state


def put(state: PhoneState, apk: bytes, *arguments: str) -> str:
    return install(state, len(apk), apk, ["-r", *arguments])


def out(state: PhoneState, line: str) -> str:
    return run_line(state, line).out.decode()


def test_thermal_service_as_it_is_read(state: PhoneState) -> None:
    state.heat.skin_c = 43.5
    text = out(state, "dumpsys thermalservice")
    assert re.search(r"^Thermal Status: 2$", text, re.MULTILINE)
    live = text.split("Current temperatures from HAL:")[1]
    assert re.findall(r"Temperature\{mValue=([\d.]+), mType=3, mName=SKIN, mStatus=2\}", live) == ["43.5"]
    assert run_line(PhoneState(sdk=28), "dumpsys thermalservice").err == b"Can't find service: thermalservice\n"


def test_battery_as_it_is_read(state: PhoneState) -> None:
    state.battery.percent, state.battery.charging = 40, False
    values = dict(line.strip().split(": ") for line in out(state, "dumpsys battery").splitlines()[1:])
    assert (values["level"], values["status"], values["USB powered"], values["scale"]) == ("40", "3", "false", "100")
    assert int(values["temperature"]) == 275  # tenths of a degree
    assert out(state, "dumpsys battery get level") == "40\n"


@pytest.mark.parametrize("sdk", [30, 36])
def test_memory_of_a_running_app_as_it_is_read(sdk: int) -> None:
    state = PhoneState(sdk=sdk)
    put(state, TinyApk().build())
    assert out(state, f"dumpsys meminfo {PACKAGE}") == f"No process found for: {PACKAGE}\n"
    pid = state.start_process(PACKAGE)
    state.resident[PACKAGE] = 64 * 2**20
    text = out(state, f"dumpsys meminfo {PACKAGE}")
    assert f"** MEMINFO in pid {pid} [{PACKAGE}] **" in text
    found = re.search(r"TOTAL PSS: +(\d+)", text) or re.search(r"TOTAL: +(\d+)", text)
    assert found is not None
    assert int(found.group(1)) == 64 * 1024
    assert ("TOTAL RSS" in text) is (sdk >= 31)


def test_the_gpu_stands_where_others_look_for_it() -> None:
    line = out(like("galaxy-s25"), "dumpsys SurfaceFlinger | grep GLES")
    assert re.match(r"GLES: Qualcomm, Adreno \(TM\) 830, OpenGL ES 3\.2", line)


def test_an_apps_folder_is_its_own(state: PhoneState) -> None:
    assert run_line(state, f"ls /data/data/{PACKAGE}").err == f"ls: /data/data/{PACKAGE}: Permission denied\n".encode()
    inside = run_line(
        state, f"run-as {PACKAGE} sh -c 'echo secret > files.txt'; run-as {PACKAGE} cat files.txt; run-as {PACKAGE} pwd"
    )
    assert inside.out.decode() == f"secret\n/data/data/{PACKAGE}\n"
    assert run_line(state, "run-as org.example.dogs ls").err == b"run-as: unknown package: org.example.dogs\n"
    put(state, TinyApk(version_code=2).build())
    assert run_line(state, f"run-as {PACKAGE} ls").err == f"run-as: package not debuggable: {PACKAGE}\n".encode()


def test_packages_are_listed_found_cleared_and_removed(state: PhoneState) -> None:
    path = state.packages[PACKAGE].path
    assert out(state, f"pm path {PACKAGE}; cmd package path {PACKAGE}") == f"package:{path}\n" * 2
    assert out(state, "pm list packages -f") == f"package:{path}={PACKAGE}\n"
    assert hashlib.sha256(state.packages[PACKAGE].data).hexdigest() in out(state, f"sha256sum {path}")
    state.disk.write(f"/sdcard/Android/data/{PACKAGE}/files/x", b"1")
    assert out(state, f"pm clear {PACKAGE}") == "Success\n"
    assert f"/sdcard/Android/data/{PACKAGE}/files/x" not in state.files
    assert out(state, f"pm uninstall {PACKAGE}; pm uninstall {PACKAGE}") == "Success\nFailure [DELETE_FAILED_INTERNAL_ERROR]\n"
    assert run_line(state, f"pm path {PACKAGE}").code == 1
    assert path not in state.files


def test_an_app_of_another_signer_is_no_update(state: PhoneState) -> None:
    installed = state.packages[PACKAGE]
    state.packages[PACKAGE] = replace(installed, info=replace(installed.info, certificate="ab" * 32))
    assert put(state, TinyApk(version_code=2).build()).startswith("Failure [INSTALL_FAILED_UPDATE_INCOMPATIBLE: Existing package")
    run_line(state, f"pm uninstall {PACKAGE}")
    assert put(state, TinyApk(version_code=2).build()) == "Success"


def test_am_starts_stops_and_tells_both(state: PhoneState) -> None:
    component = f"{PACKAGE}/io.apkiln.app.MainActivity"
    text = out(state, f"am start -W -n {component} --es name 'a b' --ei n 3")
    assert text.startswith(f"Starting: Intent {{ cmp={component} (has extras) }}\nStatus: ok\nLaunchState: COLD\n")
    assert text.endswith("Complete\n")
    assert state.front == PACKAGE
    assert f"u0 {component}" in out(state, "dumpsys window | grep mCurrentFocus")
    assert out(state, f"am force-stop {PACKAGE}; pidof {PACKAGE}") == ""
    assert "ThisTime" in out(replace_sdk(24), f"am start -W -n {component}")
    answer = run_line(state, f"am start -n {PACKAGE}/.Nothing")
    assert (answer.code, answer.err.decode().splitlines()[0]) == (0, "Error type 3")


def replace_sdk(sdk: int) -> PhoneState:
    state = PhoneState(sdk=sdk)
    put(state, TinyApk().build())
    return state


def test_keys_wake_the_screen_and_send_it_to_sleep(state: PhoneState) -> None:
    run_line(state, "input keyevent KEYCODE_SLEEP")
    assert "mWakefulness=Asleep" in out(state, "dumpsys power")
    run_line(state, "input keyevent 224; svc power stayon usb")
    assert "mWakefulness=Awake" in out(state, "dumpsys power")
    assert out(state, "settings get global stay_on_while_plugged_in; settings get global nothing") == "2\nnull\n"


def test_files_are_shown_as_toybox_shows_them(state: PhoneState) -> None:
    state.disk.write("/data/local/tmp/a b", b"12345", 0o640)
    line = out(state, "ls -l /data/local/tmp").splitlines()[1]
    assert re.fullmatch(r"-rw-r----- 1 shell shell 5 \d{4}-\d\d-\d\d \d\d:\d\d a b", line)
    assert out(state, "stat -c '%s %a %n' '/data/local/tmp/a b'") == "5 640 /data/local/tmp/a b\n"
    run_line(state, "chmod +x '/data/local/tmp/a b'; mv '/data/local/tmp/a b' /data/local/tmp/c; rm -f /data/local/tmp/none")
    assert out(state, "ls -l /data/local/tmp/c").startswith("-rwxr-x--x ")
    assert run_line(state, "rm /data/local/tmp/none").code == 1
    assert out(state, "df -k /data | tail -1").split()[1].isdigit()


def test_the_screen_is_a_picture_of_its_size(adb: Run, server: PrivateAdbServer, phone: VirtualPhone, tmp_path: Path) -> None:
    assert adb("shell", "screencap -p /data/local/tmp/s.png").returncode == 0
    with Image.open(io.BytesIO(phone.state.files["/data/local/tmp/s.png"])) as picture:
        assert picture.size == (1080, 2400)


def test_the_log_is_filtered_by_tag_pid_time_and_buffer(state: PhoneState) -> None:
    moment = datetime(2026, 11, 29, 10, 0, 0, 500_000, tzinfo=timezone.utc).timestamp()
    rows = [("main", 7, "I", "tflite", "one"), ("main", 8, "W", "Other", "two"), ("crash", 7, "E", "AndroidRuntime", "three")]
    for place, (buffer, pid, priority, tag, text) in enumerate(rows):
        state.log.append(LogLine(moment + place, buffer, pid, priority, tag, text))  # type: ignore[arg-type]

    def texts(options: str) -> list[str]:
        return [
            line.rpartition(": ")[2] for line in out(state, f"logcat -d {options}").splitlines() if not line.startswith("---")
        ]

    assert texts("") == ["one", "two", "three"]
    assert texts("-s tflite:I") == ["one"]
    assert texts("AndroidRuntime:E '*:S'") == ["three"]
    assert texts("--pid=7") == texts("--pid 7") == ["one", "three"]
    assert texts("-b crash") == ["three"]
    assert texts("-T '11-29 10:00:01.500'") == ["two", "three"]
    assert texts("-t 1") == ["three"]
    assert texts("'*:W'") == ["two", "three"]
    first = out(state, "logcat -d -v threadtime").splitlines()
    assert first[:2] == ["--------- beginning of main", "11-29 10:00:00.500     7     7 I tflite  : one"]
    assert out(state, "logcat -d -v color -s Other").splitlines()[1].startswith("\x1b[38;5;166m11-29")
    run_line(state, "logcat -c")
    assert texts("") == []


def test_following_the_log_goes_on_until_its_reader_goes(server: PrivateAdbServer, phone: VirtualPhone) -> None:
    phone.call(lambda: phone.state.log.write(7, "I", "tag", "before"))
    child = subprocess.Popen(
        [str(server.program), "-s", phone.serial, "logcat", "-v", "raw", "-s", "tag"],
        env={**os.environ, **server.environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    lines: list[str] = []
    assert child.stdout is not None
    reader = threading.Thread(target=lambda: lines.extend(child.stdout or ()), daemon=True)
    reader.start()
    phone_log = phone.state.log
    wait_until(lambda: len(phone_log._changed) == 1)
    phone.call(lambda: phone.state.log.write(7, "I", "other", "not asked for"))
    phone.call(lambda: phone.state.log.write(7, "I", "tag", "after"))
    wait_until(lambda: "after\n" in lines)
    child.terminate()
    child.wait(timeout=60)
    reader.join(timeout=60)
    child.stdout.close()
    assert lines == ["--------- beginning of main\n", "before\n", "after\n"]
    wait_until(lambda: not phone_log._changed)


def test_a_wrong_clock_shows_everywhere(state: PhoneState) -> None:
    state.faults.clock_offset_s = -400 * 86400
    year = time.gmtime(time.time() - 400 * 86400).tm_year
    assert out(state, "date +%Y") == f"{year}\n"
    state.log.write(1, "I", "tag", "late")
    assert time.gmtime(state.log.lines[-1].time_s).tm_year == year


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_answers_as_its_phone(name: str) -> None:
    state = like(name)
    known = dict(re.findall(r"^\[(.+)\]: \[(.*)\]$", out(state, "getprop"), re.MULTILINE))
    assert known["ro.apkiln.virtual"] == "1"
    assert known["ro.build.fingerprint"].split("/")[1] == known["ro.product.name"]
    assert known["ro.build.fingerprint"].split(":")[1].split("/")[0] == known["ro.build.version.release"]
    assert ("ro.soc.model" in known) is (int(known["ro.build.version.sdk"]) >= 31)
    assert like(name, 2).serialno != state.serialno
    assert (run_line(state, "sha256sum /none").code == 127) is (name == "old-7.0")
