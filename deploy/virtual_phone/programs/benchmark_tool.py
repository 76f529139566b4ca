"""A pushed file that was made executable, when it is started."""

from __future__ import annotations

from deploy.virtual_phone.session import Answer, Program, Session, failure


def program(path: str) -> Program:
    """What an executable file does."""

    def run(session: Session, arguments: list[str]) -> Answer:
        return failure(f"/system/bin/sh: {path}: not executable: 64-bit ELF file", code=126)

    return run
