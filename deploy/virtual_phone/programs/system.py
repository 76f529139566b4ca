"""Programs about the phone itself: `getprop`, `date`, `settings`, `svc`, `input`, `wm`, `uname`, `nproc`, `uptime`, `id`."""

from __future__ import annotations

import re
import time

from deploy.virtual_phone.properties import system_properties
from deploy.virtual_phone.session import Answer, Program, Session, failure, lines

KEY_POWER, KEY_SLEEP, KEY_WAKEUP = ("26", "POWER"), ("223", "SLEEP"), ("224", "WAKEUP")


def getprop(session: Session, arguments: list[str]) -> Answer:
    """`getprop [NAME [DEFAULT]]`: an empty line for an unknown name; without one, all as `[NAME]: [VALUE]`."""
    known = system_properties(session.phone)
    if not arguments:
        return lines(*(f"[{name}]: [{value}]" for name, value in sorted(known.items())))
    return lines(known.get(arguments[0]) or (arguments[1] if len(arguments) > 1 else ""))


def setprop(session: Session, arguments: list[str]) -> Answer:
    """`setprop NAME VALUE`: what a shell may set, as debug.* and log.*."""
    name, value = arguments[0], arguments[1]
    if not name.startswith(("debug.", "log.")):
        return failure(f"Failed to set property '{name}' to '{value}'.", "See dmesg for error reason.")
    session.phone.more_properties[name] = value
    return Answer()


def date(session: Session, arguments: list[str]) -> Answer:
    """`date [-u] [+FORMAT]`; with %N for nanoseconds."""
    now = session.phone.now()
    layout = next((word[1:] for word in arguments if word.startswith("+")), "%a %b %e %H:%M:%S UTC %Y")
    return lines(time.strftime(layout.replace("%N", f"{int(now % 1 * 1e9):09d}"), time.gmtime(now)))


def settings(session: Session, arguments: list[str]) -> Answer:
    """`settings get|put|delete|list system|secure|global [KEY] [VALUE]`."""
    known, action, space = session.phone.settings, arguments[0], arguments[1]
    if action == "list":
        return lines(*(f"{key.split()[1]}={value}" for key, value in sorted(known.items()) if key.startswith(f"{space} ")))
    key = f"{space} {arguments[2]}"
    if action == "put":
        known[key] = arguments[3]
        return Answer()
    if action == "delete":
        return lines(f"Deleted {int(known.pop(key, None) is not None)} rows")
    return lines(known.get(key, "null"))


def svc(session: Session, arguments: list[str]) -> Answer:
    """`svc power stayon true|false|usb|ac|wireless`, `svc power reboot|shutdown`."""
    if arguments[:2] == ["power", "stayon"]:
        values = {"true": "15", "false": "0", "usb": "2", "ac": "1", "wireless": "4"}
        session.phone.settings["global stay_on_while_plugged_in"] = values.get(arguments[2], "0")
        if arguments[2] != "false":
            session.phone.awake = True
    return Answer()


def key(session: Session, arguments: list[str]) -> Answer:
    """`input keyevent CODE`, `input tap X Y`, `input swipe …`, `input text TEXT`: of these, keys that wake or send to sleep act."""
    if arguments[0] == "keyevent":
        code = arguments[-1].removeprefix("KEYCODE_")
        if code in KEY_WAKEUP:
            session.phone.awake = True
        elif code in KEY_SLEEP:
            session.phone.awake = False
        elif code in KEY_POWER:
            session.phone.awake = not session.phone.awake
    return Answer()


def wm(session: Session, arguments: list[str]) -> Answer:
    """`wm size`, `wm density`, `wm dismiss-keyguard`."""
    screen = session.phone.screen
    if arguments[0] == "size":
        return lines(f"Physical size: {screen.width}x{screen.height}")
    if arguments[0] == "density":
        return lines(f"Physical density: {screen.density}")
    return Answer()


def nproc(session: Session, arguments: list[str]) -> Answer:
    """`nproc`."""
    return lines(str(session.phone.cores))


def uname(session: Session, arguments: list[str]) -> Answer:
    """`uname [-m] [-a]`."""
    machine = {"arm64-v8a": "aarch64", "x86_64": "x86_64", "x86": "i686"}.get(session.phone.abis[0], "armv8l")
    if arguments == ["-m"]:
        return lines(machine)
    release = "Linux localhost 6.1.99-android14-virtual #1 SMP PREEMPT"
    return lines(f"{release} {machine} Toybox" if arguments else "Linux")


def uptime(session: Session, arguments: list[str]) -> Answer:
    """`uptime`."""
    minutes = int(session.phone.uptime_s // 60)
    clock = time.strftime("%H:%M:%S", time.gmtime(session.phone.now()))
    return lines(f" {clock} up {minutes // 60:2d}:{minutes % 60:02d},  0 users,  load average: 1.00, 1.00, 1.00")


def who(session: Session, arguments: list[str]) -> Answer:
    """`id`, with `-u` or `-un`."""
    uid, name = 2000, "shell"
    if session.user != "shell":
        uid = session.phone.packages[session.user].uid
        name = f"u0_a{uid - 10000}"
    if arguments:
        return lines(name if "n" in arguments[0] else str(uid))
    return lines(f"uid={uid}({name}) gid={uid}({name}) groups={uid}({name})")


def whoami(session: Session, arguments: list[str]) -> Answer:
    """`whoami`."""
    return who(session, ["-un"])


def service(session: Session, arguments: list[str]) -> Answer:
    """`service check NAME`."""
    state = "found" if session.phone.ready else "not found"
    return lines(f"Service {re.sub('[^A-Za-z_.]', '', arguments[1])}: {state}")


PROGRAMS: dict[str, Program] = {
    "getprop": getprop,
    "setprop": setprop,
    "date": date,
    "settings": settings,
    "svc": svc,
    "input": key,
    "wm": wm,
    "nproc": nproc,
    "uname": uname,
    "uptime": uptime,
    "id": who,
    "whoami": whoami,
    "service": service,
}
