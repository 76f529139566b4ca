"""The activity manager: `am start`, `am force-stop` (AOSP, ActivityManagerShellCommand.java); apps begin, run and crash here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from deploy.virtual_phone.app_benchmark import ACTIVITY as BENCHMARK
from deploy.virtual_phone.app_benchmark import run_benchmark
from deploy.virtual_phone.crash import write_crash
from deploy.virtual_phone.manifest import full_name
from deploy.virtual_phone.session import Answer, Program, Session, failure, lines
from deploy.virtual_phone.state import PhoneState

NO_SERVICE = "cmd: Can't find service: activity"
SYSTEM_SERVER = 1534
PLAIN, VALUES = ("-S", "-W", "-D", "-N", "-R"), ("-a", "-c", "-d", "-t", "-f", "--user", "-i")
EXTRAS = {"--es": str, "--ei": int, "--ef": float, "--el": int, "--ez": lambda word: word == "true"}


@dataclass
class Intent:
    """What `am start` was given."""

    component: str = ""
    flags: set[str] = field(default_factory=set)
    extras: dict[str, object] = field(default_factory=dict)


def am(session: Session, arguments: list[str]) -> Answer:
    """Dispatches on the first word."""
    if not session.phone.ready:
        return failure(NO_SERVICE, code=20)
    action, rest = arguments[0], arguments[1:]
    if action in ("start", "start-activity"):
        return _start(session, rest)
    if action in ("force-stop", "kill", "stop-app"):
        session.phone.end_process(rest[-1])
        return Answer()
    if action in ("broadcast", "set-inactive", "clear-debug-app"):
        return Answer()
    return failure(f"Unknown command: {action}", code=255)


def read_intent(arguments: list[str]) -> Intent:
    """The intent of a command line.

    Raises:
        ValueError: it is none of am's, in am's words.
    """
    intent, rest = Intent(), list(arguments)
    while rest:
        word = rest.pop(0)
        try:
            if word in PLAIN:
                intent.flags.add(word)
            elif word in ("-n", "--component"):
                intent.component = rest.pop(0)
            elif word in VALUES:
                rest.pop(0)
            elif word == "--esn":
                intent.extras[rest.pop(0)] = None
            elif word in EXTRAS:
                key = rest.pop(0)
                intent.extras[key] = EXTRAS[word](rest.pop(0))  # type: ignore[operator]
            elif word.startswith("-"):
                raise ValueError(f"Error: Unknown option: {word}")
            else:
                intent.component = word
        except IndexError as error:
            raise ValueError(f'java.lang.IllegalArgumentException: Argument expected after "{word}"') from error
    if "/" not in intent.component:
        raise ValueError(f"java.lang.IllegalArgumentException: Bad component name: {intent.component}")
    return intent


def _start(session: Session, arguments: list[str]) -> Answer:
    """Exit code 0 even on `Error`."""
    phone = session.phone
    try:
        intent = read_intent(arguments)
    except ValueError as error:
        return failure("", "Exception occurred while executing 'start':", str(error), code=255)
    package, _, name = intent.component.partition("/")
    activity = full_name(package, name)
    out = [f"Stopping: {package}"] if "-S" in intent.flags else []
    extras = " (has extras)" if intent.extras else ""
    out.append(f"Starting: Intent {{ cmp={_short(package, activity)}{extras} }}")
    if "-S" in intent.flags:
        phone.end_process(package)
    installed = phone.packages.get(package)
    if installed is None or activity not in installed.info.activities:
        missing = f"Error: Activity class {{{package}/{activity}}} does not exist."
        return Answer(lines(*out).out, lines("Error type 3", missing).out)
    cold = package not in phone.processes
    pid = phone.start_process(package)
    _log_start(phone, package, activity, pid, installed.uid, cold)
    if activity == phone.front_activity and not cold:
        out.append("Warning: Activity not started, intent has been delivered to currently running top-most instance.")
    phone.front, phone.front_activity, phone.awake = package, activity, True
    loop = asyncio.get_running_loop()
    if phone.faults.crash != "no":
        loop.call_later(phone.faults.crash_after_s, write_crash, phone, package, pid)
    elif activity == BENCHMARK:
        run_benchmark(phone, installed, intent.extras, pid)
    if "-W" in intent.flags:
        out += ["Status: ok", f"LaunchState: {'COLD' if cold else 'HOT'}"] if phone.sdk >= 29 else ["Status: ok"]
        out += [f"Activity: {_short(package, activity)}", *([] if phone.sdk >= 29 else ["ThisTime: 412"])]
        out += ["TotalTime: 412", "WaitTime: 431", "Complete"]
    return lines(*out)


def _short(package: str, activity: str) -> str:
    """ComponentName.flattenToShortString."""
    return f"{package}/{activity.removeprefix(package) if activity.startswith(f'{package}.') else activity}"


def _log_start(phone: PhoneState, package: str, activity: str, pid: int, uid: int, cold: bool) -> None:
    tag = "ActivityTaskManager" if phone.sdk >= 29 else "ActivityManager"
    short = _short(package, activity)
    phone.log.write(SYSTEM_SERVER, "I", tag, f"START u0 {{flg=0x10000000 cmp={short}}} from uid 2000", "system")
    if cold:
        started = f"Start proc {pid}:{package}/u0a{uid - 10000} for top-activity {{{short}}}"
        phone.log.write(SYSTEM_SERVER, "I", "ActivityManager", started, "system")
    phone.log.write(SYSTEM_SERVER, "I", tag, f"Displayed {short}: +412ms", "system")


PROGRAMS: dict[str, Program] = {"am": am}
