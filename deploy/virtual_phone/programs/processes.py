"""Programs about processes: `pidof`, `ps`, `kill`."""

from __future__ import annotations

from deploy.virtual_phone.session import Answer, Program, Session, failure, lines, options

HEAD = "USER           PID  PPID     VSZ    RSS WCHAN            ADDR S NAME                       "


def pidof(session: Session, arguments: list[str]) -> Answer:
    """`pidof NAMES`: prints nothing, with exit code 1, if nothing of that name is running."""
    names = options(arguments)[1]
    found = [str(pid) for name, pid in session.phone.processes.items() if name in names or name.rpartition("/")[2] in names]
    return lines(" ".join(found)) if found else Answer(code=1)


def ps(session: Session, arguments: list[str]) -> Answer:
    """`ps [-A] [-p PID] [-o PID,NAME]`, as toybox prints it."""
    chosen, words = options(arguments, "po")
    running = {"init": 1, "adbd": 612, **session.phone.processes}
    wanted = {int(word) for word in (chosen.get("p", "").split(",") if "p" in chosen else words) if word.isdigit()}
    rows = [(name, pid) for name, pid in running.items() if not wanted or pid in wanted]
    if "o" in chosen:
        columns = chosen["o"].upper().replace("CMD", "NAME").replace("ARGS", "NAME").split(",")
        head = " ".join(f"{column:>5}" if column == "PID" else column for column in columns)
        values = [{"PID": f"{pid:5d}", "NAME": name, "USER": _user(session, name)} for name, pid in rows]
        return lines(head, *(" ".join(row.get(column, "-") for column in columns) for row in values))
    body = [f"{_user(session, name):<12} {pid:5d}   612 14000000 120000 0                   0 S {name}" for name, pid in rows]
    return lines(HEAD.rstrip(), *body)


def kill(session: Session, arguments: list[str]) -> Answer:
    """`kill [-SIGNAL] PIDS`: the shell may end its own programs, not apps."""
    wrong = []
    for word in [word for word in arguments if not word.startswith("-")]:
        name = next((name for name, pid in session.phone.processes.items() if str(pid) == word), None)
        if name is None:
            wrong.append(f"/system/bin/sh: kill: {word}: No such process")
        elif name in session.phone.packages and session.user != name:
            wrong.append(f"/system/bin/sh: kill: {word}: Operation not permitted")
        else:
            session.phone.end_process(name)
    return failure(*wrong, code=int(bool(wrong)))


def _user(session: Session, name: str) -> str:
    installed = session.phone.packages.get(name)
    if installed is not None:
        return f"u0_a{installed.uid - 10000}"
    return "root" if name == "init" else "shell"


PROGRAMS: dict[str, Program] = {"pidof": pidof, "ps": ps, "kill": kill}
