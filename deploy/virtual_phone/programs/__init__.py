"""The programs of the phone's shell, a module a subject; each a function of its session and its words."""

from __future__ import annotations

from deploy.virtual_phone.programs import (
    activity,
    benchmark_tool,
    builtins,
    change_files,
    dumpsys,
    files,
    logcat,
    packages,
    processes,
    screen,
    system,
    text,
)
from deploy.virtual_phone.session import Program, Session

PROGRAMS: dict[str, Program] = {
    name: program
    for module in (activity, builtins, change_files, dumpsys, files, logcat, packages, processes, screen, system, text)
    for name, program in module.PROGRAMS.items()
}


def find_program(session: Session, name: str) -> Program | None:
    """The program of a name or path: one of the phone's own, or an executable file that was pushed; None: there is none."""
    if "/" not in name:
        return PROGRAMS.get(name)
    path = session.path(name)
    if path.startswith("/system/bin/"):
        return PROGRAMS.get(path.rpartition("/")[2])
    if not session.phone.disk.executable(path):
        return None
    return benchmark_tool.program(path)
