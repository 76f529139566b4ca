"""Runs of `invoke benchmark`, from files, folders and revisions of git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from appspec.benchmark_run import BenchmarkRun, is_foreign, parse_run, read_run, read_text
from appspec.errors import KitError

RESULTS = "results"

Subject = tuple[str, str, str, str]
"""What two runs must share to belong together: app, kind of phone, phone, and who took the time."""


@dataclass(frozen=True)
class Found:
    """A run, and where it lies, in words that this command understands."""

    place: str
    run: BenchmarkRun

    @property
    def subject(self) -> Subject:
        """See `Subject`. A phone is told by its own number, by its serial where it has none."""
        phone = self.run.phone
        return self.run.app.name, phone.kind, phone.identity, self.run.settings.way

    @property
    def started(self) -> datetime:
        """Raises KitError where the file tells no time."""
        try:
            moment = datetime.fromisoformat(self.run.started_at.replace("Z", "+00:00"))
        except ValueError as error:
            why = f"{self.place}: started_at: {self.run.started_at!r} is no time"
            raise KitError("the result is damaged", why, "measure again, or restore the file") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Source:
    """What a word of the command line names.

    Attributes:
        one: the run, where it names a single file.
        runs: all that lie there, or beside that file; oldest first.
    """

    word: str
    one: Found | None
    runs: Sequence[Found]

    def newest(self) -> dict[Subject, Found]:
        """The file itself, or the newest run of each app on each phone that ended by itself; a stopped one where there is no other."""
        if self.one:
            return {self.one.subject: self.one}
        return {found.subject: found for found in (*(one for one in self.runs if not one.run.is_whole), *self.whole)}

    @property
    def whole(self) -> list[Found]:
        """Runs that ended by themselves."""
        return [one for one in self.runs if one.run.is_whole]


def read_source(word: str, root: Path) -> Source:
    """Of a file, a folder, or `REVISION` or `REVISION:PATH` of git; what exists as a file or folder is taken for one.

    Args:
        root: of the kit: `results/` lies there, and git is asked there.

    Raises:
        KitError: it is none of them, there are no results, or one is damaged.
    """
    path = Path(word).expanduser()
    if is_there(path):
        return _from_disk(word, path)
    return _from_git(word, root)


def is_there(path: Path) -> bool:
    """Whether a file or folder has this name, which may be none that a file can have."""
    try:
        return path.exists()
    except (OSError, ValueError):  # too long for a name, or with a NUL
        return False


def _from_disk(word: str, path: Path) -> Source:
    if path.is_dir():
        runs = [found for file in _files(path) if (found := _of_folder(file))]
        if not runs:
            raise KitError(
                f"{word} has no results", "the folder has no run of invoke benchmark in it", "run invoke benchmark first"
            )
        return Source(word, None, _in_order(runs))
    one = Found(str(path), read_run(path))
    others = [found for file in _files(path.parent) if not file.samefile(path) and (found := _sibling(file))]
    return Source(word, one, _in_order([one, *others]))


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*.json")) if file.is_file() and not file.name.startswith("."))


def _of_folder(file: Path) -> Found | None:
    """None: JSON of something else lies among the results."""
    text = read_text(file)
    return None if is_foreign(text) else Found(str(file), parse_run(text, str(file)))


def _sibling(file: Path) -> Found | None:
    """A damaged one beside the file that was asked for is nobody's business."""
    try:
        found = Found(str(file), read_run(file))
        return found if found.started else None
    except KitError:
        return None


def _in_order(runs: Sequence[Found]) -> list[Found]:
    return sorted(runs, key=lambda found: (found.started, found.place))


def _from_git(word: str, root: Path) -> Source:
    revision, _, inside = word.partition(":")
    fix = "give a file or a folder of results, or a git revision as main, HEAD~3 or v1.2:results/cat_landmarks"
    unknown = f"{word!r} is neither a file or folder nor a git revision"
    if not revision or revision.startswith("-") or "\0" in word:
        raise KitError(unknown, "a revision has a name", fix)
    where = _git(root, "rev-parse", "--is-inside-work-tree")
    if where.returncode:
        said = where.stderr.strip()
        why = f"{root} is no git repository" if "not a git repository" in said else said or "git failed"
        raise KitError(f"there is no file or folder {word!r}", f"and it can't be a git revision: {why}", fix)
    if _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").returncode:
        raise KitError(unknown, f"there is nothing of that name here, and git knows no revision {revision!r}", fix)
    inside = inside.rstrip("/") or RESULTS
    names, said = _listed(root, revision, inside)
    one = _at_revision(root, revision, inside) if names == [inside] else None
    if one:
        names, _ = _listed(root, revision, str(Path(inside).parent))
    runs = [found for name in names if (found := one if one and name == inside else _at_revision(root, revision, name))]
    if not runs:
        why = said or f"git knows no run of invoke benchmark under {inside} there"
        raise KitError(
            f"there are no results at {revision}", why, f"commit the files that invoke benchmark writes under {RESULTS}/"
        )
    return Source(word, one, _in_order(runs))


def _listed(root: Path, revision: str, inside: str) -> tuple[list[str], str]:
    """Files of results at or under a path, and what git complains of."""
    listed = _git(root, "ls-tree", "-r", "-z", "--name-only", f"{revision}^{{commit}}", "--", inside)
    names = [name for name in listed.stdout.split("\0") if name.endswith(".json") and not Path(name).name.startswith(".")]
    return names, listed.stderr.strip()


def _at_revision(root: Path, revision: str, name: str) -> Found | None:
    text = _git(root, "show", f"{revision}:./{name}").stdout
    return None if is_foreign(text) else Found(f"{revision}:{name}", parse_run(text, f"{revision}:{name}"))


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Git's answer, in English.

    Raises:
        KitError: it isn't installed.
    """
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(
            ["git", *arguments], cwd=root, env=environment, capture_output=True, text=True, encoding="utf-8", errors="replace",
            check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise KitError(
            "there is no such file or folder, and git can't be asked",
            "git is not installed",
            "give a file or folder, or install git",
        ) from error
