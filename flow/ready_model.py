"""`invoke build-apk --model FILE`: an app around a ready model, without an app.toml of the user's."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appspec.errors import KitError
from appspec.java import JAVA_KEYWORDS
from appspec.stages import ROOT, hash_file
from appspec.whole_file import write_whole
from flow.convert import onnx_packages
from flow.screen import Screen

if TYPE_CHECKING:
    from pymodel.foreign.wishes import Wishes

MOST_NAME = 48
"""Characters of a model's name."""

Values = tuple[float, ...]


@dataclass(frozen=True)
class ReadyModel:
    """What the command line says; each as written, None or empty where nothing is said.

    Attributes:
        file: the model.
        labels: a file, names with commas between, or how many there are.
        mean, std: a number, or three with commas between.
        outputs: names with commas between.
        constants: NAME=VALUE each, or values with commas between.
        name: of the app, as it is shown.
    """

    file: Path
    task: str | None = None
    labels: str | None = None
    mean: str | None = None
    std: str | None = None
    score: str | None = None
    overlap: str | None = None
    outputs: str | None = None
    signature: str | None = None
    order: str | None = None
    constants: Sequence[str] = ()
    name: str | None = None
    id: str | None = None


def model_as_said(file: str, constants: Sequence[str], **said: str | None) -> ReadyModel:
    """What a file and the flags beside it say."""
    return ReadyModel(Path(file).expanduser(), constants=constants, **said)


def ready_model(file: str | None, constants: Sequence[str], **said: str | None) -> ReadyModel | None:
    """What `--model` and the flags beside it say; None without it.

    Raises:
        KitError: such a flag without `--model`.
    """
    if file is not None:
        return model_as_said(file, constants, **said)
    lost = next((flag for flag, value in {**said, "constant": constants or None}.items() if value is not None), None)
    if lost:
        raise KitError(f"--{lost} can't be used", "it is about a ready model, and --model is missing", "give --model FILE")
    return None


def make_app(ready: ReadyModel, screen: Screen, root: Path = ROOT) -> str:
    """Writes `apps/NAME/` with app.toml and copies of the model and its labels; NAME.

    The same model and settings again are the same app.

    Raises:
        KitError: the model can't be used, something about it must be said, or NAME is another app's.
    """
    from pymodel.foreign.adopt import adopt
    from pymodel.foreign.sources import Means, open_source
    from pymodel.tasks.recognize import recognize

    wishes = read_wishes(ready)
    name = app_name(ready)
    screen.heading(f"Looking at {ready.file.name}")
    means = Means(root / "build" / "logs" / "adopt.log", onnx_packages=onnx_packages(screen), on_step=screen.status)
    with open_source(ready.file, wishes, means) as (source, wishes):
        found = adopt(source, name, wishes, recognize, means.log)
        for line in source.notes:
            screen.say(f"  {line}")
        model, labels = source.path.read_bytes(), source.labels if not ready.labels else ()
        usual = source.usual if found.quantization != "int8" else None
    folder = root / "apps" / name
    label_file = Path(ready.labels).expanduser() if ready.labels and Path(ready.labels).expanduser().is_file() else None
    files = {source.path.with_suffix(".tflite").name: model}
    if label_file:
        files["labels.txt"] = label_file.read_bytes()
    elif labels:
        files["labels.txt"] = ("\n".join(labels) + "\n").encode()
    mean, std = (wishes.mean, wishes.std) if wishes.mean or usual is None else ((usual[0],), (usual[1],))
    table: dict[str, object] = {
        "name": name,
        "task": found.task,
        "file": next(iter(files)),
        "input": {"mean": _plain(mean), "std": _plain(std)} if mean and std else None,
        "labels": "labels.txt" if len(files) > 1 else _labels(ready.labels),
        "score": wishes.score,
        "overlap": wishes.overlap,
        "outputs": list(wishes.outputs),
        "constants": {key: list(value) for key, value in wishes.constants.items()},
        "signature": wishes.signature,
        "order": wishes.order,
    }
    shown = ready.name or _title(name)
    app: dict[str, object] = {"name": shown, "id": ready.id or f"org.example.{name}", "screen": _screen_of(found.task)}
    written = _write_app(folder, _toml({"app": app, "model": table}), files)
    screen.say(
        f"{'Written' if written else 'The same app'}: {folder / 'app.toml'} ({app['name']}, {app['id']}, task {found.task})"
    )
    return name


def read_wishes(ready: ReadyModel) -> Wishes:
    """What the flags say, as the pipeline takes it.

    Raises:
        KitError: one of them has no such value.
    """
    from pymodel.foreign.labels import read_labels
    from pymodel.foreign.wishes import Wishes
    from pymodel.tasks.recognize import task_choices

    if ready.task is not None:
        from appspec.kinds import task_kinds

        if ready.task not in task_kinds():
            raise KitError(f"--task {ready.task} can't be used", "there is no such task", f"use one of: {task_choices()}")
    if (ready.mean is None) != (ready.std is None):
        raise KitError("--mean and --std belong together", "one of them is missing", "give both, as --mean 127.5 --std 127.5")
    constants = {}
    for one in ready.constants:
        key, given, value = one.partition("=")
        if not key or not given:
            raise KitError(f"--constant {one} can't be used", "it is not NAME=VALUE", "give as --constant training=0")
        constants[key] = _numbers("--constant", value)
    labels = _labels(ready.labels)
    return Wishes(
        task=ready.task,
        labels=read_labels(Path(labels).expanduser()) if isinstance(labels, str) else _names(labels),
        mean=_colors("--mean", ready.mean),
        std=_colors("--std", ready.std, positive=True),
        score=_share("--score", ready.score),
        overlap=_share("--overlap", ready.overlap),
        outputs=tuple(part.strip() for part in ready.outputs.split(",")) if ready.outputs else (),
        constants=constants,
        signature=ready.signature,
        order=_order(ready.order),
    )


