"""What a crash leaves in the log: ActivityManager's words, Java's stack, or crash_dump's tombstone (AOSP, debuggerd)."""

from __future__ import annotations

import time

from deploy.virtual_phone.state import PhoneState

STARS = "*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***"
SYSTEM_SERVER = 1534


def write_crash(state: PhoneState, package: str, pid: int) -> None:
    """Ends a package's process as the faults ask for; one that has ended already does not crash."""
    if state.processes.get(package) != pid:
        return
    kind = state.faults.crash
    if kind == "java":
        state.log.write(pid, "E", "AndroidRuntime", "\n".join(_java(package, pid)), "crash")
    elif kind == "native":
        state.log.write(pid, "F", "libc", _signal(pid, package), "crash")
        state.log.write(state.next_pid(), "F", "DEBUG", "\n".join(_tombstone(state, package, pid)), "crash")
    if not state.faults.crash_dialog:
        state.end_process(package)
        state.log.write(SYSTEM_SERVER, "I", "ActivityManager", f"Process {package} (pid {pid}) has died: fg  TOP ", "system")


def _java(package: str, pid: int) -> list[str]:
    return [
        "FATAL EXCEPTION: main",
        f"Process: {package}, PID: {pid}",
        "java.lang.RuntimeException: Unable to start activity: the model is not as expected",
        "\tat android.app.ActivityThread.performLaunchActivity(ActivityThread.java:3930)",
        "Caused by: java.lang.IllegalStateException: model.tflite wants 96x96, the app 64x64",
        "\tat io.apkiln.app.model.ModelContract.check(ModelContract.kt:41)",
    ]


def _signal(pid: int, package: str) -> str:
    name = package[-15:]  # a thread's name holds so many
    return f"Fatal signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x0 in tid {pid} ({name}), pid {pid} ({name})"


def _tombstone(state: PhoneState, package: str, pid: int) -> list[str]:
    installed = state.packages[package]
    apk = f"{installed.path}!libtensorflowlite_jni.so"
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(state.now()))
    return [
        STARS,
        f"Build fingerprint: '{state.fingerprint}'",
        "Revision: 'MP1.0'",
        "ABI: 'arm64'",
        f"Timestamp: {stamp}.000000000+0000",
        "Process uptime: 1s",
        f"Cmdline: {package}",
        f"pid: {pid}, tid: {pid}, name: {package[-15:]}  >>> {package} <<<",
        f"uid: {installed.uid}",
        "signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x0000000000000000",
        "Cause: null pointer dereference",
        "    x0  0000000000000000  x1  0000007fd5a3e1c8  x2  0000000000000010  x3  0000000000000003",
        "    lr  0000006f1c23d0f4  sp  0000007fd5a3e190  pc  0000006f1c23d0f4  pst 0000000060001000",
        "backtrace:",
        f"      #00 pc 000000000003d0f4  {apk} (tflite::Subgraph::Invoke()+84) (BuildId: 3f2a5d0c9b7e4f11)",
        f"      #01 pc 0000000000031c2c  {apk} (Java_org_tensorflow_lite_NativeInterpreterWrapper_run+108)",
        "      #02 pc 0000000000377030  /apex/com.android.art/lib64/libart.so (art_quick_generic_jni_trampoline+144)",
    ]
