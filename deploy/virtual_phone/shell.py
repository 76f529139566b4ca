"""The phone's shell: runs a line's programs one after the other, as far as syntax.py knows its grammar."""

from __future__ import annotations

import asyncio
import dataclasses
import re

from deploy.virtual_phone.expansion import expand
from deploy.virtual_phone.programs import find_program
from deploy.virtual_phone.redirection import Emit, RedirectError, redirect
from deploy.virtual_phone.session import Answer, Session, failure
from deploy.virtual_phone.state import DiskFullError, PhoneState
from deploy.virtual_phone.syntax import Pipeline, Program, ShellSyntaxError, parse

COMMAND_NOT_FOUND, NOT_EXECUTABLE, SYNTAX_ERROR, CRASHED = 127, 126, 1, 139


def run_line(state: PhoneState, line: str) -> Answer:
    """Runs one command line to its end; the exit code is that of the last program."""
    return asyncio.run(collect(Session(state), line))


async def collect(session: Session, line: str) -> Answer:
    """Runs one command line and gathers what it writes."""
    pieces: list[Answer] = []

    async def keep(piece: Answer) -> None:
        pieces.append(piece)

    code = await run(session, line, keep)
    return Answer(b"".join(piece.out for piece in pieces), b"".join(piece.err for piece in pieces), code)


async def run(session: Session, line: str, emit: Emit) -> int:
    """Runs one command line; returns the last program's exit code."""
    try:
        pipelines = parse(line)
    except ShellSyntaxError as error:
        await emit(Answer(err=f"/system/bin/sh: {error}\n".encode()))
        return SYNTAX_ERROR
    for pipeline in pipelines:
        if (pipeline.connector == "&&" and session.code) or (pipeline.connector == "||" and not session.code):
            continue
        session.code = await _pipeline(session, pipeline, emit)
    return session.code


async def _pipeline(session: Session, pipeline: Pipeline, emit: Emit) -> int:
    code, given = 0, b""
    for place, program in enumerate(pipeline.programs):
        last = place == len(pipeline.programs) - 1
        written: list[bytes] = []

        async def pipe(piece: Answer, written: list[bytes] = written, last: bool = last) -> None:
            if last:
                await emit(piece)
            else:
                written.append(piece.out)
                await emit(Answer(err=piece.err))

        session.stdin = given
        code = await _program(session, program, pipe)
        given = b"".join(written)
    session.stdin = b""
    return code


async def _program(session: Session, program: Program, emit: Emit) -> int:
    words: list[str] = []
    for word in program.words:
        words += await expand(session, word, collect)
    assigned: list[tuple[str, str, str]] = []
    while words and not program.words[len(assigned)][0].kind.startswith("quoted") and re.match(r"[A-Za-z_]\w*=", words[0]):
        assigned.append(words.pop(0).partition("="))
    if not words:
        session.variables.update({name: value for name, _, value in assigned})
    try:
        emit = await redirect(session, program, emit, collect)
    except RedirectError as error:
        await emit(Answer(err=f"/system/bin/sh: {error}\n".encode()))
        return 1
    if not words:
        return session.code if any(part.kind.endswith("command") for word in program.words for part in word) else 0
    session.phone.programs.append(words)
    return await run_program(session, words, emit)


async def run_program(session: Session, words: list[str], emit: Emit) -> int:
    """Runs one program; for an unknown one, answers as a shell does."""
    name = words[0]
    if name in RUNNERS:
        return await RUNNERS[name](session, words[1:], emit)
    program = None if name in session.phone.faults.missing_commands else find_program(session, name)
    if program is None:
        path = session.path(name)
        if "/" in name and session.phone.disk.exists(path):
            await emit(Answer(err=f"/system/bin/sh: {name}: can't execute: Permission denied\n".encode()))
            return NOT_EXECUTABLE
        why = "No such file or directory" if "/" in name and session.phone.sdk < 30 else "inaccessible or not found"
        why = "not found" if "/" not in name and session.phone.sdk < 30 else why
        await emit(Answer(err=f"/system/bin/sh: {name}: {why}\n".encode()))
        return COMMAND_NOT_FOUND
    code = 0
    try:
        result = program(session, words[1:])
        if isinstance(result, Answer):
            await emit(result)
            return result.code
        async for piece in result:
            await emit(piece)
            code = piece.code
    except IndexError:
        await emit(Answer(err=f"{name}: too few arguments\n".encode()))
        return 1
    except DiskFullError:
        await emit(Answer(err=f"{name}: No space left on device\n".encode()))
        return 1
    except ConnectionError:  # the reader went away
        raise
    except Exception as error:  # a mistake of the virtual phone's own is told, where a silent one would look like a hang
        await emit(failure(f"{name}: the virtual phone fails at this: {error!r}"))
        return CRASHED
    return code


async def _exec(session: Session, words: list[str], emit: Emit) -> int:
    """`exec PROGRAM WORDS`."""
    return await run_program(session, words, emit)


async def _sh(session: Session, words: list[str], emit: Emit) -> int:
    """`sh -c LINE`."""
    if words[:1] != ["-c"] or len(words) < 2:
        await emit(failure("/system/bin/sh: the virtual phone's sh knows -c alone"))
        return 1
    return await run(dataclasses.replace(session, variables=dict(session.variables)), words[1], emit)


async def _run_as(session: Session, words: list[str], emit: Emit) -> int:
    """`run-as PACKAGE PROGRAM WORDS`: the app's own user and folder (messages: AOSP, system/core/run-as/run-as.cpp)."""
    package, *program = words or [""]
    installed = session.phone.packages.get(package)
    if installed is None or not installed.info.debuggable or not program:
        unknown = f"unknown package: {package}" if installed is None else f"package not debuggable: {package}"
        await emit(failure(f"run-as: {unknown}" if installed is None or program else "run-as: the virtual phone wants a program"))
        return 1
    home = f"/data/data/{package}"
    inside = dataclasses.replace(session, user=package, folder=home, variables={**session.variables, "HOME": home})
    return await run_program(inside, program, emit)


async def _taskset(session: Session, words: list[str], emit: Emit) -> int:
    """`taskset MASK PROGRAM WORDS`: a virtual phone has no cores to choose from."""
    return await run_program(session, words[1:], emit)


RUNNERS = {"exec": _exec, "sh": _sh, "run-as": _run_as, "taskset": _taskset, "nohup": _exec}
"""Programs that run another."""
