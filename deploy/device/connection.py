"""adb's words for a phone or a server that can't be reached, in the user's words with the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable

from appspec.errors import KitError

Command = Callable[..., str]  # Adb.command

# States as `adb devices` names them (AOSP, adb/adb.cpp, to_string(ConnectionState)).
READY = "device"
PASSING = frozenset({"offline", "connecting", "authorizing"})  # adb's server may be about to reach the phone
STATES = (
    "device", "offline", "unauthorized", "authorizing", "connecting", "bootloader", "recovery", "rescue", "sideload", "host",
    "detached", "no permissions",
)  # fmt: skip

NO_GROUP = "no permissions, not in the plugdev group"
"""Our own: adb tells in brackets why it has no permissions, and this is another thing to mend."""

MDNS = re.compile(
    r"adb-(?P<serialno>.+?)(?:-\w{6}(?: \(\d+\))?\._adb(?:-tls-connect)?|(?: \(\d+\))?\._adb)\._tcp\.?(?:local\.?)?"
)
SHORT = 50
"""Letters of a command that may stand twice in a line."""
ALLOW = "unlock it and tap Allow under 'Allow USB debugging?'"
WIRELESS_AGAIN = "on it, in the same Wi-Fi: Developer options > Wireless debugging off and on again"


def is_wireless(serial: str) -> bool:
    """Whether adb reaches the phone over a network: HOST:PORT, or the name under which a phone announces itself; usb:1-2 is a plug."""
    return (":" in serial and not serial.startswith("usb:")) or is_announced(serial)


def is_announced(serial: str) -> bool:
    """Whether adb found the phone by mDNS, as adb-0A1B2C-aB3dEf._adb-tls-connect._tcp: it can't be connected to by that name."""
    return MDNS.fullmatch(serial) is not None


def is_emulator(serial: str) -> bool:
    """Whether adb calls it an emulator on its own computer."""
    return re.fullmatch(r"emulator-\d+", serial) is not None


def state_remedy(state: str, serial: str, command: Command) -> str:
    """What to do about a phone in this state; empty for one that is ready.

    Args:
        state: from `adb devices`.
        command: makes the line that runs our adb, `Adb.command`.
    """
    if state == READY:
        return ""
    if state in ("recovery", "rescue", "sideload"):
        return f"it stands in {state}: {command('reboot', serial=serial)}"
    if is_announced(serial):
        return _announced_remedy(state)
    if is_wireless(serial):
        again = connect_again(serial, command)
        return f"{ALLOW}; no question there: {again}" if state in ("unauthorized", "authorizing") else again
    if is_emulator(serial):
        return "wait until its home screen shows; still so: close the emulator and start it again"
    if state in ("unauthorized", "authorizing"):
        return f"{ALLOW}; no question there: replug the cable"
    if state in ("offline", "connecting"):
        return f"unplug it, plug it in again and unlock it; still so: {command('kill-server')}"
    if state == NO_GROUP:
        return 'sudo usermod -aG plugdev "$USER", then log out and in again'
    if state == "no permissions":
        return "on Linux: sudo apt install android-sdk-platform-tools-common, then unplug it and plug it in again"
    if state in ("bootloader", "fastboot", "fastbootd"):
        return "it stands in its bootloader: choose Start with its volume keys and press the power key"
    if state == "detached":
        return "another program has its USB interface: end that program, then unplug the phone and plug it in again"
    return "unplug it, plug it in again and unlock it"


def connect_again(serial: str, command: Command) -> str:
    """The two commands that renew a connection over a network, the program's place told once where it is long."""
    first, second = command("disconnect", serial), command("connect", serial)
    return f"{first} and then {second if len(second) <= SHORT else 'the same with connect in place of disconnect'}"


def _announced_remedy(state: str) -> str:
    if state in ("unauthorized", "authorizing"):
        return "pair it again, on it: Developer options > Wireless debugging > Pair device with pairing code, and then adb pair HOST:PORT"
    return f"{WIRELESS_AGAIN}; adb finds it by itself"


def connection_failure(stderr: str, serial: str | None, command: Command) -> KitError | None:
    """Reads adb's own complaint; None when it speaks of something else than the connection.

    Args:
        stderr: what adb wrote there; only lines that adb itself begins ("adb: ", "error: ", "* ") count.
        serial: the phone spoken to.
        command: `Adb.command`.
    """
    ours = re.compile(
        r"(?!adb: failed to install)(adb: |adb\S*: |error: |\* |cannot connect)"
    )  # that has the phone's words in it
    lines = [line for line in stderr.splitlines() if ours.match(line)]
    text = " ".join(lines)
    phone = serial or "the phone"
    found = re.search(r"device (offline|unauthorized)|device still (authorizing|connecting)", text)
    if found is not None:
        state = found.group(1) or found.group(2)
        return KitError(f"can't talk to {phone}", f"adb says it is {state}", state_remedy(state, phone, command))
    if "insufficient permissions" in text:
        remedy = state_remedy("no permissions", phone, command)
        return KitError(f"can't talk to {phone}", "this user may not use the phone's USB device", remedy)
    if re.search(r"device '.*' not found|device not found|no devices", text):
        plugged = WIRELESS_AGAIN if serial is not None and is_wireless(serial) else "plug it in and unlock it"
        fix = f"{plugged}; {command('devices', '-l')} lists what adb sees"
        return KitError(f"{phone} is gone", "adb no longer sees it", fix)
    if "more than one device" in text:
        return KitError("several phones are connected", "adb can't choose", "give one to --device; invoke devices lists them")
    if re.search(r"cannot connect to daemon|failed to start daemon|failed to check server version", text):
        cause = lines[-1].removeprefix("* ").removesuffix(" *")
        fix = "end the program that holds adb's port, or set ANDROID_ADB_SERVER_PORT to a free one"
        return KitError("adb's server can't be used", cause, fix)
    if re.search(r"error: (closed|protocol fault)|connect error for|connection reset|failed to read", text):
        return KitError(
            f"lost {phone}", "the connection ended in the middle", "see that it is connected, then the same command again"
        )
    return None
