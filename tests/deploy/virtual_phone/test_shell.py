"""The phone's shell splits, quotes and expands as a phone's does: what is not to be executed isn't."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.virtual_phone import PhoneState
from deploy.virtual_phone.session import Answer
from deploy.virtual_phone.shell import run_line

LINES = [
    "echo a b;echo c 'd;e' \"f;g\" h\\;i",
    "false && echo no; false || echo yes; true && echo also",
    "echo $?; false; echo $? ${?}",
    "x='a  b'; echo $x; echo \"$x\"; echo '$x'; y=1 echo -$y-",
    "echo $(echo in $(echo side)) \"$(echo 'two  blanks')\" `echo old`",
    "printf '%s\\n' \"a\\\"b\\$c\\`d\\\\e\\f\" a\\ b\\$c '%s'",
    "echo 'a\\tb\\\\n'; echo -n x; printf 'a%sb%%c\\n' 1 2",
    "echo one # two\necho three",
    "echo 'a\nb'; echo \"\"; echo '' x",
    "printf 'a\\nb\\nc\\n' | grep -v b | wc -l | cat",
    "echo a > f; echo b >> f; cat < f; cat f 2>/dev/null; echo c > f; cat f",
    "cat nosuchfile 2>/dev/null || echo missing; echo err 1>&2 2>/dev/null",
    "sh -c 'echo inner; false' || echo outer",
    'test -e f && echo there; test 3 -gt 2 && echo more; [ a = b ] || echo differ; [ -n "" ] || echo empty',
    "touch 'a b' ab; echo a*; echo 'a*' \"a*\" a\\*; echo no*such",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_means_what_it_means_to_a_real_shell(line: str, tmp_path: object) -> None:
    real = subprocess.run(["/bin/sh", "-c", line], capture_output=True, cwd=str(tmp_path), timeout=10, check=False)
    ours = run_line(PhoneState(), f"cd /data/local/tmp; {line}")
    assert (ours.out, bool(ours.code)) == (real.stdout, bool(real.returncode))


@pytest.mark.parametrize("line", ["echo 'unclosed", "a && && b", "echo (", "echo > ", "echo $(echo"])
def test_what_is_no_line_of_a_shell_is_refused_whole(line: str) -> None:
    state = PhoneState()
    answer = run_line(state, f"touch /data/local/tmp/executed; {line}")
    assert answer.code == 1
    assert b"/system/bin/sh: " in answer.err
    assert state.programs == []


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=30))
def test_a_quoted_word_is_that_word_and_nothing_is_executed(word: str) -> None:
    state = PhoneState()
    assert run_line(state, f"printf '%s\\n' {shlex.quote(word)}") == Answer(f"{word}\n".encode())
    assert state.programs == [["printf", "%s\\n", word]]


def test_what_was_executed_is_told_even_inside_of_other_words() -> None:
    state = PhoneState()
    run_line(state, 'echo "$(rm -f /data/local/tmp/x)" `id`')
    assert [words[0] for words in state.programs] == ["rm", "id", "echo"]


def test_unknown_programs_and_files_that_are_none() -> None:
    state = PhoneState()
    state.disk.write("/data/local/tmp/text", b"hello", 0o644)
    assert run_line(state, "nosuch").code == 127
    assert run_line(state, "/data/local/tmp/none").code == 127
    assert run_line(state, "/data/local/tmp/text").code == 126
    assert run_line(PhoneState(sdk=24), "nosuch").err == b"/system/bin/sh: nosuch: not found\n"


def test_the_shell_may_not_write_where_it_has_no_right() -> None:
    state = PhoneState()
    answer = run_line(state, "echo a > /system/x; mkdir /data/y; rm -rf /data/app; cp /data/local/tmp/none /system/z")
    assert answer.code == 1
    assert answer.err.count(b"Permission denied") == 3
    assert "/data/app" in state.disk.folders


def test_a_full_disk_ends_a_redirection() -> None:
    state = PhoneState()
    state.faults.free_bytes = 3
    answer = run_line(state, "echo abcdef > /data/local/tmp/x; echo code=$?")
    assert (answer.out, answer.err) == (b"code=1\n", b"echo: No space left on device\n")
