"""Looks at a folder of data, asks what it can't see, and writes apps/NAME/app.toml."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from appspec.file_tree import shown
from appspec.load import load_spec
from appspec.stages import ROOT
from flow.new.names import check_name
from flow.new.pictures import propose_pictures
from flow.new.questions import Questions
from flow.new.series import propose_time_series
from flow.new.text import AppText
from flow.new.wishes import Proposal, Wishes
from flow.screen import Screen


@dataclass(frozen=True)
class NewApp:
    """What was written.

    Attributes:
        next_commands: what to run now.
    """

    name: str
    file: Path
    proposal: Proposal
    next_commands: tuple[str, ...]


def new_app(name: str, data: str | None, wishes: Wishes, screen: Screen, root: Path = ROOT) -> NewApp:
    """Writes `apps/NAME/app.toml` for a folder of data, and says what it saw and what comes next.

    Raises:
        KitError: no format fits, something must be said by a flag, or there is such an app.
    """
    from pymodel.tasks.check import check_supported

    apps = root / "apps"
    name = check_name(name, apps)
    if data is None or not data.strip():
        why = "it is not there" if data is None else "it is empty: a shell variable in it may not be set"
        raise KitError("The folder with your data must be named", why, f"invoke new {shlex.quote(name)} --data DIR")
    questions = Questions.on(screen, wishes.take_proposals, root / "build" / name)
    folder, data_format, seen = _choose_format(data, wishes, questions, screen)
    if folder.is_relative_to((root / "build" / name).resolve()):
        raise KitError(
            f"Can't learn from {shown(str(folder))}",
            "it lies where this app's own results would be written",
            "move the data elsewhere",
        )
    propose = propose_time_series if data_format == "csv" else propose_pictures
    try:
        proposal = propose(name, folder, data_format, wishes, questions)
    except KitError as error:
        section = next((one for one in ("data.series", "data") if f"[{one}]" in error.fix), None)
        if section is None or "--" in error.fix:
            raise
        how = f"invoke new takes it as --set {section}.KEY=VALUE, or by the flag of that name"
        raise KitError(error.what, error.why, f"{error.fix}; {how}") from error
    text = _text(name, proposal, wishes)
    file = _write(apps / name, text, check_supported)
    arguments = f" --app {shlex.quote(name)}"
    commands = (f"invoke data.inspect{arguments}", f"invoke build-apk{arguments}", f"invoke deploy{arguments}")
    _tell(name, file, seen, proposal, commands, screen)
    return NewApp(name, file, proposal, commands)


def _choose_format(data: str, wishes: Wishes, questions: Questions, screen: Screen) -> tuple[Path, str, list[tuple[str, str]]]:
    """The folder to read, its format, and rows that say what was seen."""
    from pymodel.data.recognize import part_of, recognize
    from pymodel.data.unread import no_folder

    folder = Path(data).expanduser()
    if not folder.is_dir():
        raise no_folder(folder, "the folder with your data")
    folder = folder.resolve()
    if shown(str(folder)) != str(folder) or os.path.expandvars(folder) != str(folder):
        why = "its name is no UTF-8 text" if shown(str(folder)) != str(folder) else "its name holds a variable, as $HOME"
        raise KitError(f"{shown(str(folder))} can't be written into app.toml", why, "rename that folder")
    screen.status(f"looking at {folder}")
    found = recognize(folder)
    for line in (*found.unread, *found.notes):
        screen.say(f"Note: {line}")
    if not found.formats:
        raise KitError(
            f"No format of the kit fits {folder}",
            "; ".join(found.unread) or _why_none(found.pictures),
            "lay the data out as docs/data.md shows: a folder a class, COCO, YOLO, Pascal VOC, CAT, or CSV files; "
            f"of one class alone, add a folder of pictures without it{part_of(folder)}",
        )
    names = [one.format for one in found.formats]
    chosen = questions.choose("--format", "Which format is it to be read in?", names, names[0], wishes.format)
    seen = next(one for one in found.formats if one.format == chosen)
    rows = [("format", f"{chosen}: {seen.evidence}")]
    rows += [("also fits", one.words()) for one in found.formats if one is not seen]
    if seen.inner:
        rows.append(("folder", f"{shown(seen.inner)}/, below the one that was named"))
    return folder / seen.inner, chosen, rows


def _why_none(pictures: int) -> str:
    if not pictures:
        return "it holds no picture and no time series"
    return (
        f"it holds {pictures} pictures, and nothing says what they show: neither folders of two or more classes, "
        "nor annotations of objects"
    )


def _text(name: str, proposal: Proposal, wishes: Wishes) -> str:
    app = {"name": proposal.shown_name, "id": wishes.id or proposal.id, "version": "1.0.0", "screen": proposal.screen}
    android: dict[str, object] = {"min_sdk": 24, "target_sdk": 36, "abis": ["arm64-v8a"], "delegate": "auto"}
    if proposal.screen == "camera":
        android["camera"] = "back"
    arguments = f"--app {shlex.quote(name)}"
    remarks = (
        "Written by `invoke new`; it is yours to change. docs/app-toml.md has every key.",
        f"Look at the data: invoke data.inspect {arguments}; build the app: invoke build-apk {arguments}",
    )
    return AppText(remarks, app, proposal.models, proposal.data, proposal.series, android).write()


def _write(folder: Path, text: str, check: object) -> Path:
    """The file, written wholly or not at all; what it says was read back first.

    Raises:
        KitError: the folder can't be made, or has been made meanwhile, or the text is no app that can be built.
    """
    folder.parent.mkdir(exist_ok=True)
    try:
        part = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    except OSError as error:
        raise KitError(f"Can't write {folder}", error.strerror or str(error), "check the permissions of apps/") from error
    try:
        (part / "app.toml").write_text(text, encoding="utf-8")
        assert callable(check)
        check(load_spec(part / "app.toml"))
        part.chmod(0o777 & ~_umask())
        os.rename(part, folder)  # noqa: PTH104 (fails where the folder has something in it; Path.replace says the same)
    except OSError as error:
        raise KitError(f"Can't write {folder}", error.strerror or str(error), "give another name") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder / "app.toml"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _tell(
    name: str, file: Path, seen: Sequence[tuple[str, str]], proposal: Proposal, commands: Sequence[str], screen: Screen
) -> None:
    rows = [{"what": what, "seen": value} for what, value in (*seen, *proposal.seen)]
    if screen.as_json:
        document: Mapping[str, object] = {
            "app": name, "file": str(file), "seen": [dict(row) for row in rows], "models": [dict(one) for one in proposal.models],
            "data": dict(proposal.data), "series": dict(proposal.series), "remarks": list(proposal.remarks), "next": list(commands),
        }  # fmt: skip
        screen.json(document)
        return
    screen.table("The data", ("what", "seen"), rows)
    for remark in proposal.remarks:
        screen.say(f"→ {remark}")
    screen.say(f"Written: {file}")
    screen.say("Next:")
    for command in commands:
        screen.say(f"  {command}")
