"""The programs of the phone's shell that the kit uses, each a function of its arguments that returns an answer."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

from deploy.virtual_phone.manifest import full_name
from deploy.virtual_phone.state import LogLine, PhoneState


@dataclass(frozen=True)
class Answer:
    """What a program wrote, and its exit code."""

    out: bytes = b""
    err: bytes = b""
    code: int = 0


def lines(*text: str, code: int = 0) -> Answer:
    """An answer of text lines on standard output."""
    return Answer("".join(f"{line}\n" for line in text).encode(), code=code)


def echo(state: PhoneState, arguments: list[str]) -> Answer:
    """`echo WORDS`."""
    return lines(" ".join(arguments))


def getprop(state: PhoneState, arguments: list[str]) -> Answer:
    """`getprop NAME`: prints an empty line for an unknown name."""
    return lines(state.properties.get(arguments[0], ""))


def date(state: PhoneState, arguments: list[str]) -> Answer:
    """`date +FORMAT`, UTC."""
    return lines(time.strftime(arguments[0][1:], time.gmtime()))


def cat(state: PhoneState, arguments: list[str]) -> Answer:
    """`cat FILE`."""
    data = state.files.get(arguments[0])
    return Answer(data) if data is not None else _no_file("cat", arguments[0])


def sha256sum(state: PhoneState, arguments: list[str]) -> Answer:
    """`sha256sum FILE`."""
    data = state.files.get(arguments[0])
    if data is None:
        return _no_file("sha256sum", arguments[0])
    return lines(f"{hashlib.sha256(data).hexdigest()}  {arguments[0]}")


def pidof(state: PhoneState, arguments: list[str]) -> Answer:
    """`pidof NAME`: prints nothing, with exit code 1, if nothing of that name is running."""
    pid = state.processes.get(arguments[0])
    return lines(str(pid)) if pid is not None else Answer(code=1)


def logcat(state: PhoneState, arguments: list[str]) -> Answer:
    """`logcat -d [-b BUFFER] [-T 'MM-DD HH:MM:SS.mmm'] [--pid=PID]`, in the threadtime format."""
    buffer, since, pid = None, 0.0, None
    for index, argument in enumerate(arguments):
        if argument == "-b":
            buffer = arguments[index + 1]
            if buffer == "crash" and not state.faults.crash_buffer:
                return Answer(err=b"Unable to open log device 'crash'\n", code=1)
        elif argument == "-T":
            moment = datetime.strptime(f"{time.gmtime().tm_year}-{arguments[index + 1]}", "%Y-%m-%d %H:%M:%S.%f")
            since = moment.replace(tzinfo=timezone.utc).timestamp()
        elif argument.startswith("--pid="):
            pid = int(argument.split("=")[1])
    wanted = [
        str(line) for line in state.log if (buffer in (None, line.buffer)) and line.time_s >= since and (pid in (None, line.pid))
    ]
    return lines(f"--------- beginning of {buffer or 'main'}", *wanted)


def pm(state: PhoneState, arguments: list[str]) -> Answer:
    """`pm path PACKAGE` and `pm grant PACKAGE PERMISSION`."""
    if arguments[0] == "path":
        installed = state.packages.get(arguments[1])
        return lines(f"package:{installed.path}") if installed is not None else Answer(code=1)
    if arguments[0] == "grant":
        return _grant(state, arguments[1], arguments[2])
    return Answer(err=f"Unknown command: {arguments[0]}\n".encode(), code=255)


def _grant(state: PhoneState, package: str, permission: str) -> Answer:
    trace = "\nException occurred while executing 'grant':\n"
    installed = state.packages.get(package)
    if state.faults.grant_refused:
        who = "Neither user 2000 nor current process has android.permission.GRANT_RUNTIME_PERMISSIONS."
        return Answer(err=f"{trace}java.lang.SecurityException: grantRuntimePermission: {who}\n".encode(), code=255)
    if installed is None:
        return Answer(err=f"{trace}java.lang.IllegalArgumentException: Unknown package: {package}\n".encode(), code=255)
    if permission not in installed.info.permissions:
        text = f"java.lang.SecurityException: Package {package} has not requested permission {permission}\n"
        return Answer(err=(trace + text).encode(), code=255)
    state.granted[package].add(permission)
    return Answer()


def am(state: PhoneState, arguments: list[str]) -> Answer:
    """`am start [-S] -n PACKAGE/ACTIVITY`, and the crash that `Faults.crash` asks for. Exit code 0 even on `Error`.

    `-S` stops the app first.
    """
    options = [argument for argument in arguments if argument != "-S"]
    if options[:2] != ["start", "-n"]:
        return Answer(err=b"Error: unknown command\n", code=255)
    component = options[2]
    package, _, name = component.partition("/")
    activity = full_name(package, name)
    start = f"Starting: Intent {{ cmp={component} }}"
    if "-S" in arguments:
        state.processes.pop(package, None)
        start = f"Stopping: {package}\n{start}"
    installed = state.packages.get(package)
    if installed is None or activity not in installed.info.activities:
        text = f"Activity class {{{package}/{activity}}} does not exist."
        return Answer(f"{start}\n".encode(), f"Error type 3\nError: {text}\n".encode())
    pid = state.start_process(package)
    if state.faults.crash != "no":
        asyncio.get_running_loop().call_later(state.faults.crash_after_s, _crash, state, package, pid)
    return lines(start)


def _crash(state: PhoneState, package: str, pid: int) -> None:
    java = [
        (pid, "E", "AndroidRuntime", "FATAL EXCEPTION: main"),
        (pid, "E", "AndroidRuntime", f"Process: {package}, PID: {pid}"),
        (pid, "E", "AndroidRuntime", "java.lang.RuntimeException: Unable to start activity: the model is not as expected"),
        (pid, "E", "AndroidRuntime", "\tat android.app.ActivityThread.performLaunchActivity(ActivityThread.java:3930)"),
        (pid, "E", "AndroidRuntime", "Caused by: java.lang.IllegalStateException: model.tflite wants 96x96, the app 64x64"),
        (pid, "E", "AndroidRuntime", "\tat io.apkiln.app.model.ModelContract.check(ModelContract.kt:41)"),
    ]
    native = [
        (pid, "F", "libc", f"Fatal signal 11 (SIGSEGV), code 1 (SEGV_MAPERR) in tid {pid} (app), pid {pid} (app)"),
        (pid + 1, "F", "DEBUG", f"pid: {pid}, tid: {pid}, name: app  >>> {package} <<<"),
        (pid + 1, "F", "DEBUG", "      #00 pc 000000000003d0f4  libtensorflowlite_jni.so"),
    ]
    for who, priority, tag, text in {"java": java, "native": native}.get(state.faults.crash, []):
        state.log.append(LogLine(time.time(), "crash", who, priority, tag, text))
    if not state.faults.crash_dialog:
        state.processes.pop(package, None)


def _no_file(program: str, path: str) -> Answer:
    return Answer(err=f"{program}: {path}: No such file or directory\n".encode(), code=1)


COMMANDS: dict[str, Callable[[PhoneState, list[str]], Answer]] = {
    program.__name__: program for program in (echo, getprop, date, cat, sha256sum, pidof, logcat, pm, am)
}
