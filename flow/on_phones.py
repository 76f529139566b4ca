"""`invoke run`, `logs`, `screenshot`, `pull` and `uninstall`: what is done with an app that is on phones already."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from appspec.errors import KitError
from appspec.whole_file import write_whole
from deploy.device.choose import Say, Selection, choose_phones
from deploy.device.fleet import on_each
from deploy.device.install import is_installed
from deploy.device.install import uninstall as remove
from deploy.device.launch import launch
from deploy.device.listing import Connected
from deploy.device.logs import KIT, LogLine, app_log
from deploy.device.pull import PulledFile, not_installed
from deploy.device.pull import pull as fetch
from deploy.device.screenshot import is_black
from deploy.device.screenshot import screenshot as take
from flow.app import open_app
from flow.arguments import file_place, made_folder
from flow.phones import tell_outcomes
from flow.screen import Screen
from flow.target import target_of

T = TypeVar("T")

STYLES = {"V": "dim", "D": "dim", "I": "", "W": "yellow", "E": "red", "F": "bold red", KIT: "bold cyan"}


def run(name: str, wanted: Selection, screen: Screen) -> None:
    """Starts the app that is there and watches its start.

    Raises:
        KitError: no phone, the app isn't on it, doesn't start or crashes.
    """
    target = target_of(open_app(name))

    def one_phone(phone: Connected, say: Say) -> int:
        if not is_installed(phone.adb, phone.serial, target.application_id):
            raise not_installed(target.application_id, phone.serial, target.arguments)
        return launch(phone.adb, phone.serial, target, say)

    def row(pid: int) -> dict[str, object]:
        return {"app": target.application_id, "process": pid}

    _each("Running", wanted, one_phone, row, screen)


def logs(name: str, wanted: Selection, follow: bool, screen: Screen) -> None:
    """The app's log, in colours, until Ctrl-C or to its end.

    Raises:
        KitError: no phone, or one was lost.
    """
    app = open_app(name)
    package = app.spec.app.id
    phones = choose_phones(wanted, screen.say)

    def one_phone(phone: Connected, say: Say) -> int:
        count = 0

        def show(line: LogLine) -> None:
            nonlocal count
            count += 1
            before = f"{phone.name}: " if len(phones) > 1 else ""
            screen.styled(f"{before}{line}", STYLES.get(line.level, ""))

        app_log(phone.adb, phone.serial, package, follow, show)
        return count

    if follow:
        screen.say(f"The log of {package}, until Ctrl-C")
    try:
        outcomes = on_each(phones, one_phone, screen.say)
    except KeyboardInterrupt:
        return
    if not any(outcome.result for outcome in outcomes) and not any(outcome.error for outcome in outcomes):
        screen.say(
            f"The log holds nothing of {package}: it hasn't run since the phone started, or long ago; invoke run{app.arguments} starts it"
        )
    if any(outcome.error for outcome in outcomes):
        tell_outcomes("Logs", outcomes, lambda lines: {"lines": lines}, screen)


def screenshot(wanted: Selection, out: Path, screen: Screen) -> None:
    """Each phone's screen as a PNG.

    Args:
        out: the file; where there are several phones, their serials are added to its name.

    Raises:
        KitError: no phone, it gives no picture, or that can't be written.
    """
    if out.suffix.lower() != ".png":
        raise KitError(f"--out {out} can't be used", "the picture is a PNG", "give --out a name that ends in .png")
    phones = choose_phones(wanted, screen.say)
    file_place("--out", out)
    names = file_names(phones)

    def one_phone(phone: Connected, say: Say) -> tuple[Path, int]:
        png = take(phone.adb, phone.serial)
        if is_black(png):
            say("the picture is black: its screen is off, or what is in front forbids pictures")
        path = out.with_name(f"{out.stem}-{names[phone.name]}{out.suffix}") if len(phones) > 1 else out
        write_whole(path, png, "give --out another file")
        return path, len(png)

    outcomes = on_each(phones, one_phone, screen.say)
    tell_outcomes("Screens", outcomes, lambda done: {"file": str(done[0]), "bytes": done[1]}, screen)


def pull(name: str, wanted: Selection, out: Path | None, private: bool, screen: Screen) -> None:
    """The app's files, into a folder for each phone.

    Args:
        out: the folder above those; None: pulled/NAME.

    Raises:
        KitError: no phone, no app or no files there, or they can't be written.
    """
    app = open_app(name)
    package = app.spec.app.id
    phones = choose_phones(wanted, screen.say)
    folder = made_folder("--out", out or Path("pulled") / app.artifacts.root.name)
    names = file_names(phones)

    def one_phone(phone: Connected, say: Say) -> list[PulledFile]:
        return fetch(phone.adb, phone.serial, package, made_folder("--out", folder / names[phone.name]), private, app.arguments)

    def row(files: list[PulledFile]) -> dict[str, object]:
        return {"folder": _above(files), "files": [file.name for file in files], "bytes": sum(file.size for file in files)}

    tell_outcomes("Fetched", on_each(phones, one_phone, screen.say), row, screen)


def uninstall(name: str, wanted: Selection, screen: Screen) -> None:
    """Removes the app and its data; a phone without it is as it should be.

    Raises:
        KitError: no phone, or it keeps the app.
    """
    package = open_app(name).spec.app.id

    def one_phone(phone: Connected, say: Say) -> bool:
        there = is_installed(phone.adb, phone.serial, package)
        if there:
            remove(phone.adb, phone.serial, package)
        return there

    def row(there: bool) -> dict[str, object]:
        if screen.as_json:
            return {"app": package, "removed": there}
        return {"app": package, "outcome": "removed, with its data" if there else "was not there"}

    _each("Removed", wanted, one_phone, row, screen)


def _each(
    title: str,
    wanted: Selection,
    work: Callable[[Connected, Say], T],
    row: Callable[[T], dict[str, object]],
    screen: Screen,
) -> None:
    tell_outcomes(title, on_each(choose_phones(wanted, screen.say), work, screen.say), row, screen)


def file_names(phones: Sequence[Connected]) -> dict[str, str]:
    """For each phone's name a part of a file's name, another one each."""
    names: dict[str, str] = {}
    for phone in phones:
        plain = re.sub(r"[^\w.-]+", "_", phone.name)[:60].strip("._-") or "phone"
        free = (plain if not number else f"{plain}_{number}" for number in itertools.count())
        names[phone.name] = next(name for name in free if name not in names.values())
    return names


def _above(files: list[PulledFile]) -> str:
    """The folder that the first file's name begins in."""
    first = files[0]
    return str(first.path).removesuffix(first.name)
