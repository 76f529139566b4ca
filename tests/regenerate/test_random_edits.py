"""Hundreds of random edits of a user, and of ours, at once: no line that the user added is lost, nor one of ours."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from flow.regenerate.texts import has_markers
from tests.regenerate.kit import read_files, replace_files, run

LINES = [
    b"",
    b"}",
    b"    return x",
    b"val a = 1",
    b"val b = 2",
    b"caf\xe9",
    "고양이".encode(),
    b"\ttab ",
    b"a\rb",
    b"=======",
    b"\x7fELF\0",
]
WORDS = st.sampled_from(LINES) | st.binary(max_size=6).map(lambda text: text.replace(b"\n", b""))
NAMES = ["a.kt", "app/b.xml", "app/src/c", "d.bin"]


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """A file's content: lines of one kind of ending, or of several, with a newline at the end or none."""
    ending = draw(st.sampled_from([b"\n", b"\n", b"\n", b"\r\n"]))
    lines = draw(st.lists(WORDS, max_size=25))
    text = ending.join(lines)
    return text + ending if lines and draw(st.integers(0, 3)) else text


@st.composite
def edited(draw: st.DrawFn, content: bytes) -> bytes:
    """The content with a few lines put in, removed or replaced; sometimes in other line endings, or quite another."""
    if not draw(st.integers(0, 9)):
        return draw(texts())
    lines = content.split(b"\n")
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(lines)))
        lines[start : start + draw(st.integers(0, 2))] = draw(st.lists(WORDS, max_size=3))
    text = b"\n".join(lines)
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if not draw(st.integers(0, 5)) else text


@st.composite
def changed(draw: st.DrawFn, files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with some edited, some removed, some added."""
    result = {}
    for name in NAMES:
        what = draw(st.sampled_from(["same", "edit", "edit", "edit", "absent"]))
        if name in files and what != "absent":
            result[name] = files[name] if what == "same" else draw(edited(files[name]))
        elif name not in files and what != "absent":
            result[name] = draw(texts())
    return result


def lines_of(content: bytes | None) -> Counter[bytes]:
    return Counter(line.removesuffix(b"\r") for line in (content or b"").split(b"\n"))


def added(before: dict[str, bytes], after: dict[str, bytes]) -> dict[str, Counter[bytes]]:
    """The lines of each file that are more often there than before; of no line end: that is what split makes of the last."""
    return {name: lines_of(after[name]) - lines_of(before.get(name)) - Counter([b""] * 99) for name in after}


def kept(result: dict[str, bytes], name: str, lines: Counter[bytes]) -> bool:
    return any(not lines - lines_of(result.get(place)) for place in (name, f"regenerated/{name}"))


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_line_is_lost(data: st.DataObject) -> None:
    base = data.draw(st.dictionaries(st.sampled_from(NAMES), texts(), min_size=1))
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "android"
        assert run(project, base)[1] is None
        for _ in range(2):
            standing = read_files(project)
            theirs = data.draw(changed({name: standing[name] for name in standing if name in NAMES}))
            new = data.draw(changed(base))
            replace_files(project, theirs)
            said, error = run(project, new)
            result = read_files(project)
            check(base, theirs, new, result, said, error is not None)
            event("conflict" if error else "clean")
            for name in result:
                if has_markers(result[name]):
                    unmarked = [line for line in result[name].split(b"\n") if not has_markers(line)]
                    (project / name).write_bytes(b"\n".join(unmarked))
            assert run(project, new)[1] is None, "once it is resolved, the same command goes on"
            base = new


def check(
    base: dict[str, bytes],
    theirs: dict[str, bytes],
    new: dict[str, bytes],
    result: dict[str, bytes],
    said: list[str],
    stopped: bool,
) -> None:
    """What must hold of any regenerated project, told without knowing how it is merged."""
    for name, lines in added(base, theirs).items():
        assert not lines - lines_of(result.get(name)), f"a line of the user's is gone from {name}"
    for name, lines in added(base, new).items():
        assert kept(result, name, lines), f"a new line of ours is gone from {name}"
    for name in NAMES:
        if new.get(name) == base.get(name):
            assert result.get(name) == theirs.get(name), f"{name}: the user alone decides"
        if theirs.get(name) == base.get(name):
            assert result.get(name) == new.get(name), f"{name}: not touched by the user"
    marked = {name for name in NAMES if has_markers(result.get(name, b""))}
    assert stopped == bool(marked)
    told = {line.split(": ")[0].strip() for line in said if ": " in line}
    aside = {name for name in NAMES if f"regenerated/{name}" in result}
    assert marked | aside <= told, "each conflict is listed"
