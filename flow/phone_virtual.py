"""`invoke phone.virtual`: phones made of software, for whoever has none; they run until Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from appspec.errors import KitError
from deploy.device.adb import Adb
from deploy.virtual_phone import Faults, VirtualPhone
from deploy.virtual_phone.fault_values import set_fault
from deploy.virtual_phone.profiles import like
from flow.screen import Screen

MOST = 32
WORDS = "NAME=VALUE sets a fault, also: reboot, off, on, wake, steps; a number before it means that phone alone"


def run_phones(
    profile: str | None, port: int, count: int, faults: Sequence[str], connects: bool, screen: Screen, adb: Adb | None = None
) -> None:
    """Starts phones, connects adb to them, and waits for Ctrl-C or the end of the process.

    Args:
        port: of the first, the others follow; 0: free ones.
        faults: `NAME=VALUE` each, of all the phones.
        connects: whether the user's own adb server gets to know them.

    Raises:
        KitError: an argument is wrong, a port is taken, adb can't be used.
    """
    if not 1 <= count <= MOST:
        raise KitError(f"--count {count}", f"it is from 1 to {MOST}", "--count 2")
    if port and not 1024 <= port <= 65536 - count:
        raise KitError(f"--port {port}", "it is no port that programs may listen at", "--port 7555, or leave it out")
    with contextlib.ExitStack() as stack:
        phones = [
            stack.enter_context(_opened(_phone(profile, number, port + number - 1 if port else 0, faults, count, screen)))
            for number in range(1, count + 1)
        ]
        if connects:
            stack.enter_context(_connected(phones, adb or Adb.fitting()))
        _tell(phones, connects, screen)
        threading.Thread(target=_listen, args=(phones, screen), daemon=True).start()
        _wait()
        screen.say("ended")


def _phone(profile: str | None, number: int, port: int, faults: Sequence[str], count: int, screen: Screen) -> VirtualPhone:
    wrong = Faults()
    for text in faults:
        set_fault(wrong, text)
    state = like(profile, number, wrong)
    prefix = f"[{number}] " if count > 1 else ""
    state.say = lambda line: screen.say(f"{time.strftime('%H:%M:%S')} {prefix}{line}")
    return VirtualPhone(state, port=port)


@contextlib.contextmanager
def _opened(phone: VirtualPhone) -> Iterator[VirtualPhone]:
    try:
        phone.__enter__()
    except OSError as error:
        why = f"port {phone.port} on 127.0.0.1: {error.strerror}"
        raise KitError("the virtual phone can't listen", why, "another --port, or none") from error
    try:
        yield phone
    finally:
        phone.__exit__()


@contextlib.contextmanager
def _connected(phones: Sequence[VirtualPhone], adb: Adb) -> Iterator[None]:
    """The user's adb server knows the phones meanwhile, and forgets them afterwards."""
    try:
        for phone in phones:
            adb.run("disconnect", phone.serial)  # one that had this address before would stand in the way
            adb.run("connect", phone.serial)
        yield
    finally:
        for phone in phones:
            with contextlib.suppress(KitError):
                adb.run("disconnect", phone.serial, timeout_s=5)


def _tell(phones: Sequence[VirtualPhone], connected: bool, screen: Screen) -> None:
    rows = [
        {"serial": phone.serial, "model": phone.state.model, **_android(phone, screen), "serial_number": phone.state.serialno}
        for phone in phones
    ]
    first = phones[0].serial
    how = f"invoke deploy --device {first}" if connected else f"adb connect {first}"
    note = f"Made of software: it computes on this computer, and its times are no phone's. Try: {how}. Ctrl-C ends it."
    screen.table("Virtual phones", tuple(rows[0]), rows, note)


def _android(phone: VirtualPhone, screen: Screen) -> dict[str, object]:
    """Two values to a program, one to a reader."""
    release, sdk = phone.state.release, phone.state.sdk
    return {"android": release, "sdk": sdk} if screen.as_json else {"android": f"{release} (API {sdk})"}


def _listen(phones: Sequence[VirtualPhone], screen: Screen) -> None:
    """Lines of standard input change the phones while they run."""
    for line in sys.stdin:
        text = line.strip()
        number, _, rest = text.partition(" ")
        chosen = phones
        if number.isdigit() and 1 <= int(number) <= len(phones):
            chosen, text = [phones[int(number) - 1]], rest.strip()
        for phone in chosen if text else ():
            try:
                screen.say(f"{phone.serial}: {_change(phone, text)}")
            except KitError as error:
                screen.say(f"{error.what}: {error.why}. {WORDS}")


def _change(phone: VirtualPhone, text: str) -> str:
    if text == "steps":
        return f"{phone.state.steps} steps so far"
    actions = {"reboot": phone.reboot, "off": phone.switch_off, "on": phone.switch_on, "wake": phone.wake}
    if text in actions:
        actions[text]()
        return text
    before = (phone.faults.answers, phone.faults.auth)
    set_fault(phone.faults, text)
    if before != (phone.faults.answers, phone.faults.auth):
        phone.cut()  # these are asked where a connection begins
        return f"{text} from now on; the connection was cut, and adb makes a new one"
    return f"{text} from now on"


def _wait() -> None:
    """Until Ctrl-C or a request to end."""
    ended = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        while not ended.wait(0.5):
            pass
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