def _order(text: str | None) -> str | None:
    if text not in (None, "xy", "yx"):
        raise KitError(
            f"--order {text} can't be used", "it tells which of a point's numbers is x", "give --order xy or --order yx"
        )
    return text


def app_name(ready: ReadyModel) -> str:
    """The app's folder: what it is called, or its file, in snake case; a number where neither has a Latin letter."""
    file = ready.file.name.removesuffix(".tflite").partition(".")[0]
    name = _snake(ready.name or file) or _snake(file)
    if not name:
        name = f"model_{hashlib.sha256((ready.name or file).encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
    if not name or not name[0].isalpha() or name in JAVA_KEYWORDS:
        name = f"model_{name}".rstrip("_")[:MOST_NAME]
    return name


def _snake(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:MOST_NAME].strip("_")


def _write_app(folder: Path, body: str, files: dict[str, bytes]) -> bool:
    """Whether anything was written; an app that somebody else wrote, or wrote on, stays as it is."""
    text = (
        f"# Written by invoke build-apk --model ({_mark(body)}); once changed, it is yours and the kit leaves it alone.\n{body}"
    )
    file = folder / "app.toml"
    same = all((folder / name).is_file() and (folder / name).read_bytes() == content for name, content in files.items())
    if file.is_file():
        before = file.read_text(encoding="utf-8", errors="replace")
        if before == text and same:
            return False
        first, _, rest = before.partition("\n")
        if _mark(rest) not in first or not (folder / next(iter(files))).is_file() or not same_model(folder, files):
            raise KitError(
                f"{folder} is there already",
                "it is another app, or its app.toml was changed by hand; nothing was touched",
                f'build that one: invoke build-apk --app {folder.name}, or give another name: --name "…"',
            )
    elif folder.exists() and any(folder.iterdir()):
        raise KitError(f"{folder} is there already", "it holds other files; nothing was touched", 'give another name: --name "…"')
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_whole(folder / name, content)
    write_whole(file, text)
    return True


def same_model(folder: Path, files: dict[str, bytes]) -> bool:
    """Whether the model in an app's folder is this one."""
    name, content = next(iter(files.items()))
    return hash_file(folder / name) == hashlib.sha256(content).hexdigest()


def _mark(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _toml(document: dict[str, dict[str, object]]) -> str:
    lines = []
    for section, table in document.items():
        lines.append(f"[[{section}]]" if section == "model" else f"[{section}]")
        lines += [f"{key} = {_value(value)}" for key, value in table.items() if value not in (None, [], {}, "")]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _labels(text: str | None) -> str | list[str] | int | None:
    """A file's path, names, or how many there are.

    Raises:
        KitError: it is none of them.
    """
    if not text:
        return None
    if Path(text).expanduser().exists():
        return text
    if text.isdecimal():
        return int(text)
    if "," in text:
        return [part.strip() for part in text.split(",") if part.strip()]
    raise KitError(
        f"--labels {text} can't be used",
        "there is no such file",
        f"give a text file with one label a line, names with commas between (a single one as '{text},'), or how many there are",
    )


def _names(labels: list[str] | int | None) -> tuple[str, ...]:
    from pymodel.foreign.labels import numbered_labels

    return numbered_labels(labels) if isinstance(labels, int) else tuple(labels or ())


def _numbers(flag: str, text: str) -> Values:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise KitError(f"{flag} {text} can't be used", "these are no numbers", "give numbers with commas between") from error


def _colors(flag: str, text: str | None, positive: bool = False) -> Values | None:
    if text is None:
        return None
    values = _numbers(flag, text)
    if len(values) not in (1, 3) or not all((value > 0 if positive else value >= 0) and value <= 255 for value in values):
        allowed = "above 0 and up to 255" if positive else "from 0 to 255"
        raise KitError(f"{flag} {text} can't be used", f"it is one number, or three for red, green, blue, {allowed}", "change it")
    return values * 3 if len(values) == 1 else values


def _share(flag: str, text: str | None) -> float | None:
    if text is None:
        return None
    values = _numbers(flag, text)
    if len(values) != 1 or not 0 <= values[0] <= 1:
        raise KitError(f"{flag} {text} can't be used", "it is a number from 0 to 1", "change it")
    return values[0]


def _plain(values: Values | None) -> object:
    return None if values is None else values[0] if len(set(values)) == 1 else list(values)


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _screen_of(task: str) -> str:
    from pymodel.tasks.task import find_task

    return find_task(task).screen
