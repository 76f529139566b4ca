"""A stage: from files and values to one folder of files, made once for each state of its inputs.

A stage writes into a temporary folder beside its target and renames it when whole, so a reader sees a whole result or
none, whenever the process dies. The older result is removed last; a run that died before that is cleared up by the next.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from appspec.whole_file import write_whole

STAMP = ".stamp.json"
ROOT = Path(__file__).resolve().parent.parent

CHANGES_SHOWN = 3
"""Of what a stage must run again for."""


@dataclass(frozen=True)
class StageResult:
    """What a stage left.

    Attributes:
        stamp: hash of everything that went in; feeds the next stage's stamp.
        made: False where an earlier result stood.
        seconds: how long it took to make (the time of the earlier run where made is False).
    """

    name: str
    folder: Path
    stamp: str
    made: bool
    seconds: float


@dataclass(frozen=True)
class Stage:
    """One step of the path from data to APK.

    Attributes:
        name: shown to the user.
        folder: where the result lies.
        inputs: part of the spec, stamps of earlier stages and hashes of files, as JSON-able values.
        version: of the code that makes the result; raised when its result changes for the same inputs. Source files are not
            hashed: an update of the kit that changes no result throws no training away.
    """

    name: str
    folder: Path
    inputs: Mapping[str, object]
    version: int = 1

    def stamp(self) -> str:
        """Hash of all that the result follows from."""
        return _hash(self.inputs, self.version)

    def fits(self, standing: Mapping[str, object]) -> bool:
        """Whether a result of that stamp document follows from these inputs.

        Keys of app.toml that the kit which made it did not have count only where they are set: None is what it took.
        """
        if standing["stamp"] == self.stamp():
            return True
        before = standing.get("inputs")
        return isinstance(before, dict) and standing["stamp"] == _hash(_known(_plain(self.inputs), before), self.version)

    def stands(self) -> bool:
        """Whether the result is there, whole, and follows from these inputs."""
        standing = read_stamp(self.folder)
        return standing is not None and self.fits(standing) and _is_whole(self.folder, standing["files"])

    def run(
        self, make: Callable[[Path], None], say: Callable[[str], None], keep: tuple[str, ...] = (), merges: bool = False
    ) -> StageResult:
        """Makes the result unless it stands.

        Args:
            make: writes the result into the empty folder it is given.
            say: takes one line for the user.
            keep: files and sub-folders of an older result that move into the new one (build caches).
            merges: `make` takes over what is in the folder, whoever put it there.

        Raises:
            KitError: what is in the folder was not made by this stage; the disk is full.
        """
        stamp = self.stamp()
        temporary = _beside(self.folder, "making")
        recover(self.folder, keep)
        if not merges:
            self._refuse_foreign()
        shutil.rmtree(temporary, ignore_errors=True)
        standing = read_stamp(self.folder)
        if standing is not None and self.stands():
            say(f"{self.name}: nothing changed")
            return StageResult(self.name, self.folder, str(standing["stamp"]), False, float(str(standing["seconds"])))
        if standing is not None:
            say(f"{self.name}: {self._changes(standing)}")
        start = time.monotonic()
        try:
            temporary.mkdir(parents=True)
            make(temporary)
            seconds = time.monotonic() - start
            files = {path.relative_to(temporary).as_posix(): path.stat().st_size for path in _files(temporary)}
            document = {
                "stage": self.name,
                "stamp": stamp,
                "version": self.version,
                "inputs": _flat(self.inputs),
                "seconds": round(seconds, 2),
                "files": files,
            }
            (temporary / STAMP).write_text(json.dumps(document, indent=1), encoding="utf-8")
            _replace(self.folder, temporary, keep)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise KitError(
                    f"{self.name} could not be finished", f"the disk with {self.folder} is full", "free some room and run again"
                ) from error
            raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return StageResult(self.name, self.folder, stamp, True, seconds)

    def _refuse_foreign(self) -> None:
        """A folder is replaced only where it carries this stage's own stamp."""
        if not self.folder.is_symlink() and (
            not self.folder.exists() or (self.folder.is_dir() and not any(self.folder.iterdir()))
        ):
            return
        standing = read_stamp(self.folder)
        if standing is None or standing.get("stage", self.name) != self.name:
            found = "it is no result of the kit" if standing is None else f"it is the result of {standing['stage']!r}"
            raise KitError(
                f"{self.name} would replace {self.folder}",
                f"{found}; nothing was touched",
                "move it to another place, then run again",
            )

    def _changes(self, standing: Mapping[str, object]) -> str:
        """Why the standing result can't be used, in words: input.size was 96, is 128."""
        if self.fits(standing):
            return "files of its result are missing or cut; made again"
        before, now = standing.get("inputs"), _flat(self.inputs)
        if not isinstance(before, dict):
            return "made by an older version of the kit; made again"
        found = [] if standing.get("version") == self.version else ["the kit makes it in another way now"]
        for key in [*now, *(key for key in before if key not in now)]:
            old, new = before.get(key), now.get(key)
            if old != new:
                opaque = any(isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) for value in (old, new))
                found.append(f"{key} changed" if opaque else f"{key} was {old}, is {new}")
        if not found:  # keys that were left out are gone
            return "made by an older version of the kit; made again"
        more = f" and {len(found) - CHANGES_SHOWN} more" if len(found) > CHANGES_SHOWN else ""
        return f"{'; '.join(found[:CHANGES_SHOWN])}{more}; made again"


