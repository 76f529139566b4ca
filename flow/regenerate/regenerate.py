"""A project stage that keeps what the user has made of its result."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from appspec.errors import KitError
from appspec.stages import Stage, StageResult, read_stamp, recover
from flow.regenerate.merge import Conflict, merge_project
from flow.regenerate.moves import find_moves, follow_moves
from flow.regenerate.notes import Generated, note_generated, note_waiting, read_generated, waiting
from flow.regenerate.project import ASIDE, FOREIGN, Item, read_project
from flow.regenerate.texts import has_markers


def regenerate(stage: Stage, write: Callable[[Path], None], say: Callable[[str], None]) -> StageResult:
    """Runs a stage whose result is a project that the user may have edited.

    A project with edits stays while nothing it follows from changes; when something does, the edits are merged into the
    new one. The old one stands until the merged one is whole.

    Args:
        write: writes the new project, without anybody's edits, into the empty folder it is given.

    Raises:
        KitError: the user and the new project have changed the same lines, and the markers are still there.
    """
    project = stage.folder
    recover(project, FOREIGN)
    _refuse_markers(project)
    generated, theirs = read_generated(project), read_project(project)
    edits = edited_files(generated, theirs)
    standing = read_stamp(project)
    if edits and standing is not None and stage.fits(standing):
        say(f"{stage.name}: nothing changed; your edits stay ({', '.join(edits[:3])}{' …' if len(edits) > 3 else ''})")
        return StageResult(stage.name, stage.folder, str(standing["stamp"]), False, 0.0)

    def make(target: Path) -> None:
        write(target)
        new = read_project(target)
        note_generated(target, new)
        if (project / ASIDE).is_dir():
            shutil.copytree(project / ASIDE, target / ASIDE, symlinks=True)
        moves = find_moves(generated, theirs, new)
        conflicts = merge_project(*follow_moves(generated, theirs, moves), new, target)
        note_waiting(target, [conflict.name for conflict in conflicts if conflict.places])
        if read_project(project) != theirs:
            raise KitError(f"{stage.name} was not done", f"files in {project} changed meanwhile", "run the same command again")
        _tell(edits, moves, conflicts, say)

    result = stage.run(make, say, keep=FOREIGN, merges=True)
    _refuse_markers(project)
    return result


def edited_files(generated: Generated, theirs: Mapping[str, Item]) -> list[str]:
    """Files that differ from what was generated, or came or went since."""
    marks = {name: item.mark for name, item in theirs.items()}
    return sorted(name for name in {**generated.marks, **marks} if generated.marks.get(name) != marks.get(name))


def _tell(edits: Sequence[str], moves: Mapping[str, str], conflicts: Sequence[Conflict], say: Callable[[str], None]) -> None:
    if edits:
        say(f"  {len(edits)} file(s) that you changed, added or removed are joined with the new project")
    for name in edits:
        if name in moves:
            say(f"  {name} -> {moves[name]}: the new project has it there, with what you made of it")
    for conflict in conflicts:
        say(f"  {conflict.name}: {conflict.says}")


def _refuse_markers(project: Path) -> None:
    """Nothing goes on while a conflict stands between markers."""
    files = [name for name in waiting(project) if (project / name).is_file() and has_markers((project / name).read_bytes())]
    if files:
        raise KitError(
            f"{len(files)} file(s) of the Android project wait for you",
            f"you and the new version have changed the same lines of {', '.join(files)} (in {project})",
            "in each, keep what is right of the parts between <<<<<<< and >>>>>>>, remove the marker lines, and run the same "
            "command again",
        )
