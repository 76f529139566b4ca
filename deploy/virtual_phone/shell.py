"""The phone's shell, as much of it as the kit uses: a sequence of programs, separated by `;`."""

from __future__ import annotations

import shlex

from deploy.virtual_phone.commands import COMMANDS, Answer
from deploy.virtual_phone.state import PhoneState

COMMAND_NOT_FOUND = 127


def run_line(state: PhoneState, line: str) -> Answer:
    """Runs one command line; the exit code is that of the last program."""
    out, err, code = b"", b"", 0
    for words in split_programs(line):
        answer = run_program(state, [word.replace("$?", str(code)) for word in words])
        out, err, code = out + answer.out, err + answer.err, answer.code
    return Answer(out, err, code)


def run_program(state: PhoneState, words: list[str]) -> Answer:
    """Runs one program; for an unknown one, answers as a shell does."""
    program = COMMANDS.get(words[0])
    if program is None or words[0] in state.faults.missing_commands:
        text = f"/system/bin/sh: {words[0]}: inaccessible or not found\n"
        return Answer(err=text.encode(), code=COMMAND_NOT_FOUND)
    try:
        return program(state, words[1:])
    except IndexError:
        return Answer(err=f"{words[0]}: too few arguments\n".encode(), code=1)


def split_programs(line: str) -> list[list[str]]:
    """`a b; c 'd;e'` → [[a, b], [c, d;e]]."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";")
    lexer.whitespace_split = True
    programs: list[list[str]] = [[]]
    for word in lexer:
        if word == ";":
            programs.append([])
        else:
            programs[-1].append(word)
    return [words for words in programs if words]
