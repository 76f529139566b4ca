"""How a virtual phone misbehaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Auth = Literal["none", "refuse", "ask"]
Crash = Literal["no", "java", "native", "exit"]


@dataclass
class Faults:
    """How a phone misbehaves. May be changed at any time; each fault takes effect at the next event that it concerns.

    A step is a message of a stream, counted in both directions: OPEN and WRTE from the computer before they are handled, WRTE to
    it before it is sent. `PhoneState.steps` counts them, so a clean run tells how many there are.

    Attributes:
        auth: "none" trusts every computer; "refuse" never accepts a key (adb shows `unauthorized`); "ask" waits
            until `VirtualPhone.accept_key()`.
        answers: False: accepts the connection and sends nothing (adb shows `offline`).
        cut_at_step: the connection is cut at this step.
        hang_at_step: from this step on the phone says nothing any more, until `VirtualPhone.wake()`.
        reboot_at_step: the phone reboots at this step.
        wrong_bytes_at_step: one bit of this step's content is another one.
        reboot_s, boot_s: how long a rebooting phone can't be reached, then how long its services are missing; seconds.
        free_bytes: room for files and apps; None: enough.
        refuse_install: an error code of the package manager, such as INSTALL_FAILED_UPDATE_INCOMPATIBLE; a colon and
            its message may follow. Other words are the whole answer, as they stand.
        closed_user: another user, as a work profile, is closed to computers: installs and removals for all users fail.
        drop_after_bytes: the connection is cut once this many bytes of a file or an APK have arrived.
        drop_before_install_answer: the APK is installed, and the connection cut before the phone reports it.
        drop_at_command: the connection is cut at a shell command that starts with this text.
        receive_bytes_per_s: how fast the phone takes what is sent; None: at once.
        command_delay_s: how long each shell command takes, in seconds.
        missing_commands: programs that this phone's shell doesn't have, such as {"sha256sum"}.
        grant_refused: `pm grant` fails as it does on Xiaomi's phones.
        crash: how the app ends after it was started; "exit" leaves nothing in the log.
        crash_after_s: seconds from the start of the app to its crash.
        crash_dialog: the process stays alive while Android shows "App keeps stopping".
        crash_buffer: False: `logcat -b crash` fails, as it does on some makers' phones.
        corrupt_install: stores other bytes than those that arrived, and reports Success.
        clock_offset_s: the phone's clock is ahead by this, or behind.
        heats: how many °C a second of computing adds; None: the phone stays as warm as it is.
    """

    auth: Auth = "none"
    answers: bool = True
    cut_at_step: int | None = None
    hang_at_step: int | None = None
    reboot_at_step: int | None = None
    wrong_bytes_at_step: int | None = None
    reboot_s: float = 1.0
    boot_s: float = 1.0
    free_bytes: int | None = None
    refuse_install: str | None = None
    closed_user: bool = False
    drop_after_bytes: int | None = None
    drop_before_install_answer: bool = False
    drop_at_command: str | None = None
    receive_bytes_per_s: float | None = None
    command_delay_s: float = 0.0
    missing_commands: frozenset[str] = frozenset()
    grant_refused: bool = False
    crash: Crash = "no"
    crash_after_s: float = 0.0
    crash_dialog: bool = False
    crash_buffer: bool = True
    corrupt_install: bool = False
    clock_offset_s: float = 0.0
    heats: float | None = None


class CutError(Exception):
    """A fault asks for the connection to be cut now."""


class RebootError(Exception):
    """The phone is to reboot now."""
