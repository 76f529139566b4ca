"""From the name on the command line to an app's spec and its build folder."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from appspec.artifacts import Artifacts
from appspec.errors import KitError
from appspec.load import load_app
from appspec.spec import AppSpec
from appspec.stages import ROOT
from flow.screen import Screen


@dataclass(frozen=True)
class OpenApp:
    """An app, ready to work on.

    Attributes:
        data: the folder given in place of app.toml's own data.
        arguments: what names it, its build folder and its settings on the command line.
    """

    name: str
    data: str | None
    spec: AppSpec
    artifacts: Artifacts
    arguments: str

    @property
    def apk(self) -> Path:
        """The finished APK."""
        return self.artifacts.apk / f"{self.name}.apk"


def open_app(name: str, data: str | None = None, settings: Sequence[str] = (), root: Path = ROOT, worker: int = 0) -> OpenApp:
    """The app in folder `apps/name` of the kit.

    Args:
        data: a folder in the format that app.toml reads, in place of what app.toml says; its results lie in a build folder of their own.
        settings: values of app.toml for this run, see appspec.overrides.
        worker: of several that train together; each but the first has a build folder of its own.

    Raises:
        KitError: there is no such app or its app.toml is wrong.
    """
    spec = load_app(root / "apps", name, settings)
    build = root / "build" / name
    if data is not None and not data.strip():
        raise KitError(
            "--data is empty", "a shell variable in it may not be set", "give the folder with your data, or leave --data out"
        )
    if data is not None:
        folder = Path(data).expanduser().resolve()
        changed = spec.training_data.model_copy(update={"format": spec.training_data.read_as, "path": str(folder)})
        spec = spec.model_copy(update={"data": changed})
        build = root / "build" / f"{name}-own-data"
    if worker:
        build = build.with_name(f"{build.name}-worker{worker}")
    return OpenApp(name, data, spec, Artifacts(build), cli_arguments(name, data, settings))


def cli_arguments(name: str, data: str | None, settings: Sequence[str] = ()) -> str:
    """Arguments that name this app and its build folder on the command line."""
    parts = [] if name == "cat_landmarks" else ["--app", name]
    parts += ["--data", shlex.quote(data)] if data else []
    for setting in settings:
        parts += ["--set", shlex.quote(setting)]
    return "".join(f" {part}" for part in parts)


@contextmanager
def app_lock(app: OpenApp, screen: Screen) -> Iterator[None]:
    """Holds the app's build folder against a second run of the kit, which waits and then finds the work done.

    Raises:
        KitError: the app's data lies there.
    """
    if app.spec.data is not None and app.spec.data.path is not None:
        app.artifacts.refuse_data(app.spec.path(app.spec.data.path))
    app.artifacts.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(app.artifacts.root / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        screen.say(f"Another run is working on {app.name}: waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