def recover(folder: Path, keep: tuple[str, ...] = ()) -> None:
    """Clears up after a run that died while it replaced a stage's result: the older one comes back where no new one is
    in place, and gives what is to be kept where one is.
    """
    old, gone = _beside(folder, "old"), _beside(folder, "gone")  # what is half removed must never come back
    shutil.rmtree(gone, ignore_errors=True)
    if old.exists() and not folder.exists():
        old.rename(folder)
    elif old.exists():
        for name in keep:
            if _stands(old / name) and not _stands(folder / name):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (old / name).rename(folder / name)
        old.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def read_stamp(folder: Path) -> dict[str, object] | None:
    """The stamp document of a stage's result; None where there is no whole one."""
    try:
        document = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def hash_file(path: Path) -> str:
    """sha256 of a file's content, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else _digest(file.read())


def hash_tree(folder: Path, cache: Path | None = None, files: Iterable[str] | None = None) -> str:
    """Hash of names and contents of files below a folder.

    Args:
        files: their relative paths; None: all that don't lie behind links.
        cache: JSON file that remembers hashes by path, size and modification time, so that a second look at a large
            data set reads no file again.
    """
    known: dict[str, list[object]] = {}
    if cache is not None and cache.is_file():
        known = json.loads(cache.read_text(encoding="utf-8"))
    now: dict[str, list[object]] = {}
    digest = hashlib.sha256()
    names = sorted(files) if files is not None else [path.relative_to(folder).as_posix() for path in sorted(_files(folder))]
    for name in names:
        path = folder / name
        status = path.stat()
        before = known.get(name, [])
        same = before[:2] == [status.st_size, status.st_mtime_ns]
        now[name] = [status.st_size, status.st_mtime_ns, before[2] if same else hash_file(path)]
        digest.update(f"{name}\0{now[name][2]}\n".encode("utf-8", "surrogateescape"))
    if cache is not None and now != known:
        cache.parent.mkdir(parents=True, exist_ok=True)
        write_whole(cache, json.dumps(now))
    return digest.hexdigest()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.name != STAMP)


def _hash(inputs: object, version: int) -> str:
    parts = {"inputs": inputs, "version": version}
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _plain(values: object) -> object:
    """As JSON has it."""
    return json.loads(json.dumps(values, default=str))


def _known(values: object, before: Mapping[str, object], key: str = "") -> object:
    """The values without those that are None and have no key in a stamp's flat inputs."""
    if isinstance(values, dict):
        named = {name: (f"{key}.{name}" if key else str(name), value) for name, value in values.items()}
        return {name: _known(value, before, at) for name, (at, value) in named.items() if value is not None or at in before}
    if isinstance(values, list):
        differ = len({json.dumps(value) for value in values}) > 1
        return [_known(value, before, f"{key}[{i}]" if differ else key) for i, value in enumerate(values)]
    return values


def _flat(values: object, key: str = "") -> dict[str, object]:
    """{"input": {"size": [96, 96]}} → {"input.size[0]": 96, "input.size[1]": 96}, as JSON has it; of equal parts of a list one."""
    plain = _plain(values) if not key else values
    if isinstance(plain, dict):
        parts = [(f"{key}.{name}" if key else str(name), value) for name, value in plain.items()]
    elif isinstance(plain, list) and len({json.dumps(value) for value in plain}) > 1:
        parts = [(f"{key}[{i}]", value) for i, value in enumerate(plain)]
    elif isinstance(plain, list) and plain:
        parts = [(key, plain[0])]
    else:
        return {key: plain}
    found: dict[str, object] = {}
    for name, value in parts:
        found |= _flat(value, name)
    return found


def _is_whole(folder: Path, files: object) -> bool:
    if not isinstance(files, dict):
        return False
    try:
        return all((folder / name).stat().st_size == size for name, size in files.items())
    except OSError:
        return False


def _beside(folder: Path, state: str) -> Path:
    return folder.with_name(f".{folder.name}.{state}")


def _replace(target: Path, temporary: Path, keep: tuple[str, ...]) -> None:
    if target.exists():
        target.rename(_beside(target, "old"))
    temporary.rename(target)
    recover(target, keep)


def _stands(path: Path) -> bool:
    return path.exists() or path.is_symlink()
